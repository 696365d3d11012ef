"""Working a measure out of the ledger as at a moment: cells in, points with state and coverage out.

Numerators and denominators are added before dividing. What did not come is never zero: a point whose returns are not
all in is `partial`, one with none is `missing`, and a figure that cannot be worked out says why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.definitions import catalogue
from hub.definitions.model import TOTAL, Definition
from hub.definitions.models import FigureRow
from hub.errors import UnknownDefinition
from hub.facts.models import WHOLE, DimensionMember
from hub.facts.owed import Owing, owing
from hub.facts.queries import AsAt, CellAsAt, cells_as_at, ever_signed
from hub.measures import corrected, coverage, met, on_time
from hub.measures.coverage import Collected
from hub.measures.load import measure_as_at, measures_as_at
from hub.measures.model import Asked, Coverage, Measure, Met, Point, Series, Source
from hub.measures.points import Side, Sums, added, per_children, point_of
from hub.measures.published import population_by_year, stands_in
from hub.measures.small_numbers import Signed, parts_of, read_together
from hub.partners.models import Agency, Area, Partnership
from hub.partners.queries import ENGLAND
from hub.partners.successions import followed
from hub.periods import Period, parse

AREA = "area"
AGENCY = "agency"


def measure(
    session: Session, partnership: Partnership, at: AsAt, code: str, asked: Asked | None = None
) -> Series:
    """A measure's points by line and period. Raises UnknownDefinition for a measure, breakdown or kind of period it has not."""
    definition = measure_as_at(session, code, at.moment)
    return Reading(session, partnership, at).series(definition, asked or Asked())


class _Span(NamedTuple):
    """What cells are read of: a ledger at a position, a span of days, a place, an agency."""

    at: AsAt
    first: date | None
    last: date | None
    area_id: int | None = None
    agency_id: int | None = None
    by_agency: bool = False


