"""What the calendar reminds of: a return that opens, falls due, is overdue; and the senior to whom its absence goes in the end.

Every stage is told once for a due day, so that an extension, which moves the day, moves the reminders. After a pause
only the latest stage is told, not all those that were missed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from hub.calendar.models import DueItem
from hub.calendar.working_days import working_day_after, working_day_before
from hub.clock import now_for, today_for
from hub.definitions.models import PeriodRow
from hub.facts.interning import CHUNK
from hub.facts.models import Revision
from hub.partners.models import Partnership
from hub.post.models import Notice
from hub.post.outbox import Telling, tell
from hub.submissions.queries import Listed, my_list
from hub.submissions.told import COPY, DATA_TEAM, PREPARES, SENIOR, SIGNS, Staff, staff_of

OPENED, SOON, TODAY, OVERDUE, LONG_OVERDUE, ESCALATED = (
    "opened",
    "due-soon",
    "due-today",
    "overdue",
    "long-overdue",
    "escalated",
)
STAGES = (OPENED, SOON, TODAY, OVERDUE, LONG_OVERDUE, ESCALATED)
BEFORE, AFTER = 5, {OVERDUE: 2, LONG_OVERDUE: 5, ESCALATED: 10}
TOO_LATE = 20  # working days: whoever starts to remind does not begin with last year's


@dataclass(frozen=True)
class Stage:
    kind: str
    on: date


def stages(opens_on: date, due_on: date) -> tuple[Stage, ...]:
    """The days on which a return is reminded of, in order."""
    soon = working_day_before(due_on, BEFORE)
    return (
        Stage(OPENED, opens_on),
        *([Stage(SOON, soon)] if soon > opens_on else []),
        Stage(TODAY, due_on),
        *(Stage(kind, working_day_after(due_on, number)) for kind, number in AFTER.items()),
    )


def stage_on(today: date, *, opens_on: date, due_on: date) -> Stage | None:
    """The latest stage that a day has reached, unless it is too long ago to speak of."""
    if today > working_day_after(due_on, TOO_LATE):
        return None
    reached = [stage for stage in stages(opens_on, due_on) if stage.on <= today]
    return reached[-1] if reached else None


def remind(session: Session, partnership: Partnership) -> int:
    """Put the notices of today's stages into the outbox; returns how many are new. Doing it again puts none."""
    today, moment = today_for(partnership), now_for(partnership)
    due = {item: stage for item, stage in _due(session, partnership.id, today)}
    known = _told(session, partnership.id, [item.id for item in due])
    fresh = {
        item.id: stage
        for item, stage in due.items()
        if _occasion(stage.kind, item.id, item.due_on) not in known
    }
    if not fresh:
        return 0
    listed = [each for some in _chunks(list(fresh)) for each in my_list(session, None, due_item_ids=some)]
    staff = staff_of(session, partnership.id, {each.agency_id for each in listed})
    tellings = [
        Telling(
            partnership_id=partnership.id,
            kind=fresh[item.due_item_id].kind,
            occasion=f"{item.due_item_id}:{item.due_on}",
            made_at=moment,
            person_id=person_id,
            contact_id=contact_id,
            due_item_id=item.due_item_id,
            sequence=item.sequence,
        )
        for item in listed
        for person_id, contact_id in _recipients(item, fresh[item.due_item_id].kind, staff)
    ]
    return tell(session, tellings) if tellings else 0


def _due(session: Session, partnership_id: int, today: date) -> Iterator[tuple[DueItem, Stage]]:
    """Due items whose period is over, that nobody has signed, with the stage that they have reached."""
    signed = exists().where(
        Revision.partnership_id == DueItem.partnership_id, Revision.due_item_id == DueItem.id
    )
    query = (
        select(DueItem, PeriodRow.ends_on)
        .join(PeriodRow, PeriodRow.id == DueItem.period_id)
        .where(
            DueItem.partnership_id == partnership_id,
            DueItem.due_on >= today - timedelta(days=3 * TOO_LATE),
            PeriodRow.ends_on < today,
            ~signed,
        )
    )
    for item, ends_on in session.execute(query):
        if item.due_on is None:
            continue
        stage = stage_on(today, opens_on=ends_on + timedelta(days=1), due_on=item.due_on)
        if stage is not None:
            yield item, stage


def _occasion(kind: str, due_item_id: int, due_on: date | None) -> str:
    return f"{kind}:{due_item_id}:{due_on}"


def _told(session: Session, partnership_id: int, ids: list[int]) -> set[str]:
    """The stages that somebody was told already, each as its occasion without the recipient."""
    found: set[str] = set()
    for some in _chunks(ids):
        query = select(Notice.occasion).where(
            Notice.partnership_id == partnership_id, Notice.due_item_id.in_(some), Notice.kind.in_(STAGES)
        )
        found |= {occasion.rsplit(":", 2)[0] for occasion in session.scalars(query)}
    return found


def _chunks(ids: list[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def _recipients(item: Listed, kind: str, staff: Staff) -> list[tuple[int | None, int | None]]:
    """Whoever must act; from the second reminder after the day the signatory too; in the end the named senior."""
    people: tuple[int, ...]
    contact = COPY
    if kind == ESCALATED:
        contact = SENIOR
        nobody = (item.agency_id, SENIOR) not in staff.contacts
        people = staff.people(item.partnership_id, DATA_TEAM) if nobody else ()
    elif kind in (OVERDUE, LONG_OVERDUE):
        people = staff.people(item.agency_id, PREPARES, SIGNS)
    elif item.status == "sent":
        people = staff.people(item.agency_id, SIGNS)
    else:
        people = staff.people(item.agency_id, PREPARES) or staff.people(item.agency_id, SIGNS)
    found = staff.contacts.get((item.agency_id, contact))
    return [*((each, None) for each in people), *([(None, found)] if found else [])]
