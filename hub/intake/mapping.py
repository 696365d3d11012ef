"""From a file with somebody else's columns to the table of a return, as a mapping says.

Takes what was received and a mapping; gives the same Table that a file in the return's own columns gives, with the
line of each row as it stands in the person's file. What cannot be placed or read is a finding at its line; rows that
the mapping leaves out are counted with the reason. Columns that the mapping does not name are not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from hub.definitions.mapping_model import ColumnMapping, Placed
from hub.definitions.model import KEY_COLUMNS, Definition
from hub.findings import Finding, Where
from hub.intake.assemble import Understood, ignored_of
from hub.intake.grid import Grid, tidied
from hub.intake.headings import SEARCHED_ROWS, Headings, find_headings, plain
from hub.intake.mapped_texts import Source, Texts, cell_of, mended, rows_where
from hub.intake.personal_data import refuse_identifiers, without_identifiers
from hub.intake.read import grid_of
from hub.intake.table import ROW_NO, Ignored, Received, Refused, Table
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
    known = {plain(column): plain(column) for column in mapping.columns}
    grid = grid_of(received, known)
    cells, unseen = tidied(grid.cells)
    headings = find_headings(cells.head(SEARCHED_ROWS).to_numpy().tolist(), known)
    asked = (
        [] if definition.published else _refuse_persons(grid, cells, headings, mapping, definition, unseen)
    )
    _refuse_headings(grid, mapping, headings)
    assert headings is not None
    below = cells.iloc[headings.at + 1 :]
    row_no = np.asarray(grid.row_no, dtype="int64")[headings.at + 1 :]
    filled = np.asarray((below != "").to_numpy().any(axis=1))
    source = {
        name: below.loc[filled, index].to_numpy(dtype=object) for name, index in headings.columns.items()
    }
    table = _Mapped(mapping, definition, grid.sheet, headings.written).table(source, row_no[filled], grid)
    passed_over = ignored_of(int((~filled).sum()), unseen)
    return replace(table, findings=(*table.findings, *asked), ignored=(*table.ignored, *passed_over))


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
    known = {plain(column): plain(column) for column in mapping.columns}
    top, _ = tidied(grid_of(received, known).cells.head(SEARCHED_ROWS))
    headings = find_headings(top.to_numpy().tolist(), known)
    return headings is not None and set(known) <= set(headings.columns)


def _refuse_headings(grid: Grid, mapping: ColumnMapping, headings: Headings | None) -> None:
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


class _Mapped:
    """One mapping at work on one file; gathers the findings as it goes."""

    def __init__(
        self, mapping: ColumnMapping, definition: Definition, sheet: str | None, written: Mapping[str, str]
    ) -> None:
        self.mapping, self.definition, self.sheet, self.written = mapping, definition, sheet, written
        self.findings: list[Finding] = []

    def table(self, source: Source, row_no: npt.NDArray[np.int64], grid: Grid) -> Table:
        source, row_no, ignored = self._leave_out(source, row_no)
        if not len(row_no):
            raise Refused(
                Finding("no-rows", "error", "There are headings but no rows below them.", Where(self.sheet))
            )
        source = self._translated(source)
        keys = {
            "partnership": self._placed(source, row_no, self.mapping.partnership, "partnership"),
            "agency": self._placed(source, row_no, self.mapping.agency, "agency"),
            "period": self._periods(source, row_no),
        }
        frames = [self._line(source, row_no, keys, number) for number in range(len(self.mapping.rows))]
        frame = pd.concat(frames).sort_values(ROW_NO, kind="stable", ignore_index=True)
        return Table(
            grid.channel,
            self.sheet,
            frame,
            headings=self._headings(),
            findings=(*grid.findings, *self.findings),
            ignored=(*grid.ignored, *ignored),
            line_headings={
                (figure, line.breakdown, line.code): self.written[plain(column)]
                for line in self.mapping.rows
                for figure, column in line.figures.items()
                if len(self.mapping.rows) > 1
            },
        )

    def _headings(self) -> dict[str, str]:
        """Our names → the file's headings, where one column or a few hold what the name means."""
        columns: dict[str, list[str | None]] = {
            "agency": [rule.column for rule in self.mapping.agency],
            "partnership": [rule.column for rule in self.mapping.partnership],
            "period": [self.mapping.period.column],
        }
        if len(self.mapping.rows) == 1:
            columns |= {name: [column] for name, column in self.mapping.rows[0].figures.items()}
        named = {
            name: [self.written[plain(each)] for each in found if each] for name, found in columns.items()
        }
        return {name: " or ".join(dict.fromkeys(found)) for name, found in named.items() if found}

    def _leave_out(
        self, source: Source, row_no: npt.NDArray[np.int64]
    ) -> tuple[Source, npt.NDArray[np.int64], list[Ignored]]:
        """Leaving out comes first, by the texts as they stand in the file."""
        out = np.zeros(len(row_no), dtype=bool)
        ignored: list[Ignored] = []
        for rule in self.mapping.leave_out:
            hit = rows_where(source, rule.where, len(row_no)) & ~out
            if hit.any():
                ignored.append(Ignored(rule.reason, int(hit.sum())))
            out |= hit
        return {name: texts[~out] for name, texts in source.items()}, row_no[~out], ignored

    def _translated(self, source: Source) -> Source:
        translated = dict(source)
        for column, values in self.mapping.values.items():
            ours = {text.casefold(): value for text, value in values.items()}
            texts = translated.get(plain(column))
            if texts is not None:
                mended = [ours.get(text.casefold(), text) for text in texts]
                translated[plain(column)] = np.array(mended, dtype=object)
        return translated

    def _placed(
        self, source: Source, row_no: npt.NDArray[np.int64], rules: Sequence[Placed], what: str
    ) -> Texts:
        codes = np.full(len(row_no), "", dtype=object)
        if not rules:
            return codes
        done = np.zeros(len(row_no), dtype=bool)
        for rule in rules:
            hit = rows_where(source, rule.where, len(row_no)) & ~done
            codes[hit] = rule.code if rule.column is None else source[plain(rule.column)][hit]
            done |= hit
        columns = sorted({column for rule in rules for column in rule.where})
        for row in np.flatnonzero(~done):
            stood = ", ".join(f"{column} “{source[plain(column)][row]}”" for column in columns)
            self._find(
                f"{what}-not-placed",
                f"This row cannot be placed: the mapping does not say whose it is ({stood}). Add a rule for it, or one that leaves it out.",
                int(row_no[row]),
                columns[0] if columns else what,
                what,
                str(source[plain(columns[0])][row]) if columns else None,
            )
        return codes

    def _periods(self, source: Source, row_no: npt.NDArray[np.int64]) -> Texts:
        rule = self.mapping.period
        if rule.column is None:
            return np.full(len(row_no), rule.code, dtype=object)
        texts = source[plain(rule.column)]
        codes = {text: period_code(text, rule.kind, year=rule.year) for text in dict.fromkeys(texts)}
        for row in np.flatnonzero([codes[text] is None for text in texts]):
            self._find(
                "period-unreadable",
                f"“{texts[row]}” is not a {rule.kind.replace('_', ' ')} that we can read. Correct it.",
                int(row_no[row]),
                rule.column,
                "period",
                texts[row],
            )
        return mended(texts, lambda text: codes[text] or text)

    def _line(
        self, source: Source, row_no: npt.NDArray[np.int64], keys: Mapping[str, Texts], number: int
    ) -> pd.DataFrame:
        """One line of the return from every row: the keys, its breakdown and code, and its figures."""
        line = self.mapping.rows[number]
        count = len(row_no)
        code = np.full(count, line.code, dtype=object)
        if line.code_column is not None:
            code = source[plain(line.code_column)]
        columns: dict[str, Texts] = {**keys, "breakdown": np.full(count, line.breakdown, dtype=object)}
        columns["code"] = code
        for figure in self.definition.figures:
            column = line.figures.get(figure.name)
            columns[figure.name] = (
                np.full(count, "", dtype=object)
                if column is None
                else self._figures(source[plain(column)], row_no, column, figure.name)
            )
        frame = pd.DataFrame({name: pd.array(texts, dtype="str") for name, texts in columns.items()})
        frame[ROW_NO] = row_no
        return frame[[*KEY_COLUMNS, *(figure.name for figure in self.definition.figures), ROW_NO]]

    def _figures(self, texts: Texts, row_no: npt.NDArray[np.int64], column: str, figure: str) -> Texts:
        symbols = {symbol.casefold(): state for symbol, state in self.mapping.symbols.items()}
        read = {text: cell_of(text, symbols) for text in dict.fromkeys(texts)}
        for row in np.flatnonzero([read[text] is None for text in texts]):
            known = ", ".join(self.mapping.symbols) or "none"
            self._find(
                "unknown-symbol",
                f"“{texts[row]}” is neither a number nor a symbol that the mapping knows ({known}). Correct it, or add to the mapping what it stands for.",
                int(row_no[row]),
                column,
                figure,
                texts[row],
            )
        marks = {text: text if cell is None else cell for text, cell in read.items()}
        return mended(texts, marks.__getitem__)

    def _find(self, code: str, message: str, row: int, column: str, field: str, value: str | None) -> None:
        where = Where(self.sheet, row, self.written.get(plain(column), column), field)
        self.findings.append(Finding(code, "error", message, where, value))
