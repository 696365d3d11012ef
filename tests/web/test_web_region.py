"""The regional office's page, a body's page and a promise's page, by real requests to a world whose verdicts are worked out by hand."""

from __future__ import annotations

import html
import re
from datetime import date, datetime

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError

from hub import db
from hub.agreements.models import MilestoneReport
from hub.agreements.watch.months import keep_months
from hub.agreements.watch.watched import watched
from hub.board.region.post import remind
from hub.config import from_environment
from hub.partners.models import Partnership, Person
from hub.post.models import AgencyContact, Notice
from hub.submissions import post_round
from tests.databases import ENGINES, Filled, NewDatabase
from tests.factories import World
from tests.watched_world import CODE, make_agreed
from tests.web.conftest import Browser, SignIn, words

REGION = "/regions/midlands"
HERE = f"/partnerships/testshire/agreements/{CODE}/commitments"
ROTA = f"{HERE}/ROTA?party=RXT"
CONFIG = from_environment({"HUB_SECRET_KEY": "k" * 40, "HUB_CONTACT_EMAIL": "hub@example.org"})


@pytest.fixture
def new_world(request: pytest.FixtureRequest, filled: Filled, new_world: NewDatabase) -> NewDatabase:
    return filled(make_agreed) if "agreement" in request.fixturenames else new_world


@pytest.fixture
def agreement(web_engine: Engine) -> None:
    """The world holds an agreement whose verdicts are worked out by hand."""


def row_of(page: str, promise: str) -> list[str]:
    """The cells of the first row about a promise, as they read."""
    found = next(
        row for row in re.findall(r"<tr>.*?</tr>", page, re.S) if re.search(rf">\s*{promise}\b", row)
    )
    return [words(cell).strip() for cell in re.findall(r"<t[dh].*?</t[dh]>", found, re.S)]


def test_an_agreement_is_not_there_before_it_was_recorded(signed_in: SignIn, agreement: None) -> None:
    """It was recorded on 20 August 2014 for a term from 1 September."""
    office = signed_in("reg.midlands")
    paper = HERE.removesuffix("/commitments")
    for address in (
        f"{paper}?as_at=2014-08-19",
        f"{ROTA}&as_at=2014-08-19",
        f"{paper}/money?as_at=2014-08-19",
    ):
        page = office.get(address)
        assert page.status_code == 404
        assert "Not known here on 19 August 2014; first recorded on 20 August 2014." in words(page.text)
        assert 'class="hub-mark' not in page.text  # no verdict
        shown = html.unescape(re.search(r'href="([^"]+)">Show it as first recorded', page.text)[1])
        assert office.get(shown).status_code == 200
    # Known, and not in force yet: read, and nothing is due.
    assert "It holds from 1 September 2014." in office.get(f"{paper}?as_at=2014-08-20").text
    # Nobody learns of a paper that is not theirs.
    assert "first recorded" not in signed_in("sub.rel").get(f"{paper}?as_at=2014-08-19").text
    absent = office.get(f"{paper.removesuffix(CODE)}other?as_at=2014-08-19")
    assert (absent.status_code, "first recorded" in absent.text) == (404, False)


