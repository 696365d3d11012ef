"""Partnerships and their parties by quarter: how each one's promises stood at its end, in words that say how many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from hub.agreements.verdict import Word
from hub.board.agreements import SHAPES
from hub.board.region.rows import Row
from hub.partners.models import Partnership
from hub.periods import Period, between, containing

QUARTERS = 5
NAMED: tuple[Word, ...] = ("missed", "at risk", "cannot tell")  # worst first; the rest is kept or not due


@dataclass(frozen=True)
class Count:
    number: int
    said: Word

    @property
    def word(self) -> str:
        return f"{self.number} {self.said}"

    @property
    def shape(self) -> str:
        return SHAPES[self.said][0]

    @property
    def tone(self) -> str:
        return SHAPES[self.said][1]


@dataclass(frozen=True)
class Cell:
    """How the promises of one party stood: `of` is how many were due to be judged."""

    counts: tuple[Count, ...]
    kept: int
    of: int


@dataclass(frozen=True)
class PartyRow:
    code: str
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class PlaceRows:
    partnership: Partnership
    parties: tuple[PartyRow, ...]


@dataclass(frozen=True)
class Table:
    """Places whose clocks stand in the same quarter. The last column is now; the others are as at a quarter's end."""

    now: Period
    quarters: tuple[Period, ...]
    places: tuple[PlaceRows, ...]


def by_quarter(rows: Sequence[Row]) -> list[Table]:
    """An illustrative partnership has a clock of its own, and may stand in another year than the others."""
    standing = sorted(rows, key=lambda row: containing(row.today, "quarter"), reverse=True)
    return [
        _table(now, list(these))
        for now, these in groupby(standing, key=lambda row: containing(row.today, "quarter"))
    ]


def _table(now: Period, rows: Sequence[Row]) -> Table:
    quarters = _before(now)
    places: dict[int, list[Row]] = {}
    for row in rows:
        places.setdefault(row.partnership.id, []).append(row)
    found = [
        PlaceRows(these[0].partnership, tuple(_parties(these, quarters)))
        for these in sorted(places.values(), key=lambda these: these[0].partnership.name)
    ]
    return Table(now, quarters, tuple(found))


def _before(now: Period) -> tuple[Period, ...]:
    last = containing(now.starts_on - timedelta(days=1), "quarter")
    first = containing(last.starts_on - timedelta(days=80 * (QUARTERS - 1)), "quarter")
    return tuple(between(first, last)[-QUARTERS:])


def _parties(rows: Sequence[Row], quarters: Sequence[Period]) -> Iterable[PartyRow]:
    parties: dict[str, list[Row]] = {}
    for row in rows:
        parties.setdefault(row.line.party, []).append(row)
    made = [PartyRow(code, these[0].party, tuple(_cells(these, quarters))) for code, these in parties.items()]
    return sorted(made, key=_worst_first)


def _worst_first(row: PartyRow) -> tuple[object, ...]:
    now = {each.said: each.number for each in row.cells[-1].counts}
    return (*(-now.get(word, 0) for word in NAMED), row.name)


def _cells(rows: Sequence[Row], quarters: Sequence[Period]) -> Iterable[Cell]:
    for quarter in quarters:
        past = [(row, row.line.on.get(quarter.ends_on)) for row in rows]
        yield _cell([each.word for _, each in past if each is not None])
    yield _cell([row.line.verdict.word for row in rows if row.is_current])


def _cell(words: Sequence[Word]) -> Cell:
    count = Counter(words)
    return Cell(
        counts=tuple(Count(count[word], word) for word in NAMED if count[word]),
        kept=count["on track"] + count["met"],
        of=sum(number for word, number in count.items() if word != "not due"),
    )
