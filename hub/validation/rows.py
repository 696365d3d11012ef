"""Rows of a table judged: which submission each belongs to, which line of which table it gives, and which count.

Every different (partnership, agency, period) and every different line is judged once, whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hub.definitions.model import KEY_COLUMNS, Definition
from hub.findings import Finding
from hub.intake.table import ROW_NO, Table
from hub.validation.lines import Line, line_finder
from hub.validation.outcome import Expected, Scope
from hub.validation.pen import Pen
from hub.validation.places import Fault, Place, place_rows
from hub.validation.wording import say

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Rows:
    """The rows of a table as judged; arrays are in the order of the table, `place` and `line` say which of the tuples."""

    frame: pd.DataFrame
    places: tuple[Place, ...]
    place: Array
    lines: tuple[Line, ...]
    line: Array

    @cached_property
    def submissions(self) -> dict[int, Expected]:
        """The due items that the table speaks for, by id."""
        return {place.expected.due_item_id: place.expected for place in self.places if place.expected}

    @cached_property
    def due_item(self) -> Array:
        """For each row its due item's id, -1 for none."""
        ids = [place.expected.due_item_id if place.expected else -1 for place in self.places]
        return self.by_place(ids, np.int64)

    @cached_property
    def placed(self) -> Array:
        return np.asarray(self.due_item >= 0)

    @cached_property
    def left_out(self) -> Array:
        """Lines of a listed breakdown, or of a table that is not held, without any figure: as good as left out."""
        blank = self.placed.copy()
        for name in self.frame.columns.difference([*KEY_COLUMNS, ROW_NO]):
            blank &= (self.frame[name] == "").to_numpy()
        optional = self.by_line([line.optional for line in self.lines], bool)
        return np.asarray(blank & (optional | self._not_held(blank)))

    def _not_held(self, blank: Array) -> Array:
        """Rows of a table for which the same submission says, in that period, that it is not held."""
        says_so = ~blank & self.by_line([line.not_held for line in self.lines], bool)
        if not says_so.any():
            return says_so
        tables = self.by_line([line.breakdown for line in self.lines])
        place = {"place": self.place, "breakdown": tables}
        return (
            pd.DataFrame({**place, "said": says_so}).groupby(list(place))["said"].transform("any").to_numpy()
        )

    @cached_property
    def usable(self) -> Array:
        """Rows that belong to a submission and give a line of it."""
        return self.placed & ~self.left_out & self.by_line([line.usable for line in self.lines], bool)

    @cached_property
    def keys(self) -> pd.DataFrame:
        """What may stand only once: due item, period and line of every usable row."""
        period = pd.factorize(
            np.array([p.period.code if p.period else "" for p in self.places], dtype=object)
        )[0]
        keys = {
            "due": self.due_item,
            "period": period[self.place],
            "line": self.line,
            ROW_NO: self.frame[ROW_NO],
        }
        return pd.DataFrame(keys)[self.usable]

    @cached_property
    def repeated(self) -> Array:
        """Usable rows whose line of the same submission and period stood in an earlier row."""
        repeated = np.zeros(len(self.frame), dtype=bool)
        repeated[self.usable] = self.keys.duplicated(["due", "period", "line"])
        return repeated

    @cached_property
    def kept(self) -> Array:
        """Rows whose cells count."""
        return np.asarray(self.usable & ~self.repeated)

    def by_place(self, values: list[Any], dtype: Any = object) -> Array:
        return np.array(values, dtype=dtype)[self.place]

    def by_line(self, values: list[Any], dtype: Any = object) -> Array:
        return np.array(values, dtype=dtype)[self.line]

    def as_read(self) -> pd.DataFrame:
        """Shape: the table's rows, partnership, agency and breakdown filled in where left out, with due_item_id, left_out."""
        rows = self.frame.assign(due_item_id=self.due_item, left_out=self.left_out)
        filled = {
            "partnership": self.by_place([p.expected.partnership if p.expected else "" for p in self.places]),
            "agency": self.by_place([p.expected.agency if p.expected else "" for p in self.places]),
            "breakdown": self.by_line([line.breakdown for line in self.lines]),
        }
        for name, texts in filled.items():
            blank = self.placed & (self.frame[name] == "").to_numpy()
            if blank.any():
                rows[name] = np.where(blank, texts, self.frame[name].to_numpy(dtype=object))
        return rows


def judge_rows(table: Table, definition: Definition, scope: Scope) -> Rows:
    """Find each row's submission and line."""
    frame = table.frame.reset_index(drop=True)
    found = place_rows(frame, definition, scope)
    senders: dict[tuple[str, str], int] = {}
    sender = [
        senders.setdefault(
            (p.expected.partnership, p.expected.agency_kind) if p.expected else ("", ""), len(senders)
        )
        for p in found.places
    ]
    keys = pd.DataFrame(
        {"sender": np.array(sender)[found.index], "breakdown": frame["breakdown"], "code": frame["code"]}
    )
    line = keys.groupby(list(keys), sort=False).ngroup().to_numpy()
    find = line_finder(definition, scope)
    firsts = np.flatnonzero(~keys.duplicated().to_numpy())
    written = frame[["breakdown", "code"]].iloc[firsts].itertuples(index=False, name=None)
    lines = [
        find(found.places[place].expected, found.places[place].owes, str(breakdown), str(code))
        for place, (breakdown, code) in zip(found.index[firsts], written, strict=True)
    ]
    return Rows(frame, found.places, found.index, tuple(lines), line)


def findings_of_rows(rows: Rows, pen: Pen) -> Iterator[Finding]:
    """What is wrong with whom, when and which line."""
    yield from _faults(pen, [place.fault for place in rows.places], rows.place)
    yield from _faults(pen, [line.fault for line in rows.lines], rows.line)
    if rows.repeated.any():
        first = rows.keys.groupby(["due", "period", "line"], sort=False)[ROW_NO].transform("first")
        numbers = first.to_numpy()[rows.repeated[rows.usable]]
        messages = [say("duplicate-row", first=number) for number in numbers]
        yield from pen.each("duplicate-row", "error", "breakdown", np.flatnonzero(rows.repeated), messages)


def _faults(pen: Pen, faults: list[Fault | None], index: Array) -> Iterator[Finding]:
    for number, fault in enumerate(faults):
        if fault:
            rows = np.flatnonzero(index == number)
            yield from pen.each(
                fault.code,
                "error",
                fault.field,
                rows,
                [fault.message] * len(rows),
                [fault.text or None] * len(rows),
            )
