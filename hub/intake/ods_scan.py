"""The streaming scan of an ODS workbook: the same questions as for XLSX, asked of its one content part."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from typing import Any
from xml.sax.handler import ContentHandler

from hub.findings import Where
from hub.intake import limits
from hub.intake.grid import Text, column_name
from hub.intake.scan_model import Scan, SheetScan, no_value, parse, refuse_document_type
from hub.intake.sheet_scan import TALKS_TO_PROGRAMS
from hub.intake.table import Refused

_MACROS = re.compile(r"^(Basic|Scripts|Dialogs)/", re.IGNORECASE)
_REACHES_OUT = (
    "table:table-source",
    "table:cell-range-source",
    "table:database-source-sql",
    "table:dde-link",
    "office:dde-source",
)
_CELLS = ("table:table-cell", "table:covered-table-cell")


def scan_ods(archive: zipfile.ZipFile) -> Scan:
    names = archive.namelist()
    if any(map(_MACROS.search, names)):
        raise limits.refuse(
            "macros",
            "The workbook holds macros. Save it as an Excel workbook without macros (.xlsx) and send that.",
        )
    for name in names:
        if name.endswith((".xml", ".rdf")):
            refuse_document_type(archive.read(name))
    if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise limits.encrypted()
    content = _Content()
    parse(archive.read("content.xml"), content)
    if content.refused is not None:
        raise content.refused
    if content.unstored:
        raise no_value(content.unstored)
    texts = [*content.texts, *(Text(Where(name), name) for name in content.sheets)]
    for part in ("meta.xml", "styles.xml"):
        if part in names:
            words = _Words()
            parse(archive.read(part), words)
            texts += [Text(Where(), text, by_staff=part == "meta.xml") for text in words.found]
    return Scan(content.sheets, texts=tuple(texts))


class _Words(ContentHandler):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def characters(self, content: str) -> None:
        if content.strip():
            self.found.append(content.strip())


class _Content(ContentHandler):
    """Walks tables, counting repeated rows and columns as the spreadsheet program would."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: dict[str, SheetScan] = {}
        self.texts: list[Text] = []
        self.unstored: list[tuple[str, str]] = []
        self.refused: Refused | None = None
        self._invisible_styles: set[str] = set()
        self._style = self._sheet = ""
        self._row = self._column = self._columns_seen = 0
        self._row_repeat = self._column_repeat = 1
        self._hidden_rows: set[int] = set()
        self._hidden_columns: set[int] = set()
        self._errors: dict[tuple[int, int], str] = {}
        self._commented: list[str] = []
        self._merged: list[str] = []
        self._rows = self._columns = 0
        self._is_error = self._holds = False
        self._note: list[str] | None = None
        self._text: list[str] = []

    def startElement(self, name: str, attrs: Any) -> None:
        if name in _CELLS:
            self._start_cell(attrs)
        elif name == "table:table-row":
            self._start_row(attrs)
        elif name == "table:table-column":
            self._start_column(attrs)
        elif name == "table:table":
            self._start_sheet(attrs)
        elif name == "style:style":
            self._style = attrs.get("style:name", "")
        elif name == "style:table-properties" and attrs.get("table:display") == "false":
            self._invisible_styles.add(self._style)
        elif name == "office:annotation":
            self._note = []
            self._commented.append(self._cell_name())
        elif name in _REACHES_OUT:
            self.refused = limits.refuse(
                "external-links",
                "The workbook takes values from other files or services. Replace the links by their values and send it again.",
            )
        elif name in ("draw:object-ole", "draw:plugin", "draw:applet"):
            self.refused = limits.refuse(
                "embedded-objects",
                "The workbook holds embedded objects. Take them out, or copy the rows into the template and send that.",
            )
        elif name in ("script:event-listener", "office:script"):
            self.refused = limits.refuse(
                "macros",
                "The workbook holds macros. Save it as an Excel workbook without macros (.xlsx) and send that.",
            )

    def _start_sheet(self, attrs: Any) -> None:
        self._sheet = attrs.get("table:name", "")
        self._row = self._columns_seen = self._rows = self._columns = 0
        self._hidden_rows, self._hidden_columns, self._errors = set(), set(), {}
        self._commented, self._merged = [], []
        visible = attrs.get("table:style-name", "") not in self._invisible_styles
        self.sheets[self._sheet] = SheetScan(self._sheet, visible)

    def _start_column(self, attrs: Any) -> None:
        repeat = _count(attrs, "table:number-columns-repeated")
        if attrs.get("table:visibility", "visible") != "visible":
            self._hidden_columns.update(
                range(self._columns_seen, min(self._columns_seen + repeat, limits.MAX_COLUMNS + 1))
            )
        self._columns_seen += repeat

    def _start_row(self, attrs: Any) -> None:
        self._row += self._row_repeat if self._row else 1
        self._row_repeat = _count(attrs, "table:number-rows-repeated")
        self._column, self._column_repeat = 0, 0
        if attrs.get("table:visibility", "visible") != "visible":
            last = min(self._row + self._row_repeat, limits.MAX_ROWS * 2)
            self._hidden_rows.update(range(self._row, last))

    def _start_cell(self, attrs: Any) -> None:
        self._column += self._column_repeat
        self._column_repeat = _count(attrs, "table:number-columns-repeated")
        self._is_error = attrs.get("calcext:value-type") == "error"
        self._holds = "office:value-type" in attrs
        self._text = []
        formula = attrs.get("table:formula", "")
        if formula and "office:value-type" not in attrs:
            self.unstored.append((self._sheet, self._cell_name()))
        if formula and TALKS_TO_PROGRAMS.search(formula.partition(":")[2]):
            self.refused = limits.refuse(
                "external-links",
                "The workbook takes values from other programs. Replace the formulas by their values and send it again.",
            )
        across, down = (
            _count(attrs, "table:number-columns-spanned"),
            _count(attrs, "table:number-rows-spanned"),
        )
        if across * down > 1:
            self._merged.append(
                f"{self._cell_name()}:{column_name(self._column + across - 1)}{self._row + down - 1}"
            )

    def characters(self, content: str) -> None:
        if self._note is not None:
            self._note.append(content)
        else:
            self._text.append(content)

    def endElement(self, name: str) -> None:
        if name == "office:annotation" and self._note is not None:
            self.texts.append(
                Text(Where(self._sheet, self._row, column_name(self._column)), "".join(self._note))
            )
            self._note = None
        elif name in _CELLS:
            self._end_cell()
        elif name == "table:table":
            self.sheets[self._sheet] = replace(
                self.sheets[self._sheet],
                hidden_rows=frozenset(self._hidden_rows),
                hidden_columns=frozenset(self._hidden_columns),
                errors=self._errors,
                merged=tuple(self._merged),
                commented=tuple(self._commented),
                rows=self._rows,
                columns=self._columns,
            )
            self._row_repeat = 1
            self._sheet = ""

    def _end_cell(self) -> None:
        text = "".join(self._text).strip()
        if self._is_error:
            self._errors[(self._row, self._column)] = text
        if text and not self._sheet:  # an older version, kept by the recording of changes
            self.texts.append(Text(Where(), text))
        if self._holds or text:
            self._rows = max(self._rows, self._row + self._row_repeat - 1)
            self._columns = max(self._columns, self._column + self._column_repeat)

    def _cell_name(self) -> str:
        return f"{column_name(self._column)}{self._row}"


def _count(attrs: Any, name: str) -> int:
    return max(1, int(attrs.get(name, "1")))
