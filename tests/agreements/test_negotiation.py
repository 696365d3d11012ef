"""Signing on paper, binding one by one, variation, renewal and what is found before it hurts, by the public functions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub import db, document
from hub.agreements.evaluate import evaluate
from hub.agreements.load import checked, read_agreement, shipped_measures
from hub.agreements.negotiation import acts, alerts, opening, signing
from hub.agreements.negotiation.acting import Doer
from hub.agreements.negotiation.ambition import compared, lessened
from hub.agreements.negotiation.models import AgreementEvent
from hub.agreements.negotiation.opening import moved
from hub.agreements.negotiation.read import Negotiation, negotiation
from hub.agreements.negotiation.redline import runs
from hub.agreements.versions import agreement_as_at, exported, keep, signed_texts
from hub.agreements.written import promised
from hub.clock import now_for
from hub.config import shipped
from hub.document import Document
from hub.errors import NotAllowed, NotReady
from hub.facts.moments import as_at
from hub.partners.policy import actor_for
from hub.post.models import Notice
from tests.databases import Filled
from tests.factories import NOW, World, make_measured, read_world

CODE, REGION = "memorandum", "reg.midlands"
PROMISE = {
    "id": "C1", "clause": "4", "text": "Returns come.", "promisor": ["RXT", "330"], "kind": "submission",
    "return": "referrals", "target": 90,
}  # fmt: skip


class Drafted:
    """A memorandum of two parties under a regional coordinator, with one promise."""

    def __init__(self, session: Session, world: World) -> None:
        self.session, self.world, self.code = session, world, CODE

    def doer(self, who: str = REGION, party: str | None = None) -> Doer:
        actor = actor_for(self.session, self.world.people[who].id)
        return Doer(self.session, self.world.partnership, actor, self.code, party)

    @property
    def found(self) -> Negotiation:
        return negotiation(self.session, self.world.partnership.id, self.code)

    def open(self, binds: str) -> None:
        said = opening.Opening(
            "A memorandum", "mou", date(2015, 4, 1), date(2016, 3, 31), binds, ("330", "RXT"),
            {"name": "Region", "region": "midlands"},
        )  # fmt: skip
        opening.open_new(self.doer(), said)
        self.word(
            "rest",
            {"parties": [{"agency": code, "signatories": [{"post": "Chief"}]} for code in ("330", "RXT")]},
        )
        acts.word(self.doer(), "commitment:C1", acts.NEW, PROMISE, words="")

    def word(self, part: str, wording: dict[str, object]) -> None:
        acts.word(self.doer(), part, self.found.text.digests[part], wording, words="")

    def sign(self, *parties: str) -> None:
        if self.found.standing == "drafting":
            signing.put(self.doer(), self.found.text.digest)
        for party in parties:
            signing.sign(self.doer(f"sgn.{party.lower()}", party), self.found.text.digest)

    def reasons(self) -> dict[str, str]:
        place = self.world.partnership
        read = agreement_as_at(self.session, place.id, self.code, now_for(place))
        verdicts = evaluate(self.session, place, read, as_at(self.session, place))
        return {verdict.party: verdict.reason for verdict in verdicts}


@pytest.fixture
def drafted(filled: Filled) -> Iterator[Drafted]:
    engine = db.make_engine(filled(make_measured)("sqlite"))
    with db.open_session(engine, writing=True) as session:
        yield Drafted(session, read_world(session))
    engine.dispose()


def test_each_party_is_bound_by_its_own_signature_and_a_paper_takes_two_persons(drafted: Drafted) -> None:
    drafted.open("each")
    signing.put(drafted.doer(), drafted.found.text.digest)
    lead, team, shown = (
        drafted.doer("led.rxt", "RXT"),
        drafted.doer("stw.testshire"),
        drafted.found.text.digest,
    )
    day = NOW.date()
    with pytest.raises(NotReady, match="is of another text"):
        signing.record_paper(lead, shown, name="A. Chief, Chief Executive", on_date=day - timedelta(days=1))
    with pytest.raises(NotAllowed):
        signing.record_paper(
            drafted.doer("sgn.rxt", "RXT"), shown, name="A. Chief, Chief Executive", on_date=day
        )
    signing.record_paper(lead, shown, name="A. Chief, Chief Executive", on_date=day)
    paper = drafted.found.sequence
    with pytest.raises(NotAllowed, match="Another person"):
        signing.judge_paper(lead, paper, holds=True)
    assert drafted.found.standing == "to-sign" and drafted.found.signed_by == {}
    signing.judge_paper(team, paper, holds=True)

    # The trust's own promise is in; the council's is not, and says since when. Its own signature brings it in.
    assert drafted.found.standing == "signed" and drafted.found.unsigned == ["330"]
    assert drafted.reasons()["330"].startswith("Unsigned since 1 April 2015")
    assert not drafted.reasons()["RXT"].startswith("Unsigned")
    assert any(each.kind == "unsigned" and "Testshire Council" in each.says for each in troubles(drafted))
    drafted.sign("330")
    assert not drafted.reasons()["330"].startswith("Unsigned") and drafted.found.unsigned == []

    # What is exported says who signed when, and reads back to the same; nobody can take a signature out by loading a file.
    place = drafted.world.partnership
    text = exported(drafted.session, place.id, CODE)
    assert text.count("signed_on: '2015-05-18'") == 3, "the agreement and both parties"
    assert not keep(drafted.session, document.parse(text, "exported.yaml")).is_new
    first = exported(drafted.session, place.id, CODE).replace("    signed_on: '2015-05-18'\n", "", 1)
    assert not keep(drafted.session, document.parse(first, "older.yaml")).is_new

    event = drafted.session.scalars(select(AgreementEvent).where(AgreementEvent.kind == "confirmed")).one()
    columns = {key: value for key, value in vars(event).items() if not key.startswith("_")}
    alone = {**columns, "id": 1, "sequence": 99, "person_id": event.recorded_by}
    with pytest.raises(IntegrityError, match="two_persons"):
        drafted.session.add(AgreementEvent(**alone))
        drafted.session.flush()


def test_whoever_signs_agrees_to_what_it_would_have_had_otherwise(drafted: Drafted) -> None:
    drafted.open("all")
    drafted.sign("RXT")
    text = drafted.found.text
    wording = {**text.parts["clause:2"], "text": "Otherwise."}
    acts.propose(
        drafted.doer("sgn.330", "330"), "clause:2", text.digests["clause:2"], wording, words="Plainer."
    )
    assert drafted.found.positions["330", "clause:2"].word == "proposed"
    drafted.sign("330")
    assert drafted.found.standing == "signed"
    assert drafted.found.positions["330", "clause:2"].word == "agreed"


def troubles(drafted: Drafted) -> list[alerts.Trouble]:
    place = drafted.world.partnership
    agreement = agreement_as_at(drafted.session, place.id, CODE, now_for(place))
    return alerts.troubles(drafted.session, place, agreement)


def test_a_variation_is_signed_again_and_what_it_lowers_stays_shown(drafted: Drafted) -> None:
    drafted.open("all")
    drafted.sign("330", "RXT")
    opening.vary(drafted.doer(), words="A clinic closed.", effective_on=date(2015, 5, 1))
    drafted.word("commitment:C1", {**PROMISE, "target": 80})
    assert drafted.found.positions["RXT", "clause:1"].word == "agreed", "as it was signed"
    place = drafted.world.partnership

    def holds() -> tuple[int, object]:
        read = agreement_as_at(drafted.session, place.id, CODE, now_for(place))
        return read.version, read.commitment("C1").terms["target"]

    drafted.sign("330")
    assert holds() == (1, 90), "until everybody has signed the new version the old one holds"
    drafted.sign("RXT")
    assert holds() == (2, 80)
    texts = signed_texts(drafted.session, place.id, CODE, now_for(place))
    ((by, lowered),) = lessened(texts)
    assert (by.varies, lowered.word, lowered.says) == ("A clinic closed.", "lowered", ("target 90, now 80",))

    # What comes next is as long: a year, three years, a term of months, days that are no whole months.
    for begins, ends, title, expected in (
        ((2015, 4, 1), (2016, 3, 31), "NHS 2015-16", ("NHS 2016-17", date(2016, 4, 1), date(2017, 3, 31))),
        ((2014, 9, 1), (2017, 8, 31), "Plan 2014–17", ("Plan 2017–20", date(2017, 9, 1), date(2020, 8, 31))),
        ((2015, 9, 1), (2016, 2, 29), "Winter", ("Winter", date(2016, 3, 1), date(2016, 8, 31))),
        ((2015, 4, 10), (2015, 5, 1), "Short", ("Short", date(2015, 5, 2), date(2015, 5, 23))),
    ):
        said = replace(drafted.found.agreement, title=title, begins_on=date(*begins), ends_on=date(*ends))
        next_one = opening.following(said)
        assert (next_one.title, next_one.begins_on, next_one.ends_on) == expected

    # Next year's starts from it: linked, moved by a year, with nobody's signature.
    drafted.code = "next-year"
    said = opening.Opening(
        "The next", "mou", date(2016, 4, 1), date(2017, 3, 31), "all", ("330", "RXT"), {"name": "The team"}
    )
    opening.renew(drafted.doer(), CODE, said)
    renewed = drafted.found.agreement
    (promise,) = renewed.commitments
    assert promise.replaces is not None and (promise.replaces.agreement, promise.replaces.commitment) == (
        CODE,
        "C1",
    )
    assert (
        renewed.is_shadow
        and renewed.varies is None
        and [party.signatories[0].post for party in renewed.parties] == ["Chief"] * 2
    )
    assert [each.word for each in compared(texts[-1], renewed)] == ["kept"]


def test_what_is_found_before_it_hurts_and_who_is_told(drafted: Drafted) -> None:
    drafted.open("all")
    first = {each.kind: each.says for each in troubles(drafted)}
    assert set(first) == {"unsigned", "nobody-submits"}, "it was to hold from 1 April"
    assert "which Testshire Council does not owe" in first["nobody-submits"], "a council receives referrals"
    acts.word(
        drafted.doer(),
        "commitment:C2",
        acts.NEW,
        {
            "id": "C2", "clause": "4", "text": "Contacts are decided.", "promisor": ["RXT"], "kind": "level",
            "measure": "FD03", "of": "party", "direction": "at_least", "target": 80, "judged": "whole",
        },
        words="",
    )  # fmt: skip
    rest = {"parties": [{"agency": "330", "signatories": [{"post": "Chief"}]}, {"agency": "RXT"}, "990001"]}
    drafted.word("rest", rest)
    said = [each.says for each in troubles(drafted)]
    assert any(
        each.startswith("C2") and "which Testshire Mental Health Trust does not owe" in each for each in said
    ), "counted at the front door"
    assert f"{drafted.world.agencies['990001'].name} has no signatory named in the text." in said
    with pytest.raises(
        NotReady,
        match="Say first who signs for Testshire Mental Health Trust, Elm Road School",
    ):
        signing.put(drafted.doer(), drafted.found.text.digest)

    # A promise in outline may do without a measure until its day; afterwards it is found.
    outline = {"clause": "4", "text": "More.", "promisor": ["RXT"], "kind": "level", "status": "outline"}
    for name, until in (("C3", "2015-05-17"), ("C4", "2015-05-18")):
        acts.word(
            drafted.doer(),
            f"commitment:{name}",
            acts.NEW,
            {**outline, "id": name, "outline_until": until},
            words="",
        )
    assert [each.says for each in troubles(drafted) if each.kind == "no-measure"] == [
        "C3 is still in outline; it was to be made firm by 17 May 2015."
    ]

    place = drafted.world.partnership
    told = []
    for days_left in (91, 90, 61, 60, 40, 30, 15, 14):
        place.clock_at = NOW + (date(2016, 3, 31) - timedelta(days=days_left) - NOW.date())
        told.append(alerts.remind(drafted.session, place))
        assert alerts.remind(drafted.session, place) == 0, "each once"
    people = {"reg.midlands", "sgn.330", "sgn.rxt", "led.rxt", "sgn.990001"}
    assert told == [0, len(people), 0, len(people), 0, len(people), len(people), 0]
    to = set(drafted.session.scalars(select(Notice.person_id).where(Notice.kind == "agreement-ends")))
    assert to == {drafted.world.people[name].id for name in people}
    assert any(each.kind == "ends-soon" and "in 14 days" in each.says for each in troubles(drafted))
    place.clock_at = NOW + timedelta(days=365)
    ended = next(each.says for each in troubles(drafted) if each.kind == "expired")
    assert "ended on 31 March 2016" in ended and "information-sharing agreement" in ended


def test_each_is_told_before_a_review_once_it_is_signed(drafted: Drafted) -> None:
    """The quarter's review is on 30 June; 90 days before it lies the review before, so the first word comes 60 days before."""
    drafted.open("all")
    place = drafted.world.partnership

    def told_on(month: int, day: int) -> tuple[int, int]:
        """How many are told of a review and of the end."""
        place.clock_at = NOW + (date(2015, month, day) - NOW.date())
        before = set(drafted.session.scalars(select(Notice.id)))
        alerts.remind(drafted.session, place)
        new = [each.kind for each in drafted.session.scalars(select(Notice).where(Notice.id.not_in(before)))]
        return new.count("agreement-review"), new.count("agreement-ends")

    assert told_on(5, 18) == (0, 0), "a draft is reviewed by nobody"
    drafted.sign("330", "RXT")
    everybody = {"reg.midlands", "sgn.330", "sgn.rxt", "led.rxt"}
    walked = [(5, 18), (5, 30), (5, 31), (6, 14), (6, 15), (6, 30), (7, 1), (7, 31), (8, 1)]
    assert [told_on(*day) for day in walked] == [
        (len(everybody), 0),  # 60 days before, and no later for whoever signs later
        (0, 0),
        (len(everybody), 0),
        (0, 0),
        (len(everybody), 0),
        (0, 0),
        (0, 0),  # the next one is on 30 September
        (0, 0),
        (len(everybody), 0),
    ]
    to = set(drafted.session.scalars(select(Notice.person_id).where(Notice.kind == "agreement-review")))
    assert to == {drafted.world.people[name].id for name in everybody}


