"""An agency makes a mapping from its own export, page by page; next month's file is recognised and read by it."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from werkzeug.test import TestResponse

from hub import db
from hub.definitions.mapping_models import MappingDraft
from hub.facts.models import Fact
from hub.submissions.models import MappingUse
from tests.databases import ENGINES
from tests.factories import World
from tests.web.conftest import Browser, SignIn, words
from tests.web.mapped import EXPORT, make_known
from tests.web.test_web_journey import item
from tests.web.test_web_mapped_upload import rows_kept
from tests.web.test_web_upload import send

HOME = "/agencies/RXT/mappings"
MARCH = """Report 12 of the records system,,,,
Unit,Concern,Month,Number,Kind
A&E,Neglect,Mar-15,7,live
Minor injuries,Neglect,Mar-15,3,live
Maternity,Physical harm,Mar-15,2,live
Test unit,Neglect,Mar-15,99,test
"""
APRIL = MARCH.replace("Mar-15", "Apr-15").replace(",7,", ",8,")
CHOSEN = {
    "Unit": "line:setting",
    "Concern": "line:category",
    "Month": "period",
    "Number": "figure:referrals_made",
    "Kind": "left-out",
}
TEXTS = {
    "A&amp;E": "emergency-department",
    "Minor injuries": "emergency-department",
    "Neglect": "neglect",
    "Physical harm": "physical-abuse",
    "test": "-",
}


@pytest.fixture
def submitter(signed_in: SignIn) -> Browser:
    return signed_in("sub.rxt")


def sample(browser: Browser, content: str | bytes, **changed: object) -> TestResponse:
    browser.get(f"{HOME}/new")
    data = content if isinstance(content, bytes) else content.encode()
    fields = {"return_code": "referrals", "file": (io.BytesIO(data), "export.csv"), **changed}
    return browser.post(f"{HOME}/new", fields)


def filled(browser: Browser, answers: Mapping[str, str]) -> dict[str, object]:
    """The page's drop-downs, by the words of their labels: as chosen here, else as the page has them."""
    assert browser.page is not None
    found: dict[str, object] = {}
    for label, name in re.findall(
        r'<label class="govuk-label[^"]*" for="[^"]*">([^<]*)</label>(?:(?!<label).)*?<select[^>]* name="([^"]*)"',
        browser.page.text,
        re.S,
    ):
        options = re.search(rf'<select[^>]* name="{name}".*?</select>', browser.page.text, re.S)
        assert options is not None
        selected = re.search(r'<option value="([^"]*)" selected', options[0])
        found[name] = answers.get(label, selected[1] if selected else "")
    return found


def step(browser: Browser, answers: Mapping[str, str], **more: str) -> TestResponse:
    """Fill in the page and go on to the next."""
    assert browser.page is not None
    action = re.search(r'<form method="post" action="([^"]*)" novalidate', browser.page.text)
    assert action is not None
    sent = {**filled(browser, answers), **more}
    return browser.follow(browser.post(action[1].replace("&amp;", "&"), sent, action=action[1]))


def is_refused(browser: Browser, content: str) -> bool:
    """Whether an upload that names no mapping is kept by nobody."""
    return "Your file was not kept" in words(browser.follow(send(browser, content.encode())).text)


def made(browser: Browser, content: str, title: str = "Records system, report 12") -> TestResponse:
    """The whole way, to the page of the saved mapping."""
    browser.follow(sample(browser, content))
    step(browser, CHOSEN)
    step(browser, TEXTS, add_up="yes")
    return step(browser, {}, title=title)


def signed_facts(signed_in: SignIn, engine: Engine, world: World, agency: str) -> set[tuple[int | None, ...]]:
    """Send and sign an agency's April; what the ledger then holds of it: figure, area, line, number, state."""
    number, code = item(engine, world, agency), agency.lower()
    for who, act in (("sub", "send"), ("sgn", "sign")):
        person = signed_in(f"{who}.{code}")
        person.get(f"/submissions/{number}" if act == "send" else f"/submissions/{number}/sign")
        address = f"/submissions/{number}/{act}"
        assert person.post(address, action=address).status_code == 303
    with db.open_session(engine) as session:
        facts = session.execute(
            select(Fact.figure_id, Fact.area_id, Fact.dimension_set_id, Fact.value, Fact.state).where(
                Fact.agency_id == world.agencies[agency].id
            )
        )
        return {tuple(row) for row in facts}


