"""Workbooks: the same rows as text files, and nothing taken that nobody can see."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from small_return import HEADINGS, RETURN, ROWS
from workbooks import edited, ods, ods_cell, workbook

from hub.intake.read import read
from hub.intake.table import Received, Refused, Table

SHEET = "xl/worksheets/sheet1.xml"
TABLE = [HEADINGS, *ROWS]


def from_book(content: bytes, **options: Any) -> Table:
    return read(Received("xlsx", "return.xlsx", content, **options), RETURN)


def cells(table: Table) -> list[list[str]]:
    return table.frame[HEADINGS].to_numpy().tolist()


def told(table: Table) -> list[tuple[str, int | None]]:
    return [(finding.code, finding.where.row) for finding in table.findings]


def refusal(content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        from_book(content)
    return refused.value.findings[0].code


@pytest.mark.parametrize("make", [workbook, ods])
def test_a_workbook_gives_the_rows_of_its_cells(make: Any) -> None:
    table = from_book(make(TABLE))
    assert cells(table) == ROWS
    assert (table.sheet, table.frame["row_no"].tolist(), table.findings) == ("Data", [2, 3, 4, 5], ())


def test_numbers_dates_and_titles_are_read_as_their_owner_sees_them() -> None:
    rows = [
        ["Referrals made"],
        ["Partnership Hub: referrals, version 3"],
        [],
        HEADINGS,
        ["birmingham-example", 330, date(2014, 9, 1), "total", "", 31.0, 2.5],
        ["birmingham-example", "05L", datetime(2014, 10, 1), "total", "", 0, 0.1 + 0.2],
        ["birmingham-example", "05L", date(2014, 10, 15), "total", "", date(2014, 1, 2), "7"],
    ]
    table = from_book(workbook(rows))
    assert [row[1:3] + row[5:] for row in cells(table)] == [
        ["330", "2014-09", "31", "2.5"],
        ["05L", "2014-10", "0", "0.3"],
        ["05L", "2014-10-15", "2014-01-02", "7"],
    ]
    assert (table.version, table.frame["row_no"].tolist()) == ("3", [5, 6, 7])


def test_true_and_errors_are_found_at_their_cell() -> None:
    rows = [list(row) for row in TABLE]
    rows[1][5], rows[2][5] = True, "#REF!"  # type: ignore[call-overload]
    table = from_book(workbook(rows))
    assert told(table) == [("error-cell", 3), ("true-or-false", 2)]
    assert [row[5] for row in cells(table)][:2] == ["TRUE", "#REF!"]
    assert table.findings[0].where.field == "referrals_made"


def hide(sheet: Any) -> None:
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["I"].hidden = True
    sheet["I2"] = "checked by Sam"
    sheet["B2"].comment = Comment("late", "Sam")
    secret = sheet.parent.create_sheet("Workings")
    secret.append(["x"])
    secret.sheet_state = "veryHidden"


def test_what_cannot_be_seen_is_not_taken_and_is_named_with_its_place() -> None:
    table = from_book(workbook(TABLE, change=hide))
    assert cells(table) == [ROWS[0], *ROWS[2:]]
    assert told(table) == [
        ("hidden-sheet", None),
        ("hidden-rows", 3),
        ("hidden-columns", None),
        ("comments", None),
    ]
    assert table.findings[2].where.column == "I"
    assert "B2" in table.findings[3].message


def test_hidden_rows_are_taken_when_the_person_says_that_they_are_meant() -> None:
    table = from_book(
        workbook(TABLE, change=lambda sheet: setattr(sheet.row_dimensions[3], "hidden", True)),
        take_hidden=True,
    )
    assert (cells(table), told(table)) == (ROWS, [])


def test_a_filtered_list_loses_its_filtered_rows_only() -> None:
    def filtered(sheet: Any) -> None:
        sheet.auto_filter.ref = "A1:G5"
        for row in (2, 4, 5):
            sheet.row_dimensions[row].hidden = True

    table = from_book(workbook(TABLE, change=filtered))
    assert cells(table) == [ROWS[1]]
    assert "Rows 2, 4–5" in table.findings[0].message


def test_the_first_sheet_with_the_headings_is_read_and_a_second_one_is_named() -> None:
    def more(sheet: Any) -> None:
        book = sheet.parent
        book.create_sheet("About", 0).append(["Please fill in the next sheet"])
        other = book.create_sheet("Solihull")
        for row in TABLE:
            other.append(row)

    table = from_book(workbook(TABLE, change=more))
    assert (table.sheet, cells(table), told(table)) == ("Data", ROWS, [("sheet-not-taken", None)])


def test_a_workbook_that_the_hub_handed_out_comes_back_without_its_marks() -> None:
    def marks(sheet: Any) -> None:
        sheet.insert_rows(1, 2)
        sheet["A1"] = "referrals version 3"
        sheet["H3"] = "Findings"
        sheet["H4"] = "Row 2 holds “3l”, which is not a whole number."
        book = sheet.parent
        for name in ("Lists", "Findings"):
            book.create_sheet(name).append(["agency", "period", "referrals_made"])
        book.move_sheet("Findings", -2)

    table = from_book(workbook(TABLE, change=marks))
    assert (cells(table), told(table), table.version) == (ROWS, [], "3")


def test_merged_cells_among_the_rows_are_errors_and_above_them_are_not() -> None:
    rows = [["Referrals"], *TABLE]
    table = from_book(
        workbook(rows, change=lambda sheet: (sheet.merge_cells("A1:G1"), sheet.merge_cells("B3:B5")))
    )
    assert told(table) == [("merged-cells", 5)]


def test_formulas_count_with_their_stored_value_and_are_refused_without() -> None:
    with_formula = workbook(TABLE, change=lambda sheet: sheet.__setitem__("F2", "=20+11"))
    assert refusal(with_formula) == "formula-without-value"
    stored = edited(
        with_formula,
        change={
            SHEET: lambda xml: xml.replace(b"</f><v />", b"</f><v>31</v>").replace(
                b"</f><v></v>", b"</f><v>31</v>"
            )
        },
    )
    assert cells(from_book(stored)) == ROWS


def replacing(old: bytes, new: bytes) -> Any:
    return lambda xml: xml.replace(old, new)


def crafted() -> dict[str, tuple[str, bytes]]:
    plain = workbook(TABLE)
    external = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target="http://example.org/x" TargetMode="External"/></Relationships>'
    rels = "xl/worksheets/_rels/sheet1.xml.rels"
    doctype = replacing(b"<worksheet ", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet ')
    other_encoding = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE sst><sst/>'.encode("utf-16")
    dde = replacing(b"<v>", b"<f>cmd|'/c calc'!A1</f><v>")
    return {
        "macros": ("macros", edited(plain, add={"xl/vbaProject.bin": b"x"})),
        "macro type": (
            "macros",
            edited(
                plain,
                change={
                    "[Content_Types].xml": replacing(
                        b"spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main"
                    )
                },
            ),
        ),
        "old macro sheet": ("macros", edited(plain, add={"xl/macrosheets/sheet1.xml": b"<x/>"})),
        "external link": (
            "external-links",
            edited(plain, add={"xl/externalLinks/externalLink1.xml": b"<x/>"}),
        ),
        "external picture": ("external-links", edited(plain, add={rels: external % b"image"})),
        "connection": ("external-links", edited(plain, add={"xl/connections.xml": b"<x/>"})),
        "dde": (
            "external-links",
            edited(workbook([HEADINGS, ["a", "b", "c", "d", "e", 1, 2]]), change={SHEET: dde}),
        ),
        "ole": ("embedded-objects", edited(plain, add={"xl/embeddings/oleObject1.bin": b"x"})),
        "doctype": ("crafted-xml", edited(plain, change={SHEET: doctype})),
        "doctype, other encoding": ("crafted-xml", edited(plain, add={"xl/extra.xml": other_encoding})),
        "doctype, no part of the book": (
            "crafted-xml",
            edited(plain, add={"customXml/item1.xml": b"<!DOCTYPE x><x/>"}),
        ),
        "broken xml": ("damaged-file", edited(plain, change={SHEET: replacing(b"</row>", b"")})),
        "path": ("damaged-file", edited(plain, add={"../../etc/passwd": b"x"})),
        "part twice": ("damaged-file", edited(plain, add={"XL/workbook.xml": b"<x/>"})),
        "many parts": ("too-many-parts", edited(plain, add={f"xl/media/{n}.png": b"x" for n in range(201)})),
        "document": (
            "not-a-table",
            edited(
                b"PK\x05\x06" + b"\x00" * 18,
                add={"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"},
            ),
        ),
        "binary": (
            "old-excel",
            edited(
                b"PK\x05\x06" + b"\x00" * 18, add={"[Content_Types].xml": b"<x/>", "xl/workbook.bin": b"x"}
            ),
        ),
        "ods macros": ("macros", ods(TABLE, add={"Basic/Standard/Module1.xml": b"<x/>"})),
        "ods encrypted": (
            "encrypted",
            ods(TABLE, add={"META-INF/manifest.xml ": b"", "META-INF/x.xml": b"<x/>"}),
        ),
        "ods doctype": ("crafted-xml", ods(TABLE, add={"settings.xml": b"<!DOCTYPE x><x/>"})),
        "ods link": (
            "external-links",
            ods(
                [], body='<table:table table:name="D"><table:table-source xlink:href="x.ods"/></table:table>'
            ),
        ),
        "ods object": (
            "embedded-objects",
            ods([], body='<table:table table:name="D"><draw:object-ole xlink:href="x"/></table:table>'),
        ),
        "ods listener": (
            "macros",
            ods([], body='<table:table table:name="D"><script:event-listener/></table:table>'),
        ),
        "ods formula": (
            "formula-without-value",
            ods(
                [],
                body='<table:table table:name="D"><table:table-row><table:table-cell table:formula="of:=1+1"/></table:table-row></table:table>',
            ),
        ),
    }


CRAFTED = {name: case for name, case in crafted().items() if name != "ods encrypted"}


@pytest.mark.parametrize("name", CRAFTED)
def test_what_can_run_reach_out_or_deceive_is_refused(name: str) -> None:
    code, content = CRAFTED[name]
    assert refusal(content) == code


def test_a_link_to_click_on_is_no_external_link() -> None:
    table = from_book(
        workbook(TABLE, change=lambda sheet: setattr(sheet["A1"], "hyperlink", "https://www.example.org/"))
    )
    assert (cells(table), told(table)) == (ROWS, [])


def test_ods_rows_and_columns_that_cannot_be_seen_are_not_taken() -> None:
    filtered = ' table:visibility="filter"'
    lines = [
        f"<table:table-row{filtered if number == 2 else ''}>{''.join(map(ods_cell, row))}</table:table-row>"
        for number, row in enumerate(TABLE)
    ]
    empty = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    hidden = '<table:table table:name="Old" table:style-name="ta2"><table:table-row><table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row></table:table>'
    style = '<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>'
    table = from_book(
        ods(
            [],
            body=f'<table:table table:name="Data">{"".join(lines)}{empty}</table:table>{hidden}',
            styles=style,
        )
    )
    assert cells(table) == [ROWS[0], *ROWS[2:]]
    assert told(table) == [("hidden-sheet", None), ("hidden-rows", 3)]


def packed(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return made.getvalue()


def test_a_small_workbook_that_unpacks_to_89_megabytes_is_refused_within_a_second() -> None:
    row = b'<row r="1"><c r="A1" t="inlineStr"><is><t>birmingham-example</t></is></c></row>'
    content = packed(
        {"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>", SHEET: row * (89_000_000 // len(row))}
    )
    assert len(content) < 500_000
    started = time.perf_counter()
    assert refusal(content) == "unpacks-too-large"
    assert time.perf_counter() - started < 1


def test_a_list_of_contents_that_lies_about_sizes_is_refused() -> None:
    content = bytearray(
        packed({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>", SHEET: b" " * 5_000_000})
    )
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = content.index(
            signature,
            content.rindex(SHEET.encode()) - 60
            if signature == b"PK\x01\x02"
            else content.index(SHEET.encode()) - 40,
        )
        content[at + offset : at + offset + 4] = (1000).to_bytes(4, "little")
    assert refusal(bytes(content)) == "damaged-file"


@pytest.mark.parametrize(
    ("ref", "code"),
    [
        ("A1048576", "too-many-rows"),
        ("XFD2", "too-many-columns"),
        ("GR100030", "too-many-cells"),
        ("XFD1048576", "too-many-columns"),
    ],
)
def test_a_cell_far_away_does_not_fill_the_memory(ref: str, code: str) -> None:
    row = f'<row r="{ref.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}"><c r="{ref}"><v>1</v></c></row></sheetData>'.encode()
    assert refusal(edited(workbook(TABLE), change={SHEET: replacing(b"</sheetData>", row)})) == code


def test_a_styled_but_empty_cell_far_away_is_nothing() -> None:
    row = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    assert cells(from_book(edited(workbook(TABLE), change={SHEET: replacing(b"</sheetData>", row)}))) == ROWS


def test_a_workbook_named_csv_is_read_as_what_it_is() -> None:
    assert cells(read(Received("csv", "return.csv", workbook(TABLE)), RETURN)) == ROWS


def test_a_book_saved_again_by_another_program_reads_the_same() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(TABLE)))
    content = io.BytesIO()
    book.save(content)
    assert cells(from_book(content.getvalue())) == ROWS
