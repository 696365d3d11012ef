"""Tables of the mappings that agencies make on their pages: every version for good, and what is under way."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, BigId, UTCDateTime, new_id


class AgencyMapping(Base):
    """What was done with a mapping of an agency: saved as a version, retired, restored. The last of a code holds."""

    __tablename__ = "agency_mappings"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    code: Mapped[str]  # ends in the agency's code, so that no two agencies share a name
    sequence: Mapped[int]
    kind: Mapped[str]
    return_code: Mapped[str]
    version: Mapped[int]
    document: Mapped[str] = mapped_column(Text)  # canonical JSON, as hub.definitions.mapping_model writes it
    digest: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    __table_args__ = (
        UniqueConstraint("code", "sequence"),
        CheckConstraint("kind IN ('saved', 'retired', 'restored')", name="kind"),
    )


class SharedMappingEvent(Base):
    """A partnership no longer offers a mapping that came with the hub or was loaded for all, or offers it again."""

    __tablename__ = "shared_mapping_events"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    code: Mapped[str]
    kind: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    __table_args__ = (
        CheckConstraint("kind IN ('retired', 'restored')", name="kind"),
        Index("ix_shared_mapping_events_code", "partnership_id", "code"),
    )


class MappingDraft(Base):
    """A mapping that one person is making: the first rows of their sample as text, and what they chose. Kept for a day."""

    __tablename__ = "mapping_drafts"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    return_code: Mapped[str]
    code: Mapped[str]  # of the mapping that gets a new version; empty for a new one
    seen: Mapped[int]  # its sequence when this was begun
    sample: Mapped[str] = mapped_column(Text)
    choices: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
