"""The regional office's papers: drafted from the verdicts, edited, issued by a named person, frozen, superseded, taken away."""

from __future__ import annotations

import csv
import html
import io
import re

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from hub import db
from tests.board.pdf_structure import breaches
from tests.databases import ENGINES, Filled, NewDatabase
from tests.watched_world import CODE, make_agreed
from tests.web.conftest import Browser, SignIn, words

AGREEMENT = f"/partnerships/testshire/agreements/{CODE}"
PAPERS = f"{AGREEMENT}/papers"
ROTA = f"{AGREEMENT}/commitments/ROTA?party=RXT"


@pytest.fixture
def new_world(filled: Filled) -> NewDatabase:
    return filled(make_agreed)


def draft(office: Browser, quarter: str = "FY2014-15Q4") -> str:
    office.get(PAPERS)
    answer = office.post(f"{PAPERS}/statement", {"quarter": quarter}, action=f"{PAPERS}/statement")
    assert answer.status_code == 303, words(answer.text)
    return answer.location.split("?")[0]


def text_of(office: Browser, page: str) -> str:
    found = re.search(r'<textarea[^>]*name="words"[^>]*>(.*?)</textarea>', office.get(page).text, re.S)
    assert found is not None
    return html.unescape(found[1])


def write(office: Browser, page: str, act: str, said: str, **changed: object) -> int:
    """Save or issue, as the one form of the page does."""
    data = {**office.fields(f"{page}/save"), "words": said, **changed}
    return office.client.post(f"{page}/{act}", data=data).status_code


@pytest.mark.parametrize("web_engine", ENGINES, indirect=True)
def test_a_statement_from_draft_to_superseded(signed_in: SignIn, web_engine: Engine) -> None:
    office, lead = signed_in("reg.midlands"), signed_in("led.rxt")
    page = draft(office)
    said = text_of(office, page)
    # Four lines: both bodies' returns and the rota are missed, the protocol was written in time.
    assert "January to March 2015, as known on 18 May 2015." in said
    assert "The agreement has 4 promises, counted for each body that made one: 3 missed, 1 met." in said
    assert (
        "ROTA, Testshire Mental Health Trust: missed, slipping since 31 December 2014. It was due by 31 December 2014"
        in said
    )
    assert lead.get(page).status_code == 404, "a draft is the office's own"
    assert "Nothing has been issued yet." in words(lead.get(PAPERS).text)

    other = signed_in("reg.midlands")
    other.get(page), office.get(page)
    assert write(office, page, "save", f"{said}\n\n=1+1 is what we ask.") == 303
    assert write(other, page, "issue", "Mine.") == 409, "another text was saved since"
    office.get(page)
    assert write(office, page, "issue", "") == 409
    assert write(office, page, "issue", "Her NHS number is 943 476 5919.") == 409, "the gate"
    assert write(office, page, "issue", f"{said}\n\n=1+1 is what we ask.") == 303
    assert write(office, page, "save", "Otherwise.") == 409, "it stays as it is"
    read = words(lead.get(page).text)
    assert "Issued by REG of midlands" in read and "=1+1 is what we ask." in read
    assert "Digest of what was issued" in read and "/issue" not in lead.page.text  # type: ignore[union-attr]

    rows = list(csv.DictReader(io.StringIO(lead.get(f"{page}/download.csv").text.removeprefix("﻿"))))
    rota = next(row for row in rows if row["commitment"] == "ROTA")
    assert (rota["clause"], rota["verdict"], rota["since"]) == ("1", "missed", "2014-12-31")
    assert rota["told"].endswith("the regional office 2015-01-29") and rota["note"].startswith("Illustrative")
    alone = next(row for row in rows if (row["commitment"], row["party"]) == ("RETURNS", "RR1"))
    assert alone["told"] == "the regional office 2014-12-31", "nobody is named for the two steps below"
    book = load_workbook(io.BytesIO(lead.get(f"{page}/download.xlsx").data))
    cells = [row[0] for row in book["Text"].iter_rows(values_only=True)]
    assert "'=1+1 is what we ask." in cells, "no text becomes a formula"
    assert next(book["Verdicts"].iter_rows(values_only=True))[5] == "commitment"
    paper = lead.get(f"{page}/download.pdf")
    assert paper.mimetype == "application/pdf" and not breaches(paper.data)
    assert lead.get(f"{page}/download.pdf").data == paper.data, "the same paper gives the same bytes"
    assert lead.get(f"{page}/download.doc").status_code == 404

    second = draft(office)
    text_of(office, second)
    assert write(office, second, "issue", "The second.") == 303
    # Each says which took the place of which, and when: on its page and in every file.
    first, after = words(lead.get(page).text), words(lead.get(second).text)
    assert "Superseded by statement 2 , issued on 18 May 2015" in first and "It supersedes" not in first
    assert "It supersedes statement 1 of the same quarter, issued on 18 May 2015" in after
    for at, says in (
        (page, "Superseded by statement 2, issued on 2015-05-18."),
        (second, "Supersedes statement 1, issued on 2015-05-18."),
    ):
        rows = list(csv.DictReader(io.StringIO(lead.get(f"{at}/download.csv").text.removeprefix("﻿"))))
        assert rows and all(row["standing"].endswith(says) for row in rows)
        book = load_workbook(io.BytesIO(lead.get(f"{at}/download.xlsx").data))
        assert any(str(row[0]).endswith(says) for row in book["Text"].iter_rows(values_only=True))
    assert lead.get(f"{page}/download.pdf").data != paper.data, "the same sentence stands in the PDF"
    assert "superseded by statement 2 on 18 May 2015" in words(lead.get(PAPERS).text)
    assert "=1+1 is what we ask." in words(lead.get(page).text), "and what it said can still be read"
    for table in ("office_papers", "office_paper_texts"):
        with (
            db.open_session(web_engine, writing=True) as session,
            pytest.raises(DBAPIError, match="never changed"),
        ):
            session.execute(text(f"UPDATE {table} SET kind = 'letter'"))


