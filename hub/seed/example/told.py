"""What a return's module tells the example: its rows, and where the story departs from the usual."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hub.definitions.model import NOT_HELD
from hub.periods import Period, parse

Row = dict[str, str]

BEGINS = parse("2012-04")


def row(
    agency: str,
    period: Period,
    breakdown: str,
    code: str,
    figures: Mapping[str, int],
    *,
    not_applicable: Collection[str] = (),
) -> Row:
    """A row of text as an agency would upload it."""
    texts = {name: "[z]" if name in not_applicable else str(count) for name, count in figures.items()}
    return {"agency": agency, "period": period.code, "breakdown": breakdown, "code": code} | texts


def not_held(agency: str, period: Period, breakdown: str, figures: Collection[str]) -> Row:
    """The row that says that the agency does not hold a table."""
    key = {"agency": agency, "period": period.code, "breakdown": breakdown, "code": NOT_HELD}
    return key | dict.fromkeys(figures, "[x]")


@dataclass(frozen=True)
class Correction:
    """A signed return put right later: at first the largest line of each of the `tables` was `missed` too few."""

    agency: str
    period: str
    figure: str
    tables: tuple[str, ...]
    missed: int
    at: datetime
    reason: str
    never: str | None = None  # a line that is not touched


@dataclass(frozen=True)
class Told:
    """Of one return. `rows` gives what an agency uploads for one period of collection."""

    rows: Callable[[str, Period], Iterable[Row]]
    begins: Period = BEGINS  # nothing is due before
    silent: frozenset[tuple[str, str]] = frozenset()  # (agency, period) that never came
    signed_at: Mapping[tuple[str, str], datetime] = field(
        default_factory=dict
    )  # instead of about the due day
    explanations: Mapping[str, str] = field(default_factory=dict)  # a query's code → the agency's words
    corrections: tuple[Correction, ...] = ()

    def correction_of(self, agency: str, period: str) -> Correction | None:
        return next((c for c in self.corrections if (c.agency, c.period) == (agency, period)), None)


def as_first_signed(rows: list[Row], correction: Correction) -> list[Row]:
    """The rows as they stood before they were put right."""
    figure = correction.figure
    largest: dict[str, int] = {}
    for number, row in enumerate(rows):
        if row["breakdown"] in correction.tables and row["code"] != correction.never:
            best = largest.get(row["breakdown"])
            if best is None or int(row[figure]) > int(rows[best][figure]):
                largest[row["breakdown"]] = number
    changed = [dict(row) for row in rows]
    for number in largest.values():
        changed[number][figure] = str(int(changed[number][figure]) - correction.missed)
    return changed
