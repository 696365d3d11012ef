"""Tables left of the waist: drafts that keep text, and the events that a submission's status is read from."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, BigId, UTCDateTime, new_id


class Draft(Base):
    """The text of a submission as it was read, shown back as typed. `id` is the due item's id."""

    __tablename__ = "drafts"
    partnership_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    definition_version_id: Mapped[int] = mapped_column(ForeignKey("definition_versions.id"))
    document: Mapped[str] = mapped_column(Text)  # canonical JSON of the rows
    digest: Mapped[str]  # SHA-256 of what would be signed: definition, rows, explanations
    findings: Mapped[str] = mapped_column(Text)  # JSON list, of the check that this document got
    explanations: Mapped[str] = mapped_column(Text, default="{}")  # JSON: finding key → words
    channel: Mapped[str]
    sequence: Mapped[int]  # the event that left the draft as it is
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "id"], ["due_items.partnership_id", "due_items.id"]),
    )


class SubmissionEvent(Base):
    """Something that happened to a submission, in the past tense, with the status it left."""

    __tablename__ = "submission_events"
    partnership_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    due_item_id: Mapped[int] = mapped_column(BigId)
    sequence: Mapped[int]
    kind: Mapped[str]  # saved, uploaded, explained, sent, withdrawn, sent_back, signed, reopened
    status: Mapped[str]  # draft, sent, sent_back, signed
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    words_id: Mapped[int | None] = mapped_column(BigId)
    revision_id: Mapped[int | None] = mapped_column(BigId)
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "due_item_id"], ["due_items.partnership_id", "due_items.id"]),
        ForeignKeyConstraint(["partnership_id", "words_id"], ["words.partnership_id", "words.id"]),
        ForeignKeyConstraint(["partnership_id", "revision_id"], ["revisions.partnership_id", "revisions.id"]),
        UniqueConstraint("partnership_id", "due_item_id", "sequence"),
        CheckConstraint("status IN ('draft', 'sent', 'sent_back', 'signed')", name="status"),
    )


class SentBackPart(Base):
    """A part of the return that the signatory named when sending it back: a table, or one figure of it."""

    __tablename__ = "sent_back_parts"
    partnership_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    event_id: Mapped[int] = mapped_column(BigId)
    breakdown: Mapped[str]
    figure: Mapped[str]  # empty: the whole table
    __table_args__ = (
        ForeignKeyConstraint(
            ["partnership_id", "event_id"], ["submission_events.partnership_id", "submission_events.id"]
        ),
        UniqueConstraint("partnership_id", "event_id", "breakdown", "figure"),
    )


class CorrectionRequest(Base):
    """One figure of one row of a signed return that somebody asks to be looked at again, as it stood when asked."""

    __tablename__ = "correction_requests"
    partnership_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    due_item_id: Mapped[int] = mapped_column(BigId)
    revision_id: Mapped[int] = mapped_column(BigId)  # that stood when it was asked
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"))
    breakdown: Mapped[str]
    code: Mapped[str]
    figure: Mapped[str]
    old_value: Mapped[str]  # as it was signed; empty where there was none
    reason: Mapped[str]
    words_id: Mapped[int | None] = mapped_column(BigId)
    asked_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    asker_agency_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("agencies.id")
    )  # the other side of a comparison; empty for the data team
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "due_item_id"], ["due_items.partnership_id", "due_items.id"]),
        ForeignKeyConstraint(["partnership_id", "revision_id"], ["revisions.partnership_id", "revisions.id"]),
        ForeignKeyConstraint(["partnership_id", "words_id"], ["words.partnership_id", "words.id"]),
        Index("ix_correction_requests_due_item", "partnership_id", "due_item_id"),
    )


