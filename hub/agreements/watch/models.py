"""What verdicts said at the end of each month, and what people said beside them.

The first is kept so that nobody works it out again, and can be made anew from the ledger; the second is only added to.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, BigId, UTCDateTime, new_id


class MonthEnd(Base):
    """One agreement as at the end of one day. `stamp` names what it rests on (stamps.py); with another stamp it is void."""

    __tablename__ = "month_ends"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    agreement_code: Mapped[str]
    day: Mapped[date]
    stamp: Mapped[str]
    document: Mapped[str] = mapped_column(Text)
    __table_args__ = (UniqueConstraint("partnership_id", "agreement_code", "day"),)


class VerdictRemark(Base):
    """Something said beside one party's verdict: it stands for good, and changes nothing of the verdict.

    `word`, `version` and `position` name the verdict that the person had before them. A dispute has an owner and a day;
    `ended` names the dispute that it ends, by its sequence. Who spoke for no agency spoke for the region, else the data team.
    """

    __tablename__ = "verdict_remarks"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    agreement_code: Mapped[str]
    commitment: Mapped[str]
    party_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    sequence: Mapped[int]
    kind: Mapped[str]
    word: Mapped[str]
    version: Mapped[int]
    position: Mapped[int] = mapped_column(BigInteger)
    ends: Mapped[int | None]
    owner_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("agencies.id")
    )  # the body that has to answer
    due_on: Mapped[date | None]
    words_id: Mapped[int] = mapped_column(BigId)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    agency_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("agencies.id"))
    region_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("regions.id"))
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "words_id"], ["words.partnership_id", "words.id"]),
        UniqueConstraint(
            "partnership_id",
            "agreement_code",
            "commitment",
            "party_id",
            "sequence",
            name="uq_verdict_remarks_sequence",
        ),
        CheckConstraint("kind IN ('comment', 'assurance', 'dispute', 'ended')", name="kind"),
        CheckConstraint("kind <> 'dispute' OR (owner_id IS NOT NULL AND due_on IS NOT NULL)", name="owned"),
        CheckConstraint("(kind = 'ended') = (ends IS NOT NULL)", name="ends"),
    )