class Reading:
    """One partnership read as at one moment; remembers what several measures of a page share."""

    def __init__(self, session: Session, partnership: Partnership, at: AsAt) -> None:
        self.session, self.partnership, self.at = session, partnership, at
        self._figures: dict[str, dict[tuple[str, str], int]] = {}
        self._definitions: dict[str, Definition] = {}
        self._collected: dict[tuple[int, str, int | None, bool, tuple[str, ...] | None], list[Collected]] = {}
        self._places: dict[str, AsAt] = {}
        self._numbers: dict[str, int | None] = {}
        self._cells: dict[_Span, dict[int, list[CellAsAt]]] = defaultdict(dict)
        self._owing: dict[AsAt, Owing] = {}
        self._codes: dict[type[Agency] | type[Area], dict[int, str]] = {Agency: {}, Area: {}}
        self._members: dict[str, dict[int, str]] = defaultdict(dict)

    def prefetch(self, definitions: Sequence[Measure], asked: Asked) -> None:
        """Read what several measures of a page need in one go for each ledger: of the whole place, or of one area."""
        breakdown = TOTAL if asked.area_id is None else AREA
        wanted: dict[AsAt, set[int]] = defaultdict(set)
        for definition in definitions:
            source = definition.sources.get(asked.kind)
            if source is None or definition.kind not in ("count", "percent", "rate"):
                continue
            known = self.figures(source.return_code)
            names = (*source.numerator, *source.denominator)
            wanted[self._stands_in(source.return_code)] |= {
                known[breakdown, name] for name in names if (breakdown, name) in known
            }
        for at, figure_ids in wanted.items():
            self._read(_Span(at, asked.first, asked.last, area_id=asked.area_id), sorted(figure_ids))

    def agency_id(self, code: str) -> int | None:
        """An agency's number, looked up once for all the measures of a page."""
        if code not in self._numbers:
            self._numbers[code] = self.session.scalar(select(Agency.id).where(Agency.code == code))
        return self._numbers[code]

    def area_id(self, code: str) -> int | None:
        """An area's number within the partnership."""
        here = Area.partnership_id == self.partnership.id
        return self.session.scalar(select(Area.id).where(here, Area.code == code))

    def _stands_in(self, return_code: str) -> AsAt:
        if return_code not in self._places:
            self._places[return_code] = stands_in(self.session, self.partnership, self.at, return_code)
        return self._places[return_code]

    def _read(self, span: _Span, figure_ids: Sequence[int]) -> list[CellAsAt]:
        """Cells of figures; what was read for the same span before is not read again."""
        known = self._cells[span]
        lacking = [number for number in figure_ids if number not in known]
        if lacking:
            known.update({number: [] for number in lacking})
            found = cells_as_at(
                self.session,
                span.at,
                lacking,
                first=span.first,
                last=span.last,
                area_ids=None if span.area_id is None else [span.area_id],
                agency_ids=None if span.agency_id is None else [span.agency_id],
                by_agency=span.by_agency,
            )
            for cell in found:
                known[cell.figure_id].append(cell)
        return [cell for number in figure_ids for cell in known[number]]

    def series(self, definition: Measure, asked: Asked) -> Series:
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
        if definition.kind == "share":
            asked = replace(asked, by=definition.breakdown)
        if definition.kind == "gap":
            asked = replace(asked, by=AGENCY)
        at, asked = self._place(source, asked)
        if source.met is not None and (source.met.judged or asked.by == source.met.breakdown):
            return self._met(definition, source, source.met, at, asked)
        by_agency = self.is_by_agency(definition, source, asked)
        if asked.by == AGENCY and not by_agency:
            asked = replace(asked, agency_id=None)  # counted by agency in a return that another one signs
        numerator = self._numerator(definition, source, at, asked, by_agency=by_agency)
        denominator = self._denominator(definition, source, at, asked, by_agency=by_agency)
        collected = self._coverage(at, source, asked, by_agency=by_agency)
        points = self._points(definition, at, asked, numerator, denominator, collected, by_agency=by_agency)
        return Series(
            measure=definition,
            partnership=self.partnership.code,
            as_at=self.at.moment,
            points=tuple(points),
            by=asked.by,
            personal=self._is_personal(source.return_code, asked.by),
            together=self._read_together(at, source.return_code, asked),
            finance=self.definition(source.return_code).finance,
        )

    def _met(self, definition: Measure, source: Source, wanted: Met, at: AsAt, asked: Asked) -> Series:
        """Lines of a table that have at least so much, by that table, by agency or in all."""
        if asked.area_id is not None or asked.by not in (None, AGENCY, wanted.breakdown):
            raise UnknownDefinition(f"{definition.id} cannot be broken down by {asked.by or 'area'}.")
        figure_id = self.figures(source.return_code)[wanted.breakdown, wanted.figure]
        above, below = met.sides(
            self.session, at, figure_id, wanted, asked, agencies=lambda ids: self._agencies(ids, asked)
        )
        by_agency = asked.by == AGENCY
        collected = self._coverage(at, source, asked, by_agency=by_agency)
        points = self._points(definition, at, asked, above, below, collected, by_agency=by_agency)
        return Series(definition, self.partnership.code, self.at.moment, tuple(points), by=asked.by)

    def definition(self, return_code: str) -> Definition:
        """What the return asks, as known at the moment."""
        if return_code not in self._definitions:
            self._definitions[return_code] = catalogue.definition(
                self.session, return_code, as_at=self.at.moment
            )
        return self._definitions[return_code]

    def _is_personal(self, return_code: str, by: str | None) -> bool:
        if by in (None, AREA, AGENCY):
            return False
        return any(each.name == by and each.personal for each in self.definition(return_code).breakdowns)

    def _read_together(self, at: AsAt, return_code: str, asked: Asked) -> dict[Period, frozenset[str]] | None:
        """Lines of a personal breakdown that are too small to be read alone; None where several agencies counted it."""
        if asked.by is None or not self._is_personal(return_code, asked.by):
            return None
        if {kind for owes in self.definition(return_code).owes for kind in owes.kinds} != {"council"}:
            return None
        names = {number: name for (by, name), number in self.figures(return_code).items() if by == asked.by}
        rows = ever_signed(self.session, at, list(names), first=asked.first, last=asked.last)
        if len({row.agency_id for row in rows}) > 1:
            return None
        lines = self._members_of(asked.by, {row.dimension_set_id for row in rows})
        tables: dict[tuple[int, str], dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
        for row in rows:
            if row.value is not None:
                figures = tables[row.revision_id, row.period][lines[row.dimension_set_id]]
                figures[names[row.figure_id]] = row.value
        signed = [Signed(parse(period), table) for (_, period), table in tables.items()]
        measures = measures_as_at(self.session, self.at.moment).values()
        return read_together(signed, parts_of(measures, return_code))

    def _place(self, source: Source, asked: Asked) -> tuple[AsAt, Asked]:
        """Published figures stand where they were loaded; of a council, they are its own alone, and England is no sum."""
        at = self._stands_in(source.return_code)
        alone = at.published_only or self.partnership.code == ENGLAND
        if alone and asked.agency_id is None and asked.by != AGENCY:
            asked = replace(asked, agency_id=self.partnership.council_agency_id)
        return at, asked

    def figures(self, return_code: str) -> dict[tuple[str, str], int]:
        """(breakdown, figure) → number."""
        if return_code not in self._figures:
            rows = self.session.execute(
                select(FigureRow.breakdown, FigureRow.name, FigureRow.id).where(
                    FigureRow.return_code == return_code
                )
            )
            self._figures[return_code] = {(breakdown, name): number for breakdown, name, number in rows}
        return self._figures[return_code]

    def is_by_agency(self, definition: Measure, source: Source, asked: Asked) -> bool:
        """By the agency that signed, unless the return itself counts by agency."""
        names = definition.numerator_of(source, AGENCY)
        counted = any((AGENCY, name) in self.figures(source.return_code) for name in names)
        return asked.by == AGENCY and not counted

    def _numerator(
        self, definition: Measure, source: Source, at: AsAt, asked: Asked, *, by_agency: bool
    ) -> Side:
        if source.numerator_line is None:
            names = definition.numerator_of(source, asked.by)
            return self._side(at, source.return_code, names, asked, by_agency=by_agency)
        if asked.by is not None and not by_agency:
            raise UnknownDefinition(f"{definition.id} cannot be broken down by {asked.by}.")
        breakdown, code = source.numerator_line
        if by_agency:
            return self._line_by_agency(at, source, breakdown, code, asked)
        lines = self._side(
            at, source.return_code, source.numerator, replace(asked, by=breakdown), by_agency=False
        )
        return Side({(period, ""): sums for (period, line), sums in lines.sums.items() if line == code})

    def _line_by_agency(self, at: AsAt, source: Source, breakdown: str, code: str, asked: Asked) -> Side:
        """One line of a breakdown by the agency that signed it."""
        known = self.figures(source.return_code)
        ids = [known[breakdown, name] for name in source.numerator]
        span = _Span(at, asked.first, asked.last, agency_id=asked.agency_id, by_agency=True)
        line_of = self._line_names(
            cells := self._read(span, ids), replace(asked, by=breakdown), by_agency=False
        )
        agencies = self._codes_of(Agency, {cell.agency_id for cell in cells})
        sums: dict[tuple[Period, str], dict[int, Sums]] = defaultdict(
            lambda: {number: Sums() for number in ids}
        )
        for cell in cells:
            if line_of(cell) == code:
                sums[parse(cell.period), agencies[cell.agency_id]][cell.figure_id].add(cell)
        return Side({key: added(list(by_figure.values())) for key, by_figure in sums.items()})

    def _denominator(
        self, definition: Measure, source: Source, at: AsAt, asked: Asked, *, by_agency: bool
    ) -> Side | None:
        if definition.kind == "gap" and source.logged is not None:
            return_code, _, figure = source.logged
            return self._side(at, return_code, (figure,), replace(asked, agency_id=None), by_agency=False)
        if not source.denominator:
            return None
        if definition.is_over_the_whole(asked.by):
            return self._side(
                at, source.return_code, source.denominator, replace(asked, by=None), by_agency=False
            )
        names = definition.denominators_by_breakdown.get(asked.by or "", source.denominator)
        return self._side(
            at, source.denominator_return or source.return_code, names, asked, by_agency=by_agency
        )

    def _side(
        self, at: AsAt, return_code: str, names: Sequence[str], asked: Asked, *, by_agency: bool
    ) -> Side:
        breakdown = self._breakdown(return_code, asked, by_agency=by_agency)
        known = self.figures(return_code)
        absent = [name for name in names if (breakdown, name) not in known]
        if absent:
            raise UnknownDefinition(
                f"“{return_code}” does not count {', '.join(absent)} by {breakdown.replace('_', ' ')}."
            )
        span = _Span(
            at,
            asked.first,
            asked.last,
            area_id=asked.area_id,
            agency_id=asked.agency_id if breakdown != AGENCY else None,
            by_agency=by_agency,
        )
        cells = self._read(span, [known[breakdown, name] for name in names])
        line_of = self._line_names(cells, asked, by_agency=by_agency)
        sums: dict[tuple[Period, str], dict[int, Sums]] = defaultdict(
            lambda: {known[breakdown, name]: Sums() for name in names}
        )
        for cell in cells:
            sums[parse(cell.period), line_of(cell)][cell.figure_id].add(cell)
        return Side({key: added(list(by_figure.values())) for key, by_figure in sums.items()})

    def _breakdown(self, return_code: str, asked: Asked, *, by_agency: bool) -> str:
        if asked.area_id is not None and asked.by not in (None, AREA):
            if by_agency or not self._lies_in_areas(return_code, str(asked.by)):
                raise UnknownDefinition(
                    "A figure cannot be asked by area and broken down otherwise: breakdowns are one-way."
                )
            return str(asked.by)
        if asked.area_id is not None:
            return AREA
        return TOTAL if asked.by is None or by_agency else asked.by

    def _lies_in_areas(self, return_code: str, by: str) -> bool:
        """Whether the lines of a table lie in areas, so that one area's alone can be read: its teams."""
        definition = self.definition(return_code)
        table = next((each for each in definition.breakdowns if each.name == by), None)
        return table is not None and bool(table.within) and definition.breakdown(table.within).name == AREA

    def _line_names(self, cells: Iterable[CellAsAt], asked: Asked, *, by_agency: bool):  # type: ignore[no-untyped-def]
        """A function from a cell to the code of its line; "" where nothing is broken down."""
        if asked.by is None:
            return lambda _cell: ""
        if by_agency:
            codes = self._agencies({cell.agency_id for cell in cells}, asked)
            return lambda cell: codes[cell.agency_id]
        if asked.by == AREA:
            areas = self._codes_of(Area, {cell.area_id for cell in cells})
            return lambda cell: areas.get(cell.area_id, "not-known")
        members = self._members_of(asked.by, {cell.dimension_set_id for cell in cells})
        later = self._followed(asked) if asked.by == AGENCY else {}
        return lambda cell: later.get(members[cell.dimension_set_id], members[cell.dimension_set_id])

    def _agencies(self, ids: set[int], asked: Asked) -> dict[int, str]:
        """Agencies' own codes, or of those that have taken their place since, where comparisons follow successors."""
        later, codes = self._followed(asked), self._codes_of(Agency, ids)
        return {number: later.get(codes[number], codes[number]) for number in ids if number in codes}

    def _codes_of(self, model: type[Agency] | type[Area], ids: set[int]) -> dict[int, str]:
        """Number → code of at least these; what was looked up before is not read again."""
        known = self._codes[model]
        if lacking := ids - known.keys() - {WHOLE}:
            rows = self.session.execute(select(model.id, model.code).where(model.id.in_(lacking)))
            known.update(dict(rows.all()))
        return known

    def _members_of(self, dimension: str, set_ids: set[int]) -> dict[int, str]:
        """Dimension set → its code in a dimension, of at least these."""
        known = self._members[dimension]
        if lacking := set_ids - known.keys():
            rows = self.session.execute(
                select(DimensionMember.dimension_set_id, DimensionMember.code).where(
                    DimensionMember.dimension == dimension, DimensionMember.dimension_set_id.in_(lacking)
                )
            )
            known.update(dict(rows.all()))
        return known

    @cached_property
    def _successors(self) -> dict[str, str]:
        return followed(self.session, self.at.today)

    def _followed(self, asked: Asked) -> dict[str, str]:
        return self._successors if asked.follow else {}

    def owing(self, at: AsAt) -> Owing:
        """What the due list of a ledger needs, whatever the return."""
        if at not in self._owing:
            self._owing[at] = owing(self.session, at)
        return self._owing[at]

    def asked_kinds(self, source: Source) -> tuple[str, ...] | None:
        """The kinds of agency that are asked for the figures; None where all that owe the return are."""
        owes = self.definition(source.return_code).owes
        table = source.numerator_line[0] if source.numerator_line else TOTAL
        asked = [
            each for each in owes if set(source.numerator) <= set(each.figures) and table in each.breakdowns
        ]
        if not asked or len(asked) == len(owes):
            return None
        return tuple(sorted(kind for each in asked for kind in each.kinds))

    def _coverage(self, at: AsAt, source: Source, asked: Asked, *, by_agency: bool) -> list[Collected]:
        kinds = self.asked_kinds(source)
        key = (at.partnership_id, source.return_code, asked.agency_id, by_agency, kinds)
        if key not in self._collected:
            self._collected[key] = coverage.collected(
                self.session,
                at,
                source.return_code,
                agency_ids=asked.agency_ids,
                by_agency=by_agency,
                kinds=kinds,
                known=self.owing(at),
            )
        return [row for row in self._collected[key] if asked.touches(row.period)]

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
        population = (
            population_by_year(self.session, self.partnership, self.at, asked, by_agency=by_agency)
            if definition.kind == "rate"
            else {}
        )
        lines = {line for _, line in numerator.sums} | (
            {line for _, line in denominator.sums} if denominator else set()
        )
        over_the_whole = definition.is_over_the_whole(asked.by)
        if over_the_whole:
            lines.discard("")
        covers = {"": coverage.by_period(collected, asked.kind)}
        if by_agency:
            covers = self._covers_by_agency(collected, asked)
            lines |= set(covers)
        seen: dict[str, set[Period]] = defaultdict(set)
        for period, line in numerator.sums:
            seen[line].add(period)
        for line in sorted(lines) or [""]:
            cover = covers.get(line, {}) if by_agency else covers[""]
            for period in sorted(seen[line] | {due for due in cover if asked.expects(due, at.today)}):
                over, fallen_due = cover.get(period, (coverage.NOBODY, False))
                above = numerator.at(period, line)
                below = denominator.at(period, "" if over_the_whole else line) if denominator else None
                point = point_of(definition, period, above, below, over, fallen_due=fallen_due)
                if definition.kind == "rate":
                    point = per_children(definition, point, population, line)
                yield replace(point, lines={asked.by: line}) if asked.by else point

    def _covers_by_agency(
        self, collected: list[Collected], asked: Asked
    ) -> dict[str, dict[Period, tuple[Coverage, bool]]]:
        codes = self._agencies({row.agency_id for row in collected}, asked)
        rows: dict[str, list[Collected]] = defaultdict(list)
        for row in collected:
            rows[codes[row.agency_id]].append(row)
        return {code: coverage.by_period(own, asked.kind) for code, own in rows.items()}
