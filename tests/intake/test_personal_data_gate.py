"""Wherever an identifier stands, the file is refused, and nothing that is said repeats it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openpyxl.comments import Comment
from small_return import HEADINGS, RETURN, ROWS, records
from workbooks import edited, ods, ods_cell, workbook

from hub.intake.read import read
from hub.intake.table import Received, Refused, Table

NHS = "943 476 5919"
TABLE = [HEADINGS, *ROWS]


def with_cell(row: int, column: int, text: Any) -> list[list[Any]]:
    rows: list[list[Any]] = [list(each) for each in TABLE]
    rows[row][column] = text
    return rows


def csv(rows: list[list[Any]], name: str = "return.csv") -> Received:
    return Received("csv", name, "\n".join(",".join(map(str, row)) for row in rows).encode())


def xlsx(rows: list[list[Any]] = TABLE, **options: Any) -> Received:
    return Received("xlsx", "return.xlsx", workbook(rows, **options))


def commented(sheet: Any) -> None:
    sheet["A2"].comment = Comment(f"this is {NHS}", "analyst")


def hidden_row(sheet: Any) -> None:
    sheet["H3"] = f"note {NHS}"
    sheet.row_dimensions[3].hidden = True


def hidden_column(sheet: Any) -> None:
    sheet["I3"] = NHS
    sheet.column_dimensions["I"].hidden = True


def other_sheet(state: str) -> Any:
    def add(sheet: Any) -> None:
        sheet.parent.create_sheet("Workings").append([1, NHS.replace(" ", "")])
        sheet.parent["Workings"].sheet_state = state

    return add


def page_header(sheet: Any) -> None:
    sheet.oddHeader.center.text = f"List of {NHS}"


def titled(sheet: Any) -> None:
    sheet.parent.properties.title = f"Return {NHS}"


def a_title_above(sheet: Any) -> None:
    sheet.insert_rows(1)
    sheet["A1"] = f"About {NHS}"


def bare_number(sheet: Any) -> None:
    sheet["F2"] = 9434765919


ODS_TABLE = f'<table:table table:name="Data">{"".join(f"<table:table-row>{str().join(map(ods_cell, row))}</table:table-row>" for row in TABLE)}</table:table>'

PLACES: dict[str, Received] = {
    "a key cell": csv(with_cell(1, 1, NHS)),
    "a figure's cell": csv(with_cell(1, 5, "9434765919")),
    "a heading": csv(with_cell(0, 6, NHS)),
    "an unknown column": csv(with_cell(0, 6, "remarks")[:1] + with_cell(2, 6, f"see {NHS}")[1:]),
    "the file's name": csv(TABLE, f"{NHS.replace(' ', '_')}.csv"),
    "a form's answer": Received("form", rows=tuple([*records(), {**records()[0], "code": NHS}])),
    "a key of JSON": Received("json", content=json.dumps([{**records()[0], NHS: "1"}]).encode()),
    "a nested value's neighbour": Received("json", rows=({**records()[0], "note": NHS},)),
    "a sheet's name": xlsx(name=NHS),
    "a comment": xlsx(change=commented),
    "a hidden row": xlsx(change=hidden_row),
    "a hidden column": xlsx(change=hidden_column),
    "another sheet": xlsx(change=other_sheet("visible")),
    "a very hidden sheet": xlsx(change=other_sheet("veryHidden")),
    "a page header": xlsx(change=page_header),
    "the properties": xlsx(change=titled),
    "a line above the headings": xlsx(change=a_title_above),
    "a number's cell": xlsx(change=bare_number),
    "a text box": Received(
        "xlsx",
        "a.xlsx",
        edited(
            workbook(TABLE), add={"xl/drawings/drawing1.xml": f"<d><a:t xmlns:a='a'>{NHS}</a:t></d>".encode()}
        ),
    ),
    "a pivot table's copy": Received(
        "xlsx",
        "a.xlsx",
        edited(
            workbook(TABLE), add={"xl/pivotCache/pivotCacheRecords1.xml": b'<r><s v="943 476 5919"/></r>'}
        ),
    ),
    "an older version, recorded": Received(
        "xlsx",
        "a.xlsx",
        edited(
            workbook(TABLE),
            add={"xl/revisions/revisionLog1.xml": f"<r><nc><is><t>{NHS}</t></is></nc></r>".encode()},
        ),
    ),
    "an older version, recorded in ODS": Received(
        "xlsx",
        "a.ods",
        ods(
            [],
            body=f"<table:tracked-changes><table:table-cell><text:p>{NHS}</text:p></table:table-cell></table:tracked-changes>"
            + ODS_TABLE,
        ),
    ),
    "an ODS comment": Received(
        "xlsx",
        "a.ods",
        ods(
            [],
            body=ODS_TABLE.replace(
                "<text:p>RQ3", f"<office:annotation><text:p>{NHS}</text:p></office:annotation><text:p>RQ3", 1
            ),
        ),
    ),
    "an ODS cell": Received("xlsx", "a.ods", ods(with_cell(1, 1, NHS))),
}


def said(refused: Refused) -> str:
    return json.dumps([finding.as_json() for finding in refused.findings]) + str(refused)


@pytest.mark.parametrize("place", PLACES)
def test_an_nhs_number_is_refused_wherever_it_stands_and_never_repeated(place: str) -> None:
    with pytest.raises(Refused) as refused:
        read(PLACES[place], RETURN)
    assert {finding.code for finding in refused.value.findings} == {"nhs-number"}
    assert "5919" not in said(refused.value)
    assert refused.value.__cause__ is None and (
        refused.value.__suppress_context__ or refused.value.__context__ is None
    )


@pytest.mark.parametrize(
    "heading", ["NHS Number", "UPN", "Date of birth", "Child's name", "Surname", "LAchildID", "Home postcode"]
)
def test_a_column_about_single_persons_is_refused_by_its_heading(heading: str) -> None:
    rows = [[*row, extra] for row, extra in zip(TABLE, [heading, "a", "b", "c", "d"], strict=True)]
    with pytest.raises(Refused) as refused:
        read(csv(rows), RETURN)
    assert refused.value.findings[0].code == "personal-column"


def table_with(texts: list[str], heading: str = "order no") -> Table:
    rows = [[*row, extra] for row, extra in zip(TABLE, [heading, *texts], strict=True)]
    return read(csv(rows), RETURN)


def test_ten_digit_numbers_of_another_meaning_pass() -> None:
    # 4500012343 passes the check of NHS numbers by chance, its neighbours do not
    table = table_with(["4500012343", "4500012344", "4500012345", "4500012346"])
    assert [finding.code for finding in table.findings] == ["unknown-column"]
    with pytest.raises(Refused):
        table_with(["9434765919", "9876543210", "9990000018", "4500012345"])


def test_a_likely_name_asks_and_is_not_repeated() -> None:
    table = table_with(["", "Jayden Smith", "", ""], "remarks")
    asked = table.findings[1]
    assert (asked.code, asked.severity, asked.where.row, asked.where.column) == (
        "likely-name",
        "query",
        3,
        "H",
    )
    assert "are you sure?" in asked.message and "Jayden" not in json.dumps(asked.as_json())


def test_the_author_of_a_workbook_is_no_child() -> None:
    def author(sheet: Any) -> None:
        sheet.parent.properties.creator = "Jayden Smith"
        sheet.parent.properties.lastModifiedBy = "anna@example.org"

    assert read(xlsx(change=author), RETURN).findings == ()


def test_another_refusal_does_not_repeat_a_name_of_a_sheet() -> None:
    received = xlsx(name="Jayden Smith", change=lambda sheet: sheet.__setitem__("F2", "=1+1"))
    with pytest.raises(Refused) as refused:
        read(received, RETURN)
    assert refused.value.findings[0].code == "formula-without-value"
    assert "Jayden" not in said(refused.value)


def test_thousands_of_identifiers_give_a_hundred_places_and_a_count() -> None:
    numbers = [f"{n:09d}" for n in range(400_000_000, 400_003_000)]
    checked = [
        (n, (11 - sum(int(d) * w for d, w in zip(n, range(10, 1, -1), strict=True)) % 11) % 11)
        for n in numbers
    ]
    rows = [HEADINGS, *[[*ROWS[0][:4], n + str(check), "1", "0"] for n, check in checked if check < 10]]
    with pytest.raises(Refused) as refused:
        read(csv(rows), RETURN)
    assert len(refused.value.findings) == 101