def test_the_region_sees_what_slips_first(signed_in: SignIn, agreement: None) -> None:
    office = signed_in("reg.midlands")
    page = office.get(REGION)
    assert page.status_code == 200
    order = re.findall(r"commitments/([A-Z]+)\?party=(\w+)", page.text)
    # Missed since October (two bodies, in the agreement's order), then since the end of December; what was kept is not there.
    assert order == [("RETURNS", "RXT"), ("RETURNS", "RR1"), ("ROTA", "RXT")]
    rota = row_of(page.text, "ROTA")
    assert rota[2:4] == ["missed", "31 December 2014"]
    assert rota[4] == "It was due by 31 December 2014: nothing has been reported."
    assert rota[5] == "The regional office, since 29 January 2015"
    assert row_of(page.text, "RETURNS")[3] == "31 October 2014"

    quarters = page.text[page.text.index("By partnership, party and quarter") :]
    council = row_of(quarters, "Testshire Council")
    # Its protocol: not due in September, at risk in December, met in March and now.
    assert council == [
        "Testshire Council",
        "–",
        "–",
        "–",
        "1 at risk 0 of 1 kept",
        "1 of 1 kept",
        "1 of 1 kept",
    ]
    trust = row_of(quarters, "Testshire Mental Health Trust")
    assert trust[-1] == "2 missed 0 of 2 kept"

    assert "ROTA" not in words(office.get(f"{REGION}?kind=submission").text)
    assert re.findall(r"commitments/([A-Z]+)\?party", office.get(f"{REGION}?body=330").text) == []
    assert "Nothing: every promise in force" in words(office.page.text)  # type: ignore[union-attr]
    assert "No promise is of that kind." in words(office.get(f"{REGION}?body=nobody").text)
    assert "What is slipping" in words(office.get(f"{REGION}?page=99").text)
    assert "Every promise in Midlands" in words(office.get("/agreements").text)


def test_a_region_without_agreements_says_so(signed_in: SignIn) -> None:
    assert "No agreement of this region holds a promise yet." in words(
        signed_in("reg.midlands").get(REGION).text
    )


def test_a_body_reads_what_it_promised_and_was_promised(signed_in: SignIn, agreement: None) -> None:
    own = signed_in("led.rxt").get("/agencies/RXT/promises")
    said = words(own.text)
    promised, was_promised = said.index("What it promised"), said.rindex("What it was promised")
    assert promised < said.index("ROTA A rota is agreed.") < was_promised < said.index("PROTOCOL A protocol")
    assert "/agencies/330/promises" not in own.text, "another body's page is not theirs to open"
    assert signed_in("led.rxt").get("/agencies/330/promises").status_code == 404
    council = words(signed_in("reg.midlands").get("/agencies/330/promises").text)
    assert "PROTOCOL" in council and "RETURNS" in council
    assert "What it helps another body to keep" in words(
        signed_in("stw.testshire").get("/agencies/20/promises").text
    )


def test_a_promise_has_a_page_of_its_own(signed_in: SignIn, agreement: None) -> None:
    office = signed_in("reg.midlands")
    said = words(office.get(f"{HERE}/RETURNS?party=RXT").text)
    assert "Clause 1" in said and "Everything stands in one clause." in said
    assert "missed , slipping since 31 October 2014" in said
    assert "On time so far: 0 of 7 returns; promised: 6 of 12." in said
    # The look of 31 October: one return of twelve had fallen due.
    assert "31 October 2014" in said and "On time so far: 0 of 1 returns" in said
    assert office.page.text.count("<svg") >= 2 and "The figures behind the chart" in said  # type: ignore[union-attr]
    # Told from 1 December: the second time running.
    assert "the clock runs from 1 December 2014" in said
    assert "Nobody is named for this step" not in said, "a lead, a chief officer and the office are"
    assert "Nobody is named for this step" in words(office.get(f"{HERE}/RETURNS?party=RR1").text)
    assert "1 December 2014" in said and "15 December 2014" in said

    recovered = words(office.get(f"{HERE}/PROTOCOL").text)
    assert "It slipped from 1 January 2015, and recovered: the clock ended on 1 April 2015." in recovered
    assert "Done on 19 January 2015: Minutes of January." in recovered
    then = words(office.get(f"{HERE}/PROTOCOL?as_at=2015-01-10").text)
    assert "at risk" in then and "the clock runs from 1 January 2015. Each has until" in then
    assert "The chief officers: on 15 January 2015, if it has not recovered" in then
    assert office.get(f"{HERE}/NOTHING").status_code == 404
    assert office.get(f"{HERE}/ROTA?party=20").status_code == 404, "it promised nothing of the kind"


def say(browser: Browser, page: str = ROTA, **changed: object) -> int:
    browser.get(page)
    to = f"{page.partition('?')[0]}/say"
    return browser.post(to, {"kind": "comment", **changed}, action=to).status_code


