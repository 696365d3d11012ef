"""Meetings of the past, told as they were: what an illustration says, and whoever brings a record from paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.meetings.models import MeetingEvent, MeetingRow


@dataclass(frozen=True)
class Told:
    group: str
    held_on: date
    quorum: int
    invited: Sequence[str]
    present: Sequence[str]
    written_by: int
    written_at: datetime
    confirmed_by: int | None = None
    confirmed_at: datetime | None = None
    deputies: Sequence[str] = ()
    planned_at: datetime | None = None  # else when it was written
    freezes_on: date | None = None  # else its own day


def plan_meeting(
    session: Session, partnership_id: int, told: Told, *, agenda: Sequence[str] = ()
) -> MeetingRow:
    """The meeting as it was planned, kept unless it is there."""
    row = session.scalar(
        select(MeetingRow).where(
            MeetingRow.partnership_id == partnership_id,
            MeetingRow.group_code == told.group,
            MeetingRow.held_on == told.held_on,
        )
    )
    if row is None:
        row = MeetingRow(
            partnership_id=partnership_id,
            number=next_number(session, partnership_id),
            group_code=told.group,
            held_on=told.held_on,
            freezes_on=told.freezes_on or told.held_on,
            quorum=told.quorum,
            invited=" ".join(told.invited),
            agenda=" ".join(agenda),
            planned_by=told.written_by,
            planned_at=told.planned_at or told.written_at,
        )
        session.add(row)
        session.flush()
    return row


def tell_meeting(session: Session, partnership_id: int, told: Told, *, agenda: Sequence[str] = ()) -> int:
    """Keep a meeting with who came, and who confirmed it. Returns its number; what is there is left as it is."""
    row = plan_meeting(session, partnership_id, told, agenda=agenda)
    of_row = (MeetingEvent.partnership_id == partnership_id, MeetingEvent.meeting_id == row.id)
    if session.scalar(select(MeetingEvent.sequence).where(*of_row).limit(1)) is not None:
        return row.number
    happened = {"partnership_id": partnership_id, "meeting_id": row.id}
    session.add(
        MeetingEvent(
            **happened,
            sequence=1,
            kind="attended",
            person_id=told.written_by,
            at=told.written_at,
            present=" ".join(told.present),
            deputies=" ".join(told.deputies),
        )
    )
    session.flush()
    if told.confirmed_by is not None:
        session.add(
            MeetingEvent(
                **happened,
                sequence=2,
                kind="confirmed",
                person_id=told.confirmed_by,
                at=told.confirmed_at,
                of_sequence=1,
                of_person_id=told.written_by,
            )
        )
        session.flush()
    return row.number


def next_number(session: Session, partnership_id: int) -> int:
    last = session.scalar(
        select(func.max(MeetingRow.number)).where(MeetingRow.partnership_id == partnership_id)
    )
    return (last or 0) + 1
