"""Versions of measures, recorded with the moment from which each was known."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, BigId, UTCDateTime, new_id


class MeasureVersion(Base):
    __tablename__ = "measure_versions"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    code: Mapped[str]
    digest: Mapped[str]
    document: Mapped[str] = mapped_column(Text)
    known_from: Mapped[datetime] = mapped_column(UTCDateTime)
    __table_args__ = (UniqueConstraint("code", "known_from"),)
