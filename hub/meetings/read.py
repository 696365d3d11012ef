"""Groups and meetings as known at a moment, folded from what became of them, and how often each body came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from hub.errors import NotFound
from hub.facts.models import Words
from hub.meetings.models import GroupVersion, MeetingEvent, MeetingRow
from hub.partners.models import Agency, Person

CADENCES = {
    "fortnight": "every fortnight",
    "month": "every month",
    "quarter": "every quarter",
    "needed": "when it is needed",
}


@dataclass(frozen=True)
class Group:
    code: str
    title: str
    cadence: str
    quorum: int
    bodies: tuple[str, ...]


@dataclass(frozen=True)
class Attendance:
    """Which bodies came, some of them by a deputy; it counts once another person has confirmed it."""

    sequence: int
    present: tuple[str, ...]
    deputies: tuple[str, ...]
    written_by: int
    written_name: str
    written_at: datetime
    confirmed_name: str | None = None
    confirmed_at: datetime | None = None


@dataclass(frozen=True)
class Decision:
    words: str | None  # None where they are no longer kept
    owner: str
    due_on: date | None
    by: str
    at: datetime
    measure: str = ""  # what number it is about


@dataclass(frozen=True)
class Meeting:
    id: int
    number: int
    group_code: str
    held_on: date
    freezes_on: date
    quorum: int
    invited: tuple[str, ...]
    agenda: tuple[str, ...]
    planned_by: int
    planned_at: datetime
    sequence: int
    attendances: tuple[Attendance, ...]
    decisions: tuple[Decision, ...]
    questions: tuple[int, ...]
    called_off_at: datetime | None

    @property
    def written(self) -> Attendance | None:
        """The newest record of who came, confirmed or not."""
        return self.attendances[-1] if self.attendances else None

    @property
    def confirmed(self) -> Attendance | None:
        """The newest record that another person confirmed: the one that counts."""
        return next((each for each in reversed(self.attendances) if each.confirmed_at is not None), None)

    @property
    def is_quorate(self) -> bool:
        return self.confirmed is not None and len(self.confirmed.present) >= self.quorum


@dataclass(frozen=True)
class Came:
    """One body over some meetings: to how many it was invited, to how many it came, and to how many of those by a deputy."""

    body: str
    invited: int
    came: int
    by_deputy: int

    @property
    def percent(self) -> float:
        return 100 * self.came / self.invited


def groups_as_at(session: Session, partnership_id: int, moment: datetime) -> list[Group]:
    query = (
        select(GroupVersion)
        .where(GroupVersion.partnership_id == partnership_id, GroupVersion.known_from <= moment)
        .order_by(GroupVersion.known_from)
    )
    newest = {row.code: row for row in session.scalars(query)}
    return sorted(
        (
            Group(row.code, row.title, row.cadence, row.quorum, tuple(row.bodies.split()))
            for row in newest.values()
        ),
        key=lambda group: group.title,
    )


def group_as_at(session: Session, partnership_id: int, code: str, moment: datetime) -> Group:
    """Raises NotFound."""
    for group in groups_as_at(session, partnership_id, moment):
        if group.code == code:
            return group
    raise NotFound("There is no such group.")


def meetings_as_at(
    session: Session, partnership_id: int, moment: datetime, *, numbers: Sequence[int] | None = None
) -> list[Meeting]:
    """By day, oldest first."""
    query = select(MeetingRow).where(
        MeetingRow.partnership_id == partnership_id, MeetingRow.planned_at <= moment
    )
    if numbers is not None:
        query = query.where(MeetingRow.number.in_(numbers))
    rows = session.scalars(query.order_by(MeetingRow.held_on, MeetingRow.number)).all()
    happened = _happened(session, partnership_id, moment, [row.id for row in rows])
    return [_folded(row, happened.get(row.id, [])) for row in rows]


@dataclass(frozen=True)
class Freeze:
    """The day on which the pack of a planned meeting is to be frozen, and when that was planned."""

    on: date
    planned_at: datetime


def freezes_as_at(
    session: Session, partnership_id: int, groups: Sequence[str], moment: datetime
) -> tuple[Freeze, ...]:
    """Those of some groups' meetings that were not called off."""
    called_off = exists().where(
        MeetingEvent.partnership_id == MeetingRow.partnership_id,
        MeetingEvent.meeting_id == MeetingRow.id,
        MeetingEvent.kind == "called-off",
        MeetingEvent.at <= moment,
    )
    query = select(MeetingRow.freezes_on, MeetingRow.planned_at).where(
        MeetingRow.partnership_id == partnership_id,
        MeetingRow.group_code.in_(groups),
        MeetingRow.planned_at <= moment,
        ~called_off,
    )
    return tuple(Freeze(on, planned_at) for on, planned_at in session.execute(query))


