"""Tables of the definitions in force: text and digest of every version, figures, code lists, periods. All global."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, BigId, UTCDateTime, new_id


class DefinitionVersion(Base):
    """A version of a return, code list or mapping as loaded: `document` is canonical JSON, `digest` its SHA-256."""

    __tablename__ = "definition_versions"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    kind: Mapped[str]  # return, codelist, mapping, neighbours
    code: Mapped[str]
    version: Mapped[int]
    status: Mapped[str]  # draft, live
    digest: Mapped[str]
    document: Mapped[str] = mapped_column(Text)
    known_from: Mapped[datetime] = mapped_column(UTCDateTime)
    __table_args__ = (
        UniqueConstraint("kind", "code", "version", "digest"),
        CheckConstraint("status IN ('draft', 'live')", name="status"),
    )


class FigureRow(Base):
    """One figure of a return in one of its breakdowns: what a fact's `figure_id` points to."""

    __tablename__ = "figures"
    id: Mapped[int] = mapped_column(primary_key=True)
    return_code: Mapped[str]
    breakdown: Mapped[str]  # "total" or the breakdown's name
    name: Mapped[str]
    unit: Mapped[str]
    __table_args__ = (UniqueConstraint("return_code", "breakdown", "name"),)


class PeriodRow(Base):
    __tablename__ = "periods"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    code: Mapped[str] = mapped_column(unique=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
