"""The audit chain: appended last in each transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, UTCDateTime


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
