"""From a grid to a Table: headings understood, blanks dropped and counted, every column of the definition present."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hub.definitions.model import KEY_COLUMNS, TOTAL, Definition
from hub.findings import Finding, Where
from hub.identifiers.signs import signs_in
from hub.intake import limits, marks
from hub.intake.grid import Grid, column_name, tidied
from hub.intake.headings import SEARCHED_ROWS, Headings, find_headings, known_headings
from hub.intake.table import ROW_NO, Ignored, Refused, Table

OPTIONAL = frozenset({"partnership", "breakdown", "code"})  # key columns that a file may do without
SHOWN = 100  # places named one by one; then a count


@dataclass(frozen=True)
class Understood:
    """A grid with tidy cells whose headings have been found."""

    grid: Grid
    cells: pd.DataFrame
    headings: Headings
    unseen: int


def understand(grid: Grid, definition: Definition) -> Understood:
    """Tidies the cells and finds the headings. Refuses a grid without headings or with one heading twice."""
    if grid.cells.empty:
        raise Refused(_no_headings(grid, definition))
    cells, unseen = tidied(grid.cells)
    top = cells.head(SEARCHED_ROWS).to_numpy().tolist()
    headings = find_headings(top, known_headings(definition))
    if headings is None:
        raise Refused(_no_headings(grid, definition))
    return Understood(grid, cells, headings, unseen)


def as_table(
    understood: Understood, definition: Definition, *, optional: Collection[str] = OPTIONAL
) -> Table:
    """The table of an understood grid.

    Errors: Refused where a heading stands twice, a column that places the figures is missing, or there are no rows.
    """
    grid, cells, headings = understood.grid, understood.cells, understood.headings
    if headings.repeated:
        raise Refused(*[_repeated(grid, headings, name) for name in headings.repeated])
    _refuse_missing_keys(grid, headings, optional)
    below = cells.iloc[headings.at + 1 :]
    filled: np.ndarray = np.asarray((below != "").to_numpy().any(axis=1))
    rows = below.loc[filled]
    row_no = np.asarray(grid.row_no, dtype="int64")[headings.at + 1 :][filled]
    if rows.empty:
        raise Refused(_no_rows(grid))
    limits.refuse_table(len(rows), len(cells.columns))
    frame = _frame(rows, headings, definition)
    frame[ROW_NO] = row_no
    width = len(cells.columns)
    findings = [
        *grid.findings,
        *_missing_figures(grid, headings, definition),
        *_unknown_columns(grid, cells, headings),
        *_ragged(grid, cells, headings, filled, width),
    ]
    return Table(
        grid.channel,
        grid.sheet,
        frame,
        headings=dict(headings.written),
        findings=tuple(findings),
        ignored=(*grid.ignored, *_ignored(int((~filled).sum()), understood.unseen)),
        version=marks.version_in(cells.head(headings.at).to_numpy().ravel().tolist(), definition.code),
    )


def _frame(rows: pd.DataFrame, headings: Headings, definition: Definition) -> pd.DataFrame:
    names = [*KEY_COLUMNS, *(figure.name for figure in definition.figures)]
    blank = pd.array([""] * len(rows), dtype="str")
    columns = {
        name: rows[headings.columns[name]].array if name in headings.columns else blank for name in names
    }
    frame = pd.DataFrame(columns)
    unsaid = (frame["breakdown"] == "") & (frame["code"] == "")
    frame.loc[unsaid, "breakdown"] = TOTAL
    return frame


def _refuse_missing_keys(grid: Grid, headings: Headings, optional: Collection[str]) -> None:
    missing = [name for name in KEY_COLUMNS if name not in headings.columns and name not in optional]
    if "code" in headings.columns and "breakdown" not in headings.columns:
        missing.append("breakdown")
    if missing:
        raise Refused(*[_missing_key(grid, headings, name) for name in missing])


def _missing_key(grid: Grid, headings: Headings, name: str) -> Finding:
    message = (
        f"There is no column “{name}”. Every row needs one: add the heading “{name}” and fill the column."
    )
    return Finding("missing-column", "error", message, Where(grid.sheet, _row(grid, headings), name, name))


def _repeated(grid: Grid, headings: Headings, name: str) -> Finding:
    message = f"Two columns are headed “{name}”, so we cannot tell which one you mean. Take one out, or correct its heading."
    return Finding("duplicate-heading", "error", message, Where(grid.sheet, _row(grid, headings), name, name))


def _no_headings(grid: Grid, definition: Definition) -> Finding:
    wanted = ", ".join([*KEY_COLUMNS, *(figure.name for figure in definition.figures[:3])])
    message = (
        f"We could not find the row of headings. The first row should read: {wanted}"
        f"{' and so on' if len(definition.figures) > 3 else ''}. Download the template to get them right."
    )
    return Finding("no-headings", "error", message, Where(grid.sheet))


def _no_rows(grid: Grid) -> Finding:
    message = "There are headings but no rows below them. Fill in at least one row and send the file again."
    return Finding("no-rows", "error", message, Where(grid.sheet))


def _missing_figures(grid: Grid, headings: Headings, definition: Definition) -> list[Finding]:
    """Figures that every sender owes and no heading names. What only some owe is asked for when the rows are checked."""
    owed = [set(owes.figures) for owes in definition.owes]
    wanted = set.intersection(*owed) if owed else {figure.name for figure in definition.figures}
    return [
        Finding(
            "missing-column",
            "error",
            f"There is no column “{figure.name}” ({figure.title}). Add it; write [x] where you do not hold the figure, if the return allows it.",
            Where(grid.sheet, _row(grid, headings), figure.name, figure.name),
        )
        for figure in definition.figures
        if figure.name in wanted and figure.name not in headings.columns
    ]


def _unknown_columns(grid: Grid, cells: pd.DataFrame, headings: Headings) -> list[Finding]:
    findings = []
    wanted = len(cells.columns) if grid.widths is None else grid.widths[headings.at]
    for at in headings.unknown:
        heading = str(cells.iat[headings.at, at])
        if at >= wanted or not (heading or (cells[at].iloc[headings.at + 1 :] != "").any()):
            continue
        letter = column_name(at)
        shown = "" if signs_in(heading) else heading  # a heading that may point to a person is not repeated
        what = (
            f"The column “{shown}” is not part of this return"
            if shown
            else f"Column {letter} has no heading that we know"
        )
        message = f"{what}, so nothing of it was taken. Correct the heading, or take the column out."
        findings.append(
            Finding(
                "unknown-column",
                "error",
                message,
                Where(grid.sheet, _row(grid, headings), shown or letter),
            )
        )
    return findings


def _ragged(
    grid: Grid, cells: pd.DataFrame, headings: Headings, filled: np.ndarray, width: int
) -> list[Finding]:
    """Rows with more or fewer cells than headings: a comma too many or too few moves every figure after it."""
    if grid.widths is None:
        return []
    widths = np.asarray(grid.widths)[headings.at + 1 :]
    wanted = int(grid.widths[headings.at])
    beyond = cells.iloc[headings.at + 1 :, wanted:]
    long = (beyond != "").to_numpy().any(axis=1) if width > wanted else np.zeros(len(widths), dtype=bool)
    short = filled & (widths < wanted)
    row_no = np.asarray(grid.row_no)[headings.at + 1 :]
    return [
        *_places("row-too-long", row_no[long], widths[long], wanted, grid.sheet),
        *_places("row-too-short", row_no[short], widths[short], wanted, grid.sheet),
    ]


def _places(
    code: str, row_no: np.ndarray, widths: np.ndarray, wanted: int, sheet: str | None
) -> list[Finding]:
    return [
        Finding(
            code,
            "error",
            f"Row {row} has {cells} {'cell' if cells == 1 else 'cells'}, but there are {wanted} headings. Look for a separator too {'many' if cells > wanted else 'few'}: the figures after it stand in the wrong column.",
            Where(sheet, int(row)),
        )
        for row, cells in zip(row_no[:SHOWN].tolist(), widths[:SHOWN].tolist(), strict=True)
    ] + _and_more(code, len(row_no), sheet)


def _and_more(code: str, count: int, sheet: str | None) -> list[Finding]:
    if count <= SHOWN:
        return []
    return [Finding(code, "error", f"The same is wrong in {count - SHOWN} more rows.", Where(sheet))]


def _ignored(blank_rows: int, unseen: int) -> list[Ignored]:
    ignored = []
    if blank_rows:
        ignored.append(Ignored(f"{blank_rows} blank {'row' if blank_rows == 1 else 'rows'}", blank_rows))
    if unseen:
        ignored.append(
            Ignored(f"invisible characters in {unseen} {'cell' if unseen == 1 else 'cells'}", unseen)
        )
    return ignored


def _row(grid: Grid, headings: Headings) -> int:
    return int(grid.row_no[headings.at])
