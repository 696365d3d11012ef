"""The due list: one row per agency, return and period in a partnership, whether or not anything came."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, BigId, new_id


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
        # Covering: what is due of a return, by period and agency, is counted in this index alone.
        Index("ix_due_items_return", "partnership_id", "return_code", "period_id", "agency_id", "due_on"),
    )
