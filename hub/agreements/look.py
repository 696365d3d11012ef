"""What a kind of commitment may look at: the agreement, the ledger as at a moment, what was due and what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.agreements.model import Agreement, Evidence
from hub.agreements.models import MilestoneReport
from hub.calendar.due import Owed, due_items, due_on
from hub.calendar.working_days import working_day_after
from hub.definitions import catalogue
from hub.facts.owed import counting
from hub.facts.queries import AsAt
from hub.facts.revisions import RevisionAsAt, revisions_as_at
from hub.measures.compute import Reading
from hub.measures.load import measure_as_at
from hub.measures.model import Asked, Measure, Point
from hub.partners import queries
from hub.partners.models import Agency, Partnership
from hub.periods import Kind, Period, containing, following


@dataclass
class Look:
    """One agreement read as at one moment; remembers what several commitments share."""

    session: Session
    partnership: Partnership
    agreement: Agreement
    at: AsAt

    @property
    def today(self) -> date:
        return self.at.today

    @cached_property
    def reading(self) -> Reading:
        return Reading(self.session, self.partnership, self.at)

    @cached_property
    def _signed(self) -> dict[int, RevisionAsAt]:
        return {revision.due_item_id: revision for revision in revisions_as_at(self.session, self.at)}

    @cached_property
    def _due(self) -> list[Owed]:
        return [
            item
            for item in due_items(
                self.session,
                self.partnership.id,
                position=self.at.position,
                only=counting(self.session, [self.partnership.id], position=self.at.position),
            )
            if item.due_on is not None
        ]

    def agency(self, code: str) -> Agency:
        return queries.agency(self.session, code)

    def owed(
        self, return_code: str, agency: str, *, first: date, last: date
    ) -> list[tuple[Owed, RevisionAsAt | None]]:
        """What an agency owes of a return for periods that lie between two days, each with the revision that stands."""
        owed = self.all_owed([return_code], first=first, last=last)
        return [(item, revision) for item, revision in owed if item.agency.code == agency]

    def all_owed(
        self, return_codes: Sequence[str], *, first: date, last: date
    ) -> list[tuple[Owed, RevisionAsAt | None]]:
        """The same for everybody who owes one of the returns."""
        return [
            (item, self._signed.get(item.id))
            for item in self._due
            if item.return_code in return_codes
            and item.period.starts_on >= first
            and item.period.ends_on <= last
        ]

    def expected_periods(
        self, return_code: str, agency: str, *, first: date, last: date
    ) -> list[tuple[Period, date | None]]:
        """Every period that an agency owes a return for in a span, with its due day, whether or not the due list reaches that far."""
        owes = catalogue.definition(self.session, return_code).owes_for(self.agency(agency).kind)
        if owes is None:
            return []
        period, found = _first_within(first, owes.frequency), []
        while period.ends_on <= last:
            found.append((period, due_on(period, owes.due)))
            period = following(period)
        return found

    def measure(self, code: str) -> Measure:
        return measure_as_at(self.session, code, self.at.moment)

    def points(self, measure: Measure, *, first: date, last: date, agency: str | None = None) -> list[Point]:
        """A measure's months in a span: of the place, or the line of one agency."""
        by = "agency" if agency else None
        series = self.reading.series(measure, Asked(first=first, last=last, by=by))
        return [point for point in series.points if agency is None or point.lines.get("agency") == agency]

    def second_due_day(self, item: Owed) -> date | None:
        """The due day of the period after: a party still silent then can no longer shelter behind its silence."""
        owes = catalogue.definition(self.session, item.return_code).owes_for(item.agency.kind)
        if owes is None or item.due_on is None:
            return None
        return due_on(following(item.period), owes.due) or working_day_after(item.due_on, 20)

    def reports(self, commitment: str, agency: str) -> Sequence[MilestoneReport]:
        """Milestone reports as they were known at the moment, newest last."""
        return self.session.scalars(
            select(MilestoneReport)
            .where(
                MilestoneReport.partnership_id == self.partnership.id,
                MilestoneReport.agreement_code == self.agreement.code,
                MilestoneReport.commitment == commitment,
                MilestoneReport.agency_id == self.agency(agency).id,
                MilestoneReport.written_at <= self.at.moment,
            )
            .order_by(MilestoneReport.written_at)
        ).all()


def _first_within(day: date, kind: Kind) -> Period:
    period = containing(day, kind)
    return period if period.starts_on >= day else following(period)


def evidence_of(revisions: Sequence[tuple[Owed, RevisionAsAt | None]]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(revision.id, item.agency.code, item.return_code, item.period.code)
        for item, revision in revisions
        if revision is not None
    )
