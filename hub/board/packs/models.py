"""Tables of packs: what was asked to be frozen, what was written in it, the seal that agreement gave it, and its withdrawal. Rows are only added."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, BigId, UTCDateTime, new_id


class PackRow(Base):
    """A pack as one person asked for it, and the moment and position that it is pinned to.

    A meeting's pack has parts; a report has headings (JSON) and no meeting: `progress`, or `annual` for a financial year.
    """

    __tablename__ = "packs"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    number: Mapped[int]  # as its permanent address names it
    kind: Mapped[str] = mapped_column(default="meeting", server_default="meeting")
    meeting_id: Mapped[int | None] = mapped_column(BigId)
    period: Mapped[str] = mapped_column(default="", server_default="")  # of an annual report
    headings: Mapped[str] = mapped_column(Text, default="", server_default="")
    title: Mapped[str]
    parts: Mapped[str]  # with a space between them
    as_at: Mapped[datetime] = mapped_column(UTCDateTime)
    position: Mapped[int] = mapped_column(BigInteger)
    asked_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "meeting_id"], ["meetings.partnership_id", "meetings.id"]),
        UniqueConstraint("partnership_id", "number"),
        UniqueConstraint("partnership_id", "id", "asked_by", "kind", name="uq_packs_asked"),
        CheckConstraint("kind IN ('meeting', 'progress', 'annual')", name="kind"),
        CheckConstraint("(kind = 'meeting') = (meeting_id IS NOT NULL)", name="of_a_meeting"),
    )


class PackText(Base):
    """What the drafter of a report wrote under one of its headings; the last one stands."""

    __tablename__ = "pack_texts"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    pack_id: Mapped[int] = mapped_column(BigId)
    place: Mapped[int]  # of the heading, from 1
    sequence: Mapped[int]
    words_id: Mapped[int] = mapped_column(BigId)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "pack_id"], ["packs.partnership_id", "packs.id"]),
        ForeignKeyConstraint(["partnership_id", "words_id"], ["words.partnership_id", "words.id"]),
        UniqueConstraint("partnership_id", "pack_id", "place", "sequence"),
    )


class PackSeal(Base):
    """A frozen pack: what it says, its PDF, its seal, and where the audit chain stood. A progress report is issued by its drafter."""

    __tablename__ = "pack_seals"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    pack_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    asked_by: Mapped[int] = mapped_column(BigId)
    kind: Mapped[str] = mapped_column(default="meeting", server_default="meeting")
    agreed_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    agreed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    document: Mapped[str] = mapped_column(Text, deferred=True)
    digest: Mapped[str]
    pdf: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    signature: Mapped[str]
    key: Mapped[str]
    public_key: Mapped[str]
    chain_sequence: Mapped[int] = mapped_column(BigInteger)
    chain_hash: Mapped[str]
    __table_args__ = (
        ForeignKeyConstraint(
            ["partnership_id", "pack_id", "asked_by", "kind"],
            ["packs.partnership_id", "packs.id", "packs.asked_by", "packs.kind"],
            name="fk_pack_seals_pack",
        ),
        CheckConstraint("(asked_by = agreed_by) = (kind = 'progress')", name="two_persons"),
    )


class PackWithdrawal(Base):
    """A frozen pack that is not to be relied on any more, and why. It stays readable."""

    __tablename__ = "pack_withdrawals"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    pack_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    words_id: Mapped[int] = mapped_column(BigId)
    __table_args__ = (
        ForeignKeyConstraint(
            ["partnership_id", "pack_id"],
            ["packs.partnership_id", "packs.id"],
            name="fk_pack_withdrawals_pack",
        ),
        ForeignKeyConstraint(["partnership_id", "words_id"], ["words.partnership_id", "words.id"]),
    )
