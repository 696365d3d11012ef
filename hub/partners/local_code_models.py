"""The lines that a partnership adds to a code list of its own: its teams, the services that it offers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, BigId, UTCDateTime, new_id


class LocalCode(Base):
    """One wording of one line. Rows are never changed: the last one of a list's code, as known at a moment, stands."""

    __tablename__ = "local_codes"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    codelist: Mapped[str]
    code: Mapped[str]
    title: Mapped[str]
    says: Mapped[str]  # canonical JSON: name of a figure → the words that the line stands for
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    known_at: Mapped[datetime] = mapped_column(UTCDateTime)
    said_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("people.id"))  # None: the host's operator
    __table_args__ = (
        CheckConstraint("until_on IS NULL OR from_on <= until_on", name="days"),
        Index("ix_local_codes_list", "partnership_id", "codelist"),
    )
