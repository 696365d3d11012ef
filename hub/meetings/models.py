"""Tables of groups and their meetings. Rows are only added: a group that changes is a further version, and what becomes of a meeting is events.

A *body* is a member agency by its national code, or a post (`cabinet-member`) where a group has members without one.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, BigId, UTCDateTime, new_id


class GroupVersion(Base):
    """A group as it was known from a moment on: its bodies, how often it meets, and how many bodies it needs."""

    __tablename__ = "group_versions"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    code: Mapped[str]
    title: Mapped[str]
    cadence: Mapped[str]
    quorum: Mapped[int]
    bodies: Mapped[str]  # with a space between them
    known_from: Mapped[datetime] = mapped_column(UTCDateTime)
    known_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    __table_args__ = (
        CheckConstraint("quorum >= 1", name="quorum"),
        UniqueConstraint("partnership_id", "code", "known_from"),
    )


class MeetingRow(Base):
    """A meeting as it was planned. `invited` and `quorum` are the group's of that day: a later change of the group leaves them."""

    __tablename__ = "meetings"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    number: Mapped[int]  # as addresses name it: 1, 2, 3 within the partnership
    group_code: Mapped[str]
    held_on: Mapped[date]
    freezes_on: Mapped[date]
    quorum: Mapped[int]
    invited: Mapped[str]
    agenda: Mapped[str]  # parts of the pack, with a space between them
    planned_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    planned_at: Mapped[datetime] = mapped_column(UTCDateTime)
    __table_args__ = (
        CheckConstraint("quorum >= 1 AND freezes_on <= held_on", name="planned"),
        UniqueConstraint("partnership_id", "number"),
        UniqueConstraint("partnership_id", "group_code", "held_on"),
    )


class MeetingEvent(Base):
    """What became of a meeting, in the past tense. Who came is written by one person and confirmed by another."""

    __tablename__ = "meeting_events"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    meeting_id: Mapped[int] = mapped_column(BigId)
    sequence: Mapped[int]
    kind: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    present: Mapped[str] = mapped_column(
        default=""
    )  # of attendance: bodies that came, themselves or by a deputy
    deputies: Mapped[str] = mapped_column(default="")  # of those, who came by a deputy
    words_id: Mapped[int | None] = mapped_column(BigId)  # of a decision, or why it was called off
    owner: Mapped[str] = mapped_column(default="")  # of a decision: a body
    due_on: Mapped[date | None]
    measure: Mapped[str] = mapped_column(
        default="", server_default=""
    )  # of a decision: what number it is about
    question: Mapped[int | None]  # the number of the challenge that a question became
    of_sequence: Mapped[int | None]  # what is confirmed, and who had written it
    of_person_id: Mapped[int | None] = mapped_column(BigId)
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "meeting_id"], ["meetings.partnership_id", "meetings.id"]),
        ForeignKeyConstraint(["partnership_id", "words_id"], ["words.partnership_id", "words.id"]),
        ForeignKeyConstraint(
            ["partnership_id", "meeting_id", "of_sequence", "of_person_id"],
            [
                "meeting_events.partnership_id",
                "meeting_events.meeting_id",
                "meeting_events.sequence",
                "meeting_events.person_id",
            ],
            name="fk_meeting_events_of",
        ),
        UniqueConstraint("partnership_id", "meeting_id", "sequence"),
        UniqueConstraint(
            "partnership_id", "meeting_id", "sequence", "person_id", name="uq_meeting_events_of"
        ),
        CheckConstraint(
            "kind IN ('attended', 'confirmed', 'decided', 'questioned', 'called-off')", name="kind"
        ),
        CheckConstraint(
            "(kind = 'confirmed') = (of_person_id IS NOT NULL) AND (of_person_id IS NULL) = (of_sequence IS NULL)"
            " AND (of_person_id IS NULL OR of_person_id <> person_id)",
            name="two_persons",
        ),
    )
