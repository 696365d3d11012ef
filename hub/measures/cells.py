"""What measures read of one partnership as at one moment: cells of its ledger, definitions, the names of lines.

Whatever several measures of a page share is read once and remembered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from copy import copy
from datetime import date
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hub.audit.settled import settled
from hub.definitions import catalogue
from hub.definitions.canonical import codelist_from_json, definition_from_json
from hub.definitions.model import NOT_KNOWN, CodeList, Definition
from hub.definitions.models import FigureRow
from hub.errors import UnknownDefinition
from hub.facts.models import AREA_NOT_KNOWN, WHOLE, DimensionMember
from hub.facts.moments import AsAt
from hub.facts.owed import Owing, owing
from hub.facts.queries import CellAsAt, cells_as_at
from hub.facts.signatures import Signatures, signatures, stamps
from hub.measures.model import AGENCY_KIND, Asked
from hub.measures.profiles import DisclosureProfile, chosen
from hub.measures.published import published_elsewhere
from hub.measures.waiting import SCHOOL, Waiting, waiting, without
from hub.partners.areas import KnownArea, areas_known
from hub.partners.local_codes import local_lines
from hub.partners.models import Agency, Area, Partnership
from hub.partners.names import names_as_at
from hub.partners.queries import schools_ever
from hub.partners.successions import followed


class Span(NamedTuple):
    """What cells are read of: a ledger at a position, a span of days, a place, an agency, one line of a table."""

    at: AsAt
    first: date | None
    last: date | None
    area_id: int | None = None
    agency_id: int | None = None
    by_agency: bool = False
    line: frozenset[int] | None = None  # its dimension sets

    def holds(self, other: Span) -> bool:
        """Whether whatever is read of the other span is among what is read of this one."""
        begins = self.first is None or (other.first is not None and self.first <= other.first)
        ends = self.last is None or (other.last is not None and other.last <= self.last)
        lines = self.line is None or self.line == other.line
        return begins and ends and lines and self[3:6] == other[3:6] and self.at == other.at

    def has(self, cell: CellAsAt) -> bool:
        began = self.first is None or cell.starts_on >= self.first
        ended = self.last is None or cell.ends_on <= self.last
        return began and ended and (self.line is None or cell.dimension_set_id in self.line)


class Cells:
    """One partnership's ledger as at one moment."""

    outside = False  # as readers outside the agencies have them

    def __init__(self, session: Session, partnership: Partnership, at: AsAt) -> None:
        self.session, self.partnership, self.at = session, partnership, at
        self._waiting: dict[tuple[str, date | None, date | None], Waiting] = {}
        self._school_signatures: dict[str, list[Signatures]] = {}
        self._numbers: dict[str, int | None] = {}
        self._read: dict[Span, dict[int, list[CellAsAt]]] = defaultdict(dict)
        self._owing: dict[AsAt, Owing] = {}
        self._agencies: dict[int, str] = {}
        self._members: dict[int, dict[str, str]] = {}
        self._kinds: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def as_outside(self) -> Cells:
        """The same ledger without what waits to be told with other schools'; all else is read once for both."""
        other = copy(self)
        other.outside = True
        return other

    def read(self, span: Span, figure_ids: Sequence[int]) -> list[CellAsAt]:
        """Cells of figures; what was read before, for this span or a longer one, is not read again."""
        known = self._read[span]
        lacking = [number for number in figure_ids if number not in known]
        for longer, read in list(self._read.items()) if lacking else ():
            if longer != span and longer.holds(span):
                for number in [each for each in lacking if each in read]:
                    known[number] = [cell for cell in read[number] if span.has(cell)]
                    lacking.remove(number)
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
                dimension_set_ids=None if span.line is None else sorted(span.line),
                by_agency=span.by_agency,
            )
            for cell in found:
                known[cell.figure_id].append(cell)
        cells = [cell for number in figure_ids for cell in known[number]]
        return self._told(cells, span, figure_ids) if self.outside else cells

    def _told(self, found: list[CellAsAt], span: Span, figure_ids: Sequence[int]) -> list[CellAsAt]:
        """Cells as readers outside the agencies have them: without what waits to be told with other schools'."""
        if span.at != self.at:
            return found
        changes = [
            change
            for code in {self._returns[number] for number in figure_ids}
            for change in self.waiting(code, span.first, span.last).changes
            if change.figure_id in figure_ids
            and (span.first is None or change.period.starts_on >= span.first)
            and (span.last is None or change.period.ends_on <= span.last)
            and span.area_id in (None, change.area_id)
            and span.agency_id in (None, change.agency_id)
            and (span.line is None or change.dimension_set_id in span.line)
        ]
        return without(found, changes, by_agency=span.by_agency) if changes else found

    def waiting(self, return_code: str, first: date | None, last: date | None) -> Waiting:
        """What schools sent of a return for periods of a span and outsiders are not told yet."""
        key = return_code, first, last
        if key not in self._waiting:
            self._waiting[key] = waiting(
                self.session,
                self.at,
                self.definition(return_code),
                self.figures(return_code),
                [
                    each
                    for each in self._by_schools(return_code)
                    if not (first and each.period.ends_on < first)
                    and not (last and each.period.starts_on > last)
                ],
                self.profile,
            )
        return self._waiting[key]

    def _by_schools(self, return_code: str) -> list[Signatures]:
        """What schools had signed of a return about children."""
        if return_code not in self._school_signatures:
            definition = self.definition(return_code)
            asked = definition.of_children and definition.owes_for(SCHOOL) and not self.at.published_only
            self._school_signatures[return_code] = (
                signatures(self.session, self.at, return_code, kind=SCHOOL) if asked else []
            )
        return self._school_signatures[return_code]

    @cached_property
    def profile(self) -> DisclosureProfile:
        """What may be shown of small numbers of children to whoever reads for the partnership."""
        return chosen("partnership", self.partnership.disclosure_partnership)

    @cached_property
    def stamps(self) -> dict[str, tuple[int, int]]:
        """What had been signed of each return of this ledger."""
        return stamps(self.session, self.at)

    def stands_in(self, return_code: str) -> AsAt:
        """The ledger that a return's figures are read from: published ones may lie in another partnership's."""
        return self._published_elsewhere.get(return_code, self.at)

    @cached_property
    def _published_elsewhere(self) -> dict[str, AsAt]:
        return published_elsewhere(self.session, self.partnership, self.at)

    def definition(self, return_code: str) -> Definition:
        """What the return asks, as known at the moment."""
        row = self._in_force.get(return_code)
        if row is None:
            raise UnknownDefinition(f"There is no return “{return_code}”.")
        return definition_from_json(row.document)

    @cached_property
    def _in_force(self) -> dict[str, catalogue.Version]:
        return catalogue.all_in_force(self.session, "return", as_at=self.at.moment)

    def codelist(self, name: str) -> CodeList:
        """A list as known at the moment."""
        row = self._lists.get(name)
        if row is None:
            raise UnknownDefinition(f"There is no code list “{name}”.")
        return codelist_from_json(row.document)

    @cached_property
    def _lists(self) -> dict[str, catalogue.Version]:
        return catalogue.all_in_force(self.session, "codelist", as_at=self.at.moment)

    def figures(self, return_code: str) -> dict[tuple[str, str], int]:
        """(breakdown, figure) → number."""
        return self._figures.get(return_code, {})

    @cached_property
    def _figures(self) -> dict[str, dict[tuple[str, str], int]]:
        """Of every return: few beside what a page reads."""
        return settled(self.session, _every_figure)

    @cached_property
    def _returns(self) -> dict[int, str]:
        return {number: code for code, figures in self._figures.items() for number in figures.values()}

    def agency_id(self, code: str) -> int | None:
        """An agency's number, looked up once for all the measures of a page."""
        if code not in self._numbers:
            self._numbers[code] = self.session.scalar(select(Agency.id).where(Agency.code == code))
        return self._numbers[code]

    def area_id(self, code: str) -> int | None:
        """An area's number within the partnership."""
        return self._areas.get(code)

    @cached_property
    def _areas(self) -> dict[str, int]:
        return {code: number for number, code in self._codes_of_areas.items()}

    @cached_property
    def _codes_of_areas(self) -> dict[int, str]:
        return settled(self.session, _every_area, self.partnership.id)

    @cached_property
    def schools(self) -> frozenset[str]:
        """Codes of the schools that are, were or will be members."""
        return settled(self.session, schools_ever, self.partnership.id)

    @cached_property
    def areas_known(self) -> list[KnownArea]:
        """Every area of the partnership that was known, by code."""
        return areas_known(self.session, self.partnership.id, self.at.moment)

    def agencies(self, ids: set[int], asked: Asked) -> dict[int, str]:
        """Agencies' own codes, or of those that have taken their place since, where comparisons follow successors; or the
        group or kind that each belongs to."""
        if asked.by == AGENCY_KIND:
            codes = self.codes_of(Agency, ids)
            kinds = self.kinds_of(codes[number] for number in ids)
            return {number: kinds[codes[number]] for number in ids}
        if asked.group:
            groups = self._groups(asked.group, str(asked.by))
            return {
                number: groups.get(code, NOT_KNOWN) for number, code in self.codes_of(Agency, ids).items()
            }
        later, codes = self.followed(asked), self.codes_of(Agency, ids)
        return {number: later.get(codes[number], codes[number]) for number in ids if number in codes}

    def _groups(self, codelist: str, by: str) -> dict[str, str]:
        """Agency → where the partnership says that it belongs, as known at the moment and wherever it was before."""
        lines = local_lines(self.session, self.partnership.id, codelist, moment=self.at.moment)
        return {line.code: line.says[by] for line in lines if line.from_on <= self.at.today}

    def codes_of(self, model: type[Agency] | type[Area], ids: set[int]) -> dict[int, str]:
        """Number → code of at least these; what was looked up before is not read again."""
        if model is Area:
            return self._areas_of(ids)
        if lacking := ids - self._agencies.keys() - {WHOLE}:
            self._look_up(Agency.id.in_(lacking))
        return self._agencies

    def _areas_of(self, ids: set[int]) -> dict[int, str]:
        if lacking := ids - self._codes_of_areas.keys() - {WHOLE, AREA_NOT_KNOWN}:
            elsewhere = self.session.execute(select(Area.id, Area.code).where(Area.id.in_(lacking)))
            return self._codes_of_areas | dict(elsewhere.all())
        return self._codes_of_areas

    def kinds_of(self, codes: Iterable[str]) -> dict[str, str]:
        """Agency → its kind, of at least these."""
        if lacking := set(codes) - self._kinds.keys():
            self._look_up(Agency.code.in_(lacking))
        return self._kinds

    def kind_of(self, agency_id: int) -> str:
        code = self.codes_of(Agency, {agency_id})[agency_id]
        return self.kinds_of([code])[code]

    def _look_up(self, which: ColumnElement[bool]) -> None:
        for number, code, kind in self.session.execute(
            select(Agency.id, Agency.code, Agency.kind).where(which)
        ):
            self._agencies[number], self._kinds[code] = code, kind

    def named(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Agencies by name and code, in their order; what was looked up before is not read again."""
        wanted = list(codes)
        if lacking := set(wanted) - self._names.keys():
            self._names |= names_as_at(self.session, self.at.today, self.at.moment, codes=lacking)
        return tuple(f"{self._names[code]} ({code})" for code in wanted)

    def members_of(self, dimension: str, set_ids: set[int]) -> dict[int, str]:
        """Dimension set → its code in a dimension, of at least these; those of other tables that were read come with them."""
        if set_ids - self._members.keys():
            read = (cell for figures in self._read.values() for cells in figures.values() for cell in cells)
            lacking = (set_ids | {cell.dimension_set_id for cell in read}) - self._members.keys()
            self._members |= {number: {} for number in lacking}
            columns = (DimensionMember.dimension_set_id, DimensionMember.dimension, DimensionMember.code)
            rows = select(*columns).where(DimensionMember.dimension_set_id.in_(lacking))
            for number, of, code in self.session.execute(rows):
                self._members[number][of] = code
        found = {number: self._members[number].get(dimension) for number in set_ids}
        return {number: code for number, code in found.items() if code is not None}

    def sets_of(self, dimension: str, code: str) -> frozenset[int]:
        """The dimension sets of one line of a table; a line that nobody ever sent has none."""
        line = DimensionMember.dimension == dimension, DimensionMember.code == code
        return frozenset(self.session.scalars(select(DimensionMember.dimension_set_id).where(*line)))

    @cached_property
    def _successors(self) -> dict[str, str]:
        return followed(self.session, self.at.today, self.at.moment)

    def followed(self, asked: Asked) -> dict[str, str]:
        return self._successors if asked.follow else {}

    def owing(self, at: AsAt) -> Owing:
        """What the due list of a ledger needs, whatever the return."""
        if at not in self._owing:
            self._owing[at] = owing(self.session, at)
        return self._owing[at]


def _every_figure(session: Session) -> dict[str, dict[tuple[str, str], int]]:
    """Return → (breakdown, figure) → number."""
    found: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    columns = (FigureRow.return_code, FigureRow.breakdown, FigureRow.name, FigureRow.id)
    for return_code, breakdown, name, number in session.execute(select(*columns)):
        found[return_code][breakdown, name] = number
    return dict(found)


def _every_area(session: Session, partnership_id: int) -> dict[int, str]:
    """Number → code."""
    here = Area.partnership_id == partnership_id
    return dict(session.execute(select(Area.id, Area.code).where(here)).all())