def test_the_shipped_memoranda_compared_and_renewed() -> None:
    """By hand: C3 of 2014-15 became C13 (80 to 95%), C4 was dropped; the variation of 2015 lowered C16 and halved F3."""
    files = ("birmingham-nhs-2014-15/v1", "birmingham-nhs-2015-16/v1", "birmingham-nhs-2015-16/v2")
    old, new, varied = (read_agreement(shipped("agreements") / f"{name}.yaml") for name in files)
    by_name = {each.name: each for each in compared(old, new)}
    assert (by_name["C13"].word, by_name["C13"].says[0]) == ("raised", "target 80, now 95")
    assert by_name["C5"].says == ("target 12, now 2",) and by_name["C5"].word == "raised", (
        "the lower the better"
    )
    assert by_name["F1"].says == ("£360,000, now £480,000",)
    assert sorted(name for name, each in by_name.items() if each.word == "dropped") == ["C4"]
    lower = {each.name: each.says for _, each in lessened([new, varied])}
    assert lower == {
        "C16": (
            "target 150, now 120",
            "held 1 April 2015 to 31 March 2016, now 1 October 2015 to 31 March 2016",
        ),
        "F3": (
            "held 1 April 2015 to 31 March 2016, now 1 April 2015 to 30 September 2015",
            "£20,400,000, now £10,200,000",
        ),
    }
    text = {**moved(promised(varied), 1), "agreement": "next", "version": 1, "status": "draft"}
    for key in ("effective_on", "varies"):
        text.pop(key)
    renewed = checked(Document("next", text), shipped_measures())
    assert (renewed.begins_on, renewed.ends_on) == (date(2016, 4, 1), date(2017, 3, 31))
    assert {each.year for each in renewed.contributions} == {"FY2016-17"}
    assert renewed.commitment("C13").baseline == varied.commitment("C13").baseline, (
        "what was known then stays"
    )


def test_a_redline_marks_words() -> None:
    found = list(runs("Each party pays in arrears.", "Each party pays quarterly in arrears of tax."))
    assert [(run.kind, run.text) for run in found] == [
        ("same", "Each party pays "), ("new", "quarterly "), ("same", "in "), ("gone", "arrears."), ("new", "arrears of tax."),
    ]  # fmt: skip
