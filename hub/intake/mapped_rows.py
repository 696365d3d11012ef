"""One mapping at work on the rows of one file: who, when, which line, which figure, as the return's columns say it.

What cannot be placed or read is a finding at its line; rows that the mapping leaves out are counted with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from hub.definitions.mapping_model import ColumnMapping, LineFrom, Placed
from hub.definitions.model import KEY_COLUMNS, TOTAL, Definition
from hub.findings import Finding, Where
from hub.intake.added_up import Read, added_up
from hub.intake.grid import Grid
from hub.intake.headings import plain
from hub.intake.mapped_headings import KnownColumns, turned
from hub.intake.mapped_texts import Source, Texts, cell_of, mended, rows_where
from hub.intake.table import ROW_NO, Ignored, Refused, Table
from hub.intake.years import period_code


class Mapped:
    """Gathers the findings as it goes."""

    def __init__(
        self,
        mapping: ColumnMapping,
        definition: Definition,
        sheet: str | None,
        written: Mapping[str, str],
        known: KnownColumns,
    ) -> None:
        self.mapping, self.definition, self.sheet, self.written = mapping, definition, sheet, written
        self.known = known
        self.across: Texts | None = None  # of each row, the heading of the period that it came from
        self.findings: list[Finding] = []

    def table(self, source: Source, row_no: npt.NDArray[np.int64], grid: Grid) -> Table:
        source, row_no, ignored = self._leave_out(source, row_no)
        if not len(row_no):
            raise Refused(
                Finding("no-rows", "error", "There are headings but no rows below them.", Where(self.sheet))
            )
        periods: Texts | None = None
        if self.mapping.period.across is not None:
            table = turned(source, row_no, self.known, self.mapping.period.across)
            source, row_no, self.across, periods = table.source, table.row_no, table.heading, table.period
            if table.blank:
                ignored.append(Ignored(f"{table.blank} columns of periods without a figure", table.blank))
        source = self._translated(source)
        keys = {
            "partnership": self._placed(source, row_no, self.mapping.partnership, "partnership"),
            "agency": self._placed(source, row_no, self.mapping.agency, "agency"),
            "period": self._periods(source, row_no) if periods is None else periods,
        }
        frame, added = self._lines(source, row_no, keys)
        if added:
            ignored.append(Ignored(f"{added} rows added to others of the same line", added))
        return Table(
            grid.channel,
            self.sheet,
            frame,
            headings=self._headings(),
            findings=(*grid.findings, *self.findings),
            ignored=(*grid.ignored, *ignored),
            line_headings={
                (figure, line.breakdown, line.code): self._heading(column)
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
        named = {name: [self._heading(each) for each in found if each] for name, found in columns.items()}
        return {name: " or ".join(dict.fromkeys(found)) for name, found in named.items() if found}

    def _heading(self, column: str) -> str:
        """As it is written in the file; of the cells of periods, the name that the mapping gives them."""
        return self.written.get(plain(column), column)

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

    def _lines(
        self, source: Source, row_no: npt.NDArray[np.int64], keys: Mapping[str, Texts]
    ) -> tuple[pd.DataFrame, int]:
        """Every line of the return in the order of the file, those that belong together as one."""
        frames: list[pd.DataFrame] = []
        hits = [rows_where(source, line.where, len(row_no)) for line in self.mapping.rows]
        self._refuse_lineless(source, row_no, ~np.logical_or.reduce(hits))
        for line, hit in zip(self.mapping.rows, hits, strict=True):
            if line.where:
                some = {name: texts[hit] for name, texts in source.items()}
                of_line = {name: texts[hit] for name, texts in keys.items()}
                frames.append(self._line(some, row_no[hit], of_line, line, hit))
            else:
                frames.append(self._line(source, row_no, keys, line, hit))
        frame = pd.concat(frames, ignore_index=True)
        order = np.argsort(frame[ROW_NO].to_numpy(), kind="stable")
        line_of = np.repeat(np.arange(len(frames)), [len(each) for each in frames])[order]
        read: Read = {
            figure.name: np.array([figure.name in line.figures for line in self.mapping.rows])[line_of]
            for figure in self.definition.figures
        }
        frame = frame.iloc[order].reset_index(drop=True)
        return added_up(frame, read, add=self.mapping.add_up, complain=self._cannot_add)

    def _refuse_lineless(
        self, source: Source, row_no: npt.NDArray[np.int64], lineless: npt.NDArray[np.bool_]
    ) -> None:
        """A row that no line of the mapping applies to is never passed over in silence."""
        columns = sorted({column for line in self.mapping.rows for column in line.where})
        for row in np.flatnonzero(lineless):
            text = str(source[plain(columns[0])][row])
            message = f"The mapping does not say which table of the return this row is of ({columns[0]} “{text}”). Say so, or leave such rows out."
            self._find("row-not-placed", message, int(row_no[row]), columns[0], "breakdown", text)

    def _cannot_add(self, figure: str, rows: list[int]) -> None:
        listed = ", ".join(map(str, rows[:10])) + (" …" if len(rows) > 10 else "")
        message = f"Rows {listed} come to the same line of the return and cannot be added up, because not all of them hold a number. Give the number, or say in the mapping what stands for none."
        self._find("cannot-be-added", message, rows[0], figure, figure, None)

    def _line(
        self,
        source: Source,
        row_no: npt.NDArray[np.int64],
        keys: Mapping[str, Texts],
        line: LineFrom,
        hit: npt.NDArray[np.bool_],
    ) -> pd.DataFrame:
        """One line of the return from each of the rows: the keys, its breakdown and code, and its figures."""
        count = len(row_no)
        breakdown = np.full(count, line.breakdown, dtype=object)
        code = np.full(count, line.code, dtype=object)
        if line.code_column is not None:
            code = source[plain(line.code_column)].copy()
            is_total = code == TOTAL
            breakdown[is_total], code[is_total] = TOTAL, ""
        columns: dict[str, Texts] = {**keys, "breakdown": breakdown, "code": code}
        headings = None if self.across is None else self.across[hit]
        for figure in self.definition.figures:
            column = line.figures.get(figure.name)
            columns[figure.name] = (
                np.full(count, "", dtype=object)
                if column is None
                else self._figures(source[plain(column)], row_no, column, figure.name, headings)
            )
        frame = pd.DataFrame({name: pd.array(texts, dtype="str") for name, texts in columns.items()})
        frame[ROW_NO] = row_no
        return frame[[*KEY_COLUMNS, *(figure.name for figure in self.definition.figures), ROW_NO]]

    def _figures(
        self,
        texts: Texts,
        row_no: npt.NDArray[np.int64],
        column: str,
        figure: str,
        headings: Texts | None,
    ) -> Texts:
        symbols = {symbol.casefold(): state for symbol, state in self.mapping.symbols.items()}
        read = {text: cell_of(text, symbols) for text in dict.fromkeys(texts)}
        for row in np.flatnonzero([read[text] is None for text in texts]):
            known = ", ".join(self.mapping.symbols) or "none"
            self._find(
                "unknown-symbol",
                f"“{texts[row]}” is neither a number nor a symbol that the mapping knows ({known}). Correct it, or add to the mapping what it stands for.",
                int(row_no[row]),
                column if headings is None or column != self.mapping.period.across else headings[row],
                figure,
                texts[row],
            )
        marks = {text: text if cell is None else cell for text, cell in read.items()}
        return mended(texts, marks.__getitem__)

    def _find(self, code: str, message: str, row: int, column: str, field: str, value: str | None) -> None:
        where = Where(self.sheet, row, self.written.get(plain(column), column), field)
        self.findings.append(Finding(code, "error", message, where, value))
