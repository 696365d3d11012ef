"""One partnership as at one moment, as its agreements read it: everything is read once, however many promises ask.

Revisions, the due list, series of measures and definitions as they were known; nothing later is seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.agreements.models import MilestoneReport
from hub.agreements.verdict import Evidence
from hub.calendar.due import Owed, due_items, due_on
from hub.calendar.working_days import working_day_after
from hub.definitions.model import Definition
from hub.definitions.models import DefinitionVersion
from hub.errors import UnknownDefinition
from hub.facts.moments import AsAt
from hub.facts.revisions import RevisionAsAt, revisions_as_at
from hub.measures.compute import Reading
from hub.measures.load import measures_as_at
from hub.measures.model import Asked, Measure, Point, Series
from hub.measures.models import MeasureVersion
from hub.meetings.read import Meeting, meetings_as_at
from hub.partners import queries
from hub.partners.models import Agency, Membership, Partnership, Succession
from hub.partners.successions import followed
from hub.periods import Kind, Period, containing, following

Item = tuple[Owed, RevisionAsAt | None]
Span = tuple[date, date]


@dataclass
class Papers:
    session: Session
    partnership: Partnership
    at: AsAt
    shared: Reading | None = None  # where a page reads figures itself

    def __post_init__(self) -> None:
        self._series: dict[tuple[str, Asked], Sequence[Point]] = {}
        self._lines: dict[tuple[str, Asked], dict[str, list[Point]]] = {}
        self._read_items: dict[str, tuple[Span, list[Item]]] = {}
        self._items: dict[tuple[str, Span], list[Item]] = {}
        self._items_by_agency: dict[tuple[str, Span], dict[str, list[Item]]] = {}
        self._evidence: dict[tuple[int, tuple[str, ...]], Evidence] = {}

    @property
    def today(self) -> date:
        return self.at.today

    @cached_property
    def reading(self) -> Reading:
        return self.shared or Reading(self.session, self.partnership, self.at)

    @cached_property
    def measures(self) -> dict[str, Measure]:
        return measures_as_at(self.session, self.at.moment)

    @cached_property
    def measure_digests(self) -> dict[str, str]:
        """Measure → the digest of its text as known at the moment."""
        found: dict[str, str] = {}
        query = select(MeasureVersion.code, MeasureVersion.digest, MeasureVersion.known_from)
        for code, digest, known_from in self.session.execute(query.order_by(MeasureVersion.known_from)):
            if code not in found or known_from <= self.at.moment:
                found[code] = digest
        return found

    @cached_property
    def _agencies(self) -> dict[str, Agency]:
        members = select(Membership.agency_id).where(Membership.partnership_id == self.partnership.id)
        return {
            agency.code: agency
            for agency in self.session.scalars(select(Agency).where(Agency.id.in_(members)))
        }

    @cached_property
    def _taken_over(self) -> dict[str, tuple[str, date]]:
        """Code → who has taken its place by today, at the end of the chain, and since when."""
        query = (
            select(Agency.code, Succession.on_date)
            .join(Agency, Agency.id == Succession.from_agency_id)
            .where(Succession.on_date <= self.today)
        )
        since: dict[str, date] = dict(self.session.execute(query).all())
        return {
            code: (to, since[code]) for code, to in followed(self.session, self.today, self.at.moment).items()
        }

    @cached_property
    def _reports(self) -> dict[tuple[str, str, int], list[MilestoneReport]]:
        query = (
            select(MilestoneReport)
            .where(
                MilestoneReport.partnership_id == self.partnership.id,
                MilestoneReport.written_at <= self.at.moment,
            )
            .order_by(MilestoneReport.written_at, MilestoneReport.id)
        )
        found: dict[tuple[str, str, int], list[MilestoneReport]] = defaultdict(list)
        for report in self.session.scalars(query):
            found[report.agreement_code, report.commitment, report.agency_id].append(report)
        return found

    @cached_property
    def _meetings(self) -> dict[str, list[Meeting]]:
        found: dict[str, list[Meeting]] = defaultdict(list)
        for meeting in meetings_as_at(self.session, self.partnership.id, self.at.moment):
            found[meeting.group_code].append(meeting)
        return found

    @cached_property
    def definition_versions(self) -> dict[int, int]:
        """Number of a definition's row → the version that it is."""
        query = select(DefinitionVersion.id, DefinitionVersion.version).where(
            DefinitionVersion.kind == "return"
        )
        return dict(self.session.execute(query).all())

    def agency(self, code: str) -> Agency:
        if code not in self._agencies:
            self._agencies[code] = queries.agency(self.session, code)
        return self._agencies[code]

    def successor(self, code: str) -> tuple[str, date] | None:
        """Who has taken a body's place by today, and since when."""
        return self._taken_over.get(code)

    def reports(self, agreement: str, commitment: str, agency: str) -> Sequence[MilestoneReport]:
        return self._reports[agreement, commitment, self.agency(agency).id]

    def meetings(self, group: str) -> Sequence[Meeting]:
        return self._meetings[group]

    def measure(self, code: str) -> Measure:
        found = self.measures.get(code)
        if found is None:
            raise UnknownDefinition(f"There is no measure “{code}”.")
        return found

    def points(self, measure: Measure, asked: Asked) -> Sequence[Point]:
        key = (measure.id, asked)
        if key not in self._series:
            self._series[key] = as_told(self.reading.series(measure, asked))
        return self._series[key]

    def line(self, measure: Measure, asked: Asked, code: str) -> Sequence[Point]:
        """The points of one line of a breakdown."""
        key = (measure.id, asked)
        if key not in self._lines:
            lines: dict[str, list[Point]] = defaultdict(list)
            self._lines[key] = lines
            for point in self.points(measure, asked):
                lines[point.lines[asked.by or ""]].append(point)
        return self._lines[key].get(code, ())

    def definition(self, return_code: str) -> Definition:
        """What a return asked, as known at the moment."""
        return self.reading.cells.definition(return_code)

    def items(self, return_code: str, span: Span) -> list[Item]:
        """What anybody owes of a return for periods that lie in a span, each with the revision that stands."""
        key = (return_code, span)
        if key not in self._items:
            first, last = span
            self._items[key] = [
                (item, came)
                for item, came in self._items_around(return_code, span)
                if first <= item.period.starts_on and item.period.ends_on <= last
            ]
        return self._items[key]

    def items_of(self, return_code: str, agency: str, span: Span) -> Sequence[Item]:
        """What one agency owes of a return for periods that lie in a span."""
        key = (return_code, span)
        if key not in self._items_by_agency:
            own: dict[str, list[Item]] = defaultdict(list)
            self._items_by_agency[key] = own
            for item, came in self.items(return_code, span):
                own[item.agency.code].append((item, came))
        return self._items_by_agency[key].get(agency, ())

    def _items_around(self, return_code: str, span: Span) -> list[Item]:
        """At least the items of a span: promises of one return ask for many spans within the same days."""
        read, items = self._read_items.get(return_code, (span, None))
        if items is None or span[0] < read[0] or read[1] < span[1]:
            read = min(span[0], read[0]), max(span[1], read[1])
            items = self._items_between(return_code, *read)
            self._read_items[return_code] = (read, items)
        return items

    def _items_between(self, return_code: str, first: date, last: date) -> list[Item]:
        signed = {
            revision.due_item_id: revision
            for revision in revisions_as_at(self.session, self.at, return_code, first=first, last=last)
        }
        known = self.reading.cells.owing(self.at)
        owed = due_items(
            self.session,
            self.partnership.id,
            return_code=return_code,
            first=first,
            last=last,
            only=known.only,
            later=known.later,
        )
        return [(item, signed.get(item.id)) for item in owed if item.due_on is not None]

    def expected(self, return_code: str, agency: str, span: Span) -> list[tuple[Period, date | None]]:
        """Every period that an agency owes a return for in a span, with its due day, however far the due list reaches."""
        owes = self.definition(return_code).owes_for(self.agency(agency).kind)
        if owes is None:
            return []
        return [(period, due_on(period, owes.due)) for period in periods_in(span, owes.frequency)]

    def second_due_day(self, item: Owed) -> date | None:
        """The due day of the period after: a party still silent then can no longer shelter behind its silence."""
        owes = self.definition(item.return_code).owes_for(item.agency.kind)
        if owes is None or item.due_on is None:
            return None
        return due_on(following(item.period), owes.due) or working_day_after(item.due_on, 20)

    def evidence(
        self, items: Sequence[Item], cells: Mapping[str, tuple[str, ...]] | None = None
    ) -> tuple[Evidence, ...]:
        """What stands behind the items; `cells` says what was read of each return."""
        read = cells or {}
        return tuple(
            self._paper(item, revision, read.get(item.return_code, ()))
            for item, revision in items
            if revision is not None
        )

    def _paper(self, item: Owed, revision: RevisionAsAt, cells: tuple[str, ...]) -> Evidence:
        key = (revision.id, cells)
        if key not in self._evidence:
            self._evidence[key] = Evidence(
                revision=revision.id,
                agency=item.agency.code,
                return_code=item.return_code,
                period=item.period.code,
                number=revision.number,
                signed_at=revision.signed_at,
                signed_by=revision.signed_by,
                definition_version=self.definition_versions.get(revision.definition_version_id),
                cells=cells,
            )
        return self._evidence[key]


def as_told(series: Series) -> Sequence[Point]:
    """What single schools sent enters a verdict when it enters the totals that its readers have: the reason names the total."""
    return series.points if series.outside is None or series.first_told else series.outside


@lru_cache(maxsize=1000)
def periods_in(span: Span, kind: Kind) -> tuple[Period, ...]:
    """The periods of a kind that lie within a span of days."""
    period = containing(span[0], kind)
    if period.starts_on < span[0]:
        period = following(period)
    found = []
    while period.ends_on <= span[1]:
        found.append(period)
        period = following(period)
    return tuple(found)
