"""Everyday leftovers of other people's spreadsheets, in words: where they stand, and that nothing of them was taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hub.findings import Finding, Where
from hub.intake.grid import column_name
from hub.intake.headings import Headings
from hub.intake.scan_model import SheetScan, column_of, in_runs, listed, row_of

_IF_MEANT = "Is that right? If they belong to the return, show them, or say that hidden cells are to be taken, and send it again."
_SHOWN = 100


@dataclass(frozen=True)
class Hidden:
    """What is left out of the data sheet because it cannot be seen: row numbers, and columns from 0."""

    rows: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()


def of_other_sheets(sheets: Sequence[tuple[SheetScan, bool]]) -> list[Finding]:
    """Sheets beside the data sheet that hold something; the flag says whether they have the return's headings."""
    findings = []
    for sheet, has_headings in sheets:
        if not sheet.visible:
            message = f"The sheet “{sheet.name}” is hidden. Nothing of it was taken. {_IF_MEANT}"
            findings.append(Finding("hidden-sheet", "query", message, Where(sheet.name)))
        elif has_headings:
            message = f"The sheet “{sheet.name}” has the return's headings too, but one sheet is read at a time: nothing of this one was taken. Send its rows on the first sheet, or as a file of their own."
            findings.append(Finding("sheet-not-taken", "query", message, Where(sheet.name)))
    return findings


def of_data_sheet(
    scan: SheetScan,
    headings: Headings | None,
    values: Sequence[Sequence[Any]],
    hidden: Hidden,
) -> list[Finding]:
    """What is hidden, commented, merged or broken on the sheet that is read."""
    findings = []
    place = Where(scan.name)
    if hidden.rows:
        several = len(hidden.rows) > 1
        message = f"{'Rows' if several else 'Row'} {listed(in_runs(hidden.rows))} of “{scan.name}” {'are' if several else 'is'} hidden or filtered out. Nothing of {'them' if several else 'it'} was taken. {_IF_MEANT}"
        findings.append(Finding("hidden-rows", "query", message, Where(scan.name, hidden.rows[0])))
    if hidden.columns:
        letters = [column_name(at) for at in hidden.columns]
        message = f"{'Columns' if len(letters) > 1 else 'Column'} {listed(letters)} of “{scan.name}” cannot be seen. Nothing was taken from there. {_IF_MEANT}"
        findings.append(Finding("hidden-columns", "query", message, Where(scan.name, None, letters[0])))
    if scan.commented:
        message = f"There are comments on {listed(list(scan.commented))} of “{scan.name}”. Nothing of them was taken. If they explain a figure, write it as the explanation here."
        findings.append(Finding("comments", "query", message, place))
    return findings + _merged(scan, headings) + _odd_values(scan, headings, values, hidden)


def nothing_visible() -> Finding:
    return Finding(
        "no-headings",
        "error",
        "Every sheet of the workbook is hidden. Show the sheet with the figures and send it again.",
    )


def _merged(scan: SheetScan, headings: Headings | None) -> list[Finding]:
    """Merged cells among the rows of data: the value stands in one of them only."""
    if headings is None:
        return []
    return [
        Finding(
            "merged-cells",
            "error",
            f"The cells {span} of “{scan.name}” are merged, so only the first has a value. Undo the merge and fill in every cell.",
            Where(scan.name, row_of(span.split(":")[-1]), column_name(column_of(span))),
        )
        for span in scan.merged
        if row_of(span.split(":")[-1]) > headings.at + 1
    ][:_SHOWN]


def _odd_values(
    scan: SheetScan, headings: Headings | None, values: Sequence[Sequence[Any]], hidden: Hidden
) -> list[Finding]:
    """Cells of known columns that hold an error, a true or a false."""
    if headings is None:
        return []
    findings = []
    names = {at: name for name, at in headings.columns.items()}
    for (row, column), text in sorted(scan.errors.items()):
        if row > headings.at + 1 and column in names and row not in hidden.rows:
            where = Where(scan.name, row, headings.written[names[column]], names[column])
            message = (
                f"Row {row} holds the error {text} instead of a value. Mend the formula, or type the value."
            )
            findings.append(Finding("error-cell", "error", message, where, text))
    for row, cells in enumerate(values[headings.at + 1 :], start=headings.at + 2):
        for column, value in enumerate(cells):
            if isinstance(value, bool) and column in names and row not in hidden.rows:
                where = Where(scan.name, row, headings.written[names[column]], names[column])
                message = f"Row {row} says {str(value).upper()} where a number or text belongs. Write the number itself."
                findings.append(Finding("true-or-false", "error", message, where, str(value).upper()))
    return findings[:_SHOWN]