@pytest.mark.parametrize("web_engine", ENGINES, indirect=True)
def test_next_months_file_is_recognised_and_gives_the_same_as_the_template(
    submitter: Browser, signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    page = submitter.follow(sample(submitter, MARCH))
    assert "5 columns and 4 rows below the headings in row 2" in words(page.text)
    page = step(submitter, CHOSEN)
    read = words(page.text)
    assert "Test unit" in read and read.count("Proposed, because the names are the same") == 2
    page = step(submitter, TEXTS, add_up="yes")
    read = words(page.text)
    assert "1 text is not matched, and is not guessed: “Test unit” in Unit" in read
    assert "Setting: Emergency department (A&amp;E)" in read and "Referrals made: 10" in read
    assert "Referrals made: 12" in read and "99" not in read
    page = step(submitter, {}, title="Records system, report 12")
    assert "Saved. A file with these columns" in words(page.text)
    assert "records-system-report-12-rxt" in page.text
    with db.open_session(web_engine) as session:
        assert session.scalars(select(MappingDraft)).all() == []

    page = submitter.follow(send(submitter, APRIL.encode()))
    assert "Columns read by the mapping “Records system, report 12”" in words(page.text)
    assert "nothing found" in words(page.text)
    mapped = {row[:3] for row in rows_kept(web_engine, world, "2015-04")}
    lines = ["partnership,agency,period,breakdown,code,referrals_made"]
    for line in ("total,,13", "setting,emergency-department,11", "setting,maternity,2", "category,neglect,11", "category,physical-abuse,2"):  # fmt: skip
        lines.append(f"testshire,RXT,2015-04,{line}")
    submitter.follow(send(submitter, "\n".join(lines).encode()))
    assert {row[:3] for row in rows_kept(web_engine, world, "2015-04")} == mapped
    submitter.follow(send(submitter, APRIL.encode()))
    other = signed_in("sub.rr1")
    other.follow(send(other, "\n".join(lines).replace("RXT", "RR1").encode()))
    by_mapping, by_template = (signed_facts(signed_in, web_engine, world, code) for code in ("RXT", "RR1"))
    assert by_mapping == by_template and sum(value or 0 for _, _, _, value, _ in by_mapping) == 13 * 3
    with db.open_session(web_engine) as session:
        used = session.scalars(select(MappingUse)).all()
        assert [(each.code, each.version) for each in used] == [("records-system-report-12-rxt", 1)]
    assert "Version 1: 1 return" in words(submitter.get(f"{HOME}/records-system-report-12-rxt").text)


def test_a_new_version_supersedes_and_what_read_before_stays_known(
    submitter: Browser, web_engine: Engine
) -> None:
    made(submitter, MARCH)
    submitter.follow(send(submitter, MARCH.encode()))
    submitter.get(f"{HOME}/new?code=records-system-report-12-rxt")
    changed = MARCH.replace("Test unit", "Ward 4")
    answer = submitter.post(f"{HOME}/new", {"file": (io.BytesIO(changed.encode()), "export.csv")})
    page = submitter.follow(answer)
    assert page.text.count(" selected") == 5  # as version 1 had it
    page = step(submitter, {})
    assert 'value="emergency-department" selected' in page.text
    step(submitter, {"Ward 4": "maternity", "test": ""}, add_up="yes")
    page = step(submitter, {})
    assert "Version 2" in words(page.text)
    answer = send(submitter, changed.replace("Mar-15", "Apr-15").encode())
    submitter.follow(answer)
    with db.open_session(web_engine) as session:
        used = session.scalars(select(MappingUse).order_by(MappingUse.id)).all()
        assert [each.version for each in used] == [1, 2] and used[0].digest != used[1].digest


def test_a_retired_mapping_reads_nothing_until_it_is_restored(submitter: Browser) -> None:
    made(submitter, MARCH)
    address = f"{HOME}/records-system-report-12-rxt"
    submitter.get(address)
    again = submitter.fields(address)
    submitter.follow(submitter.post(address, action=address))
    assert is_refused(submitter, APRIL)
    submitter.get(address)
    stale = submitter.client.post(address, data={**again, "form_key": "another", "used": "no"})
    assert stale.status_code == 409 and "retired this mapping on" in words(stale.text)
    submitter.follow(submitter.post(address, action=address))
    submitter.follow(send(submitter, APRIL.encode()))


def test_a_mapping_is_its_agencys_alone(submitter: Browser, signed_in: SignIn) -> None:
    made(submitter, MARCH)
    other = signed_in("sub.rr1")
    assert is_refused(other, APRIL)
    assert other.get(f"{HOME}/records-system-report-12-rxt").status_code == 404
    assert other.get("/agencies/RR1/mappings/records-system-report-12-rxt").status_code == 404
    assert other.get("/agencies/RR1/mappings/new?code=records-system-report-12-rxt").status_code == 404
    data_team = signed_in("stw.testshire")
    assert "Records system, report 12" in data_team.get(HOME).text
    assert signed_in("stw.elsewhere").get(HOME).status_code == 404


def test_a_draft_is_its_makers_alone_and_can_be_given_up(
    submitter: Browser, signed_in: SignIn, web_engine: Engine
) -> None:
    submitter.follow(sample(submitter, MARCH))
    assert submitter.page is not None
    address = submitter.page.request.path
    assert signed_in("sgn.rxt").get(address).status_code == 404
    for page in ("/values", "/preview"):
        assert submitter.get(address + page).status_code == 200
    assert "Say which columns hold the figures" in words(submitter.get(f"{address}/preview").text)
    assert (
        submitter.client.post(
            f"{address}/save", data={**submitter.fields(f"{address}/drop"), "title": "X"}
        ).status_code
        == 409
    )
    submitter.get(address)
    submitter.follow(submitter.post(f"{address}/drop", action=f"{address}/drop"))
    assert submitter.get(address).status_code == 404
    with db.open_session(web_engine) as session:
        assert session.scalar(text("SELECT count(*) FROM mapping_drafts")) == 0


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("Unit,NHS number,Number\nA&E,943 476 5919,1\n", "person"),
        ("", "empty"),
        ("Unit,Month,Number\n", "no rows below"),
        (b"PK\x03\x04 no workbook", "not read"),
    ],
)
def test_a_sample_passes_the_gate_that_every_file_passes(
    submitter: Browser, web_engine: Engine, content: str | bytes, says: str
) -> None:
    answer = sample(submitter, content)
    assert answer.status_code in (409, 422) and says in words(answer.text)
    assert "943 476 5919" not in answer.text
    with db.open_session(web_engine) as session:
        assert session.scalars(select(MappingDraft)).all() == []


