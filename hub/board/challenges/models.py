"""Tables of the questions that readers ask, and of what became of them. Rows are only added."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, BigId, UTCDateTime, new_id


class Challenge(Base):
    """A question as it was asked. `subject` names what it is about, in the words of its kind (subjects.py)."""

    __tablename__ = "challenges"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    number: Mapped[int]  # as people speak of it: 1, 2, 3 within the partnership
    about: Mapped[str]
    subject: Mapped[str]
    words_id: Mapped[int] = mapped_column(BigId)
    asked_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    position: Mapped[int] = mapped_column(BigInteger)  # where the ledger stood for the asker
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "words_id"], ["words.partnership_id", "words.id"]),
        UniqueConstraint("partnership_id", "number"),
        CheckConstraint("about IN ('number', 'verdict', 'return', 'free')", name="about"),
    )


class ChallengeEvent(Base):
    """What became of a question, in the past tense. `owner_agency_id` is empty where the data team owns it."""

    __tablename__ = "challenge_events"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    challenge_id: Mapped[int] = mapped_column(BigId)
    sequence: Mapped[int]
    kind: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    words_id: Mapped[int | None] = mapped_column(BigId)
    owner_agency_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("agencies.id"))
    into_id: Mapped[int | None] = mapped_column(BigId)  # the question that it was merged with
    evidence: Mapped[str] = mapped_column(Text, default="")  # addresses within the hub, one a line
    __table_args__ = (
        ForeignKeyConstraint(
            ["partnership_id", "challenge_id"], ["challenges.partnership_id", "challenges.id"]
        ),
        ForeignKeyConstraint(["partnership_id", "into_id"], ["challenges.partnership_id", "challenges.id"]),
        ForeignKeyConstraint(["partnership_id", "words_id"], ["words.partnership_id", "words.id"]),
        UniqueConstraint("partnership_id", "challenge_id", "sequence"),
        CheckConstraint(
            "kind IN ('acknowledged', 'merged', 'owned', 'answered', 'accepted', 'refused', 'reopened')",
            name="kind",
        ),
    )
