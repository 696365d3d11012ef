"""Which due items count, as known at a position: those of a membership, and those that were answered all the same.

The due list is made from memberships and never shrinks, because what was once asked must be read again years later.
Where a membership ended for a day that is past, or was entered late, the list says more than was known; the conditions
here leave that out. They are empty while no membership was ever changed, so that nothing is read for them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Date, and_, exists, literal, not_, or_, select
from sqlalchemy.orm import Session, aliased

from hub.calendar.agreed import due_days
from hub.calendar.models import DueItem
from hub.definitions.models import PeriodRow
from hub.facts.models import Revision
from hub.facts.moments import AsAt
from hub.partners.membership_history import Span, known_otherwise


@dataclass(frozen=True)
class Owing:
    """What a due list needs to be read as at a moment, whatever the return: read once for all of them."""

    only: Collection[ColumnElement[bool]]  # which due items count
    later: Mapping[int, date]  # the later due days that extensions gave


def owing(session: Session, at: AsAt) -> Owing:
    return Owing(
        only=counting(session, [at.partnership_id], position=at.position),
        later=due_days(session, at.partnership_id, position=at.position),
    )


def counting(
    session: Session, partnership_ids: Collection[int] | None = None, *, position: int | None = None
) -> list[ColumnElement[bool]]:
    """Conditions on `due_items`: a member owed it, or its sender signed it. What was signed stays in totals, and so in
    what they are said to be over."""
    alike: dict[tuple[int, tuple[Span, ...]], list[int]] = defaultdict(list)
    for (partnership_id, agency_id), spans in known_otherwise(session, partnership_ids, position).items():
        alike[partnership_id, spans].append(agency_id)
    if not alike:
        return []
    outside = [
        and_(
            DueItem.partnership_id == partnership_id,
            DueItem.agency_id.in_(agency_ids),
            *(DueItem.period_id.not_in(_begins_within(span)) for span in spans),
        )
        for (partnership_id, spans), agency_ids in alike.items()
    ]
    revision = aliased(Revision)  # the query may join revisions, and periods, of its own
    signed = exists().where(
        revision.partnership_id == DueItem.partnership_id,
        revision.due_item_id == DueItem.id,
        *([] if position is None else [revision.position <= position]),
    )
    return [or_(not_(or_(*outside)), signed)]


def _begins_within(span: Span):  # type: ignore[no-untyped-def]
    """The periods that an agency owes: those on whose first day it is a member (calendar.due)."""
    period = aliased(PeriodRow)
    begins = select(period.id).where(period.starts_on >= literal(span.from_on, Date))
    return begins if span.until_on is None else begins.where(period.starts_on <= literal(span.until_on, Date))
