"""The table of what was released to anybody from the table builder. Rows are only added."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, BigId, UTCDateTime, new_id


class PublicTable(Base):
    """One measure of a table as one person released it: which periods and lines, as at when, and what it said (digest)."""

    __tablename__ = "public_tables"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    measure: Mapped[str]
    by: Mapped[str]
    first_on: Mapped[date]
    last_on: Mapped[date]
    address: Mapped[str] = mapped_column(Text)  # the choice as the builder writes it, of all its measures
    as_at: Mapped[datetime] = mapped_column(UTCDateTime)
    position: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    __table_args__ = (UniqueConstraint("partnership_id", "measure", "address", "position"),)