def meeting_as_at(session: Session, partnership_id: int, number: int, moment: datetime) -> Meeting:
    """Raises NotFound."""
    found = meetings_as_at(session, partnership_id, moment, numbers=[number]) if 0 < number < 2**31 else []
    if not found:
        raise NotFound("There is no such meeting.")
    return found[0]


Happened = tuple[MeetingEvent, str | None, str]


def _happened(
    session: Session, partnership_id: int, moment: datetime, ids: Sequence[int]
) -> dict[int, list[Happened]]:
    query = (
        select(MeetingEvent, Words.body, Person.name)
        .join(Person, Person.id == MeetingEvent.person_id)
        .outerjoin(
            Words,
            and_(Words.partnership_id == MeetingEvent.partnership_id, Words.id == MeetingEvent.words_id),
        )
        .where(
            MeetingEvent.partnership_id == partnership_id,
            MeetingEvent.at <= moment,
            MeetingEvent.meeting_id.in_(ids),
        )
        .order_by(MeetingEvent.meeting_id, MeetingEvent.sequence)
    )
    found: dict[int, list[Happened]] = {}
    for event, words, name in session.execute(query):
        found.setdefault(event.meeting_id, []).append((event, words, name))
    return found


def _folded(row: MeetingRow, happened: list[Happened]) -> Meeting:
    confirmed = {event.of_sequence: (name, event.at) for event, _, name in happened if event.of_sequence}
    return Meeting(
        id=row.id,
        number=row.number,
        group_code=row.group_code,
        held_on=row.held_on,
        freezes_on=row.freezes_on,
        quorum=row.quorum,
        invited=tuple(row.invited.split()),
        agenda=tuple(row.agenda.split()),
        planned_by=row.planned_by,
        planned_at=row.planned_at,
        sequence=happened[-1][0].sequence if happened else 0,
        attendances=tuple(
            Attendance(
                event.sequence,
                tuple(event.present.split()),
                tuple(event.deputies.split()),
                event.person_id,
                name,
                event.at,
                *confirmed.get(event.sequence, (None, None)),
            )
            for event, _, name in happened
            if event.kind == "attended"
        ),
        decisions=tuple(
            Decision(words, event.owner, event.due_on, name, event.at, event.measure)
            for event, words, name in happened
            if event.kind == "decided"
        ),
        questions=tuple(event.question for event, _, _ in happened if event.question is not None),
        called_off_at=next((event.at for event, _, _ in happened if event.kind == "called-off"), None),
    )


def attendance_by_body(meetings: Iterable[Meeting], first: date, last: date) -> list[Came]:
    """BD01: bodies by how often they were invited to meetings of those days whose record is confirmed, and came."""
    told = [
        (meeting, meeting.confirmed)
        for meeting in meetings
        if first <= meeting.held_on <= last and meeting.confirmed is not None
    ]
    bodies = sorted({body for meeting, _ in told for body in meeting.invited})
    return [
        Came(
            body,
            invited=sum(body in meeting.invited for meeting, _ in told),
            came=sum(body in came.present for meeting, came in told if body in meeting.invited),
            by_deputy=sum(body in came.deputies for meeting, came in told if body in meeting.invited),
        )
        for body in bodies
    ]


def body_names(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """Agencies by their names; a post by its own words."""
    wanted = set(codes)
    names = dict(session.execute(select(Agency.code, Agency.name).where(Agency.code.in_(wanted))).all())
    return {code: names.get(code, code.replace("-", " ").capitalize()) for code in wanted}
