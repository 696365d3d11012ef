"""Are we unlike places like us? Published yearly figures of the council in a funnel with its statistical neighbours.

Takes the places of hub/board/comparators. The baseline is all that are compared, the council included; where they differ
more than chance allows altogether, the limits widen by the spread between them, so that being unlike means unlike them.
"Higher" and "lower" say nothing of good or bad.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from sqlalchemy.orm import Session

from hub.board.chart_inputs import figure
from hub.board.comparators import Place, comparable_measures, places_beside
from hub.board.funnels import WORDS
from hub.board.funnels import judged as judged_areas
from hub.facts.moments import AsAt
from hub.measures.model import Measure, Point
from hub.partners.models import Partnership
from hub.periods import Period
from hub.statistics.funnel import Area, Category
from hub.statistics.not_computed import NotComputed

FEWEST = 3  # places with figures, the council included


@dataclass(frozen=True)
class Beside:
    """One measure of one year. `sentence` says it whole; `unlike` where the council lies outside the limits."""

    measure: Measure
    year: Period
    category: Category | NotComputed
    word: str
    sentence: str

    @property
    def is_judged(self) -> bool:
        return isinstance(self.category, Category)

    @property
    def unlike(self) -> bool:
        return isinstance(self.category, Category) and self.category != Category.NOT_SIGNIFICANT


class _Compared(NamedTuple):
    place: Place
    point: Point


def unlike_places(
    session: Session,
    partnership: Partnership,
    at: AsAt,
    *,
    until: Period | None = None,
    places: Sequence[Place] | None = None,
) -> tuple[Beside, ...]:
    """Every published rate and share of the newest year that the council has, those that are unlike first.

    `until`: no year that ended after it. A plain count is of a place's size, and is not compared. `places` is what
    `places_beside` gave, where the page has it.
    """
    if partnership.council_agency_id is None:
        return ()
    measures = [each for each in comparable_measures(session, at) if each.kind in ("percent", "rate")]
    places = places or places_beside(session, partnership, at)
    for place in places:
        place.prefetch(measures)
    found = [one for each in measures if (one := _beside(each, places, until)) is not None]
    far = (Category.LOW_0001, Category.HIGH_0001)
    return tuple(sorted(found, key=lambda one: (not one.unlike, one.category not in far)))


def _beside(measure: Measure, places: Sequence[Place], until: Period | None) -> Beside | None:
    own = {
        year: point
        for year, point in places[0].points(measure).items()
        if point.value is not None and (until is None or year.ends_on <= until.ends_on)
    }
    if not own:
        return None
    year = max(own)
    compared = [
        _Compared(place, point)
        for place in places
        if (point := place.points(measure).get(year)) is not None and point.value is not None
    ]
    peers = [each for each in compared if each.place.kind in ("own", "neighbour")]
    nation = next((each.point for each in compared if each.place.kind == "nation"), None)
    category, beside = judged(measure, peers)
    word = WORDS[category] if isinstance(category, Category) else "not compared"
    return Beside(measure, year, category, word, _sentence(measure, year, own[year], beside, nation))


def judged(measure: Measure, peers: Sequence[_Compared]) -> tuple[Category | NotComputed, str]:
    """The category of the first of them, and what it was held against in words."""
    kind: Literal["proportion", "rate"] = "proportion" if measure.kind == "percent" else "rate"
    areas = [Area(each.place.name, each.point.numerator, each.point.denominator) for each in peers]
    if len(areas) < FEWEST:
        few = f"{len(areas) - 1} of its neighbours with figures"
        return NotComputed("funnel", few), few
    found = judged_areas(areas, kind, 100 if kind == "proportion" else measure.per)
    over = f"{len(areas)} places together {_number(measure, found.level)}"
    return found.categories[0], f"{over}, the spread between them allowed for" if found.is_widened else over


def _sentence(measure: Measure, year: Period, own: Point, beside: str, nation: Point | None) -> str:
    value = _number(measure, own.value or 0.0)
    england = "" if nation is None or nation.value is None else f"; England {_number(measure, nation.value)}"
    return f"{value} {measure.unit_words} in {year.name}; {beside}{england}."


def _number(measure: Measure, value: float) -> str:
    return figure(value, measure.places, "%" if measure.unit.startswith("%") else "")
