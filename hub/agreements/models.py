"""Versions of agreements, and what is recorded beside them: milestones, written by one person, confirmed by another."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, BigId, UTCDateTime, new_id


class AgreementVersion(Base):
    """One text of one version, whole. `digest` is of what is promised (agreements/written.py); a draft has many texts.

    A draft that is dropped gets one row more, of that status: with it none of the version's texts stands.
    """

    __tablename__ = "agreement_versions"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    code: Mapped[str]
    version: Mapped[int]
    status: Mapped[str]  # draft, signed, dropped
    digest: Mapped[str]
    document: Mapped[str] = mapped_column(Text)
    known_from: Mapped[datetime] = mapped_column(UTCDateTime)
    __table_args__ = (Index("ix_agreement_versions_code", "partnership_id", "code", "version"),)


class MilestoneReport(Base):
    """A milestone said to be reached on a day, with its evidence; counts once another person confirmed it."""

    __tablename__ = "milestone_reports"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    agreement_code: Mapped[str]
    commitment: Mapped[str]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    done_on: Mapped[date]
    evidence: Mapped[str]
    written_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)
    confirmed_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("people.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    __table_args__ = (
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> written_by", name="two_persons"),
    )
