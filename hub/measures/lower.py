"""Who sent fewer than expected in a month: agencies beside their own past, sources beside what others would send.

Takes signed figures as at a moment and gives a line for everybody of whom figures are kept: what came, what was
expected and why so many, the exact chance of so few, the q of all tested together, and the CUSUM of a sustained fall.
What did not come is not tested, nor is a nil that the month explains: schools out of term. "Lower than expected" is all
that this says; why is for a person to find and record. Figures are exact: a page shows them to those who may see them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from statistics import fmean
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.calendar.local import local_calendar
from hub.facts.moments import AsAt
from hub.measures.compute import Reading
from hub.measures.load import measure_as_at
from hub.measures.model import Asked, Measure, Point
from hub.measures.population import population_by_year
from hub.partners.models import Agency, Partnership
from hub.periods import Period, between, containing, parse
from hub.statistics.cusum import Cusum, choose_h, cusum, reference_value, reference_values
from hub.statistics.low_counts import (
    LEAST_FOR_A_LOW_ZERO,
    LIST_AT,
    Expected,
    Listed,
    LowerTail,
    expected_count,
    list_low,
    lower_tail,
    lower_tail_short,
    own_dispersion,
)
from hub.statistics.not_computed import NotComputed

SENT, RECEIVED = "RF01", "RF02"
HISTORY_YEARS = 4
CUSUM_MONTHS = 12
CAME = ("value", "nil")
Beside = Literal["its own past", "others"]
Counts = Sequence[int | None]


@dataclass(frozen=True)
class Line:
    """One agency or source in one month. `listed` is None where it was not tested, and `not_tested` says why."""

    measure: str
    breakdown: str
    code: str
    beside: Beside
    state: str
    observed: int | None
    expected: Expected | NotComputed
    expected_words: str
    cusum: Cusum | NotComputed
    test: LowerTail | None = None
    listed: Listed | None = None

    @property
    def not_tested(self) -> str | None:
        if self.test is not None:
            return None
        if isinstance(self.expected, NotComputed):
            return self.expected.reason
        return "no figure to test: " + self.state.replace("_", " ")

    @property
    def is_low(self) -> bool:
        return self.listed is not None and self.listed.is_low

    @property
    def has_fallen(self) -> bool:
        """The CUSUM stands above its alarm at the end of the month."""
        return isinstance(self.cusum, Cusum) and self.cusum.months[-1].is_alarm


@dataclass(frozen=True)
class LowerThanExpected:
    """A month's lines: the listed first, by q and shortfall, then the others tested, then those not tested."""

    month: Period
    as_at: datetime
    at_q: float
    lines: tuple[Line, ...]

    @property
    def low(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.is_low)

    @property
    def n_tested(self) -> int:
        return sum(line.test is not None for line in self.lines)

    @property
    def by_chance(self) -> float:
        """Of the listed lines, so many at most are there by chance, on average over such lists."""
        return self.at_q * len(self.low)


def lower_than_expected(
    session: Session, partnership: Partnership, at: AsAt, month: Period
) -> LowerThanExpected:
    """The list of one month, from what was signed by a moment."""
    reading = Reading(session, partnership, at)
    lines = {
        (line.measure, line.code): line for line in (*_agencies(reading, month), *_sources(reading, month))
    }
    tests = {key: line.test for key, line in lines.items() if line.test is not None}
    names = {" ".join(key): key for key in tests}
    listed = list_low({name: tests[key] for name, key in names.items()})
    tested = [replace(lines[names[each.agency]], listed=each) for each in listed]
    ordered = sorted(tested, key=lambda line: not line.is_low)  # stable: by q and shortfall within each
    others = [line for line in lines.values() if line.test is None]
    return LowerThanExpected(month, at.moment, LIST_AT, (*ordered, *others))


def _agencies(reading: Reading, month: Period) -> Iterator[Line]:
    months = _months_to(month)
    by_agency = _points(reading, measure_as_at(reading.session, SENT, reading.at.moment), months, "agency")
    query = select(Agency.code, Agency.kind).where(Agency.code.in_(by_agency))
    kinds = {code: kind for code, kind in reading.session.execute(query)}
    factors = {
        kind: _seasonal_factors(
            months,
            [_counts(points, months[:-1]) for code, points in by_agency.items() if kinds[code] == kind],
        )
        for kind in set(kinds.values())
    }
    out_of_term = not _has_teaching(reading, month)
    for code, points in sorted(by_agency.items()):
        counts = _counts(points, months)
        season = factors[kinds[code]]

        def expected_in(
            place: int, counts: Counts = counts, season: Mapping[int, float] = season
        ) -> Expected | NotComputed:
            return expected_count(counts[:place], seasonal_factor=season.get(months[place].starts_on.month))

        expected = (
            NotComputed("expected count", "schools do not teach in this month")
            if out_of_term and kinds[code] == "school"
            else expected_in(len(months) - 1)
        )
        factor = season.get(month.starts_on.month, 1.0)
        earlier = [expected_in(place) for place in range(len(months) - CUSUM_MONTHS, len(months))]
        yield _line(
            SENT, "agency", code, "its own past", points.get(month), counts, expected, earlier, factor
        )


