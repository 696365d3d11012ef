"""The due list: one row per agency, return and period in a partnership, whether or not anything came.

Beside it what two persons agree about it: more time, an exception, a waiver, a reopening, a lock.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, BigId, UTCDateTime, new_id


class DueItem(Base):
    """`due_on` is empty for a published return: nobody owes it. A submission is the answer to one due item and shares its id."""

    __tablename__ = "due_items"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    return_code: Mapped[str]
    period_id: Mapped[int] = mapped_column(
        ForeignKey("periods.id")
    )  # the period of collection: a school's term
    due_on: Mapped[date | None]
    __table_args__ = (
        UniqueConstraint("partnership_id", "agency_id", "return_code", "period_id"),
        # Covering: what is due of a return, by period and agency, is counted in this index alone; PostgreSQL's policies
        # read the id of every row.
        Index(
            "ix_due_items_return", "partnership_id", "return_code", "period_id", "agency_id", "due_on", "id"
        ),
    )


class Request(Base):
    """What one person asked another to agree to. Never changed: its answers say what became of it.

    An extension, an exception and a reopening are of one due item; a waiver is of one rule for one agency; a lock is
    of a span of periods, and of one agency and return where they are named.
    """

    __tablename__ = "requests"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    kind: Mapped[str]
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    due_item_id: Mapped[int | None] = mapped_column(BigId)
    return_code: Mapped[str | None]
    rule: Mapped[str | None]  # the code of the waived rule
    period_id: Mapped[int | None] = mapped_column(ForeignKey("periods.id"))  # a lock holds within it
    from_on: Mapped[date]
    until_on: Mapped[date | None]  # the last day on which it holds; a lock may hold until it is lifted
    reason_id: Mapped[int] = mapped_column(BigId)
    asked_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "due_item_id"], ["due_items.partnership_id", "due_items.id"]),
        ForeignKeyConstraint(["partnership_id", "reason_id"], ["words.partnership_id", "words.id"]),
        UniqueConstraint("partnership_id", "id", "asked_by"),
        CheckConstraint("kind IN ('extension', 'exception', 'waiver', 'reopening', 'lock')", name="kind"),
        CheckConstraint("until_on IS NOT NULL OR kind = 'lock'", name="ends"),
        Index("ix_requests_due_item", "partnership_id", "due_item_id"),
        Index("ix_requests_kind", "partnership_id", "kind", "agency_id"),
    )


class RequestAnswer(Base):
    """What became of a request: granted or refused by another person, withdrawn by the asker, later ended.

    `position` is taken from the ledger's head, so that whatever is read as at a position stays as it was.
    """

    __tablename__ = "request_answers"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    request_id: Mapped[int] = mapped_column(BigId)
    asked_by: Mapped[int] = mapped_column(
        BigId
    )  # as in the request, so that the database can tell two persons
    number: Mapped[int]  # 1 answers it, 2 ends what was granted
    kind: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    position: Mapped[int] = mapped_column(BigInteger)
    words_id: Mapped[int | None] = mapped_column(BigId)
    __table_args__ = (
        ForeignKeyConstraint(
            ["partnership_id", "request_id", "asked_by"],
            ["requests.partnership_id", "requests.id", "requests.asked_by"],
        ),
        ForeignKeyConstraint(["partnership_id", "words_id"], ["words.partnership_id", "words.id"]),
        UniqueConstraint("partnership_id", "request_id", "number"),
        UniqueConstraint("partnership_id", "position"),
        CheckConstraint("kind IN ('granted', 'refused', 'withdrawn', 'ended')", name="kind"),
        CheckConstraint("(kind = 'ended') = (number = 2) AND number IN (1, 2)", name="number"),
        CheckConstraint("kind <> 'granted' OR person_id <> asked_by", name="two_persons"),
        Index("ix_request_answers_at", "partnership_id", "at", "position"),  # a moment to its position
    )