def end(browser: Browser, **changed: object) -> int:
    to = f"{HERE}/ROTA/end-dispute"
    return browser.post(to, changed, action=to).status_code


@pytest.mark.parametrize("web_engine", ENGINES, indirect=True)
def test_people_speak_beside_a_verdict_and_none_overwrites_it(
    signed_in: SignIn, web_engine: Engine, agreement: None
) -> None:
    lead, office, other = signed_in("led.rxt"), signed_in("reg.midlands"), signed_in("sgn.rr1")
    assert say(lead, words="The union has not agreed.") == 303
    assert say(other, words="Nor is ours.") == 303, "every party's people may"
    assert say(lead, words="") == 409
    assert say(lead, words="Her NHS number is 943 476 5919.") == 409, "the gate"
    assert say(lead, kind="overwritten", words="It is met.") == 409
    assert say(lead, kind="dispute", words="It was agreed by letter.") == 409, (
        "a dispute has an owner and a day"
    )
    assert say(lead, kind="dispute", words="It was agreed.", owner="330", due_on="2015-05-18") == 409, (
        "after today"
    )
    assert say(lead, kind="dispute", words="It was agreed.", owner="REL", due_on="2015-06-30") == 409, (
        "a party"
    )
    assert (
        say(lead, kind="dispute", words="It was agreed by letter.", owner="330", due_on="2015-06-30") == 303
    )
    assert say(office, kind="assurance", words="We saw the draft rota.") == 303
    asked = "The verdict is disputed, and Testshire Council is to answer by 30 June 2015."
    assert asked in words(signed_in("sgn.330").get("/").text) and asked not in words(lead.get("/").text)
    reader = signed_in("rdr.rxt").get(ROTA)
    said = words(reader.text)
    assert (
        "LED of rxt for Testshire Mental Health Trust" in said
        and "REG of midlands for NHS England Midlands" in said
    )
    assert "open: Testshire Council is to answer by 30 June 2015" in said
    assert "when the verdict was “missed” by version 1" in said
    assert "missed , slipping since 31 December 2014" in said, "nothing that is said changes the verdict"
    assert "943" not in said and "/say" not in reader.text, "a reader has no form"
    with db.open_session(web_engine) as session:
        told = session.execute(
            select(Notice.kind, Person.email).join(Person, Person.id == Notice.person_id)
        ).all()
    assert {tuple(each) for each in told} == {("verdict-disputed", "sgn.330@example.org")}

    steward = signed_in("stw.testshire")
    lead.get(ROTA), steward.get(ROTA)
    assert end(steward, words="The letter was found; the rota holds from June.") == 303
    assert end(lead, words="So it was.") == 409, "it is ended already"
    assert "How it ended: The letter was found" in words(office.get(ROTA).text)
    with (
        db.open_session(web_engine, writing=True) as session,
        pytest.raises(DBAPIError, match="never changed"),
    ):
        session.execute(text("UPDATE verdict_remarks SET word = 'met'"))


def acts(browser: Browser, act: str, **typed: object) -> int:
    """Also where the page offers no such form, as anybody could."""
    page = browser.get("/account").text
    key = page.split('name="csrf_token" value="')[1].split('"')[0]
    data = {"csrf_token": key, "form_key": f"{act}{sorted(typed.items())}", "party": "RXT", **typed}
    return browser.client.post(f"{HERE}/ROTA/{act}", data=data).status_code


