"""Where published yearly figures of a place lie below what the rest of England would bring: one place, many measures.

Each measure with a part and a whole, or a count and a population, is held against England less the place itself. Taken as
Poisson, which is careful where a part cannot exceed its whole. The q-values are over the measures tested for the place.
"Lower than expected" says nothing of good or bad, and nothing of why.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub.board.comparators import Place, comparable_measures, places_beside
from hub.facts.moments import AsAt
from hub.measures.model import Measure, Point
from hub.partners.models import Partnership
from hub.periods import Period
from hub.statistics.low_counts import LIST_AT, Listed, LowerTail, list_low, lower_tail
from hub.statistics.not_computed import NotComputed

WORDS = "England’s figure of the same year, without this place"
METHOD = "beside the rest of England"


@dataclass(frozen=True)
class Compared:
    """One measure of one year: what came, beside what the rest of England's proportion would have brought."""

    measure: Measure
    year: Period
    listed: Listed


@dataclass(frozen=True)
class LowerPublished:
    """`lines`: the measures tested, the least likely first; `not_tested`: by measure, why others were not."""

    year: Period
    years: tuple[Period, ...]  # that the council has figures of
    lines: tuple[Compared, ...]
    not_tested: dict[str, NotComputed]
    at_q: float = LIST_AT

    @property
    def low(self) -> tuple[Compared, ...]:
        return tuple(each for each in self.lines if each.listed.is_low)


def lower_than_england(
    session: Session, partnership: Partnership, at: AsAt, year: Period | None = None
) -> LowerPublished | None:
    """A year's list, the newest where none is named; None where the council has no published figures."""
    if partnership.council_agency_id is None:
        return None
    measures = {measure.id: measure for measure in comparable_measures(session, at)}
    places = {each.kind: each for each in places_beside(session, partnership, at)}
    own, nation = (_points(places.get(kind), measures.values()) for kind in ("own", "nation"))
    years = sorted({period for points in own.values() for period in points}, key=lambda one: one.starts_on)
    if not years:
        return None
    chosen = year or years[-1]
    tests: dict[str, LowerTail] = {}
    not_tested: dict[str, NotComputed] = {}
    for code in measures:
        test = _test(own[code].get(chosen), nation.get(code, {}).get(chosen))
        if isinstance(test, LowerTail):
            tests[code] = test
        else:
            not_tested[code] = test
    lines = tuple(Compared(measures[one.agency], chosen, one) for one in list_low(tests))
    return LowerPublished(chosen, tuple(years), lines, not_tested)


def _points(place: Place | None, measures: Collection[Measure]) -> dict[str, dict[Period, Point]]:
    if place is None:
        return {}
    place.prefetch(list(measures))
    return {measure.id: place.points(measure) for measure in measures}


def _test(here: Point | None, everywhere: Point | None) -> LowerTail | NotComputed:
    if here is None and everywhere is None:
        return NotComputed(METHOD, "no figures for this year")
    own, nation = _pair(here), _pair(everywhere)
    if own is None or nation is None:
        return NotComputed(METHOD, f"no figure {'here' if own is None else 'for England'}")
    part, whole = nation[0] - own[0], nation[1] - own[1]
    if part <= 0 or whole <= 0 or own[1] <= 0:
        return NotComputed(METHOD, "the rest of England has nothing to compare with")
    return lower_tail(own[0], own[1] * part / whole)


def _pair(point: Point | None) -> tuple[int, int] | None:
    """A part and its whole; None for a plain count, which is not comparable between places of other size."""
    if point is None or point.numerator is None or point.denominator is None:
        return None
    return point.numerator, point.denominator
