"""Writes findings at rows and columns of a table, in the person's own words for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hub.findings import Finding, Severity, Where
from hub.intake.table import Table
from hub.validation.wording import say

MOST_OF_ONE_KIND = 5_000  # findings of one code in one column; the rest is counted


@dataclass(frozen=True)
class Pen:
    """`row_no` and `due_item` are those of each row; `submissions` gives the key of each due item."""

    table: Table
    submissions: Mapping[int, str]
    row_no: np.ndarray
    due_item: np.ndarray

    def each(
        self,
        code: str,
        severity: Severity,
        field: str,
        rows: np.ndarray,
        messages: Sequence[str],
        values: Sequence[str | None] | None = None,
    ) -> Iterator[Finding]:
        """One finding at each of the rows, counted instead of listed beyond MOST_OF_ONE_KIND."""
        for number, row in enumerate(rows[:MOST_OF_ONE_KIND]):
            where = Where(
                sheet=self.table.sheet,
                row=int(self.row_no[row]),
                column=self._column(field, int(row)),
                field=field,
                submission=self.submissions.get(int(self.due_item[row])),
            )
            yield Finding(
                code, severity, messages[number], where, values[number] if values is not None else None
            )
        more = len(rows) - MOST_OF_ONE_KIND
        if more > 0:
            place = Where(sheet=self.table.sheet, column=self.table.heading(field), field=field)
            yield Finding("more-like-this", severity, say("more-like-this", count=f"{more:,}"), place)

    def _column(self, field: str, row: int) -> str:
        if not self.table.line_headings:
            return self.table.headings.get(field, field)
        line = self.table.frame.iloc[row]
        return self.table.heading(field, line["breakdown"], line["code"])

    def whole(
        self, code: str, message: str, *, submission: str | None = None, severity: Severity = "error"
    ) -> Finding:
        """A finding about a submission, or about the table as a whole."""
        return Finding(code, severity, message, Where(sheet=self.table.sheet, submission=submission))