def test_a_milestone_is_reported_by_one_and_confirmed_by_another(
    signed_in: SignIn, web_engine: Engine, agreement: None
) -> None:
    clerk, lead, signs = signed_in("sub.rxt"), signed_in("led.rxt"), signed_in("sgn.rxt")
    said = {"done_on": "2015-05-11", "evidence": "Minutes of May, item 4"}
    assert acts(clerk, "report", **{**said, "done_on": "2015-05-19"}) == 409, "tomorrow"
    assert (
        acts(clerk, "report", **{**said, "done_on": ""})
        == acts(clerk, "report", **{**said, "evidence": " "})
        == 409
    )
    assert acts(clerk, "report", **{**said, "evidence": "NHS number 943 476 5919"}) == 409, "the gate"
    assert acts(signed_in("sub.rr1"), "report", **said) == 403, "another party’s"
    asked = "ROTA: A rota is agreed. Due by 31 December 2014, and nothing is reported."
    assert asked in words(clerk.get("/").text) and asked not in words(signs.get("/").text)
    assert acts(lead, "report", **said) == 303
    assert asked not in words(clerk.get("/").text)
    page = signs.get(ROTA).text
    assert (
        "not confirmed yet" in page
        and "Reported as done on 11 May 2015, after 31 December 2014; not confirmed yet" in page
    )
    with db.open_session(web_engine) as session:
        (report,) = session.scalars(select(MilestoneReport).where(MilestoneReport.commitment == "ROTA")).all()
    waits = "ROTA: Testshire Mental Health Trust A milestone is reported as done."
    assert waits in words(signs.get("/").text) and waits not in words(lead.get("/").text)
    assert acts(lead, "confirm-report", report=report.id) == 403, "a lead confirms none"
    assert acts(signed_in("sgn.rr1"), "confirm-report", report=report.id) == 403, "nor does another party"
    assert acts(signs, "confirm-report", report=report.id + 1) == 404
    assert acts(signs, "confirm-report", report=report.id) == 303
    assert acts(signed_in("stw.testshire"), "confirm-report", report=report.id) == 409, (
        "it was confirmed before"
    )
    page = words(signs.get(ROTA).text)
    assert "confirmed by another person" in page and "Done on 11 May 2015, after 31 December 2014." in page
    assert waits not in words(signed_in("sgn.rxt").get("/").text)
    assert "Report it" not in words(signed_in("rdr.rxt").get(ROTA).text)


def notices(engine: Engine) -> set[tuple[str, str, str]]:
    """(what it is about, which step, to whom) of every notice about a promise that slips."""
    with db.open_session(engine) as session:
        people = dict(session.execute(select(Person.id, Person.email)).all())
        contacts = dict(session.execute(select(AgencyContact.id, AgencyContact.email)).all())
        rows = session.scalars(select(Notice).where(Notice.kind == "promise-slipping")).all()
    found = set()
    for row in rows:
        _, place, _, step = row.occasion.split(":")[:4]
        found.add((place.partition("/")[2], step, people.get(row.person_id) or contacts[row.contact_id]))  # type: ignore[index,arg-type]
    return found


@pytest.mark.parametrize("web_engine", ENGINES, indirect=True)
def test_escalation_is_told_once_and_ends_with_the_recovery(
    web_engine: Engine, world: World, agreement: None
) -> None:
    def once() -> int:
        """Run the day's reminders; how many notices there are then."""
        with db.transaction(web_engine) as session:
            remind(session, session.get_one(Partnership, world.partnership.id))
            return len(session.scalars(select(Notice.id)).all())

    lead, chief, office = "led.rxt@example.org", "chief@rxt.example.org", "reg.midlands@example.org"
    assert once() == 7
    assert notices(web_engine) == {
        ("ROTA/RXT", "leads", lead),
        ("ROTA/RXT", "chief-officers", chief),
        ("ROTA/RXT", "regional-office", office),
        ("RETURNS/RXT", "leads", lead),
        ("RETURNS/RXT", "chief-officers", chief),
        ("RETURNS/RXT", "regional-office", office),
        ("RETURNS/RR1", "regional-office", office),  # nobody is named for the two steps below
    }
    assert once() == 7, "the same day says nothing new"
    with db.transaction(web_engine) as session:
        letters = post_round.gather(session, CONFIG)
        to_chief = next(letter for letter in letters if letter.to_address == chief)
        assert (
            "A promise is slipping: ROTA of A memorandum that is watched: Testshire Mental Health Trust"
            in re.sub(r"\s+", " ", to_chief.body)
        )
        assert f"{HERE}/ROTA?party=RXT" in to_chief.body
        assert "of 12" not in to_chief.body, "no figures go by mail"


