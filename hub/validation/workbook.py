"""A checked table as a workbook made anew from the cells that were read, with what is wrong beside each row.

The bytes that were received are never handed back (security.md T4). Rows stand where they stood, so that "row 17" is row
17; the hub knows its own *Findings* sheet and `findings` column and takes the mended workbook back as it is.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from hub import periods
from hub.definitions.model import KEY_COLUMNS, Definition
from hub.definitions.template_mark import in_words
from hub.exports import formula_safe, safe_row, whole_number
from hub.findings import Finding
from hub.intake.headings import SEARCHED_ROWS
from hub.intake.marks import FINDINGS_COLUMN, FINDINGS_SHEET
from hub.intake.table import ROW_NO
from hub.validation.outcome import Outcome
from hub.validation.report import summary

if TYPE_CHECKING:
    from openpyxl import Workbook

MOST_LISTED = 5_000
_FILLS = {"error": "F6D7D2", "query": "FFF7BF", "note": "F3F2F1"}


def as_workbook(outcome: Outcome, definition: Definition) -> bytes:
    """The person's rows with a findings column and a Findings sheet."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    heading_row, number_of = _numbers(outcome)
    _data_sheet(book, outcome, definition, heading_row=heading_row, number_of=number_of)
    _findings_sheet(book, outcome, number_of)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _rows(outcome: Outcome) -> list[dict[str, str]]:
    rows = [row for part in outcome.parts for row in part.rows]
    return sorted([*rows, *outcome.table.get("unplaced", ())], key=lambda row: int(row[ROW_NO]))


def _numbers(outcome: Outcome) -> tuple[int, dict[int, int]]:
    """The row of the headings, and for each row of the person's file its row here: the same wherever that is possible."""
    numbers = list(dict.fromkeys(int(row[ROW_NO]) for row in _rows(outcome)))
    first = numbers[0] if numbers else 2
    if 2 <= first <= SEARCHED_ROWS:
        return first - 1, {number: number for number in numbers}
    return 1, {number: at for at, number in enumerate(numbers, start=2)}


def _data_sheet(
    book: Workbook, outcome: Outcome, definition: Definition, *, heading_row: int, number_of: dict[int, int]
) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font, PatternFill

    sheet = book.create_sheet("Data")
    headings = _headings(outcome, definition)
    sheet.freeze_panes = f"A{heading_row + 1}"
    fills = {severity: PatternFill("solid", fgColor=colour) for severity, colour in _FILLS.items()}
    at_row, at_cell = _by_place(outcome)

    def cell(value: Any, *, fault: Finding | None = None, bold: bool = False) -> Any:
        made = WriteOnlyCell(sheet, value)
        if isinstance(value, str):
            made.number_format = "@"
        if fault:
            made.fill = fills[fault.severity]
        if bold:
            made.font = Font(bold=True)
        return made

    for _ in range(heading_row - 1):
        sheet.append([_mark(outcome, definition)] if _ == 0 else [])
    sheet.append(
        [cell(formula_safe(heading), bold=True) for heading in [*headings.values(), FINDINGS_COLUMN]]
    )
    at = heading_row + 1
    for row in _rows(outcome):
        number = int(row[ROW_NO])
        while at < number_of[number]:
            sheet.append([])
            at += 1
        cells = [cell(_value(row[name], name), fault=at_cell.get((number, name))) for name in headings]
        sheet.append([*cells, cell(formula_safe(" ".join(one.message for one in at_row[number])))])
        at += 1


def _mark(outcome: Outcome, definition: Definition) -> str:
    """Which return it is, and of whom, where it is of one."""
    if len(outcome.parts) != 1:
        return f"{definition.code} version {definition.version}"
    _partnership, agency, period = outcome.parts[0].key.split("/")
    return in_words(definition, agency, periods.parse(period))


def _headings(outcome: Outcome, definition: Definition) -> dict[str, str]:
    """The columns that were read, in the definition's order, as the person headed them."""
    names = [*KEY_COLUMNS, *(figure.name for figure in definition.figures)]
    read = outcome.table.get("headings") or {name: name for name in names}
    return {name: read[name] for name in names if name in read}


def _by_place(outcome: Outcome) -> tuple[dict[int, list[Finding]], dict[tuple[int, str], Finding]]:
    """Findings by row, and the worst one of each cell: errors stand before queries."""
    at_row: dict[int, list[Finding]] = defaultdict(list)
    at_cell: dict[tuple[int, str], Finding] = {}
    for finding in outcome.findings:
        if finding.where.row is not None:
            at_row[finding.where.row].append(finding)
            if finding.where.field:
                at_cell.setdefault((finding.where.row, finding.where.field), finding)
    return at_row, at_cell


def _value(text: str, name: str) -> str | int:
    """A figure that is a plain number as a number; everything else as the text that it was."""
    number = None if name in KEY_COLUMNS else whole_number(text)
    return formula_safe(text) if number is None else number


def _findings_sheet(book: Workbook, outcome: Outcome, number_of: dict[int, int]) -> None:
    sheet = book.create_sheet(FINDINGS_SHEET)
    sheet.column_dimensions["F"].width = 100
    sheet.append([summary(outcome)])
    sheet.append(["severity", "row", "column", "submission", "value", "what is wrong and what to do", "code"])
    for cells in _findings(outcome, number_of):
        sheet.append(safe_row(cells))
    more = len(outcome.findings) - MOST_LISTED
    if more > 0:
        sheet.append(["", "", "", "", "", f"… and {more:,} more"])


def _findings(outcome: Outcome, number_of: dict[int, int]) -> Iterator[list[Any]]:
    for one in outcome.findings[:MOST_LISTED]:
        row = number_of.get(one.where.row, one.where.row) if one.where.row is not None else None
        yield [one.severity, row, one.where.column, one.where.submission, one.value, one.message, one.code]
