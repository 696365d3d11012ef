"""Working a measure out of the ledger as at a moment: cells in, points with state and coverage out.

Numerators and denominators are added before dividing. What did not come is never zero: a point whose returns are not
all in is `partial`, one with none is `missing`, and a figure that cannot be worked out says why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from hub.definitions.model import TOTAL
from hub.errors import UnknownDefinition
from hub.facts.moments import AsAt
from hub.measures import attended, corrected, coverage, judged, met, on_time, personal, sides
from hub.measures.breaks import breaks, versions_of_returns
from hub.measures.cells import Cells, Span
from hub.measures.coverage import Collected
from hub.measures.judged import JUDGED
from hub.measures.load import measure_as_at, measures_as_at
from hub.measures.model import AGENCY, AGENCY_KIND, Asked, Coverage, Measure, Met, Point, Rows, Series, Source
from hub.measures.points import Side, per_children, point_of
from hub.measures.population import POPULATION, POPULATION_OF_AREAS, population_by_year
from hub.measures.sides import AREA
from hub.measures.waiting import NONE_WAITS, SCHOOL, Waiting
from hub.partners.models import Partnership
from hub.partners.queries import ENGLAND
from hub.periods import Kind, Period


def measure(
    session: Session, partnership: Partnership, at: AsAt, code: str, asked: Asked | None = None
) -> Series:
    """A measure's points by line and period. Raises UnknownDefinition for a measure, breakdown or kind of period it has not."""
    definition = measure_as_at(session, code, at.moment)
    return Reading(session, partnership, at).series(definition, asked or Asked())


Found = TypeVar("Found")


