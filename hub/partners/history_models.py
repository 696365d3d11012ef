"""Tables of where a partnership's history stands, and of what was known of its memberships and areas as that history went on."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, BigId, UTCDateTime, new_id


class LedgerHead(Base):
    """Locked first by every sign-off of a partnership; carries its last committed position and moment."""

    __tablename__ = "ledger_heads"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, default=0)
    signed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class MembershipVersion(Base):
    """What was known of a membership from a position on. Never changed; a membership without one was always known as it is.

    Position 0 keeps what was known before the first change.
    """

    __tablename__ = "membership_versions"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    membership_id: Mapped[int] = mapped_column(BigId)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    position: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    __table_args__ = (
        ForeignKeyConstraint(
            ["partnership_id", "membership_id"], ["memberships.partnership_id", "memberships.id"]
        ),
        UniqueConstraint("partnership_id", "membership_id", "position"),
        CheckConstraint("(at IS NULL) = (position = 0)", name="moment"),
        Index("ix_membership_versions_at", "partnership_id", "at", "position"),  # a moment to its position
    )


class AreaVersion(Base):
    """What was known of an area from a moment on. Never changed; an area without one was always known as it is.

    Without a moment: what was known before the first change.
    """

    __tablename__ = "area_versions"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    area_id: Mapped[int] = mapped_column(BigId)
    name: Mapped[str]
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    recast_from_on: Mapped[date | None]
    known_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "area_id"], ["areas.partnership_id", "areas.id"]),
        Index("ix_area_versions_area", "partnership_id", "area_id"),
    )