def test_a_letter_says_what_the_promise_s_page_says(signed_in: SignIn) -> None:
    office = signed_in("reg.midlands")
    office.get(ROTA)
    to = f"{PAPERS}/letter"
    answer = office.post(to, action=to)
    assert answer.status_code == 303, words(answer.text)
    page = answer.location.split("?")[0]
    home = office.get("/").text
    assert page in home and "A draft. Edit it and issue it." in home and "/regions/midlands" in home
    assert "nothing to fill in" not in home
    said = text_of(office, page)
    shown = words(office.get(ROTA).text)
    for figure in ("31 December 2014", "It was due by 31 December 2014: nothing has been reported."):
        assert figure in said and figure in shown
    assert "In clause 1 of the A memorandum that is watched (version 1)" in said
    assert (
        "the leads of the memorandum on 1 January 2015; the chief officers on 15 January 2015; the regional office on 29 January 2015"
        in said
    )
    assert "Please let us know by 2 June 2015" in said, (
        "ten working days from 18 May, the 25th being a holiday"
    )
    office.get(page)
    assert write(office, page, "issue", said) == 303
    assert "Letter 1: ROTA, Testshire Mental Health Trust" in words(signed_in("rdr.rxt").get(ROTA).text)


def test_only_the_regional_office_writes(signed_in: SignIn) -> None:
    for name in ("stw.testshire", "led.rxt", "mgr.testshire"):
        reader = signed_in(name)
        assert "Draft it" not in reader.get(PAPERS).text
        assert "Draft a letter" not in reader.get(ROTA).text
    office = signed_in("reg.midlands")
    office.get(PAPERS)
    to = f"{PAPERS}/statement"
    for quarter in ("", "FY2030-31Q1", "2014-09", "FY2013-14Q1"):
        assert office.post(to, {"quarter": quarter}, action=to).status_code == 409, quarter
