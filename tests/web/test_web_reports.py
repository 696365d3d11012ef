"""Reports on their pages: an inspector drafts and issues a progress report alone; two persons freeze an annual report, which anybody then reads."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select

from hub import db
from hub.board.packs.seal import keys_in, verify
from hub.periods import parse
from hub.post.models import Notice
from tests.access.test_access_matrix import without_reference
from tests.board.pdf_structure import breaches
from tests.databases import ENGINES, Filled, NewDatabase
from tests.factories import World, make_measured
from tests.web.conftest import Browser, SignIn, words
from tests.web.test_web_meetings import HERE

REPORTS = f"{HERE}/reports"
PUBLIC = "/annual-reports/testshire"
ONE_HEADING = "Referrals: RF01, attendance"


@pytest.fixture
def new_world(filled: Filled) -> NewDatabase:
    """Measures are in force in each test's world."""
    return filled(make_measured)


def begins(browser: Browser, kind: str, lines: str = ONE_HEADING, **more: str) -> str:
    browser.get(REPORTS)
    to = f"{REPORTS}/{kind}"
    answer = browser.post(to, {"headings": lines, **more}, action=to)
    return answer.location.split("?")[0] if answer.status_code == 303 else words(answer.text)


def sends(browser: Browser, page: str, to: str, **changed: object) -> int:
    browser.get(page)
    return browser.post(to, changed, action=to).status_code


def test_an_inspector_drafts_and_issues_a_progress_report(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    inspector, manager, member = (signed_in(f"{each}.testshire") for each in ("ins", "mgr", "brd"))
    assert "Begin a progress report" not in words(manager.get(REPORTS).text)
    assert "The Safeguarding Board and independent review: QA03" in inspector.get(REPORTS).text
    assert "is no measure" in begins(inspector, "progress", "Referrals: RF01, XX99")
    assert "is no heading" in begins(inspector, "progress", "Referrals")
    page = begins(inspector, "progress")
    assert page == f"{HERE}/packs/1"
    assert {manager.get(page).status_code, member.get(page).status_code} == {404}, "a draft is its drafter's"

    writing, issuing = f"{REPORTS}/progress/1/words", f"{REPORTS}/progress/1/issue"
    said = {"words-1": "Health bodies are quiet.\nThe hub opened."}
    assert sends(inspector, page, writing, **{"words-1": "NHS number 943 476 5919"}) == 409
    assert sends(inspector, page, writing, **said) == 303
    inspector.get(page)
    stale = inspector.fields(issuing)
    assert sends(inspector, page, writing, **{"words-1": "Health bodies are quiet."}) == 303
    refused = inspector.client.post(issuing, data={**stale, "form_key": "the-page-as-it-was-before"})
    assert refused.status_code == 409, "what was shown is what is issued"
    again = begins(inspector, "progress")
    assert "Health bodies are quiet." in words(inspector.get(again).text), "what was written goes over"
    assert sends(inspector, again, f"{REPORTS}/progress/2/issue") == 303

    shown = words(member.get(again).text)
    assert "Issued by" in shown and "This is the first progress report" in shown
    assert "Health bodies are quiet." in shown and "The hub opened" not in shown
    assert again.removeprefix(HERE) in member.get(REPORTS).text
    pdf = member.get(f"{again}/pack.pdf").data
    assert verify(pdf, keys_in(signed_in(None).get("/packs/keys.pem").text)).standing == "genuine"
    assert not breaches(pdf)
    with db.open_session(web_engine) as session:
        assert len(session.scalars(select(Notice).where(Notice.kind == "pack-issued")).all()) == 2
    assert sends(inspector, begins(inspector, "progress"), f"{REPORTS}/progress/3/issue") == 303
    third = words(member.get(f"{HERE}/packs/3").text)
    assert "The last report was of 18 May 2015" in third and "In the last report" in third
    assert "current" in words(member.get(again).text), "a later one stands beside it"
    manager.get(again)
    withdraw = f"{REPORTS}/progress/2/withdraw"
    assert sends(inspector, again, withdraw, words="It names the wrong body.") == 303
    assert "withdrawn on" in words(member.get(again).text)


@pytest.mark.parametrize("web_engine", ENGINES, indirect=True)
def test_anybody_reads_an_annual_report_once_two_persons_froze_it(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    team, manager, nobody = signed_in("stw.testshire"), signed_in("mgr.testshire"), signed_in(None)
    absent = nobody.get("/annual-reports/nowhere")
    assert "that is over" in begins(team, "annual", year="FY2015-16")
    assert "“questions” is no measure" in begins(team, "annual", "Asked: questions", year="FY2014-15")
    page = begins(team, "annual", year="FY2014-15")
    assert sends(team, page, f"{REPORTS}/annual/1/words", **{"words-1": "A year of building."}) == 303
    for address in (PUBLIC, f"{PUBLIC}/1", f"{PUBLIC}/1/report.pdf", f"{PUBLIC}/2"):
        answer = nobody.get(address)
        assert answer.status_code == 404, "a draft is not there"
        assert without_reference(answer.text) == without_reference(absent.text)
    assert sends(manager, page, f"{page}/agree") == 303

    shown = words(nobody.get(f"{PUBLIC}/1").text)
    assert "A year of building." in shown and "Counts of 1 to 7 are shown as *" in shown
    assert f"Annual report, {parse('FY2014-15').name}" in words(nobody.get(PUBLIC).text)
    assert "STW of" not in shown and "MGR of" not in shown, "who works there is not for everybody"
    pdf = nobody.get(f"{PUBLIC}/1/report.pdf").data
    assert verify(pdf, keys_in(nobody.get("/packs/keys.pem").text)).standing == "genuine"
    assert not breaches(pdf)
    assert nobody.get(page).status_code in (302, 303), "the partnership's own address asks for sign-in"

    second = begins(team, "annual", year="FY2014-15")
    assert sends(manager, second, f"{second}/agree") == 303
    assert "superseded on" in words(nobody.get(f"{PUBLIC}/1").text)
    assert sends(manager, page, f"{page}/withdraw", words="A wrong year.") == 303
    withdrawn = words(nobody.get(f"{PUBLIC}/1").text)
    assert "withdrawn on" in withdrawn and "A wrong year." in withdrawn
