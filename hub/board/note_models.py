"""The table of what persons wrote beside measures: events, rebases with their approval, causes. Rows are only added."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, BigId, UTCDateTime, new_id


class MeasureNote(Base):
    """`measure` is empty where an event stands on every chart; `line` is `agency/RXT` where a cause is of one line."""

    __tablename__ = "measure_notes"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    kind: Mapped[str]
    measure: Mapped[str]
    line: Mapped[str]
    on_date: Mapped[date]
    of_id: Mapped[int | None] = mapped_column(BigId)  # the rebase that is answered
    words_id: Mapped[int | None] = mapped_column(BigId)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "words_id"], ["words.partnership_id", "words.id"]),
        ForeignKeyConstraint(
            ["partnership_id", "of_id"], ["measure_notes.partnership_id", "measure_notes.id"]
        ),
        UniqueConstraint("partnership_id", "of_id"),
        CheckConstraint("kind IN ('event', 'rebase', 'approved', 'refused', 'cause')", name="kind"),
        CheckConstraint("(kind IN ('approved', 'refused')) = (of_id IS NOT NULL)", name="answers"),
        CheckConstraint("(words_id IS NOT NULL) OR (of_id IS NOT NULL)", name="says"),
    )
