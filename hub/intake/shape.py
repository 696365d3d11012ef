"""Complaints about the shape of a table, in words: headings missing, unknown or repeated, and rows of uneven width."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hub.definitions.model import KEY_COLUMNS, Definition
from hub.findings import Finding, Where
from hub.identifiers.signs import signs_in
from hub.intake.grid import Grid, column_name
from hub.intake.headings import Headings

SHOWN = 100  # places named one by one; then a count


def missing_key(grid: Grid, headings: Headings, name: str) -> Finding:
    message = (
        f"There is no column “{name}”. Every row needs one: add the heading “{name}” and fill the column."
    )
    return Finding("missing-column", "error", message, Where(grid.sheet, _row(grid, headings), name, name))


def repeated(grid: Grid, headings: Headings, name: str) -> Finding:
    message = f"Two columns are headed “{name}”, so we cannot tell which one you mean. Take one out, or correct its heading."
    return Finding("duplicate-heading", "error", message, Where(grid.sheet, _row(grid, headings), name, name))


def no_headings(grid: Grid, definition: Definition) -> Finding:
    wanted = ", ".join([*KEY_COLUMNS, *(figure.name for figure in definition.figures[:3])])
    message = (
        f"We could not find the row of headings. The first row should read: {wanted}"
        f"{' and so on' if len(definition.figures) > 3 else ''}. Download the template to get them right."
    )
    return Finding("no-headings", "error", message, Where(grid.sheet))


def no_rows(grid: Grid) -> Finding:
    message = "There are headings but no rows below them. Fill in at least one row and send the file again."
    return Finding("no-rows", "error", message, Where(grid.sheet))


def missing_figures(grid: Grid, headings: Headings, definition: Definition) -> list[Finding]:
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


def unknown_columns(grid: Grid, cells: pd.DataFrame, headings: Headings) -> list[Finding]:
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


def ragged(
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


def _row(grid: Grid, headings: Headings) -> int:
    return int(grid.row_no[headings.at])
