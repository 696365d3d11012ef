"""Findings as people and programs get them; a workbook that is handed out comes back with the same findings."""

from __future__ import annotations

import csv
import io
import json

import pytest
from openpyxl import load_workbook

from hub.intake.table import Received
from hub.validation.outcome import Outcome
from hub.validation.report import as_csv, as_json, as_text, grouped
from hub.validation.run import check
from hub.validation.workbook import as_workbook
from tests.validation.small_returns import small_return, small_scope

FILE = """Front door figures,,,,,
agency,period,breakdown,code,Referrals,nfa
330,2014-04,total,,100,140
330,2014-04,area,south,"1,060",
330,2014-04,area,east,40,

330,2014-04,source,police,70,
RZZ,2014-04,total,,5,
330,2014-04,source,schools,30,-
330,2014-05,total,,=1+1,
"""  # the blank line is row 6


def checked(content: bytes, channel: str = "csv") -> Outcome:
    return check(Received(channel, f"april.{channel}", content), small_return(), small_scope())  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return checked(FILE.encode())


def test_groups_put_errors_first_and_count_what_is_not_shown(outcome: Outcome) -> None:
    groups = grouped(outcome, most=3)
    assert [group.severity for group in groups] == sorted(group.severity for group in groups)
    assert sum(len(group.shown) for group in groups) == 3
    assert sum(group.count for group in groups) == len(outcome.findings)


def test_text_says_where_and_what_to_do(outcome: Outcome) -> None:
    lines = as_text(outcome).splitlines()
    assert "  row 4, column Referrals: “1,060” has a separator in it. Write 1060." in lines
    assert lines[-1].startswith("7 rows: ")


def test_json_is_as_the_command_promises(outcome: Outcome) -> None:
    data = json.loads(json.dumps(as_json(outcome)))
    assert {name: data[name] for name in ("return", "version", "rows")} == {
        "return": "front-door",
        "version": 1,
        "rows": 7,
    }
    assert data["errors"] + data["queries"] == len(data["findings"])
    first = data["findings"][0]
    assert first.keys() >= {"code", "severity", "message", "where", "value"}
    assert first["where"].keys() >= {"sheet", "row", "column", "field"}


def test_csv_holds_every_finding_and_no_formula(outcome: Outcome) -> None:
    rows = list(csv.reader(io.StringIO(as_csv(outcome))))
    assert len(rows) == len(outcome.findings) + 1
    assert [row[5] for row in rows if "1+1" in row[5]] == ["'=1+1"]


def test_a_workbook_marks_faults_where_they_stood(outcome: Outcome) -> None:
    book = load_workbook(io.BytesIO(as_workbook(outcome, small_return())))
    assert book.sheetnames == ["Data", "Findings"]
    data = book["Data"]
    assert [cell.value for cell in data[2]] == [
        "agency",
        "period",
        "breakdown",
        "code",
        "Referrals",
        "nfa",
        "findings",
    ]
    assert (data["E3"].value, data["F3"].value, data["E4"].value) == (100, 140, "1,060")
    assert data["F3"].fill.fgColor.rgb == data["E4"].fill.fgColor.rgb == "00F6D7D2"
    assert data["E5"].fill.fgColor.rgb == "00000000"
    assert "“1,060” has a separator" in data["G4"].value
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    assert all(cell.comment is None for row in data.iter_rows() for cell in row)


def test_a_workbook_that_was_handed_out_says_the_same_when_it_comes_back(outcome: Outcome) -> None:
    again = checked(as_workbook(outcome, small_return()), "xlsx")
    plain = [(f.code, f.where.row, f.where.field) for f in outcome.findings if "formula" not in f.code]
    assert [(f.code, f.where.row, f.where.field) for f in again.findings if "formula" not in f.code] == plain
    assert [part.key for part in again.parts] == [part.key for part in outcome.parts]


def test_a_mended_workbook_is_accepted(outcome: Outcome) -> None:
    book = load_workbook(io.BytesIO(as_workbook(outcome, small_return())))
    data = book["Data"]
    data["F3"], data["E4"] = 40, 60
    for row in (10, 9, 8):
        data.delete_rows(row) if row != 9 else None
    for row in data.iter_rows(min_row=3):
        if row[3].value == "schools":
            row[5].value = None
    content = io.BytesIO()
    book.save(content)
    again = checked(content.getvalue(), "xlsx")
    assert again.findings == ()
    assert len(again.parts[0].cells) == 6


def test_forms_and_long_tables_become_workbooks_too() -> None:
    rows = tuple(
        {"agency": "330", "period": "2014-04", "breakdown": "total", "code": "", "referrals": "x", "nfa": ""}
        for _ in range(40)
    )
    outcome = check(Received("form", rows=rows), small_return(), small_scope())
    data = load_workbook(io.BytesIO(as_workbook(outcome, small_return())))["Data"]
    assert data["A1"].value == "agency"
    assert data.max_row == 41
