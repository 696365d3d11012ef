"""Workbooks, XLSX and ODS: the data sheet recognised, its values as text, and nothing taken that nobody can see."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from hub.intake import limits, marks
from hub.intake.grid import Grid, grid_of
from hub.intake.headings import find_headings
from hub.intake.table import Received


def from_xlsx(received: Received, archive: zipfile.ZipFile, known: Mapping[str, str]) -> Grid:
    """The grid of a workbook's data sheet: the first visible sheet whose headings are the return's."""
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(received.content))
        sheets = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names
        }
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise limits.damaged() from error
    name, rows = _data_sheet(sheets, known)
    return _grid(name, rows, known)


def _data_sheet(
    sheets: Mapping[str, list[list[Any]]], known: Mapping[str, str]
) -> tuple[str, list[list[Any]]]:
    for name, rows in sheets.items():
        if not marks.is_own_sheet(name) and find_headings(
            [[_text(v) for v in row] for row in rows[:30]], known
        ):
            return name, rows
    first = next(iter(sheets))
    return first, sheets[first]


def _grid(name: str, rows: list[list[Any]], known: Mapping[str, str]) -> Grid:
    lines = [[_text(value) for value in row] for row in rows]
    grid = grid_of("xlsx", lines, range(1, len(lines) + 1))
    return Grid("xlsx", grid.cells, grid.row_no, sheet=name)


def _text(value: Any) -> str:
    """A value as its owner would type it. A whole number stands without decimals, whatever it looks like in the sheet."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return str(int(value)) if abs(value) < 1e15 and value == int(value) else f"{value:.15g}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
