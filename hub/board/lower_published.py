"""Where published yearly figures of a place lie below what the rest of England would bring: one place, many measures.

Each measure with a part and a whole, or a count and a population, is held against England less the place itself. Taken as
Poisson, which is careful where a part cannot exceed its whole. The q-values are over the measures tested for the place.
"Lower than expected" says nothing of good or bad, and nothing of why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub.board.comparators import Place, comparable_measures, comparison, places_beside
from hub.facts.queries import AsAt
from hub.measures.model import Measure, Point
from hub.partners.models import Partnership
from hub.periods import Period
from hub.statistics.low_counts import Listed, LowerTail, list_low, lower_tail
from hub.statistics.not_computed import NotComputed

WORDS = "England’s figure of the same year, without this place"
METHOD = "beside the rest of England"


@dataclass(frozen=True)
class Compared:
    """One measure of one year: what came, beside what the rest of England's proportion would have brought."""

    measure: Measure
    year: Period
    listed: Listed


def lower_than_england(
    session: Session, partnership: Partnership, at: AsAt, year: Period
) -> tuple[tuple[Compared, ...], dict[str, NotComputed]]:
    """The measures tested, the least likely first; and by measure why others were not."""
    measures = {measure.id: measure for measure in comparable_measures(session, at)}
    beside = places_beside(session, partnership, at)
    tests: dict[str, LowerTail] = {}
    not_tested: dict[str, NotComputed] = {}
    for code, measure in measures.items():
        test = _test(session, partnership, at, measure, year, beside)
        if isinstance(test, LowerTail):
            tests[code] = test
        else:
            not_tested[code] = test
    return tuple(Compared(measures[one.agency], year, one) for one in list_low(tests)), not_tested


def _test(
    session: Session,
    partnership: Partnership,
    at: AsAt,
    measure: Measure,
    year: Period,
    beside: Sequence[Place],
) -> LowerTail | NotComputed:
    found = comparison(session, partnership, at, measure, beside=beside)
    if year not in found.years:
        return NotComputed(METHOD, "no figures for this year")
    place = found.years.index(year)
    points = {each.kind: each.points[place] for each in found.places if each.kind in ("own", "nation")}
    own, nation = _pair(points.get("own")), _pair(points.get("nation"))
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
