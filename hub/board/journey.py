"""A child's journey in figures: contact, referral, assessment, strategy discussion, section 47, conference, plan.

Each step is how many of the next there were for every hundred of the one before, in a financial year beside the year
before it. Years are compared over the months that are in for both, so that a late return is never taken for a change. The
figures count events of a year and not the same children, who may pass from one month to the next. What changed most is
named: the largest change of those that chance does not explain, each count taken as Poisson.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, log, sqrt
from typing import Literal, NamedTuple

from sqlalchemy.orm import Session

from hub.board.tables import line_titles
from hub.errors import UnknownDefinition
from hub.facts.moments import AsAt
from hub.measures.compute import Reading
from hub.measures.load import measures_as_at
from hub.measures.model import Asked, Measure, Point
from hub.measures.protect import Audience, protect
from hub.partners.models import Partnership
from hub.periods import Kind, Period, containing, financial_year
from hub.statistics.rates import z_for

Basis = Literal["own", "published"]
KINDS: Mapping[Basis, Kind] = {"own": "month", "published": "financial_year"}
CAME = ("value", "nil")
MORE_THAN_CHANCE = 0.998


class Stage(NamedTuple):
    """A place on the way, and the side of a measure that counts it."""

    name: str
    measure: str
    side: Literal["numerator", "denominator"]


STAGES = (
    Stage("contact", "FD01", "numerator"),
    Stage("referral", "RF02", "numerator"),
    Stage("assessment", "AS01", "denominator"),
    Stage("strategy discussion", "SD01", "numerator"),
    Stage("section 47 enquiry", "CP01", "numerator"),
    Stage("conference", "CP02", "numerator"),
    Stage("plan", "CP06", "denominator"),
)
Counts = dict[Period, int]


@dataclass(frozen=True)
class Ratio:
    """So many of the next stage for so many of the one before."""

    then: int
    of: int

    @property
    def per_100(self) -> float | None:
        return 100 * self.then / self.of if self.of else None


@dataclass(frozen=True)
class Step:
    """From one stage to the next that is counted. `periods` were in for both stages and years."""

    first: Stage
    then: Stage
    now: Ratio
    before: Ratio
    periods: int

    @property
    def name(self) -> str:
        return f"{self.first.name} → {self.then.name}"

    @property
    def change(self) -> float:
        """How many times as large, as a logarithm: a fall to half is as large as a rise to double."""
        now, before = self.now.per_100, self.before.per_100
        return log(now / before) if now and before else 0.0

    @property
    def is_more_than_chance(self) -> bool:
        counts = (self.now.then, self.now.of, self.before.then, self.before.of)
        error = sqrt(sum(1 / each for each in counts)) if all(counts) else inf
        return abs(self.change) > z_for(MORE_THAN_CHANCE) * error


@dataclass(frozen=True)
class Line:
    """The whole place, or one area or source, with the steps that are counted for it."""

    by: str
    code: str
    name: str
    steps: tuple[Step, ...]

    @property
    def largest(self) -> Step | None:
        """What changed most, if anything changed more than chance explains."""
        real = [step for step in self.steps if step.is_more_than_chance]
        return max(real, key=lambda step: abs(step.change), default=None)


@dataclass(frozen=True)
class Journey:
    """One year beside the one before. `years` can be chosen; `whole` is None where nothing is counted for two years."""

    basis: Basis
    year: Period
    before: Period
    years: tuple[Period, ...]
    whole: Line | None
    lines: tuple[Line, ...]
    withheld: tuple[str, ...]


def journey(
    session: Session,
    partnership: Partnership,
    at: AsAt,
    audience: Audience,
    *,
    basis: Basis = "own",
    year: str | None = None,
) -> Journey:
    """The steps of a year, whole and by area and source. Without `year`, the newest that is over and has figures."""
    reading = Reading(session, partnership, at)
    measures = measures_as_at(session, at.moment)
    stages = [stage for stage in STAGES if _is_counted(measures.get(stage.measure), KINDS[basis])]
    reading.prefetch([measures[stage.measure] for stage in stages], Asked(kind=KINDS[basis]))
    counts: dict[tuple[str, str], dict[Stage, Counts]] = defaultdict(dict)
    withheld: dict[str, None] = {}
    for by in (None, "area", "source") if basis == "own" else (None,):
        for stage in stages:
            try:
                series = reading.series(measures[stage.measure], Asked(kind=KINDS[basis], by=by))
            except UnknownDefinition:
                continue  # the return does not count it that way
            series = protect(series, audience)
            if series.withheld:
                withheld[series.withheld] = None
            for code, own in _by_line(series.points, by, stage).items():
                counts[by or "", code][stage] = own
    whole = counts.pop(("", ""), {})
    years = tuple(sorted({financial_year(_year(one)) for own in whole.values() for one in own}, reverse=True))
    chosen = _chosen(years, at, year)
    first = measures[stages[0].measure] if stages and basis == "own" else None
    names = line_titles(reading, first, ("area", "source")) if first else {}
    lines = [
        Line(by, code, names.get((by, code), code), steps)
        for (by, code), own in counts.items()
        if (steps := _steps(own, chosen))
    ]
    steps = _steps(whole, chosen)
    return Journey(
        basis=basis,
        year=chosen,
        before=_before(chosen),
        years=years,
        whole=Line("", "", partnership.name, steps) if steps else None,
        lines=tuple(sorted(lines, key=lambda line: (line.by, line.name))),
        withheld=tuple(withheld),
    )


def largest_words(found: Journey, line: Line) -> str:
    """The largest change in one sentence."""
    step = line.largest
    if step is None:
        return f"No step changed more than chance explains from {found.before.name} to {found.year.name}."
    over = "" if found.basis == "published" else f", over the {step.periods} months that are in for both"
    return (
        f"The largest change from {found.before.name} to {found.year.name} is {step.name}: from "
        f"{step.before.per_100:.0f} to {step.now.per_100:.0f} for every 100{over}."
    )


def _is_counted(measure: Measure | None, kind: Kind) -> bool:
    return measure is not None and kind in measure.sources


def _by_line(points: Sequence[Point], by: str | None, stage: Stage) -> dict[str, Counts]:
    found: dict[str, Counts] = defaultdict(dict)
    for point in points:
        value = point.numerator if stage.side == "numerator" else point.denominator
        if point.state in CAME and value is not None:
            found[point.lines.get(by or "", "")][point.period] = value
    return found


def _year(period: Period) -> int:
    return containing(period.starts_on, "financial_year").starts_on.year


def _before(year: Period) -> Period:
    return financial_year(year.starts_on.year - 1)


def _chosen(years: Sequence[Period], at: AsAt, asked: str | None) -> Period:
    newest = next((each for each in years if each.ends_on < at.today), None)
    return next(
        (each for each in years if each.code == asked),
        newest or next(iter(years), containing(at.today, "financial_year")),
    )


def _steps(counted: Mapping[Stage, Counts], year: Period) -> tuple[Step, ...]:
    """Between each stage that is counted in both years and the next one that is."""
    there = [stage for stage in STAGES if stage in counted and _in_both(counted[stage], year)]
    steps = []
    for first, then in pairwise(there):
        shared = _in_both(counted[first], year) & _in_both(counted[then], year)
        if not shared:
            continue
        now, before = (
            Ratio(*(sum(counted[stage][_in(each, month)] for month in shared) for stage in (then, first)))
            for each in (year, _before(year))
        )
        if now.of and before.of:
            steps.append(Step(first, then, now, before, len(shared)))
    return tuple(steps)


def _in_both(counts: Counts, year: Period) -> set[Period]:
    """The year's periods that are in, of which the same a year before is in too."""
    return {
        period
        for period in counts
        if _year(period) == year.starts_on.year and _in(_before(year), period) in counts
    }


def _in(year: Period, period: Period) -> Period:
    """The same period of another financial year."""
    shift = year.starts_on.year - _year(period)
    return containing(period.starts_on.replace(year=period.starts_on.year + shift), period.kind)
