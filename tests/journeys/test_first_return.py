"""A first return with its mistakes, told in a real browser against the real server and checker.

An analyst downloads the template, uploads it with three mistakes, mends the workbook that comes back and uploads that;
the manager signs; the Board's number moves and the commitment's verdict rests on one more return.
"""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page

from hub.agreements.evaluate import evaluate
from hub.agreements.verdict import Verdict
from hub.agreements.versions import agreement_as_at
from hub.db import make_engine, open_session
from hub.facts.moments import as_at
from hub.measures.compute import measure
from hub.partners import queries
from tests.example_world import CODE
from tests.journeys.conftest import Server, sign_in

pytestmark = pytest.mark.browser

MONTH = "2015-04"  # the example's open month
AGENCY = "RYW"  # its April is open, and 104 is like its months before, so that nothing is asked
TITLE = "Referrals made to the front door, April 2015"


def fill_in(file: Path, mistakes: bool) -> None:
    """Numbers that agree; with mistakes, three cells that do not."""
    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    rows = {(row[3].value, row[4].value): row for row in sheet.iter_rows(min_row=3) if row[3].value}
    for row in rows.values():
        if row[3].value != "breakdown":
            row[5].value = 0
    for line, count in {
        ("total", None): 104,
        ("setting", "emergency-department"): 104,
        ("category", "neglect"): 64,
        ("category", "domestic-abuse"): 40,
        ("residence", "here"): 104,
        ("area", "south"): 104,
        next(
            line for line in rows if line[0] == "setting_site"
        ): 104,  # the one department that made them all
    }.items():
        rows[line][5].value = count
    if mistakes:
        rows["total", None][5].value = "1,234"
        rows["category", "neglect"][5].value = "<5"
        rows["setting", "hospital-ward"][4].value = "ward 12"
    book.save(file)


def mend(file: Path) -> int:
    """Put right what the workbook's own findings column says; returns how many rows it marked."""
    book = openpyxl.load_workbook(file)
    sheet = book["Data"]
    marked = 0
    for row in sheet.iter_rows(min_row=4):
        marked += bool(row[6].value)
        if row[5].value == "1,234":
            row[5].value = 104
        if row[5].value == "<5":
            row[5].value = 64
        if row[4].value == "ward 12":
            row[4].value = "hospital-ward"
    book.save(file)
    return marked


def upload(page: Page, file: Path) -> None:
    page.set_input_files("input[type=file]", file)
    page.click("button:has-text('Upload and check')")
    page.wait_for_load_state()


def counted(database: str) -> tuple[float, int, Verdict]:
    """Referrals made in the month, returns in, and the party's verdict on C1 as at now."""
    with open_session(make_engine(database)) as session:
        partnership = queries.partnership(session, CODE)
        at = as_at(session, partnership)
        points = measure(session, partnership, at, "RF01").points
        point = next(point for point in points if point.period.code == MONTH)
        agreement = agreement_as_at(session, partnership.id, "birmingham-nhs-2015-16", at.moment)
        verdicts = evaluate(session, partnership, agreement, at)
        of_party = next(v for v in verdicts if (v.commitment, v.party) == ("C1", AGENCY))
    return point.value or 0, point.coverage.received, of_party


def test_a_first_return_from_template_to_board(chromium: Browser, server: Server, tmp_path: Path) -> None:
    before, received, verdict = counted(server.database)
    assert verdict.word == "not due"

    analyst = sign_in(chromium, server, f"analyst.{AGENCY.lower()}")
    analyst.click(f"text={TITLE}")
    with analyst.expect_download() as download:
        analyst.click("text=Download the template")
    file = tmp_path / "return.xlsx"
    download.value.save_as(file)
    fill_in(file, mistakes=True)
    analyst.click("main a:has-text('Upload a file')")
    upload(analyst, file)
    assert "3 errors" in analyst.inner_text("main")
    found = analyst.inner_text("main")
    assert "Write 1234" in found and "ward 12" in found and "Send the true number" in found
    assert "row " in found
    with analyst.expect_download() as download:
        analyst.click("text=your figures as a workbook with the findings beside them")
    marked = tmp_path / "marked.xlsx"
    download.value.save_as(marked)
    assert mend(marked) == 3

    upload(analyst, marked)
    assert "nothing found" in analyst.inner_text("main")
    analyst.click("main th[scope=row] a")
    analyst.click("button:has-text('Send for sign-off')")
    assert "waiting for signature" in analyst.inner_text("main")
    assert counted(server.database)[0] == before  # nothing counts before it is signed

    manager = sign_in(chromium, server, f"manager.{AGENCY.lower()}")
    manager.click(f"text={TITLE}")
    manager.click("text=Look at it and sign")
    shown = manager.inner_text("main")
    assert re.search(r"\b104\b", shown) and "I confirm" in shown
    manager.click("button:has-text('Sign for')")
    manager.wait_for_load_state()
    assert "eceipt" in manager.inner_text("main")

    after, now_received, verdict = counted(server.database)
    assert (after - before, now_received - received) == (104, 1)
    assert verdict.word == "on track" and verdict.reason.startswith("On time so far: 1 of 1")

    member = sign_in(chromium, server, "member")
    member.goto(f"{server.url}/partnerships/{CODE}/measures/RF01/{MONTH}")
    assert "104" in member.inner_text("table") and AGENCY in member.inner_text("table")
