"""One pass over the XML of an XLSX sheet, keeping only places: what is hidden, wrong, merged or without a value."""

from __future__ import annotations

import re
from typing import Any
from xml.sax.handler import ContentHandler

from hub.intake import limits
from hub.intake.scan_model import SheetScan, column_of

TALKS_TO_PROGRAMS = re.compile(r"^[^\"']*\|\s*'|\b(WEBSERVICE|CALL|REGISTER\.ID|RTD)\s*\(", re.IGNORECASE)
_PAGE_WORDS = ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter")


class SheetReader(ContentHandler):
    """One pass over a sheet's XML, keeping only places."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.errors: dict[tuple[int, int], str] = {}
        self.merged: list[str] = []
        self.unstored: list[str] = []
        self.words: list[str] = []
        self.forbidden = False
        self._rows = self._columns = self._row = self._column = 0
        self._cell = self._type = ""
        self._formula = self._stored = False
        self._text: list[str] | None = None

    def result(self, name: str, visible: bool, commented: tuple[str, ...]) -> SheetScan:
        return SheetScan(
            name,
            visible,
            frozenset(self.hidden_rows),
            frozenset(self.hidden_columns),
            self.errors,
            tuple(self.merged),
            commented,
            self._rows,
            self._columns,
        )

    def startElement(self, name: str, attrs: Any) -> None:
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "c":
            self._start_cell(attrs)
        elif name == "t":
            return  # the commonest of all, and only words
        elif name == "v" or name == "is":
            self._stored = self._stored or name == "is" or self._type == "str"
            self._text = [] if name == "v" and (self._formula or self._type == "e") else None
            if self._row > self._rows:
                self._rows = self._row
            if self._column >= self._columns:
                self._columns = self._column + 1
        elif name == "f":
            self._formula = True
            self._text = []
        elif name == "row":
            self._start_row(attrs)
        elif name == "col":
            self._start_column(attrs)
        elif name == "mergeCell":
            self.merged.append(attrs.get("ref", ""))
        elif name in _PAGE_WORDS:
            self._text = []
        elif name in ("hyperlink", "dataValidation"):
            self.words += [attrs[key] for key in ("tooltip", "display", "prompt", "error") if key in attrs]

    def _start_cell(self, attrs: Any) -> None:
        self._cell = attrs.get("r", "")
        self._type = attrs.get("t", "n")
        self._formula = self._stored = False
        if self._cell:
            letters = self._cell.rstrip("0123456789")
            self._row, self._column = int(self._cell[len(letters) :]), column_of(letters)
        else:
            self._column += 1

    def _start_row(self, attrs: Any) -> None:
        self._row = int(attrs.get("r", self._row + 1))
        self._column = -1
        if attrs.get("hidden") in ("1", "true") or attrs.get("ht") in ("0", "0.0"):
            self.hidden_rows.add(self._row)

    def _start_column(self, attrs: Any) -> None:
        if attrs.get("hidden") in ("1", "true") or attrs.get("width") in ("0", "0.0"):
            first, last = int(attrs["min"]), int(attrs["max"])
            self.hidden_columns.update(range(first - 1, min(last, limits.MAX_COLUMNS + 1)))

    def characters(self, content: str) -> None:
        if self._text is not None:
            self._text.append(content)

    def endElement(self, name: str) -> None:
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "c":
            if self._formula and not self._stored:
                self.unstored.append(self._cell)
            return
        if self._text is None:
            return
        text = "".join(self._text)
        self._text = None
        if name == "v":
            self._stored = self._stored or text != ""
            if self._type == "e":
                self.errors[(self._row, self._column)] = text
        elif name == "f":
            self.forbidden = self.forbidden or bool(TALKS_TO_PROGRAMS.search(text))
        elif text:
            self.words.append(re.sub(r"&[A-Z]|&\"[^\"]*\"|&[0-9]+", " ", text))