LEAD, CHIEF, OFFICE = "led.rxt@example.org", "chief@rxt.example.org", "reg.midlands@example.org"
# Each day on which somebody is told, and what happens on the days between: nothing. Ten working days from 1 December are
# the 15th, ten from there the 31st, Christmas being two of the days between; from 1 January the 15th and the 29th.
CLOCK: dict[str, set[tuple[str, str, str]]] = {
    "2014-11-30": set(),  # the second look at a monthly promise is this evening
    "2014-12-01": {("RETURNS/RXT", "leads", LEAD)},
    "2014-12-14": set(),
    "2014-12-15": {("RETURNS/RXT", "chief-officers", CHIEF)},
    "2014-12-30": set(),
    "2014-12-31": {("RETURNS/RXT", "regional-office", OFFICE), ("RETURNS/RR1", "regional-office", OFFICE)},
    "2015-01-01": {
        ("ROTA/RXT", "leads", LEAD),
        ("PROTOCOL/330", "leads", LEAD),
    },  # once, and to both sides of it
    "2015-01-14": set(),
    "2015-01-15": {("ROTA/RXT", "chief-officers", CHIEF), ("PROTOCOL/330", "chief-officers", CHIEF)},
    "2015-01-28": set(),
    "2015-01-29": {("ROTA/RXT", "regional-office", OFFICE)},  # the protocol was confirmed on the 20th
}


def test_the_clock_tells_each_in_turn_on_its_day_and_the_page_says_so(
    signed_in: SignIn, web_engine: Engine, world: World, agreement: None
) -> None:
    told: set[tuple[str, str, str]] = set()
    for day, expected in CLOCK.items():
        with db.transaction(web_engine) as session:
            place = session.get_one(Partnership, world.partnership.id)
            place.clock_at = datetime.fromisoformat(f"{day}T09:00:00+00:00")
            session.flush()
            remind(session, place)
        assert notices(web_engine) - told == expected, day
        told |= expected

    office = signed_in("reg.midlands")
    for day, page, says in (
        ("2014-11-30", "RETURNS?party=RXT", ()),
        ("2014-12-01", "RETURNS?party=RXT", ("The leads of the memorandum: told 1 December 2014, by mail to LED of rxt; they have until 15 December 2014.", "The chief officers: on 15 December 2014, if it has not recovered.")),
        ("2014-12-15", "RETURNS?party=RXT", ("The chief officers: told 15 December 2014, by mail to Chief; they have until 31 December 2014.", "The regional office: on 31 December 2014, if it has not recovered.")),
        ("2014-12-31", "RETURNS?party=RXT", ("The regional office: told 31 December 2014, by mail to REG of midlands; they have until",)),
        ("2015-01-29", "PROTOCOL", ("The chief officers: told 15 January 2015, by mail to Chief.", "The regional office: not told.")),
    ):  # fmt: skip
        shown = words(office.get(f"{HERE}/{page}{'&' if '?' in page else '?'}as_at={day}").text)
        assert ("Who has been told" in shown) == bool(says), day
        for sentence in says:
            assert sentence in shown, (day, sentence)


def test_months_are_kept_and_made_anew_when_what_they_rest_on_changes(
    web_engine: Engine, world: World, agreement: None
) -> None:
    # September to April: eight months of one agreement are over on 18 May.
    assert keep_months(web_engine) == 8
    assert keep_months(web_engine) == 0
    with db.transaction(web_engine) as session:
        place = session.get_one(Partnership, world.partnership.id)
        session.execute(text("UPDATE month_ends SET document = replace(document, 'at risk', 'met')"))
        (found,) = watched(session, [place])
        line = found.line("ROTA", "RXT")
        assert line is not None and line.on[date(2014, 12, 31)].word == "met", "what is kept is read"
        session.execute(text("UPDATE month_ends SET stamp = 'of something else'"))
    assert keep_months(web_engine) == 8, "and void as soon as it rests on something else"
