"""A table to take away as a file. Every text in it is safe to open in a spreadsheet; numbers and dates stay what they are.

CSV alone has no room for what must be said beside a number: its CSV on the Web metadata (W3C, 2015) and its dictionary
lie beside it in the ZIP file, and at the address with that ending.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from hub.board.downloads.csvw import metadata
from hub.board.downloads.model import Cells, Download
from hub.board.downloads.ods import Sheet, as_ods
from hub.exports import formula_safe

SHEETS = {"laid_out": "Table", "rows": "Data", "notes": "Notes", "dictionary": "Data dictionary"}
DICTIONARY = ("column", "title", "type", "what it is", "code", "what the code means")


@dataclass(frozen=True)
class Format:
    """A kind of file: its name on a page, how it is made."""

    words: str
    mimetype: str
    make: Callable[[Download], bytes]


def as_csv(download: Download) -> bytes:
    return _csv([[column.name for column in download.columns], *download.rows])


def dictionary(download: Download) -> list[Cells]:
    """What each column means, and each code in it, headings first."""
    lines: list[Cells] = [DICTIONARY]
    for column in download.columns:
        front = (column.name, column.title, column.datatype, column.about)
        lines += [(*front, *answer) for answer in column.answers] or [(*front, "", "")]
    return lines


def sheets(download: Download) -> list[Sheet]:
    """The sheets of a workbook: as the page lays it out, the same line by line, notes, dictionary."""
    headings: Cells = tuple(column.name for column in download.columns)
    notes: list[Cells] = [("note", "words"), *download.notes]
    made = [
        Sheet(SHEETS["rows"], [headings, *download.rows]),
        Sheet(SHEETS["notes"], notes),
        Sheet(SHEETS["dictionary"], dictionary(download)),
    ]
    return [Sheet(SHEETS["laid_out"], download.laid_out()), *made] if download.laid_out else made


def as_xlsx(download: Download) -> bytes:
    from openpyxl import Workbook  # slow to load

    book, content = Workbook(write_only=True), io.BytesIO()
    book.properties.title = download.title
    for sheet in sheets(download):
        made = book.create_sheet(sheet.name)
        made.freeze_panes = "A2"
        for row in _safe(sheet.rows):
            made.append(row)
    book.save(content)
    return content.getvalue()


def as_zip(download: Download) -> bytes:
    """The CSV with its metadata and its dictionary beside it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(f"{download.stem}.csv", as_csv(download))
        made.writestr(f"{download.stem}.csv-metadata.json", as_metadata(download))
        made.writestr(f"{download.stem}_data-dictionary.csv", _csv(dictionary(download)))
        made.writestr(f"{download.stem}_notes.csv", _csv([("note", "words"), *download.notes]))
    return content.getvalue()


def as_metadata(download: Download) -> bytes:
    return json.dumps(metadata(download), ensure_ascii=False, indent=2).encode() + b"\n"


FORMATS = {
    "csv": Format("CSV", "text/csv", as_csv),
    "zip": Format("CSV with its metadata and data dictionary (ZIP)", "application/zip", as_zip),
    "xlsx": Format(
        "workbook (XLSX)", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx
    ),
    "ods": Format(
        "workbook (ODS)",
        "application/vnd.oasis.opendocument.spreadsheet",
        lambda download: as_ods(sheets(download)),
    ),
    "csv-metadata.json": Format("metadata of the CSV", "application/csvm+json", as_metadata),
}


def _csv(rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(_safe(rows))
    return text.getvalue().encode()


def _safe(rows: Iterable[Sequence[Any]]) -> Iterator[list[Any]]:
    """Rows safe to open in a spreadsheet; a text that stands in every row is looked at once."""
    safe = cache(formula_safe)
    for row in rows:
        yield [safe(cell) if isinstance(cell, str) else cell for cell in row]
