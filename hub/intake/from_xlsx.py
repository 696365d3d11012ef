"""Workbooks, XLSX and ODS: the data sheet recognised, its values as text, and nothing taken that nobody can see."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from hub.findings import Finding, Where
from hub.intake import leftovers, limits, marks, sniff
from hub.intake.grid import Grid, Text, column_name, file_name, grid_of
from hub.intake.headings import SEARCHED_ROWS, Headings, find_headings
from hub.intake.ods_scan import scan_ods
from hub.intake.scan_model import Scan, SheetScan
from hub.intake.table import Received, Refused
from hub.intake.workbook_scan import scan_xlsx

Values = list[list[Any]]


@dataclass(frozen=True)
class _Sheet:
    scan: SheetScan
    values: Values
    headings: Headings | None
    is_own: bool  # one that the hub put into its own workbook


def from_xlsx(received: Received, known: Mapping[str, str]) -> Grid:
    """The grid of the data sheet: the first visible sheet (any sheet, if hidden ones are meant) with the return's headings."""
    archive = limits.open_archive(received.content)
    is_ods = sniff.is_ods(archive)
    scan = scan_ods(archive) if is_ods else scan_xlsx(archive)
    sheets = _sheets(received.content, scan, known)
    chosen = _chosen(sheets, take_hidden=received.take_hidden)
    texts = [file_name(received.filename), *scan.texts]
    texts += [
        text for sheet in sheets if sheet is not chosen for text in _texts(sheet.scan.name, sheet.values)
    ]
    others = [
        sheet
        for sheet in sheets
        if sheet is not chosen and not sheet.is_own and _holds_something(sheet.values)
    ]
    findings = [
        *scan.findings,
        *leftovers.of_other_sheets([(each.scan, each.headings is not None) for each in others]),
    ]
    return _grid(chosen, texts, findings, take_hidden=received.take_hidden)


def _sheets(content: bytes, scan: Scan, known: Mapping[str, str]) -> list[_Sheet]:
    """Every sheet with its values. A sheet beyond the limits is not loaded: it would fill the memory."""
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = []
        for name, sheet in scan.sheets.items():
            values = book.get_sheet_by_name(name).to_python(skip_empty_area=False) if _fits(sheet) else []
            top = [[text_of(value) for value in row] for row in values[:SEARCHED_ROWS]]
            sheets.append(_Sheet(sheet, values, find_headings(top, known), marks.is_own_sheet(name)))
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise limits.damaged() from error
    return sheets


def _fits(sheet: SheetScan) -> bool:
    return (
        sheet.rows <= limits.MAX_ROWS + SEARCHED_ROWS
        and sheet.columns <= limits.MAX_COLUMNS
        and sheet.rows * sheet.columns <= limits.MAX_CELLS
    )


def _chosen(sheets: list[_Sheet], *, take_hidden: bool) -> _Sheet:
    seen = [sheet for sheet in sheets if not sheet.is_own and (sheet.scan.visible or take_hidden)]
    for sheet in sorted(seen, key=lambda each: not each.scan.visible):
        if sheet.headings is not None:
            return sheet
    for sheet in seen:
        limits.refuse_table(sheet.scan.rows - SEARCHED_ROWS, sheet.scan.columns)
    if not seen:
        raise Refused(leftovers.nothing_visible())
    return seen[0]


def _grid(sheet: _Sheet, texts: list[Text], findings: list[Finding], *, take_hidden: bool) -> Grid:
    """The rows and columns that can be seen, with what was left out named and searched."""
    scan = sheet.scan
    rows = _lines(sheet)
    hidden = leftovers.Hidden() if take_hidden else _hidden(sheet, rows)
    for number in hidden.rows:
        texts += [Text(Where(scan.name, number), text) for text in rows[number - 1] if text]
    for place in hidden.columns:
        for cells in rows:
            texts.append(Text(Where(scan.name, None, column_name(place)), cells[place]))
            cells[place] = ""
    left_out = set(hidden.rows)
    kept = [(number, cells) for number, cells in enumerate(rows, start=1) if number not in left_out]
    grid = grid_of("xlsx", [cells for _, cells in kept], [number for number, _ in kept])
    findings += leftovers.of_data_sheet(scan, sheet.headings, sheet.values, hidden)
    return replace(grid, sheet=scan.name, findings=tuple(findings), texts=tuple(texts))


def _lines(sheet: _Sheet) -> list[list[str]]:
    """Every cell as text. An error cell, which the reader gives as blank, gets its error."""
    period = sheet.headings.columns.get("period") if sheet.headings else None
    rows = [
        [text_of(value, is_period=place == period) for place, value in enumerate(row)] for row in sheet.values
    ]
    for (row, column), text in sheet.scan.errors.items():
        if row <= len(rows) and column < len(rows[row - 1]):
            rows[row - 1][column] = text
    return rows


def _hidden(sheet: _Sheet, rows: list[list[str]]) -> leftovers.Hidden:
    """Hidden rows below the headings and hidden columns, as far as they hold anything."""
    at = sheet.headings.at if sheet.headings else -1
    numbers = [
        number
        for number in sorted(sheet.scan.hidden_rows)
        if at + 1 < number <= len(rows) and any(rows[number - 1])
    ]
    width = len(rows[0]) if rows else 0
    places = [
        place
        for place in sorted(sheet.scan.hidden_columns)
        if place < width and any(row[place] for row in rows)
    ]
    return leftovers.Hidden(tuple(numbers), tuple(places))


def _texts(sheet: str, values: Values) -> list[Text]:
    return [
        Text(Where(sheet, number, column_name(place)), text_of(value))
        for number, row in enumerate(values, start=1)
        for place, value in enumerate(row)
        if value != ""
    ]


def _holds_something(values: Values) -> bool:
    return any(value != "" for row in values for value in row)


def text_of(value: Any, *, is_period: bool = False) -> str:
    """A value as its owner would type it: whole numbers without decimals, the first of a month in the period column as that month."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return str(int(value)) if abs(value) < 1e15 and value == int(value) else f"{value:.15g}"
    if isinstance(value, datetime):
        if value.time() != time():
            return value.isoformat(" ", "seconds")
        value = value.date()
    if isinstance(value, date):
        return f"{value:%Y-%m}" if is_period and value.day == 1 else value.isoformat()
    return str(value)
