"""The referrer's mirror: what one sender sent, what was logged from it, and what became of it, month by month.

What becomes of a contact is whatever the receiving return counts by sender (the measure's `then`); a figure that it
does not count so is said to be not asked, never shown as none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.comparison.by_area import AreaRow, by_area
from hub.comparison.matrix import compared
from hub.comparison.model import Asked, Cell, Compared, Row, Sender
from hub.comparison.sides import Count, count, figure_ids, line_codes, logged_lines, source_of
from hub.definitions import catalogue
from hub.definitions.model import Breakdown, Definition, Figure
from hub.definitions.models import FigureRow
from hub.errors import NotFound
from hub.facts.moments import AsAt
from hub.measures.model import Measure
from hub.periods import Period


@dataclass(frozen=True)
class Became:
    """One thing that became of what was logged. `counts` go by month; `asked` is False where nobody counts it by sender."""

    title: str
    asked: bool
    counts: tuple[Count, ...]


@dataclass(frozen=True)
class Month:
    """A line of the mirror; the running totals are over the months that have both sides."""

    period: Period
    cell: Cell
    so_far: tuple[int, int] | None  # sent, logged


@dataclass(frozen=True)
class Mirror:
    found: Compared
    row: Row
    months: tuple[Month, ...]
    became: tuple[Became, ...]
    areas: tuple[
        AreaRow, ...
    ]  # where the sender knows it, beside what was logged for the area where that is counted

    @property
    def sender(self) -> Sender:
        return self.row.sender


@dataclass(frozen=True)
class Defined:
    """One side's figure with its definition: who counts it, and what is counted."""

    who: str
    return_title: str
    figure: Figure


def mirror(session: Session, at: AsAt, measure: Measure, asked: Asked) -> Mirror:
    """One sender's page. NotFound where nothing was ever asked of it."""
    found = compared(session, at, measure, asked)
    if not found.rows:
        raise NotFound("Nothing is compared for this agency in these months.")
    row = found.rows[0]
    places = [place for place, cell in enumerate(row.cells) if cell is not None]
    cells = [cell for cell in row.cells if cell is not None]
    months = tuple(found.months[place] for place in places)
    return Mirror(
        found,
        row,
        tuple(Month(*line) for line in zip(months, cells, _so_far(cells), strict=True)),
        _became(session, at, measure, asked, row.sender, months, cells),
        by_area(session, at, measure, asked, months),
    )


def _so_far(cells: Sequence[Cell]) -> list[tuple[int, int] | None]:
    both = [(c.sent, c.logged) if c.sent is not None and c.logged is not None else None for c in cells]
    sums = accumulate((each or (0, 0) for each in both), lambda a, b: (a[0] + b[0], a[1] + b[1]))
    return [total if each else None for each, total in zip(both, sums, strict=True)]


def _became(
    session: Session,
    at: AsAt,
    measure: Measure,
    asked: Asked,
    sender: Sender,
    months: Sequence[Period],
    cells: Sequence[Cell],
) -> tuple[Became, ...]:
    source, return_code, breakdown, _ = source_of(measure)
    receiving = catalogue.definition(session, return_code)
    by_sender = _breakdown(receiving, breakdown)
    codes = line_codes(session, breakdown, (sender,), asked)
    found = []
    for name in source.then:
        figure = next((each for each in receiving.figures if each.name == name), None)
        title = figure.title if figure else name.replace("_", " ").capitalize()
        if by_sender is None or name not in by_sender.figures:
            found.append(Became(title, False, ()))
            continue
        ids = figure_ids(session, return_code, breakdown, (name,))
        mine = {line.period: count(line) for line in logged_lines(session, at, ids, asked, codes)}
        counts = (
            mine.get(month.code, 0 if cell.logged == 0 else None)
            for month, cell in zip(months, cells, strict=True)
        )
        found.append(Became(title, True, tuple(counts)))
    return tuple(found)


def _breakdown(definition: Definition, name: str) -> Breakdown | None:
    return next((each for each in definition.breakdowns if each.name == name), None)


def definitions(session: Session, measure: Measure, council: str) -> tuple[Defined, Defined]:
    """What each side counts, in the words of its return."""
    source, return_code, _, figure = source_of(measure)
    sending, receiving = (catalogue.definition(session, code) for code in (source.return_code, return_code))
    return (
        Defined("Each sender", sending.title, sending.figure(source.numerator[0])),
        Defined(council, receiving.title, receiving.figure(figure)),
    )


def comparisons(session: Session, measures: Sequence[Measure]) -> list[Measure]:
    """The measures that set two sides beside each other, of returns that this hub knows."""
    known = set(session.scalars(select(FigureRow.return_code).distinct()))
    return [
        each
        for each in measures
        if (source := each.sources.get("month")) and source.logged and source.return_code in known
    ]
