"""From a grid to a Table: headings understood, blanks dropped and counted, every column of the definition present."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hub.definitions.model import KEY_COLUMNS, TOTAL, Definition
from hub.definitions.template_mark import TEMPLATE_COLUMN, Mark, mark_in
from hub.intake import limits, marks, shape
from hub.intake.grid import Grid, tidied
from hub.intake.headings import SEARCHED_ROWS, Headings, find_headings, known_headings, plain
from hub.intake.table import ROW_NO, Ignored, Refused, Table

OPTIONAL = frozenset({"partnership", "breakdown", "code"})  # key columns that a file may do without


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
        raise Refused(shape.no_headings(grid, definition))
    cells, unseen = tidied(grid.cells)
    top = cells.head(SEARCHED_ROWS).to_numpy().tolist()
    headings = find_headings(top, known_headings(definition))
    if headings is None:
        raise Refused(shape.no_headings(grid, definition))
    return Understood(grid, cells, headings, unseen)


def template_of(understood: Understood) -> Mark | None:
    """What the file says of itself: above its headings, or in the column that a CSV template has for that."""
    cells, headings = understood.cells, understood.headings
    above = cells.head(headings.at).to_numpy().ravel().tolist()
    named = [at for at in headings.own if plain(str(cells.iat[headings.at, at])) == TEMPLATE_COLUMN]
    return mark_in([*above, *(text for at in named for text in cells[at].iloc[headings.at + 1 :].unique())])


def as_table(
    understood: Understood, definition: Definition, *, optional: Collection[str] = OPTIONAL
) -> Table:
    """The table of an understood grid.

    Errors: Refused where a heading stands twice, a column that places the figures is missing, or there are no rows.
    """
    grid, cells, headings = understood.grid, understood.cells, understood.headings
    if headings.repeated:
        raise Refused(*[shape.repeated(grid, headings, name) for name in headings.repeated])
    _refuse_missing_keys(grid, headings, optional)
    below = cells.iloc[headings.at + 1 :]
    filled: np.ndarray = np.asarray((below != "").to_numpy().any(axis=1))
    rows = below.loc[filled]
    row_no = np.asarray(grid.row_no, dtype="int64")[headings.at + 1 :][filled]
    if rows.empty:
        raise Refused(shape.no_rows(grid))
    limits.refuse_table(len(rows), len(cells.columns))
    frame = _frame(rows, headings, definition)
    frame[ROW_NO] = row_no
    width = len(cells.columns)
    findings = [
        *grid.findings,
        *shape.missing_figures(grid, headings, definition),
        *shape.unknown_columns(grid, cells, headings),
        *shape.ragged(grid, cells, headings, filled, width),
    ]
    return Table(
        grid.channel,
        grid.sheet,
        frame,
        headings=dict(headings.written),
        findings=tuple(findings),
        ignored=(*grid.ignored, *ignored_of(int((~filled).sum()), understood.unseen)),
        template=template_of(understood),
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
        raise Refused(*[shape.missing_key(grid, headings, name) for name in missing])


def ignored_of(blank_rows: int, unseen: int) -> list[Ignored]:
    """What was passed over in any file, in words."""
    ignored = []
    if blank_rows:
        ignored.append(Ignored(f"{blank_rows} blank {'row' if blank_rows == 1 else 'rows'}", blank_rows))
    if unseen:
        ignored.append(
            Ignored(f"invisible characters in {unseen} {'cell' if unseen == 1 else 'cells'}", unseen)
        )
    return ignored
