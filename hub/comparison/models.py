"""Tables: what partnerships agreed about their comparisons, and what was said about a difference. Rows are only added."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, BigId, UTCDateTime, new_id


class ComparisonTerms(Base):
    """A version of a comparison's tolerances and units as loaded; `measure` is the gap that they are for."""

    __tablename__ = "comparison_terms"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    measure: Mapped[str]
    digest: Mapped[str]
    document: Mapped[str] = mapped_column(Text)
    known_from: Mapped[datetime] = mapped_column(UTCDateTime)
    __table_args__ = (UniqueConstraint("partnership_id", "measure", "known_from"),)


class MatterEvent(Base):
    """Something said about one sender's month, in all or in one area, by one side or the data team, with the totals that it was said about."""

    __tablename__ = "matter_events"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    measure: Mapped[str]
    sender_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"))
    area_id: Mapped[int] = mapped_column(BigId, default=0)  # 0: of the whole place
    sequence: Mapped[int]
    kind: Mapped[str]
    side: Mapped[str]
    reason: Mapped[str | None]
    words_id: Mapped[int | None] = mapped_column(BigId)
    sent: Mapped[int | None] = mapped_column(BigInteger)
    logged: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "words_id"], ["words.partnership_id", "words.id"]),
        UniqueConstraint(
            "partnership_id",
            "measure",
            "sender_id",
            "period_id",
            "area_id",
            "sequence",
            name="uq_matter_events_sequence",
        ),
        CheckConstraint("kind IN ('explained', 'noted', 'agreed')", name="kind"),
        CheckConstraint("side IN ('sent', 'logged', 'partnership')", name="side"),
    )
