"""Tables of bringing an agency in: its acceptance of the information-sharing agreement, and its practice returns."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, BigId, UTCDateTime, new_id


class SharingAcceptance(Base):
    """An agency accepted the agreement, by a named officer; it stands until it is withdrawn. Names may be blanked later."""

    __tablename__ = "sharing_acceptances"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    agreement: Mapped[str]  # its code, with the version and digest of the text that was accepted
    version: Mapped[int]
    digest: Mapped[str]
    officer: Mapped[str | None]  # name and post of who accepted for the agency
    guardian: Mapped[str | None]  # name of the data-protection officer or Caldicott Guardian who was asked
    guardian_post: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))  # who recorded it
    at: Mapped[datetime] = mapped_column(UTCDateTime)  # on the partnership's own clock
    withdrawn_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("people.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    __table_args__ = (
        CheckConstraint("guardian_post IN ('data-protection-officer', 'caldicott-guardian')", name="post"),
        CheckConstraint("(withdrawn_by IS NULL) = (withdrawn_at IS NULL)", name="withdrawn"),
        Index("ix_sharing_acceptances_agency", "partnership_id", "agency_id"),
    )


class Practice(Base):
    """A practice return was checked: how much was wrong with it, and nothing of what it held."""

    __tablename__ = "practices"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    return_code: Mapped[str]
    errors: Mapped[int]
    queries: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
