"""Tables of the definitions in force: text and digest of every version, figures, code lists, periods. All global."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
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


class DefinitionProposal(Base):
    """Files that one person would bring into force, until another one approves or refuses them."""

    __tablename__ = "definition_proposals"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    files: Mapped[str] = mapped_column(Text)  # JSON: a list of {name, text}
    proposed_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decision: Mapped[str | None]  # approved, refused; empty while it waits
    decided_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("people.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    __table_args__ = (
        CheckConstraint("decision IN ('approved', 'refused')", name="decision"),
        CheckConstraint(
            "decision IS NULL OR decision <> 'approved' OR decided_by <> proposed_by", name="two_persons"
        ),
    )
