"""The audit chain, appended last in each transaction, and the marked runs of the retention job."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, BigId, UTCDateTime, new_id

CHAIN = 1  # one chain for the deployment; numbered, so that it can be split by partnership when sharded


class AuditChain(Base):
    """Where a chain stands: locked by whoever appends. `origin` is drawn once and names the checkpoints' file.

    `told` is the hash of the last entry that can have changed what readers of any ledger are told: an act on a draft or a letter on
    its way cannot; a signature tells only readers of its own ledger, whose position moves, and a question or a note those of its own
    partnership, whose acts are counted beside it (PartnershipActs). None where nothing was entered since this was first kept.
    """

    __tablename__ = "audit_chains"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    origin: Mapped[str]
    sequence: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str]
    told: Mapped[str | None]


class PartnershipActs(Base):
    """How often persons did in a partnership what its own readers alone can be told of, without a position of its ledger."""

    __tablename__ = "partnership_acts"
    partnership_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(BigInteger)


class AuditEntry(Base):
    """`detail` is canonical JSON without figures, tokens or names; `hash` covers everything above it and `previous_hash`."""

    __tablename__ = "audit_entries"
    chain_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor: Mapped[str]  # person:ID, key:ID, operator
    action: Mapped[str]  # as in the permission matrix
    subject: Mapped[str]
    partnership_id: Mapped[int | None]
    detail: Mapped[str] = mapped_column(Text)
    previous_hash: Mapped[str]
    hash: Mapped[str]
    __table_args__ = (Index("ix_audit_entries_partnership", "partnership_id", "sequence"),)


class RetentionRun(Base):
    """A run of the retention job, asked for by one person and agreed by another: while it is open, typed words may be blanked."""

    __tablename__ = "retention_runs"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    asked_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    agreed_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    __table_args__ = (CheckConstraint("asked_by <> agreed_by", name="two_persons"),)
