"""What the hub hands out comes back: the template of every definition filled in, and a marked workbook mended."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

import openpyxl
import pytest

from hub.definitions import catalogue
from hub.definitions.as_template import Sender, template
from hub.definitions.layout import breakdowns_of, lines_of, periods_in
from hub.definitions.model import Definition, Owes
from hub.intake.read import read
from hub.intake.table import Received, Refused, Table
from hub.periods import containing, parse, preceding

LISTS = {
    **{
        code: {item.code: item.title for item in codelist.items}
        for code, codelist in catalogue.shipped().codelists.items()
    },
    "areas": {"south": "South", "east": "East"},
    "members": {"RQ3": "Children’s Hospital", "05L": "Sandwell and West Birmingham"},
}
OWED = [
    pytest.param(definition, owes, id=f"{definition.code}-{owes.kinds[0]}")
    for definition in catalogue.shipped().returns
    for owes in definition.owes
]


def handed_out(definition: Definition, owes: Owes, format: str) -> bytes:
    """With something signed before beside every cell, which must never come back as an answer."""
    period = containing(parse("2014-10-15").starts_on, owes.frequency)
    before = preceding(periods_in(owes, period)[0])
    signed = {
        (before.code, breakdown.name, line.code, name): "Sally Meadows"
        if definition.figure(name).in_words
        else "777"
        for breakdown in breakdowns_of(definition, owes)
        for line in lines_of(definition, breakdown, LISTS)
        for name in breakdown.figures
    }
    return template(
        definition,
        Sender("birmingham-example", "RQ3", owes.kinds[0], LISTS, before=before, signed=signed),
        period,
        format=format,  # type: ignore[arg-type]
    )


def filled(sheet: Any, *, first_row: int) -> None:
    for row in range(first_row, sheet.max_row + 1):
        if sheet.cell(row, 2).value:
            for column in range(6, sheet.max_column + 1):
                if not sheet.cell(first_row - 1, column).value.startswith("Signed for"):
                    sheet.cell(row, column, row)


def saved(book: Any) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def assert_all_taken(table: Table, definition: Definition, owes: Owes) -> None:
    assert table.findings == ()
    assert table.template is not None
    assert (table.template.return_code, table.template.version, table.template.agency) == (
        definition.code, definition.version, "RQ3",
    )  # fmt: skip
    assert set(table.frame["agency"]) == {"RQ3"} and set(table.frame["partnership"]) == {"birmingham-example"}
    for figure in owes.figures:
        assert table.frame[figure].tolist() == table.frame["row_no"].astype(str).tolist()


@pytest.mark.parametrize(("definition", "owes"), OWED)
def test_a_template_filled_in_is_read_whole(definition: Definition, owes: Owes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(handed_out(definition, owes, "xlsx")))
    filled(book["Data"], first_row=4)
    table = read(Received("xlsx", "return.xlsx", saved(book)), definition)
    assert (table.sheet, table.version) == ("Data", str(definition.version))
    assert_all_taken(table, definition, owes)


@pytest.mark.parametrize(("definition", "owes"), OWED)
def test_a_csv_template_filled_in_is_read_whole(definition: Definition, owes: Owes) -> None:
    rows = list(csv.reader(io.StringIO(handed_out(definition, owes, "csv").decode("utf-8-sig"))))
    numbered = [
        rows[0],
        *[
            [str(at) if name in owes.figures else text for name, text in zip(rows[0], row, strict=True)]
            for at, row in enumerate(rows[1:], start=2)
        ],
    ]
    content = io.StringIO(newline="")
    csv.writer(content, delimiter=";").writerows(numbered)
    assert_all_taken(
        read(Received("csv", "return.csv", content.getvalue().encode()), definition), definition, owes
    )


@pytest.mark.parametrize(("definition", "owes"), OWED)
def test_a_workbook_with_our_findings_is_accepted_as_it_is(definition: Definition, owes: Owes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(handed_out(definition, owes, "xlsx")))
    sheet = book["Data"]
    filled(sheet, first_row=4)
    last = sheet.max_column + 1
    sheet.cell(3, last, "Findings")
    sheet.cell(4, last, "“3l” is not a number. Write a whole number.")
    found = book.create_sheet("Findings", 0)
    found.append(["row", "column", "what is wrong", "agency", "period"])
    found.append([4, "Referrals made", "“3l” is not a number.", "RQ3", "2014-10"])
    assert_all_taken(read(Received("xlsx", "return.xlsx", saved(book)), definition), definition, owes)


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_the_template_of_another_return_or_version_is_named(format: Any) -> None:
    definition = catalogue.shipped().latest("referrals")
    content = handed_out(definition, definition.owes[0], format)
    received = Received(format, f"return.{format}", content)
    with pytest.raises(Refused) as refused:
        read(received, catalogue.shipped().latest("police"))
    assert [one.code for one in refused.value.findings] == ["template-of-other-return"]
    assert "the template of the return “referrals”, of RQ3 for October 2014" in str(refused.value)
    with pytest.raises(Refused) as refused:
        read(received, replace(definition, version=2))
    assert [one.code for one in refused.value.findings] == ["template-of-other-version"]
    assert "template of version 1" in str(refused.value) and "version 2 is asked now" in str(refused.value)


def test_a_title_of_ones_own_is_no_template() -> None:
    text = "Referrals v7 final\nagency,period,breakdown,code,referrals_made\nRQ3,2014-10,total,,5\n"
    table = read(Received("csv", "own.csv", text.encode()), catalogue.shipped().latest("referrals"))
    assert (table.template, table.findings) == (None, ())