class CorrectionEvent(Base):
    """What became of a request: answered (perhaps again, until it is signed), then signed."""

    __tablename__ = "correction_events"
    partnership_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    request_id: Mapped[int] = mapped_column(BigId)
    sequence: Mapped[int]
    kind: Mapped[str]
    new_value: Mapped[str | None]  # of an answer, empty where it is as it is; of a signature, what then stood
    words_id: Mapped[int | None] = mapped_column(BigId)
    revision_id: Mapped[int | None] = mapped_column(BigId)  # that the signature made, where it made one
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    __table_args__ = (
        ForeignKeyConstraint(
            ["partnership_id", "request_id"], ["correction_requests.partnership_id", "correction_requests.id"]
        ),
        ForeignKeyConstraint(["partnership_id", "words_id"], ["words.partnership_id", "words.id"]),
        ForeignKeyConstraint(["partnership_id", "revision_id"], ["revisions.partnership_id", "revisions.id"]),
        UniqueConstraint("partnership_id", "request_id", "sequence"),
        CheckConstraint("kind IN ('answered', 'signed')", name="kind"),
    )


class HistoryBatch(Base):
    """An agency's history as one person prepared it, until another one signs it. Nothing of it is a figure before."""

    __tablename__ = "history_batches"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    return_code: Mapped[str]
    definition_version_id: Mapped[int] = mapped_column(ForeignKey("definition_versions.id"))
    document: Mapped[str] = mapped_column(Text)  # canonical JSON of the rows
    digest: Mapped[str]  # of the rows and the explanation, as they are shown to the signatory
    explanation: Mapped[str | None] = mapped_column(Text)
    prepared_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    prepared_at: Mapped[datetime] = mapped_column(UTCDateTime)
    signed_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("people.id"))
    signed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    dropped_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    __table_args__ = (
        CheckConstraint("signed_by IS NULL OR signed_by <> prepared_by", name="two_persons"),
        CheckConstraint("signed_at IS NULL OR dropped_at IS NULL", name="one_end"),
    )


class Upload(Base):
    """A file that a person sent, and what became of it. Of the file its digest alone is kept; `said` holds no figures."""

    __tablename__ = "uploads"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    return_code: Mapped[str]
    version: Mapped[int]  # of the definition that it was checked against
    channel: Mapped[str]
    file_digest: Mapped[str]  # SHA-256 of its bytes
    mapping: Mapped[str]  # how its sender said that its columns are to be read
    take_hidden: Mapped[bool]
    sure: Mapped[bool]  # the sender said that it names no child, patient or family
    state: Mapped[str]  # reading, asking, refused, kept, repeated, dropped
    said: Mapped[str] = mapped_column(Text, default="{}")  # JSON: hub.submissions.upload_said
    job_id: Mapped[int | None] = mapped_column(
        BigId
    )  # jobs are no part of a backup, so it points to none for sure
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    __table_args__ = (
        CheckConstraint(
            "state IN ('reading', 'asking', 'refused', 'kept', 'repeated', 'dropped')", name="state"
        ),
        Index("ix_uploads_file", "file_digest", "return_code"),
        Index("ix_uploads_person", "person_id", "state"),
    )


class UploadHeld(Base):
    """What was read of a file while its sender is asked about it: sealed, for a few days at most, never in a backup."""

    __tablename__ = "upload_held"
    upload_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("uploads.id"), primary_key=True, autoincrement=False
    )
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class UploadSubmission(Base):
    """A submission that a kept file filled, with the digest of its rows, by which the same file is known again."""

    __tablename__ = "upload_submissions"
    partnership_id: Mapped[int] = mapped_column(primary_key=True)
    upload_id: Mapped[int] = mapped_column(BigId, ForeignKey("uploads.id"), primary_key=True)
    due_item_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    sequence: Mapped[int]  # the event that it left
    digest: Mapped[str]  # SHA-256 of the draft's document
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "due_item_id"], ["due_items.partnership_id", "due_items.id"]),
        Index("ix_upload_submissions_upload", "upload_id"),
    )


class MappingUse(Base):
    """The mapping that read the rows which an event left in the draft: which version of it, and the digest of its text."""

    __tablename__ = "mapping_uses"
    partnership_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    due_item_id: Mapped[int] = mapped_column(BigId)
    sequence: Mapped[int]
    code: Mapped[str]
    version: Mapped[int]
    digest: Mapped[str]
    __table_args__ = (
        ForeignKeyConstraint(
            ["partnership_id", "due_item_id", "sequence"],
            [
                "submission_events.partnership_id",
                "submission_events.due_item_id",
                "submission_events.sequence",
            ],
        ),
        UniqueConstraint("partnership_id", "due_item_id", "sequence"),
        Index("ix_mapping_uses_code", "partnership_id", "code"),
    )
