"""An agency's due items page by page: a page costs what it shows, however long the list is."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from hub.calendar.models import DueItem
from hub.definitions.models import PeriodRow
from hub.facts.owed import counting
from hub.submissions.queries import Listed, my_list


def page(
    session: Session,
    agency_id: int,
    *,
    partnership_ids: Collection[int],
    return_code: str | None = None,
    first: date | None = None,
    last: date | None = None,
    after: tuple[date, int] | None = None,
    limit: int,
) -> list[Listed]:
    """Up to `limit` items that fall due, by due day and number, behind the item `after`. Published returns fall due never."""
    query = (
        select(DueItem.id)
        .join(PeriodRow, PeriodRow.id == DueItem.period_id)
        .where(
            DueItem.agency_id == agency_id,
            DueItem.partnership_id.in_(partnership_ids),
            DueItem.due_on.is_not(None),
            *counting(session, partnership_ids),
        )
        .order_by(DueItem.due_on, DueItem.id)
        .limit(limit)
    )
    if return_code is not None:
        query = query.where(DueItem.return_code == return_code)
    if first is not None:
        query = query.where(PeriodRow.starts_on >= first)
    if last is not None:
        query = query.where(PeriodRow.ends_on <= last)
    if after is not None:
        due_on, number = after
        query = query.where(or_(DueItem.due_on > due_on, and_(DueItem.due_on == due_on, DueItem.id > number)))
    ids = list(session.scalars(query))
    found = {item.due_item_id: item for item in my_list(session, None, due_item_ids=ids)}
    return [found[number] for number in ids]
