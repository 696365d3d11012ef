"""From a file with somebody else's columns to the table of a return, as a mapping says.

Takes what was received and a mapping; gives the same Table that a file in the return's own columns gives, with the
line of each row as it stands in the person's file. What cannot be placed or read is a finding at its line; rows that
the mapping leaves out are counted with the reason. Columns that the mapping does not name are not looked at.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from hub.definitions.mapping_model import ColumnMapping
from hub.definitions.model import Definition
from hub.findings import Finding, Where
from hub.intake.assemble import Understood, ignored_of
from hub.intake.grid import Grid, tidied
from hub.intake.headings import SEARCHED_ROWS, Headings, find_headings, plain
from hub.intake.mapped_headings import KnownColumns
from hub.intake.mapped_rows import Mapped
from hub.intake.personal_data import refuse_identifiers, without_identifiers
from hub.intake.read import grid_of
from hub.intake.table import Received, Refused, Table
from hub.intake.years import period_code


def read_mapped(received: Received, mapping: ColumnMapping, definition: Definition) -> Table:
    """The table of a file as the mapping reads it.

    Errors: Refused where the file cannot be read, lacks a column that the mapping names, or points to a person. A
    publisher's national table is not searched for persons: names of councils in it would be taken for people's.
    """
    try:
        return _read_mapped(received, mapping, definition)
    except Refused as refused:
        raise refused if definition.published else without_identifiers(refused) from None


def _read_mapped(received: Received, mapping: ColumnMapping, definition: Definition) -> Table:
    if mapping.period.asked:
        mapping = _with_period(mapping, received)
    known = KnownColumns(mapping)
    grid = grid_of(received, known)
    cells, unseen = tidied(grid.cells)
    headings = find_headings(cells.head(SEARCHED_ROWS).to_numpy().tolist(), known)
    asked = (
        [] if definition.published else _refuse_persons(grid, cells, headings, mapping, definition, unseen)
    )
    _refuse_headings(grid, mapping, headings, known)
    assert headings is not None
    below = cells.iloc[headings.at + 1 :]
    row_no = np.asarray(grid.row_no, dtype="int64")[headings.at + 1 :]
    filled = np.asarray((below != "").to_numpy().any(axis=1))
    source = {
        name: below.loc[filled, index].to_numpy(dtype=object) for name, index in headings.columns.items()
    }
    mapped = Mapped(mapping, definition, grid.sheet, headings.written, known)
    table = mapped.table(source, row_no[filled], grid)
    passed_over = ignored_of(int((~filled).sum()), unseen)
    return replace(table, findings=(*table.findings, *asked), ignored=(*table.ignored, *passed_over))


def _with_period(mapping: ColumnMapping, received: Received) -> ColumnMapping:
    """For a file that does not say which period it is for: its sender does."""
    code = period_code(received.period, mapping.period.kind, year=mapping.period.year)
    if code is None:
        kind = mapping.period.kind.replace("_", " ")
        said = f"“{received.period[:40]}” is not a {kind} that we can read" if received.period else "Nothing"
        message = f"The mapping “{mapping.code}” reads files that do not say which {kind} they are for. {said}: say which {kind} it is beside the file, and send it again."
        raise Refused(Finding("period-not-said", "error", message))
    return replace(mapping, period=replace(mapping.period, code=code, asked=False))


def _refuse_persons(
    grid: Grid,
    cells: pd.DataFrame,
    headings: Headings | None,
    mapping: ColumnMapping,
    definition: Definition,
    unseen: int,
) -> list[Finding]:
    """Every column is searched, also those that the mapping does not read."""
    if headings is None:
        headings = Headings(0, {}, {})
    figures = {plain(column): name for line in mapping.rows for name, column in line.figures.items()}
    columns = {figures.get(name, name): index for name, index in headings.columns.items()}
    return refuse_identifiers(Understood(grid, cells, replace(headings, columns=columns), unseen), definition)


def fits(received: Received, mapping: ColumnMapping) -> bool:
    """Whether the file has every column that the mapping reads."""
    known = KnownColumns(mapping)
    top, _ = tidied(grid_of(received, known).cells.head(SEARCHED_ROWS))
    headings = find_headings(top.to_numpy().tolist(), known)
    if headings is None or not set(known) <= set(headings.columns):
        return False
    return mapping.period.across is None or bool(_period_columns(headings, known))


def _period_columns(headings: Headings, known: KnownColumns) -> list[str]:
    return [name for name in headings.columns if known.period(name) is not None]


def _refuse_headings(
    grid: Grid, mapping: ColumnMapping, headings: Headings | None, known: KnownColumns
) -> None:
    if headings is None:
        message = f"We could not find the row of headings that the mapping “{mapping.code}” reads: {', '.join(mapping.columns)}."
        raise Refused(Finding("no-headings", "error", message, Where(grid.sheet)))
    row = int(grid.row_no[headings.at])
    missing = [column for column in mapping.columns if plain(column) not in headings.columns]
    if missing:
        raise Refused(
            *[
                Finding(
                    "missing-column",
                    "error",
                    f"There is no column “{column}”, which the mapping “{mapping.code}” reads. Download the table again, or use the mapping that belongs to it.",
                    Where(grid.sheet, row, column),
                )
                for column in missing
            ]
        )
    if mapping.period.across is not None and not _period_columns(headings, known):
        kind = mapping.period.kind.replace("_", " ")
        message = f"No column is headed by a {kind}, as the mapping “{mapping.code}” reads them. Download the table again, or use the mapping that belongs to it."
        raise Refused(Finding("missing-column", "error", message, Where(grid.sheet, row)))
    if headings.repeated:
        raise Refused(
            *[
                Finding(
                    "duplicate-heading",
                    "error",
                    f"Two columns are headed “{name}”, so we cannot tell which one is meant. Take one out.",
                    Where(grid.sheet, row, name),
                )
                for name in headings.repeated
            ]
        )
