"""What was said about a disputed contribution: raised with an owner and a date, ended with how. Rows are only added."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, BigId, UTCDateTime, new_id


class FundingDisputeEvent(Base):
    """One word about one party's contribution to one service of an agreement."""

    __tablename__ = "funding_dispute_events"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    agreement_code: Mapped[str]
    service: Mapped[str]
    payer_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    sequence: Mapped[int]
    kind: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("agencies.id")
    )  # the body that has to answer
    due_on: Mapped[date | None]
    words_id: Mapped[int] = mapped_column(BigId)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "words_id"], ["words.partnership_id", "words.id"]),
        UniqueConstraint(
            "partnership_id",
            "agreement_code",
            "service",
            "payer_id",
            "sequence",
            name="uq_funding_dispute_events_sequence",
        ),
        CheckConstraint("kind IN ('raised', 'ended')", name="kind"),
        CheckConstraint("kind <> 'raised' OR (owner_id IS NOT NULL AND due_on IS NOT NULL)", name="owned"),
    )
