"""What the calendar reminds of: a return that opens, falls due, is overdue; and the senior to whom its absence goes in the end.

Every stage is told once for a due day, so that an extension, which moves the day, moves the reminders. After a pause
only the latest stage is told, not all those that were missed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from hub.calendar.agreed import agreed_as_at, latest_days
from hub.calendar.local import local_calendar
from hub.calendar.models import DueItem
from hub.calendar.working_days import working_day_after, working_day_before
from hub.clock import now_for, today_for
from hub.definitions.models import PeriodRow
from hub.facts.interning import CHUNK
from hub.facts.models import Revision
from hub.facts.owed import counting
from hub.partners.models import Partnership
from hub.partners.sharing import accepted_by
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
CLOSING = "closing"
STAGES = (OPENED, SOON, TODAY, OVERDUE, LONG_OVERDUE, ESCALATED, CLOSING)
BEFORE_CLOSING = 2  # working days
BEFORE, AFTER = 5, {OVERDUE: 2, LONG_OVERDUE: 5, ESCALATED: 10}
TOO_LATE = 20  # working days: whoever starts to remind does not begin with last year's


@dataclass(frozen=True)
class Stage:
    kind: str
    on: date


def stages(opens_on: date, due_on: date, closes_on: date | None = None) -> list[Stage]:
    """The days on which a return is reminded of, in order; nothing is said once its window has closed."""
    soon = working_day_before(due_on, BEFORE)
    found = [
        Stage(OPENED, opens_on),
        *([Stage(SOON, soon)] if soon > opens_on else []),
        Stage(TODAY, due_on),
        *(Stage(kind, working_day_after(due_on, number)) for kind, number in AFTER.items()),
    ]
    if closes_on is not None:
        closing = working_day_before(closes_on, BEFORE_CLOSING)
        found.append(Stage(CLOSING, max(closing, due_on + timedelta(days=1))))
    return sorted(found, key=lambda stage: stage.on)


def stage_on(today: date, *, opens_on: date, due_on: date, closes_on: date | None = None) -> Stage | None:
    """The latest stage that a day has reached, unless it is too long ago to speak of."""
    if today > working_day_after(due_on, TOO_LATE):
        return None
    reached = [stage for stage in stages(opens_on, due_on, closes_on) if stage.on <= today]
    return reached[-1] if reached else None


def agreed_days(
    session: Session, partnership_id: int, *, due_item_ids: Sequence[int] | None = None
) -> dict[int, date]:
    """The later days that an extension or an exception gave, by due item: until then nobody is chased."""
    return latest_days(
        agreed_as_at(session, partnership_id, kinds=["extension", "exception"], due_item_ids=due_item_ids)
    )


def remind(session: Session, partnership: Partnership) -> int:
    """Put the notices of today's stages into the outbox; returns how many are new. Doing it again puts none."""
    moment = now_for(partnership)
    due = list(_due(session, partnership, today_for(partnership)))
    known = _told(session, partnership.id, [each.item_id for each in due])
    fresh = {each.item_id: each for each in due if f"{each.stage.kind}:{each.occasion}" not in known}
    if not fresh:
        return 0
    accepted = accepted_by(session, partnership.id)  # nobody else's figures can come in yet
    listed = [
        each
        for some in _chunks(list(fresh))
        for each in my_list(session, None, due_item_ids=some)
        if each.agency_id in accepted
    ]
    staff = staff_of(session, partnership.id, {each.agency_id for each in listed})
    tellings = [
        Telling(
            partnership_id=partnership.id,
            kind=fresh[item.due_item_id].stage.kind,
            occasion=fresh[item.due_item_id].occasion,
            made_at=moment,
            person_id=person_id,
            contact_id=contact_id,
            due_item_id=item.due_item_id,
            sequence=item.sequence,
        )
        for item in listed
        for person_id, contact_id in _recipients(item, fresh[item.due_item_id].stage.kind, staff)
    ]
    return tell(session, tellings) if tellings else 0


@dataclass(frozen=True)
class _Due:
    item_id: int
    due_on: date
    stage: Stage

    @property
    def occasion(self) -> str:
        """A stage is told once for a due day, so that an extension begins anew; that it is open, once for good."""
        return f"{self.item_id}:{'' if self.stage.kind == OPENED else self.due_on}"


def _due(session: Session, partnership: Partnership, today: date) -> Iterator[_Due]:
    """Due items whose period is over, that nobody has signed, with the stage that they have reached."""
    later, calendar = agreed_days(session, partnership.id), local_calendar(session, partnership.code)
    signed = exists().where(
        Revision.partnership_id == DueItem.partnership_id, Revision.due_item_id == DueItem.id
    )
    query = (
        select(DueItem.id, DueItem.return_code, DueItem.due_on, PeriodRow.ends_on)
        .join(PeriodRow, PeriodRow.id == DueItem.period_id)
        .where(
            DueItem.partnership_id == partnership.id,
            or_(DueItem.due_on >= today - timedelta(days=3 * TOO_LATE), DueItem.id.in_(later)),
            PeriodRow.ends_on < today,
            ~signed,
            *counting(session, [partnership.id]),
        )
    )
    for item_id, code, due_on, ends_on in session.execute(query):
        day = later.get(item_id, due_on)
        if day is None:
            continue
        stage = stage_on(
            today,
            opens_on=ends_on + timedelta(days=1),
            due_on=day,
            closes_on=calendar.closes_on(code, day),
        )
        if stage is not None:
            yield _Due(item_id, day, stage)


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
    elif kind in (OVERDUE, LONG_OVERDUE, CLOSING):
        people = staff.people(item.agency_id, PREPARES, SIGNS)
    elif item.status == "sent":
        people = staff.people(item.agency_id, SIGNS)
    else:
        people = staff.people(item.agency_id, PREPARES) or staff.people(item.agency_id, SIGNS)
    found = staff.contacts.get((item.agency_id, contact))
    return [*((each, None) for each in people), *([(None, found)] if found else [])]