class Reading:
    """One partnership read as at one moment; remembers what several measures of a page share."""

    def __init__(self, session: Session, partnership: Partnership, at: AsAt) -> None:
        self.session, self.partnership, self.at = session, partnership, at
        self.cells = Cells(session, partnership, at)
        self._found: dict[Hashable, Any] = {}

    def once(self, what: Hashable, work: Callable[[], Found]) -> Found:
        """What `work` gives, which several measures of a page share; `what` says of which ledger, and as who has it."""
        if what not in self._found:
            self._found[what] = work()
        found: Found = self._found[what]
        return found

    def prefetch(self, definitions: Sequence[Measure], asked: Asked) -> None:
        """Read what several measures of a page need in one go for each ledger: of the whole place, of one area or agency."""
        breakdown = TOTAL if asked.area_id is None else AREA
        wanted: dict[Span, set[int]] = defaultdict(set)
        for definition in definitions:
            source = definition.sources.get(asked.kind)
            if source is None or definition.kind not in ("count", "percent", "rate"):
                continue
            at, narrowed = self.place(source, asked)
            span = Span(
                at,
                asked.first,
                asked.last,
                area_id=asked.area_id,
                agency_id=narrowed.agency_id,
                by_agency=asked.by == AGENCY,
            )
            line = source.numerator_line[0] if source.numerator_line and asked.area_id is None else breakdown
            wanted[span] |= self._known(source.return_code, line, source.numerator)
            wanted[span] |= self._known(source.counted_below, breakdown, source.denominator)
        for span, figure_ids in wanted.items():
            self.cells.read(span, sorted(figure_ids))

    def prefetch_lines(self, definition: Measure, asked: Asked, breakdowns: Sequence[str]) -> None:
        """Read every table that a measure is counted by in one go, the whole place's beside them."""
        source = definition.sources[asked.kind]
        at, narrowed = self.place(source, asked)
        wanted: set[int] = set()
        for by in (TOTAL, *breakdowns):
            below = definition.denominators_by_breakdown.get(by, source.denominator)
            wanted |= self._known(source.return_code, by, definition.numerator_of(source, by))
            wanted |= self._known(source.counted_below, by, below)
        self.cells.read(Span(at, asked.first, asked.last, agency_id=narrowed.agency_id), sorted(wanted))

    def _known(self, return_code: str, breakdown: str, names: Sequence[str]) -> set[int]:
        figures = self.cells.figures(return_code)
        return {figures[breakdown, name] for name in names if (breakdown, name) in figures}

    @cached_property
    def outside(self) -> Reading:
        """The same as readers outside the agencies have it: schools' figures enter it several schools at a time.

        What is due, who is asked and how many children there are is the same for both, and read once.
        """
        if self.cells.outside:
            return self
        other = copy(self)
        other.cells = self.cells.as_outside()
        return other

    @cached_property
    def measures(self) -> dict[str, Measure]:
        """Every measure as it was defined at the moment, by id."""
        return measures_as_at(self.session, self.at.moment)

    def series(self, definition: Measure, asked: Asked) -> Series:
        """The measure's points, and beside them those that readers outside the agencies have, where they are others."""
        found = replace(
            self._series(definition, asked),
            disclosure_partnership=self.partnership.disclosure_partnership,
            disclosure_public=self.partnership.disclosure_public,
            schools=self.cells.schools,
        )
        if found.first_told:
            return found
        if self.cells.outside or not self._waits(definition, asked):
            return found
        return replace(found, outside=self.outside.series(definition, asked).points)

    def rests_on(self, definition: Measure, kind: Kind) -> Hashable:
        """What was signed of the returns that a measure reads, by that kind of period: it shows the same until more is."""
        source = definition.sources.get(kind)
        if source is None or definition.kind not in ("count", "percent", "rate", "mean"):
            return self.at.position
        read = {source.return_code, source.counted_below}
        if definition.kind == "rate":
            read |= {POPULATION[0], POPULATION_OF_AREAS[0]}
        return tuple(self.cells.stamps.get(code) for code in sorted(read))

    def _waits(self, definition: Measure, asked: Asked) -> bool:
        """Whether anything waits of what the measure reads. By agency nobody outside reads a school's line at all."""
        if asked.by == AGENCY or definition.reads_no_return or definition.kind == "gap":
            return False
        source, breakdown = definition.sources[asked.kind], asked.by or TOTAL
        if asked.by == AGENCY_KIND:
            breakdown = source.numerator_line[0] if source.numerator_line else TOTAL
        for code in {source.return_code, source.counted_below}:
            waiting = self.cells.waiting(code, asked.first, asked.last)
            figures = {number for (by, _), number in self.cells.figures(code).items() if by == breakdown}
            if any(each.figure_id in figures and asked.touches(each.period) for each in waiting.changes):
                return True
        return False

    def _series(self, definition: Measure, asked: Asked) -> Series:
        source = definition.sources.get(asked.kind)
        if source is None:
            kinds = ", ".join(kind.replace("_", " ") for kind in definition.sources)
            raise UnknownDefinition(
                f"{definition.id} is worked out by {kinds}, not by {asked.kind.replace('_', ' ')}."
            )
        if definition.kind == "corrected":
            return corrected.series(self.session, self.partnership, self.at, definition, asked)
        if definition.kind == "on_time":
            return on_time.series(self.session, self.partnership, self.at, definition, asked)
        if definition.kind == "attendance":
            return attended.series(self.session, self.partnership, self.at, definition, asked)
        if definition.kind == "share":
            asked = replace(asked, by=definition.breakdown)
        if definition.kind == "gap":
            asked = replace(asked, by=AGENCY)
        at, asked = self.place(source, asked)
        if source.met is not None and (source.met.judged or asked.by == source.met.breakdown):
            return self._met(definition, source, source.met, at, asked)
        if source.rows is not None and asked.by == JUDGED:
            return self._judged(definition, source, source.rows, at, asked)
        if asked.by in self.groups(definition):
            asked = replace(asked, group=definition.groups)
        by_agency = bool(asked.group) or self.is_by_agency(definition, source, asked)
        if asked.counted_by == AGENCY and not by_agency:
            asked = replace(asked, agency_id=None)  # counted by agency in a return that another one signs
        numerator = sides.numerator(self.cells, definition, source, at, asked, by_agency=by_agency)
        denominator = sides.denominator(self.cells, definition, source, at, asked, by_agency=by_agency)
        collected = self._coverage(at, source, asked, by_agency=by_agency)
        points = tuple(
            self._points(definition, at, asked, numerator, denominator, collected, by_agency=by_agency)
        )
        several = personal.of_several(self.cells, definition, source, at, asked)
        found = Series(
            measure=definition,
            partnership=self.partnership.code,
            as_at=self.at.moment,
            points=points,
            by=asked.by,
            personal=personal.is_of_one_line(self.cells, source)
            or personal.is_personal(self.cells, source.return_code, asked.by),
            together=personal.of_one_agency(self.cells, at, source.return_code, asked),
            finance=self.cells.definition(source.return_code).finance,
        )
        if asked.by == AGENCY_KIND and not by_agency:
            return replace(found, outside=_without_schools(points))
        if several is None:
            return found
        return replace(found, outside=several.points, together=several.together, first_told=True)

    def _met(self, definition: Measure, source: Source, wanted: Met, at: AsAt, asked: Asked) -> Series:
        """Lines of a table that have at least so much, by that table, by agency or in all."""
        if asked.area_id is not None or asked.by not in (None, AGENCY, wanted.breakdown):
            raise UnknownDefinition(f"{definition.id} cannot be broken down by {asked.by or 'area'}.")
        figure_id = self.cells.figures(source.return_code)[wanted.breakdown, wanted.figure]
        above, below = met.sides(
            self.session, at, figure_id, wanted, asked, agencies=lambda ids: self.cells.agencies(ids, asked)
        )
        by_agency = asked.by == AGENCY
        collected = self._coverage(at, source, asked, by_agency=by_agency)
        points = self._points(definition, at, asked, above, below, collected, by_agency=by_agency)
        return Series(definition, self.partnership.code, self.at.moment, tuple(points), by=asked.by)

    def _judged(self, definition: Measure, source: Source, rows: Rows, at: AsAt, asked: Asked) -> Series:
        """Rows of a register by what the partnership says of each."""
        if asked.area_id is not None:
            raise UnknownDefinition(f"{definition.id} cannot be broken down by area.")
        figure_id = self.cells.figures(source.return_code)[rows.breakdown, rows.figure]
        above, behind = judged.side(self.session, at, figure_id, rows, asked)
        collected = self._coverage(at, source, asked, by_agency=False)
        points = tuple(
            replace(point, behind=behind.get((point.period, point.lines[JUDGED]), 0))
            for point in self._points(definition, at, asked, above, None, collected, by_agency=False)
        )
        return Series(definition, self.partnership.code, self.at.moment, points, by=JUDGED)

    def groups(self, definition: Measure) -> dict[str, str]:
        """By what the agencies of a measure can be put together → the list of its lines."""
        if not definition.groups:
            return {}
        return self.cells.codelist(definition.groups).groups

    def place(self, source: Source, asked: Asked) -> tuple[AsAt, Asked]:
        """Published figures stand where they were loaded; of a council, they are its own alone, and England is no sum."""
        at = self.cells.stands_in(source.return_code)
        alone = at.published_only or self.partnership.code == ENGLAND
        if alone and asked.agency_id is None and asked.counted_by != AGENCY:
            asked = replace(asked, agency_id=self.partnership.council_agency_id)
        return at, asked

    def is_by_agency(self, definition: Measure, source: Source, asked: Asked) -> bool:
        """By the agency that signed, unless the return itself counts by agency."""
        names = definition.numerator_of(source, AGENCY)
        counted = any((AGENCY, name) in self.cells.figures(source.return_code) for name in names)
        return asked.counted_by == AGENCY and not counted

    def asked_kinds(self, source: Source) -> tuple[str, ...] | None:
        """The kinds of agency that are asked for the figures; None where all that owe the return are."""
        owes = self.cells.definition(source.return_code).owes
        table = source.numerator_line[0] if source.numerator_line else TOTAL
        asked = [
            each for each in owes if set(source.numerator) <= set(each.figures) and table in each.breakdowns
        ]
        if not asked or len(asked) == len(owes):
            return None
        return tuple(sorted(kind for each in asked for kind in each.kinds))

    def missing(self, source: Source, period: Period) -> list[str]:
        """Codes of the agencies that are asked for the figures, and whose return for a period has fallen due and has not come."""
        return coverage.missing_agencies(
            self.session,
            self.at,
            source.return_code,
            period,
            kinds=self.asked_kinds(source),
            known=self.cells.owing(self.at),
        )

    def _coverage(self, at: AsAt, source: Source, asked: Asked, *, by_agency: bool) -> list[Collected]:
        kinds = self.asked_kinds(source)
        if asked.agency_id is not None:
            is_asked = kinds is None or self.cells.kind_of(asked.agency_id) in kinds
            found = self._of_one(at, asked.agency_id).get(source.return_code, []) if is_asked else []
        elif kinds is None and not by_agency:
            found = self._of_the_place(at).get(source.return_code, [])
        else:
            found = self._collected_of(at, source.return_code, asked, kinds, by_agency=by_agency)
        return [row for row in found if asked.touches(row.period)]

    def _of_the_place(self, at: AsAt) -> dict[str, list[Collected]]:
        """What most measures of a page are over, read at once for all of their returns."""
        return self.once(
            ("of the place", at), lambda: coverage.collected_of_all(self.session, at, self.cells.owing(at))
        )

    def _of_one(self, at: AsAt, agency_id: int) -> dict[str, list[Collected]]:
        """The same of one agency."""
        return self.once(
            ("of one", at, agency_id),
            lambda: coverage.collected_of_all(self.session, at, self.cells.owing(at), agency_id=agency_id),
        )

    def _collected_of(
        self, at: AsAt, return_code: str, asked: Asked, kinds: tuple[str, ...] | None, *, by_agency: bool
    ) -> list[Collected]:
        return self.once(
            ("collected", at, return_code, by_agency, kinds, asked.first, asked.last),
            lambda: coverage.collected(
                self.session,
                at,
                return_code,
                by_agency=by_agency,
                kinds=kinds,
                first=asked.first,
                last=asked.last,
                known=self.cells.owing(at),
            ),
        )

    def _points(
        self,
        definition: Measure,
        at: AsAt,
        asked: Asked,
        numerator: Side,
        denominator: Side | None,
        collected: list[Collected],
        *,
        by_agency: bool,
    ) -> Iterable[Point]:
        population = self._population(asked, by_agency=by_agency) if definition.kind == "rate" else {}
        lines = {line for _, line in numerator.sums} | (
            {line for _, line in denominator.sums} if denominator else set()
        )
        over_the_whole = definition.is_over_the_whole(asked.counted_by)
        if over_the_whole:
            lines.discard("")
        covers = {"": coverage.by_period(collected, asked.kind)}
        if by_agency:
            covers = self._covers_by_agency(collected, asked)
            lines |= set(covers)
        broken = self._breaks(definition.sources[asked.kind], at)
        waits = self._schools_that_wait(definition.sources[asked.kind], asked)
        expected = {
            line: {due for due in cover if asked.expects(due, at.today)} for line, cover in covers.items()
        }
        every = sorted({period for period, _ in numerator.sums}.union(*expected.values()))
        for line in sorted(lines) or [""]:
            whose = line if by_agency else ""
            cover, due = covers.get(whose, {}), expected.get(whose, set())
            for period in every:
                if period not in due and (period, line) not in numerator.sums:
                    continue
                over, fallen_due = cover.get(period, (coverage.NOBODY, False))
                if waits.came.get(period) and (not by_agency or (asked.by, line) == (AGENCY_KIND, SCHOOL)):
                    waiting = len(waits.came[period])
                    over = replace(
                        over,
                        received=over.received - waiting,
                        waiting=waiting,
                        is_left_out=period in waits.ended,
                    )
                above = numerator.at(period, line)
                below = denominator.at(period, "" if over_the_whole else line) if denominator else None
                of_line = {asked.by: line} if asked.by else {}
                point = point_of(definition, period, above, below, over, fallen_due=fallen_due, lines=of_line)
                if definition.kind == "rate":
                    point = per_children(definition, point, population, line)
                if period in broken:
                    point = replace(point, new_definition=True)
                yield point

    def _schools_that_wait(self, source: Source, asked: Asked) -> Waiting:
        """Of a source that schools are asked for, as readers outside have it."""
        kinds = self.asked_kinds(source)
        if not self.cells.outside or (kinds is not None and SCHOOL not in kinds):
            return NONE_WAITS
        return self.cells.waiting(source.return_code, asked.first, asked.last)

    def _population(self, asked: Asked, *, by_agency: bool) -> dict[tuple[str, int], int]:
        """Children by line and year, the same for every rate of a page."""
        return self.once(
            ("children", asked.by, asked.area_id, asked.agency_id, by_agency),
            lambda: population_by_year(self.cells, asked, by_agency=by_agency),
        )

    def _breaks(self, source: Source, at: AsAt) -> frozenset[Period]:
        """Where either side's return began to count it otherwise."""
        sides = ((source.return_code, source.numerator), (source.counted_below, source.denominator))
        return frozenset().union(*(self._broken(at, *side) for side in sides if side[1]))

    def _broken(self, at: AsAt, return_code: str, names: tuple[str, ...]) -> frozenset[Period]:
        versions = versions_of_returns(self.session).get(return_code, ())
        return self.once(
            ("broken", at, return_code, names), lambda: breaks(self.session, at, return_code, names, versions)
        )

    def _covers_by_agency(
        self, collected: list[Collected], asked: Asked
    ) -> dict[str, dict[Period, tuple[Coverage, bool]]]:
        codes = self.cells.agencies({row.agency_id for row in collected}, asked)
        rows: dict[str, list[Collected]] = defaultdict(list)
        for row in collected:
            rows[codes[row.agency_id]].append(row)
        return {code: coverage.by_period(own, asked.kind) for code, own in rows.items()}


def _without_schools(points: Sequence[Point]) -> tuple[Point, ...]:
    """Schools that another agency counts are not shown one by one, so where few are counted their sum would tell of one."""
    return tuple(point for point in points if point.lines.get(AGENCY_KIND) != SCHOOL)
