"""Tables of the outbox and of background work.

A *notice* says one thing to one recipient and is written in the transaction of the act that it tells of. A *letter* is
what leaves: one notice, or a day's notices together. A recipient is a person, or a contact of an agency who is no user:
its named senior, or a role mailbox that is copied.
"""

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


class AgencyContact(Base):
    """Who is written to for an agency beside its users: `copy` is a role mailbox, the others are written to when something stays undone. Nobody signs in by it."""

    __tablename__ = "agency_contacts"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    kind: Mapped[str]
    name: Mapped[str]
    email: Mapped[str]
    __table_args__ = (
        UniqueConstraint("partnership_id", "agency_id", "kind"),
        CheckConstraint("kind IN ('senior', 'copy', 'chief', 'chair')", name="kind"),
    )


class AgencyContactName(Base):
    """Who was an agency's contact from when until when, so that a page of an earlier day names who it was then.

    No `from_at`: since before these were kept. The retention job blanks the name of somebody who was followed by another.
    """

    __tablename__ = "agency_contact_names"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    kind: Mapped[str]
    name: Mapped[str | None]
    from_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    until_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    __table_args__ = (
        Index("ix_agency_contact_names_partnership_id_kind", "partnership_id", "kind", "agency_id"),
    )


class Letter(Base):
    """A mail. `day_key` is set on a day's digest: there is one for a recipient and day. `shown` is never sent: illustrative."""

    __tablename__ = "letters"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    message_id: Mapped[str] = mapped_column(unique=True)  # the same at every attempt
    recipient: Mapped[str] = mapped_column(index=True)  # person:ID or contact:ID
    person_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("people.id"))
    day_key: Mapped[str | None] = mapped_column(unique=True)
    partnerships: Mapped[int] = mapped_column(default=1, server_default="1")  # of how many it tells
    to_address: Mapped[str]
    reply_to: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str]  # waiting, sent, failed, dropped, shown
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    next_at: Mapped[datetime] = mapped_column(UTCDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    fault: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sent', 'failed', 'dropped', 'shown')", name="state"),
        Index("ix_letters_state", "state", "next_at"),
    )


class Notice(Base):
    """One thing to tell one recipient. `occasion` makes it happen once; `sequence` is the submission's event that it tells of."""

    __tablename__ = "notices"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    kind: Mapped[str]
    occasion: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("people.id"))
    contact_id: Mapped[int | None] = mapped_column(BigId)
    due_item_id: Mapped[int | None] = mapped_column(BigId)
    sequence: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)  # on the partnership's own clock
    letter_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("letters.id"))
    dropped_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    why: Mapped[str] = mapped_column(default="")  # why it was not sent
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "due_item_id"], ["due_items.partnership_id", "due_items.id"]),
        ForeignKeyConstraint(
            ["partnership_id", "contact_id"], ["agency_contacts.partnership_id", "agency_contacts.id"]
        ),
        UniqueConstraint("partnership_id", "occasion"),
        CheckConstraint("person_id IS NULL OR contact_id IS NULL", name="one_recipient"),
        Index("ix_notices_letter", "letter_id", "dropped_at"),
    )


class PostChoice(Base):
    """How a person wants their mail: what came up in one digest a day, or each as it happens."""

    __tablename__ = "post_choices"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, autoincrement=False)
    digest: Mapped[bool]


class AnswerLink(Base):
    """A link in a mail by which a school's person answers one light return: once, and not for long.

    The link itself is worked out from the row and the secret key, so that neither this table nor a letter holds it.
    """

    __tablename__ = "answer_links"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    due_item_id: Mapped[int] = mapped_column(BigId)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Job(Base):
    """Work that a request left to the worker. Leased while it is done; `result` is what the asker is shown."""

    __tablename__ = "jobs"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    kind: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    about: Mapped[str] = mapped_column(Text)  # JSON: what was asked, without its bytes
    state: Mapped[str]  # waiting, running, done, failed
    stage: Mapped[str] = mapped_column(default="")  # what is being done, in words
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    result: Mapped[str] = mapped_column(Text, default="")
    fault: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),
        Index("ix_jobs_state", "state", "made_at"),
        Index("ix_jobs_person", "person_id"),
    )


class JobFile(Base):
    """The bytes of a job, sealed under the secret key, until the job ends; never in a backup."""

    __tablename__ = "job_files"
    job_id: Mapped[int] = mapped_column(BigId, ForeignKey("jobs.id"), primary_key=True, autoincrement=False)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class Round(Base):
    """When a round of background work last ran; its row is the lock that keeps two from running at once."""

    __tablename__ = "rounds"
    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
