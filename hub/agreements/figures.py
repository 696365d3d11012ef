"""One measure as one party's promise reads it: which periods it is about, what came, what is owed, who is silent.

A period is *shown* once its figure can be used, *empty* where it was signed and had no cases, a *gap* where it was due
and cannot be used, and otherwise still to come. A gap is never nought.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from hub.agreements.look import Look
from hub.agreements.model import Commitment
from hub.agreements.papers import Item, Span, periods_in
from hub.agreements.verdict import Evidence
from hub.calendar.due import Owed
from hub.definitions.model import WITHIN
from hub.measures.model import AGENCY, Asked, Measure, Point, Source
from hub.measures.personal import is_of_one_line, is_personal
from hub.measures.points import NO_CASES
from hub.measures.waiting import SCHOOL
from hub.periods import Kind, Period


@dataclass(frozen=True)
class Wanted:
    """Which figures a promise is about: of the party itself or of the whole place, of one line of a breakdown, with how much coverage."""

    measure: str
    of: str  # party, place
    line: tuple[str, str] | None = None  # (breakdown, code)
    coverage: float = 100
    reporter: str | None = None  # whose return says it, where that is not the party


@dataclass(frozen=True)
class Figures:
    look: Look
    party: str
    measure: Measure
    periods: tuple[Period, ...]
    points: dict[Period, Point]
    items: tuple[Item, ...]
    cells: Mapping[str, tuple[str, ...]]  # return → what is read of it
    coverage: float = 100
    is_protected: bool = False  # what the gate keeps from some readers: no verdict tells any of it

    @cached_property
    def fallen(self) -> list[Item]:
        today = self.look.today
        return [(item, came) for item, came in self.items if item.due_on is not None and item.due_on <= today]

    @cached_property
    def shown(self) -> list[Point]:
        return [self.points[period] for period in self.periods if self._is_shown(period)]

    @cached_property
    def empty(self) -> list[Period]:
        return [period for period in self.periods if self._is_empty(period)]

    @cached_property
    def gaps(self) -> list[Period]:
        return [
            period
            for period in self.periods
            if not self._is_shown(period)
            and not self._is_empty(period)
            and any(_touches(item.period, period) for item, _ in self.fallen)
        ]

    @property
    def is_complete(self) -> bool:
        return len(self.shown) + len(self.empty) == len(self.periods)

    @property
    def nothing_due(self) -> bool:
        return not self.fallen and not self.shown and not self.empty

    @cached_property
    def evidence(self) -> tuple[Evidence, ...]:
        return self.look.papers.evidence(self.items, self.cells)

    def _is_shown(self, period: Period) -> bool:
        point = self.points.get(period)
        if point is None or point.value is None:
            return False
        if point.state != "partial":
            return True
        over = point.coverage
        return (
            over.received < over.due
            and 100 * over.received >= self.coverage * over.due > 0
            and self.coverage < 100
        )

    def _waits(self, period: Period) -> bool:
        """Whether all that lacks is what schools sent and what waits to be told with others."""
        point = self.points.get(period)
        return point is not None and point.coverage.waiting > 0

    def _is_empty(self, period: Period) -> bool:
        point = self.points.get(period)
        return (
            point is not None and point.reason == NO_CASES and point.coverage.received >= point.coverage.due
        )

    def silence(self, periods: Sequence[Period]) -> list[tuple[Owed, bool]]:
        """Who leaves a gap in the periods: due items that nobody signed; else those that were signed without the figure.

        Nobody, where all that lacks waits to be told.
        """
        found: dict[int, tuple[Owed, bool]] = {}
        for gap in periods:
            about = [(item, came) for item, came in self.fallen if _touches(item.period, gap)]
            unsigned = [item for item, came in about if came is None]
            for item in unsigned or ([] if self._waits(gap) else [item for item, _ in about]):
                found[item.id] = (item, not unsigned)
        return list(found.values())

    def over(self, points: Sequence[Point]) -> float | None:
        """The measure over several periods: both sides added before dividing."""
        top = sum(point.numerator or 0 for point in points)
        bottom = sum(point.denominator or 0 for point in points)
        if self.measure.kind == "count":
            return float(top)
        if self.measure.kind == "amount":
            return top / self.measure.per
        if self.measure.kind == "net":
            return (top - bottom) / self.measure.per
        if self.measure.kind == "gap":
            return 200 * (top - bottom) / (top + bottom) if top + bottom else None
        whole = self.measure.per if self.measure.kind in ("mean", "rate") else 100
        return whole * top / bottom if bottom else None


def _touches(collected: Period, period: Period) -> bool:
    return collected.contains(period) or period.contains(collected)


def figures(look: Look, commitment: Commitment, party: str, wanted: Wanted) -> Figures:
    measure, party = look.papers.measure(wanted.measure), wanted.reporter or party
    span = look.span(commitment)
    kind = measure.usual
    source = measure.sources[kind]
    of_party = wanted.of == "party"
    signs_itself = of_party and look.papers.reading.is_by_agency(measure, source, Asked(kind=kind, by=AGENCY))
    return Figures(
        look=look,
        party=party,
        measure=measure,
        periods=periods_in(span, kind),
        points=_points(look, measure, kind, party, wanted, span, signs_itself=signs_itself),
        items=tuple(_items(look, source, party, span, signs_itself=signs_itself)),
        cells=_cells(measure, source, wanted, counted_by_agency=of_party and not signs_itself),
        coverage=wanted.coverage,
        is_protected=_is_protected(look, measure, source, party, wanted, span),
    )


def _is_protected(
    look: Look, measure: Measure, source: Source, party: str, wanted: Wanted, span: Span
) -> bool:
    """A verdict says the same to all its readers, so it tells none of what the gate keeps from some of them."""
    cells, (by, code) = look.papers.reading.cells, wanted.line or ("", "")
    if is_of_one_line(cells, source) or is_personal(cells, source.return_code, by):
        return True
    if measure.judged and wanted.of == "party":
        return True
    whose = [code.partition(WITHIN)[0]] if by == AGENCY else []
    if wanted.of == "party":
        whose += [body for body, _ in look.bodies(party, span)]
    return any(look.papers.agency(code).kind == SCHOOL for code in whose)


def _points(
    look: Look, measure: Measure, kind: Kind, party: str, wanted: Wanted, span: Span, *, signs_itself: bool
) -> dict[Period, Point]:
    by, line = wanted.line or (None, None)
    if wanted.of == "place":
        of_place = Asked(kind=kind, first=span[0], last=span[1], by=by)
        found = (
            look.papers.points(measure, of_place)
            if line is None
            else look.papers.line(measure, of_place, line)
        )
        return {point.period: point for point in found}
    points: dict[Period, Point] = {}
    for code, days in look.bodies(party, span):
        # A line of a breakdown is asked of one agency; the agencies' own totals are read for all of them at once.
        one = look.papers.agency(code).id if by else None
        asked = Asked(kind=kind, first=span[0], last=span[1], by=by or AGENCY, agency_id=one)
        points |= {
            point.period: point
            for point in look.papers.line(measure, asked, line or code)
            if days[0] <= point.period.starts_on and point.period.ends_on <= days[1]
        }
    return points


def _items(look: Look, source: Source, party: str, span: Span, *, signs_itself: bool) -> list[Item]:
    """The returns that the measure rests on: the party's own, or those of everybody who is asked for them."""
    kinds = look.papers.reading.asked_kinds(source)
    if signs_itself:
        own = look.owed(source.return_code, party, span)
    else:
        own = look.papers.items(source.return_code, span)
    found = [(item, came) for item, came in own if kinds is None or item.agency.kind in kinds]
    for code in dict.fromkeys((source.logged[0] if source.logged else None, source.denominator_return)):
        if code is not None and code != source.return_code:
            found += look.papers.items(code, span)
    return found


def _cells(
    measure: Measure, source: Source, wanted: Wanted, *, counted_by_agency: bool
) -> dict[str, tuple[str, ...]]:
    """Lines and figures that are read of each return, as `breakdown/figure`, or `breakdown=code/figure` of one line."""
    by, code = wanted.line or ((AGENCY, "") if counted_by_agency else ("total", ""))
    place = f"{by}={code}" if code else by
    above = [f"{place}/{name}" for name in measure.numerator_of(source, None if by == "total" else by)]
    if source.numerator_line:
        above = [f"{'='.join(source.numerator_line)}/{name}" for name in source.numerator]
    names = measure.denominators_by_breakdown.get(by, source.denominator)
    below = [f"{'total' if measure.is_over_the_whole(by) else place}/{name}" for name in names]
    elsewhere = source.denominator_return
    cells = {source.return_code: tuple(dict.fromkeys(above if elsewhere else (*above, *below)))}
    if elsewhere:
        cells[elsewhere] = tuple(below)
    if source.logged:
        cells[source.logged[0]] = (f"{source.logged[1]}/{source.logged[2]}",)
    return cells
