"""From what cells add up to, to one number with its state. Pure: nothing here reads a database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from hub.facts.queries import CellAsAt
from hub.measures.model import Coverage, Measure, Point
from hub.periods import Period, containing

NO_POPULATION = "not computed: no population"
NO_CASES = "no cases"


WITHHELD = ("partial", "missing", "hidden", "not_available", "not_applicable")
GAPS = ("partial", "missing", "hidden", "not_available")


@dataclass
class Sums:
    """What one cell of a series adds up to, and how many agencies answered how."""

    value: int = 0
    answered: int = 0
    states: dict[str, int] = field(default_factory=dict)

    def add(self, cell: CellAsAt) -> None:
        self.value += cell.value
        self.answered += cell.received + cell.partial
        if cell.partial or cell.missing or cell.hidden or cell.not_available or cell.not_applicable:
            for state in WITHHELD:
                self.states[state] = self.states.get(state, 0) + getattr(cell, state)

    @property
    def withheld(self) -> str | None:
        """The state of a figure that nobody answered with a number."""
        if self.answered:
            return None
        return next((state for state, count in self.states.items() if count), "missing")


def added(figures: Sequence[Sums]) -> Sums:
    """Several figures as one. Where nobody gave a number for one of them the sum is as unknown as it is: never less."""
    if len(figures) == 1:
        return figures[0]
    lacking = next((each for each in figures if not each.answered), None)
    if lacking is not None:
        return lacking
    total = Sums(sum(each.value for each in figures), sum(each.answered for each in figures))
    for each in figures:
        for state, count in each.states.items():
            total.states[state] = total.states.get(state, 0) + count
    return total


@dataclass(frozen=True)
class Side:
    """One side of a division: figures of a return in one of its breakdowns, summed by (period, line)."""

    sums: dict[tuple[Period, str], Sums]

    def at(self, period: Period, line: str) -> Sums | None:
        return self.sums.get((period, line))


def point_of(
    definition: Measure,
    period: Period,
    above: Sums | None,
    below: Sums | None,
    over: Coverage,
    *,
    fallen_due: bool,
    lines: dict[str, str],
) -> Point:
    """One number with its state, whatever came. `lines` is dimension → code, empty for the whole place."""
    top = above.value if above and above.answered else None
    bottom = below.value if below and below.answered else None
    state = _state(above, over, fallen_due=fallen_due)
    if definition.kind in ("count", "rate"):
        return Point(period, top, top, bottom, over, state, lines)
    if definition.kind == "of_due":
        return _of_due(period, top or 0, over, lines, fallen_due=fallen_due)
    if definition.kind == "amount":
        return Point(period, None if top is None else top / definition.per, top, bottom, over, state, lines)
    if top is None or bottom is None:
        lacking = above if top is None else below
        return Point(
            period,
            None,
            top,
            bottom,
            over,
            (lacking.withheld if lacking else None)
            or ("missing" if fallen_due or over.received else "not_due"),
            lines,
        )
    if definition.kind == "net":
        return Point(period, (top - bottom) / definition.per, top, bottom, over, state, lines)
    if definition.kind == "gap":
        return Point(
            period,
            _asymmetry(top, bottom),
            top,
            bottom,
            over,
            state,
            lines,
            reason=None if top + bottom else NO_CASES,
        )
    if bottom == 0:
        return Point(period, None, top, bottom, over, "not_applicable", lines, reason=NO_CASES)
    whole = definition.per if definition.kind == "mean" else 100
    return Point(period, whole * top / bottom, top, bottom, over, state, lines)


def value_of(measure: Measure, above: int, below: int | None) -> float | None:
    """What two sides of several periods, or rounded ones, give; None where nothing is below."""
    if measure.kind == "count":
        return above
    if measure.kind == "amount":
        return above / measure.per
    if measure.kind == "net":
        return None if below is None else (above - below) / measure.per
    whole = measure.per if measure.kind in ("rate", "mean") else 100
    return whole * above / below if below else None


def _of_due(period: Period, top: int, over: Coverage, lines: dict[str, str], *, fallen_due: bool) -> Point:
    """The share of all that owe the return; what did not come counts as not done, once it was due."""
    if not over.due:
        return Point(period, None, top, 0, over, "not_applicable", lines, reason=NO_CASES)
    state = "value" if fallen_due or over.received == over.due else "partial"
    return Point(period, 100 * top / over.due, top, over.due, over, state, lines)


def _asymmetry(sent: int, logged: int) -> float | None:
    """methods.md section 5: the difference as a share of the mean of both sides; undefined where both are 0."""
    return 100 * (sent - logged) / ((sent + logged) / 2) if sent + logged else None


def _state(sums: Sums | None, over: Coverage, *, fallen_due: bool) -> str:
    if sums is None:
        return "missing" if fallen_due or over.received else "not_due"
    if sums.withheld is not None:
        return sums.withheld
    gaps = sums.states and any(sums.states.get(name) for name in GAPS)
    return "partial" if gaps or over.received < over.due else "value"


def per_children(
    definition: Measure, point: Point, population: dict[tuple[str, int], int], line: str
) -> Point:
    """Per so many children; the mid-year estimate at the start of the financial year (DfE's practice)."""
    if point.numerator is None:
        return replace(point, value=None)
    year = containing(point.period.starts_on, "financial_year").starts_on.year
    children = population.get((line, year))
    if not children:
        return replace(point, value=None, state="not_available", reason=NO_POPULATION)
    return replace(point, value=definition.per * point.numerator / children, denominator=children)
