"""The revisions that stood as at a position: who signed what and when, for coverage, timeliness and evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.clock import london_date
from hub.definitions.models import PeriodRow
from hub.facts.models import Revision
from hub.facts.moments import AsAt


class RevisionAsAt(NamedTuple):
    """The revision of a due item that stood at the position. `first_signed_at` says when the return was first given."""

    id: int
    due_item_id: int
    agency_id: int
    return_code: str
    period: str
    starts_on: date
    ends_on: date
    number: int
    position: int
    signed_at: datetime
    first_signed_at: datetime
    signed_by: int
    prepared_by: int
    single_signature: bool
    due_on: date | None
    nil: bool
    channel: str
    source: str | None
    definition_version_id: int

    @property
    def on_time(self) -> bool | None:
        """Whether it was first signed by the end of its due day; None where nobody owed it."""
        return None if self.due_on is None else london_date(self.first_signed_at) <= self.due_on


# Columns, not objects: a page reads thousands of revisions and changes none.
_OF_PERIOD = {"period": PeriodRow.code, "starts_on": PeriodRow.starts_on, "ends_on": PeriodRow.ends_on}
_COLUMNS = [
    _OF_PERIOD[name].label(name) if name in _OF_PERIOD else getattr(Revision, name)
    for name in RevisionAsAt._fields
    if name != "first_signed_at"
]


def revisions_as_at(
    session: Session,
    at: AsAt,
    return_code: str | None = None,
    *,
    first: date | None = None,
    last: date | None = None,
    agency_ids: Sequence[int] | None = None,
) -> list[RevisionAsAt]:
    """The revisions that stood, one per due item, with who signed and when; a return without one has not come."""
    query = (
        select(*_COLUMNS)
        .join(PeriodRow, PeriodRow.id == Revision.period_id)
        .where(Revision.partnership_id == at.partnership_id, Revision.position <= at.position)
        .order_by(Revision.position)
    )
    if return_code is not None:
        query = query.where(Revision.return_code == return_code)
    if first is not None:
        query = query.where(PeriodRow.starts_on >= first)
    if last is not None:
        query = query.where(PeriodRow.ends_on <= last)
    if agency_ids is not None:
        query = query.where(Revision.agency_id.in_(agency_ids))
    if at.published_only:
        query = query.where(Revision.published)
    if at.ended_before is not None:
        query = query.where(PeriodRow.ends_on < at.ended_before)
    standing: dict[int, RevisionAsAt] = {}
    for row in session.execute(query):
        earlier = standing.get(row.due_item_id)
        first_at = earlier.first_signed_at if earlier else row.signed_at
        standing[row.due_item_id] = RevisionAsAt(**row._mapping, first_signed_at=first_at)
    return sorted(standing.values(), key=lambda r: (r.starts_on, r.return_code, r.agency_id))