def test_a_likely_name_is_asked_about_first(submitter: Browser) -> None:
    named = MARCH.replace("Test unit", "Jacob Ramsbottom")
    answer = sample(submitter, named)
    assert answer.status_code == 409 and "tick the box" in words(answer.text)
    assert "Ramsbottom" not in answer.text
    submitter.follow(sample(submitter, named, sure="yes"))


def test_hostile_headings_and_texts_are_shown_and_never_run(submitter: Browser) -> None:
    hostile = 'Month,<script>alert(1)</script>,"=cmd|\'/c calc\'!A1",Number,,Number\nMar-15,"\'); DROP TABLE drafts--",{{ 7*7 }},5,x,6\n'
    page = submitter.follow(sample(submitter, hostile))
    assert "<script>alert" not in page.text and "&lt;script&gt;alert" in page.text
    assert "It has no heading" in page.text and page.text.count("Another column has the same heading") == 2
    page = step(submitter, {"&lt;script&gt;alert(1)&lt;/script&gt;": "line:setting", "Month": "period"})
    assert "DROP TABLE drafts" in page.text
    page = step(submitter, {})
    assert "Say which columns hold the figures" in words(page.text)


def test_many_columns_and_many_texts_come_in_parts(submitter: Browser) -> None:
    headings = ["Unit", "Month", "Number", *(f"Extra {number}" for number in range(197))]
    rows = [[f"Unit {number}", "Mar-15", "1", *["0"] * 197] for number in range(60)]
    submitter.follow(sample(submitter, "\n".join(",".join(row) for row in [headings, *rows])))
    for part in range(1, 9):
        assert submitter.page is not None and f"Part {part} of 8" in words(submitter.page.text)
        step(submitter, {"Unit": "line:setting", "Month": "period", "Number": "figure:referrals_made"})
    assert submitter.page is not None and "Part 1 of 2" in words(submitter.page.text)
    step(submitter, {f"Unit {number}": "maternity" for number in range(60)})
    page = step(submitter, {f"Unit {number}": "maternity" for number in range(60)}, add_up="yes")
    assert "Setting: Maternity and midwifery" in words(page.text) and "Referrals made: 60" in words(page.text)


