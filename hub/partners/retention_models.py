"""What two persons decide about keeping: years for a class of text, legal holds, and runs of the retention job."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, BigId, UTCDateTime, new_id


class RetentionChange(Base):
    """Asked by one person, agreed by another. A legal hold alone holds from the moment that it is asked for."""

    __tablename__ = "retention_changes"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    kind: Mapped[str]  # years, hold, release, run
    class_code: Mapped[str]  # of retention.yaml; "all" for a hold or a run over every class
    years: Mapped[int | None]  # of a change of years; empty for good
    reason: Mapped[str]
    asked_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decision: Mapped[str | None]  # agreed, refused
    decided_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("people.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    blanked: Mapped[int | None]  # how many texts a run blanked
    __table_args__ = (
        CheckConstraint("kind IN ('years', 'hold', 'release', 'run')", name="kind"),
        CheckConstraint("decision IN ('agreed', 'refused')", name="decision"),
        CheckConstraint(
            "decision IS NULL OR decision <> 'agreed' OR decided_by <> asked_by", name="two_persons"
        ),
    )
