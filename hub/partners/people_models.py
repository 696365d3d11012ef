"""Tables around the roles that people hold: who nominated whom, and when an agency last looked through its people."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, BigId, UTCDateTime, new_id


class Nomination(Base):
    """The written nomination behind a role. Names and references are words that the retention job may blank."""

    __tablename__ = "nominations"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    grant_id: Mapped[int] = mapped_column(ForeignKey("grants.id"), unique=True)
    nominated_by: Mapped[str | None]
    reference: Mapped[str | None]
    nominated_on: Mapped[date | None]
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)


class PeopleReview(Base):
    """Somebody looked through the people of an agency: who can sign, and who has left."""

    __tablename__ = "people_reviews"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    left: Mapped[int]  # how many were said to have left