def test_the_same_name_twice_and_a_double_click(submitter: Browser) -> None:
    made(submitter, MARCH)
    submitter.follow(sample(submitter, MARCH))
    step(submitter, CHOSEN)
    step(submitter, TEXTS, add_up="yes")
    assert submitter.page is not None
    address = submitter.page.request.path.replace("preview", "save")
    fields = {**submitter.fields(address), "title": "Records system: report 12"}
    answer = submitter.client.post(address, data=fields)
    assert answer.status_code == 409 and "a mapping of this name already" in words(answer.text)
    fields = {**submitter.fields(address), "title": "Another report", "form_key": "one-key"}
    first, second = (submitter.client.post(address, data=fields) for _ in range(2))
    assert (
        (first.status_code, first.location)
        == (second.status_code, second.location)
        == (303, f"{HOME}/another-report-rxt?done=mapping-saved")
    )
    read = words(submitter.follow(send(submitter, APRIL.encode())).text)
    assert "Several mappings read columns like these" in read


def test_a_wide_file_without_a_month_is_read_for_the_month_that_its_sender_says(submitter: Browser) -> None:
    wide = "All,Emergency department,Maternity,Neglect,Not known\n12,10,2,12,0\n"
    page = submitter.follow(sample(submitter, wide))
    assert page.text.count("Proposed") == 3  # “Not known” is a line of more than one table
    cells = {
        "All": "cell:total::referrals_made",
        "Neglect": "cell:category:neglect:referrals_made",
    }
    step(submitter, cells)
    page = step(submitter, {})
    assert "No column says which month" in words(page.text) and "Nothing: say which month" in words(page.text)
    assert submitter.page is not None
    preview = submitter.get(f"{submitter.page.request.path}?period=2015-03")
    assert "Setting: Emergency department (A&amp;E) Referrals made: 10 2015-03" in words(preview.text)
    step(submitter, {}, title="One line a month")
    assert is_refused(submitter, wide)
    page = submitter.follow(send(submitter, wide.encode(), period="2015-03"))
    assert "nothing found" in words(page.text)


def test_the_data_team_sees_every_mapping_and_retires_a_shared_one_here(
    submitter: Browser, signed_in: SignIn, web_engine: Engine, tmp_path: Path
) -> None:
    made(submitter, MARCH)
    make_known(web_engine, tmp_path)
    submitter.follow(send(submitter, EXPORT.encode()))
    data_team, address = signed_in("stw.testshire"), "/partnerships/testshire/run/mappings"
    read = words(data_team.get(address).text)
    assert (
        "Records system, report 12 Testshire Mental Health Trust Referrals made to the front door 1 never in use"
        in read
    )
    assert "The trust’s records system, report 12 everybody’s" in read and "(version 1) in use" in read
    assert "DfE referrals by source, 2018" in read
    fields = data_team.fields(address)
    sent = data_team.client.post(address, data={**fields, "code": "trust-system", "used": "no"})
    assert "Retired. Files are no longer read by it" in words(data_team.follow(sent).text)
    assert "trust-system" not in submitter.get("/upload").text
    fields = data_team.fields(address)
    unknown = data_team.client.post(address, data={**fields, "code": "records-system-report-12-rxt"})
    assert unknown.status_code == 409