def _sources(reading: Reading, month: Period) -> Iterator[Line]:
    definition = measure_as_at(reading.session, RECEIVED, reading.at.moment)
    months = _months_to(month)
    population = population_by_year(reading.cells, Asked())
    for rate in definition.expected:
        children = population.get(("", parse(rate.year).starts_on.year))
        points = _points(reading, definition, months, rate.breakdown).get(rate.code, {})
        expected: Expected | NotComputed = (
            Expected("peers", rate.a_month(children), 1)
            if children
            else NotComputed("expected count", "no population is known for the year of the published rate")
        )
        line = _line(
            RECEIVED, rate.breakdown, rate.code, "others", points.get(month), _counts(points, months),
            expected, [expected] * CUSUM_MONTHS, 1.0,
        )  # fmt: skip
        yield replace(line, expected_words=rate.words)


def _line(
    measure: str,
    breakdown: str,
    code: str,
    beside: Beside,
    point: Point | None,
    counts: Counts,
    expected: Expected | NotComputed,
    expected_then: Sequence[Expected | NotComputed],
    factor: float,
) -> Line:
    observed = counts[-1]
    test = None
    if observed is not None and isinstance(expected, Expected):
        test = tested(observed, expected, [y for y in counts[:-1] if y is not None], factor)
    words = f"{expected.basis}, from {expected.n_points} months" if isinstance(expected, Expected) else ""
    state = point.state if point else "not_due"
    return Line(
        measure,
        breakdown,
        code,
        beside,
        state,
        observed,
        expected,
        words,
        falls(counts, expected_then),
        test,
    )


def tested(observed: int, expected: Expected, received: Sequence[int], factor: float) -> LowerTail:
    if expected.basis == "own mean and season":
        return lower_tail_short(observed, factor, baseline=sum(received), baseline_months=len(received))
    spread = (
        own_dispersion(received, [fmean(received)] * len(received)) if received and any(received) else 0.0
    )
    return lower_tail(observed, expected.value, dispersion=0.0 if isinstance(spread, NotComputed) else spread)


def falls(counts: Counts, expected: Sequence[Expected | NotComputed]) -> Cusum | NotComputed:
    """The last twelve months as a CUSUM, those of which something was expected."""
    pairs = [
        (count, each.value)
        for count, each in zip(counts[-len(expected) :], expected, strict=True)
        if isinstance(each, Expected)
    ]
    values = [value for _, value in pairs]
    if not values or fmean(values) < LEAST_FOR_A_LOW_ZERO:
        return NotComputed("CUSUM", "too little is expected for a fall to show")
    h = _alarm_at(round(2 * fmean(values)) / 2)
    return cusum([count for count, _ in pairs], reference=reference_values(values), h=h)


@lru_cache(maxsize=1024)
def _alarm_at(usual: float) -> float:
    return choose_h(usual, reference=reference_value(usual))


def _seasonal_factors(months: Sequence[Period], histories: Sequence[Counts]) -> dict[int, float]:
    """How each calendar month stands to all, over the agencies of one kind; only where a year is known."""
    came: dict[int, list[int]] = defaultdict(list)
    for counts in histories:
        for month, count in zip(months[:-1], counts, strict=True):
            if count is not None:
                came[month.starts_on.month].append(count)
    whole = [count for counts in came.values() for count in counts]
    if len(came) < 12 or not sum(whole):
        return {}
    return {number: fmean(counts) / fmean(whole) for number, counts in came.items()}


def _points(
    reading: Reading, definition: Measure, months: Sequence[Period], by: str
) -> dict[str, dict[Period, Point]]:
    asked = Asked(kind="month", first=months[0].starts_on, last=months[-1].ends_on, by=by)
    found: dict[str, dict[Period, Point]] = defaultdict(dict)
    for point in reading.series(definition, asked).points:
        found[point.lines[by]][point.period] = point
    return found


def _counts(points: Mapping[Period, Point], months: Sequence[Period]) -> list[int | None]:
    """What came; a figure that is missing, partial or hidden is none."""
    return [
        point.numerator if (point := points.get(month)) and point.state in CAME else None for month in months
    ]


def _months_to(month: Period) -> list[Period]:
    first = date(month.starts_on.year - HISTORY_YEARS, month.starts_on.month, 1)
    return list(between(containing(first, "month"), month))


def _has_teaching(reading: Reading, month: Period) -> bool:
    calendar = local_calendar(reading.session, reading.partnership.code, as_at=reading.at.moment)
    days = (month.ends_on - month.starts_on).days + 1
    return any(calendar.is_teaching_day(month.starts_on + timedelta(days=day)) for day in range(days))
