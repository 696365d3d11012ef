"""Corpus: how workbooks are built (structure, formulas, size, attacks on ZIP and XML)."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from corpus import Case, Rows, Verdict, as_book, as_csv, table, text
from openpyxl.comments import Comment
from small_return import HEADINGS, ROWS
from workbooks import edited, ods, workbook

SHEET = "xl/worksheets/sheet1.xml"
RELATIONS = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target="http://example.org/x" TargetMode="External"/></Relationships>'

Change = Callable[[Any], Any]


def _book(
    name: str,
    verdict: Verdict,
    code: str = "",
    row: int | None = None,
    *,
    rows: Rows | None = None,
    change: Change | None = None,
    category: str = "structure",
    **options: Any,
) -> Case:
    content = workbook(rows or table(), change=change)
    return Case(f"{category}/{name}.xlsx", category, as_book(content, **options), verdict, code, row)


def _raw(name: str, content: bytes, verdict: Verdict, code: str = "", category: str = "attacks") -> Case:
    return Case(f"{category}/{name}", category, as_book(content), verdict, code)


def replacing(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda xml: xml.replace(old, new)


def _hidden_row(sheet: Any) -> None:
    sheet.row_dimensions[3].hidden = True


def _filtered(sheet: Any) -> None:
    sheet.auto_filter.ref = "A1:G5"
    sheet.row_dimensions[5].hidden = True


def _outlined(sheet: Any) -> None:
    sheet.row_dimensions.group(3, 4, hidden=True)


def _hidden_column(sheet: Any) -> None:
    sheet["J2"] = "checked"
    sheet.column_dimensions["J"].hidden = True


def _hidden_figure(sheet: Any) -> None:
    sheet.column_dimensions["G"].hidden = True


def _hidden_blank(sheet: Any) -> None:
    sheet.column_dimensions["Z"].hidden = True
    sheet.row_dimensions[900].hidden = True


def _other(state: str, *rows: list[Any], name: str = "Workings") -> Change:
    def change(sheet: Any) -> None:
        other = sheet.parent.create_sheet(name)
        other.sheet_state = state
        for row in rows:
            other.append(row)

    return change


def _comment(sheet: Any) -> None:
    sheet["F2"].comment = Comment("counted twice?", "analyst")


def _set(cell: str, value: Any) -> Change:
    return lambda sheet: sheet.__setitem__(cell, value)


def structure() -> Iterator[Case]:
    yield _book("hidden-row", "queries", "hidden-rows", 3, change=_hidden_row)
    flat = edited(
        workbook(table()), change={SHEET: replacing(b'<row r="3"', b'<row r="3" ht="0" customHeight="1"')}
    )
    yield _raw("row-of-no-height.xlsx", flat, "queries", "hidden-rows", "structure")
    yield _book("filtered-row", "queries", "hidden-rows", 5, change=_filtered)
    yield _book("folded-rows", "queries", "hidden-rows", 3, change=_outlined)
    yield _book("hidden-row-meant", "accepted", change=_hidden_row, take_hidden=True)
    yield _book("hidden-column", "queries", "hidden-columns", change=_hidden_column)
    yield _book("hidden-figure", "errors", "missing-column", 1, change=_hidden_figure)
    yield _book("hidden-figure-meant", "accepted", change=_hidden_figure, take_hidden=True)
    yield _book("hidden-but-blank", "accepted", change=_hidden_blank)
    yield _book("comment", "queries", "comments", change=_comment)
    for state in ("hidden", "veryHidden"):
        yield _book(f"sheet-{state}", "queries", "hidden-sheet", change=_other(state, ["a", 1]))
        yield _book(f"sheet-{state}-blank", "accepted", change=_other(state))
    yield _book("hidden-lists-of-ours", "accepted", change=_other("hidden", ["code"], ["ae"], name="Lists"))
    yield _book(
        "findings-of-ours", "accepted", change=_other("visible", ["agency", "period"], name="Findings")
    )
    yield _book("notes-of-ours", "accepted", change=_other("visible", ["agency", "period"], name="Notes"))
    yield _book("another-sheet", "accepted", change=_other("visible", ["workings", 1]))
    yield _book(
        "a-second-sheet-of-rows", "queries", "sheet-not-taken", change=_other("visible", HEADINGS, ROWS[0])
    )
    yield _book(
        "sheet-of-rows-not-first",
        "accepted",
        change=lambda sheet: sheet.parent.create_sheet("Cover", 0).append(["Return"]),
    )
    yield _book(
        "merged-title",
        "accepted",
        rows=[["Referrals"], *table()],
        change=lambda sheet: sheet.merge_cells("A1:G1"),
    )
    yield _book("merged-cells", "errors", "merged-cells", 5, change=lambda sheet: sheet.merge_cells("B4:B5"))
    yield _book("error-value", "errors", "error-cell", 2, change=_set("F2", "#REF!"))
    yield _book(
        "error-value-elsewhere",
        "accepted",
        change=lambda sheet: sheet.parent.create_sheet("Sums").append(["#N/A"]),
    )
    yield _book("true", "errors", "true-or-false", 2, change=_set("F2", True))
    yield _book("rows-from-the-middle", "accepted", rows=[[]] * 8 + [["", *row] for row in table()])
    yield _book(
        "styled-to-the-end", "accepted", change=lambda sheet: setattr(sheet["XFD900"], "number_format", "0")
    )
    yield _book("blank-sheet", "refused", "no-headings", rows=[[""]])
    yield _book("no-headings", "refused", "no-headings", rows=ROWS)
    yield _book("headings-alone", "refused", "no-rows", rows=[HEADINGS])
    yield _book(
        "version-line",
        "accepted",
        rows=[["Referrals made · referrals version 3 · agency RQ3"], ["Fill in the white cells."], *table()],
    )
    yield _book(
        "link-to-click",
        "accepted",
        change=lambda sheet: setattr(sheet["A2"], "hyperlink", "https://www.example.org/"),
    )
    yield _book("protected-sheet", "accepted", change=lambda sheet: setattr(sheet.protection, "sheet", True))
    yield _book("numbers-as-text", "accepted", change=_set("F2", "31"))
    yield _book(
        "unknown-column",
        "errors",
        "unknown-column",
        1,
        change=lambda sheet: (_set("H1", "remarks")(sheet), _set("H2", "fine")(sheet)),
    )
    yield _raw(
        "all-sheets-hidden.xlsx",
        edited(
            workbook(table()),
            change={"xl/workbook.xml": lambda xml: xml.replace(b'state="visible"', b'state="hidden"')},
        ),
        "refused",
        "no-headings",
        "structure",
    )
    good_book = workbook(table())
    yield _raw(
        "pivot-table.xlsx",
        edited(good_book, add={"xl/pivotCache/pivotCacheDefinition1.xml": b"<x/>"}),
        "queries",
        "pivot-cache",
        "structure",
    )
    yield _raw(
        "labels-of-an-office.xlsx",
        edited(good_book, add={"customXml/item1.xml": b"<x><label>Official</label></x>"}),
        "accepted",
        "",
        "structure",
    )
    yield _raw(
        "row-numbers-left-out.xlsx",
        edited(good_book, change={SHEET: lambda xml: re.sub(rb' r="[A-Z]*[0-9]+"', b"", xml)}),
        "accepted",
        "",
        "structure",
    )
    prefixed = edited(
        good_book,
        change={
            SHEET: lambda xml: re.sub(rb"<(/?)([a-zA-Z])", rb"<\1x:\2", xml).replace(b"xmlns=", b"xmlns:x=")
        },
    )
    yield _raw("names-with-prefixes.xlsx", prefixed, "accepted", "", "structure")
    cell = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
    hidden = f'<table:table table:name="Old" table:style-name="ta2"><table:table-row>{cell}</table:table-row></table:table>'
    style = '<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>'
    good = ods(table())
    yield _raw(
        "hidden-sheet.ods",
        edited(
            good,
            change={
                "content.xml": lambda xml: xml.replace(
                    b"</office:spreadsheet>", hidden.encode() + b"</office:spreadsheet>"
                ).replace(b"<office:automatic-styles>", b"<office:automatic-styles>" + style.encode())
            },
        ),
        "queries",
        "hidden-sheet",
        "structure",
    )
    note = b'<table:table-cell office:value-type="string"><office:annotation><text:p>late</text:p></office:annotation>'
    yield _raw(
        "comment.ods",
        edited(
            good,
            change={
                "content.xml": lambda xml: xml.replace(
                    b'<table:table-cell office:value-type="string">', note, 1
                )
            },
        ),
        "queries",
        "comments",
        "structure",
    )
    for word in ("collapse", "filter"):
        row = f'<table:table-row table:visibility="{word}">'.encode()
        yield _raw(
            f"{word}-row.ods",
            edited(
                good,
                change={"content.xml": lambda xml, row=row: row.join(xml.rsplit(b"<table:table-row>", 1))},
            ),
            "queries",
            "hidden-rows",
            "structure",
        )


def formulas() -> Iterator[Case]:
    for number, formula in enumerate(
        [
            "=20+11",
            "=SUM(F3:F4)",
            "=Other!A1",
            "=IF(A1=1,2,3)",
            '=HYPERLINK("http://example.org","31")',
            "=NOW()",
            '=INDIRECT("A1")',
            "=1/0",
        ]
    ):
        made = workbook(table(), change=_set("F2", formula))
        yield _raw(f"no-value-{number}.xlsx", made, "refused", "formula-without-value", "formulas")
        if "1/0" not in formula:
            stored = edited(
                made,
                change={
                    SHEET: lambda xml: xml.replace(b"</f><v />", b"</f><v>31</v>").replace(
                        b"</f><v></v>", b"</f><v>31</v>"
                    )
                },
            )
            yield _raw(f"stored-{number}.xlsx", stored, "accepted", "", "formulas")
    for number, formula in enumerate(
        [
            b"cmd|'/c calc'!A1",
            b"MSEXCEL|'\\..\\cmd.exe'!A1",
            b'WEBSERVICE("http://example.org")',
            b'RTD("x",,"y")',
            b'CALL("urlmon","x")',
            b'REGISTER.ID("k","x")',
        ]
    ):
        made = edited(
            workbook([HEADINGS, [*ROWS[0][:5], 31, 2]]),
            change={SHEET: replacing(b"<v>31</v>", b"<f>" + formula + b"</f><v>31</v>")},
        )
        yield _raw(f"reaching-out-{number}.xlsx", made, "refused", "external-links", "formulas")
    far = '<table:table table:name="D"><table:table-row><table:table-cell table:formula="of:=1+1"/></table:table-row></table:table>'
    yield _raw("no-value.ods", ods([], body=far), "refused", "formula-without-value", "formulas")


def attacks() -> Iterator[Case]:
    good = workbook(table())
    added = {
        "vba": ("macros", "xl/vbaProject.bin"), "vba-capitals": ("macros", "xl/VBAPROJECT.BIN"), "vba-elsewhere": ("macros", "other/vbaProject.bin"), "old-macros": ("macros", "xl/macrosheets/sheet1.xml"), "dialog": ("macros", "xl/dialogsheets/sheet1.xml"),
        "external-link": ("external-links", "xl/externalLinks/externalLink1.xml"), "connections": ("external-links", "xl/connections.xml"), "query-table": ("external-links", "xl/queryTables/queryTable1.xml"),
        "ole": ("embedded-objects", "xl/embeddings/oleObject1.bin"), "packed-object": ("embedded-objects", "xl/embeddings/Document1.docx"), "activex": ("embedded-objects", "xl/activeX/activeX1.xml"),
        "climbing-path": ("damaged-file", "../../etc/passwd"), "absolute-path": ("damaged-file", "/etc/passwd"), "windows-path": ("damaged-file", "xl\\..\\x"), "part-twice": ("damaged-file", "XL/WORKBOOK.XML"),
    }  # fmt: skip
    for name, (code, part) in added.items():
        yield _raw(f"{name}.xlsx", edited(good, add={part: b"<x/>"}), "refused", code)
    for word in ("image", "oleObject", "externalLinkPath", "attachedTemplate"):
        yield _raw(
            f"relation-{word}.xlsx",
            edited(good, add={"xl/worksheets/_rels/sheet1.xml.rels": RELATIONS % word.encode()}),
            "refused",
            "external-links",
        )
    yield _raw(
        "macro-type.xlsx",
        edited(
            good,
            change={
                "[Content_Types].xml": replacing(
                    b"spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main"
                )
            },
        ),
        "refused",
        "macros",
    )
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    for part in (SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml", "docProps/core.xml"):
        yield _raw(
            f"entities-in-{part.replace('/', '-')}.xlsx",
            edited(good, change={part: lambda xml: laughs + xml}),
            "refused",
            "crafted-xml",
        )
    outside = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet '
    yield _raw(
        "entity-of-a-file.xlsx",
        edited(good, change={SHEET: replacing(b"<worksheet ", outside)}),
        "refused",
        "crafted-xml",
    )
    yield _raw(
        "entity-in-utf-16.xlsx",
        edited(
            good, add={"xl/x.xml": '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x><x/>'.encode("utf-16")}
        ),
        "refused",
        "crafted-xml",
    )
    yield _raw(
        "broken-xml.xlsx", edited(good, change={SHEET: replacing(b"</row>", b"")}), "refused", "damaged-file"
    )
    yield _raw("cut-short.xlsx", good[: len(good) // 2], "refused", "damaged-file")
    yield _raw(
        "flipped-bytes.xlsx",
        good[:400] + bytes(255 - byte for byte in good[400:460]) + good[460:],
        "refused",
        "damaged-file",
    )
    yield _raw("only-the-first-letters.xlsx", b"PK\x03\x04" + b"x" * 50, "refused", "damaged-file")
    yield _raw("no-workbook-inside.zip", _packed({"a.txt": b"x"}), "refused", "not-a-table")
    yield _raw(
        "document.docx",
        _packed({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}),
        "refused",
        "not-a-table",
    )
    yield _raw(
        "document.odt",
        _packed({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}),
        "refused",
        "not-a-table",
    )
    yield _raw(
        "binary.xlsb",
        _packed({"[Content_Types].xml": b"<x/>", "xl/workbook.bin": b"x"}),
        "refused",
        "old-excel",
    )
    yield _raw("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "refused", "old-excel")
    yield _raw(
        "locked.xlsx",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"),
        "refused",
        "encrypted",
    )
    yield _raw("locked-entry.xlsx", _locked(good), "refused", "encrypted")
    for name, part in {
        "basic": "Basic/Standard/Module1.xml",
        "scripts": "Scripts/python/x.py",
        "dialogs": "Dialogs/x.xml",
    }.items():
        yield _raw(f"{name}.ods", ods(table(), add={part: b"<x/>"}), "refused", "macros")
    for name, code, xml in (
        ("source", "external-links", '<table:table-source xlink:href="x.ods"/>'),
        ("ole", "embedded-objects", '<draw:object-ole xlink:href="x"/>'),
        ("listener", "macros", "<script:event-listener/>"),
    ):
        yield _raw(
            f"{name}.ods", ods([], body=f'<table:table table:name="D">{xml}</table:table>'), "refused", code
        )
    yield _raw(
        "entity.ods", ods(table(), add={"settings.xml": b"<!DOCTYPE x><x/>"}), "refused", "crafted-xml"
    )


def sizes() -> Iterator[Case]:
    good = workbook(table())
    yield _raw("unpacks-to-89-megabytes.xlsx", _bomb(), "refused", "unpacks-too-large", "size")
    yield _raw(
        "packed-300-times.xlsx",
        _packed({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>", SHEET: b" " * 20_000_000}),
        "refused",
        "packed-too-tightly",
        "size",
    )
    yield _raw(
        "201-parts-more.xlsx",
        edited(good, add={f"xl/media/{number}.png": b"x" for number in range(201)}),
        "refused",
        "too-many-parts",
        "size",
    )
    for ref, code in (
        ("A1048576", "too-many-rows"),
        ("XFD2", "too-many-columns"),
        ("GR100030", "too-many-cells"),
    ):
        far = f'<row r="{ref.lstrip("ADFGRX")}"><c r="{ref}"><v>1</v></c></row></sheetData>'.encode()
        yield _raw(
            f"a-cell-at-{ref}.xlsx",
            edited(good, change={SHEET: replacing(b"</sheetData>", far)}),
            "refused",
            code,
            "size",
        )
    wide = text([[*HEADINGS, *map(str, range(200))], *[[*each, *["1"] * 200] for each in ROWS]])
    yield Case("size/201-columns.csv", "size", as_csv(wide), "refused", "too-many-columns")
    long = text([HEADINGS]) + text([ROWS[0]]) * 100_001
    yield Case("size/100001-rows.csv", "size", as_csv(long), "refused", "too-many-rows")
    yield Case(
        "size/10-megabytes-and-one.csv",
        "size",
        as_csv(text(table()) + b"\n" * 10 * 1024 * 1024),
        "refused",
        "file-too-large",
    )
    yield Case(
        "size/a-million-blank-lines.csv", "size", as_csv(text(table()) + b",,,,,,\n" * 1_000_000), "accepted"
    )


@cache
def _bomb() -> bytes:
    """350 KB that unpack to 89 MB."""
    row = b'<row r="1"><c r="A1" t="inlineStr"><is><t>birmingham-example</t></is></c></row>'
    return _packed(
        {"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>", SHEET: row * (89_000_000 // len(row))}
    )


def _packed(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            entry = zipfile.ZipInfo(name, (2015, 5, 18, 9, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return made.getvalue()


def _locked(content: bytes) -> bytes:
    """With the flag of a password on its first part."""
    changed = bytearray(content)
    changed[content.index(b"PK\x03\x04") + 6] |= 1
    changed[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(changed)
