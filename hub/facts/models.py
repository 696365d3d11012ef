"""Tables of the ledger. Written by sign-off alone; triggers refuse every change but the one closing of `known_until`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, BigId, UTCDateTime, new_id

PARTITIONS = 8

# The state of a fact, in the order of methods.md section 0. Stored as a small number, shown by name.
STATES = ("value", "nil", "partial", "missing", "not_due", "hidden", "not_available", "not_applicable")
STATE_NUMBER = {name: number for number, name in enumerate(STATES)}

WHOLE = 0  # area_id and dimension_set_id of a figure that is not broken down
AREA_NOT_KNOWN = -1  # the area of a line whose sender does not know it
AREA_BREAKDOWN = "area"  # the one breakdown that is a column of the fact


class Words(Base):
    """Typed text, kept apart so that the retention job alone can blank it; the digest stays."""

    __tablename__ = "words"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    digest: Mapped[str]
    body: Mapped[str | None] = mapped_column(Text)


class Revision(Base):
    """One signed version of a submission, complete. Later ones supersede earlier ones."""

    __tablename__ = "revisions"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    due_item_id: Mapped[int] = mapped_column(BigId)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    return_code: Mapped[str]
    definition_version_id: Mapped[int] = mapped_column(ForeignKey("definition_versions.id"))
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"))
    number: Mapped[int]
    position: Mapped[int] = mapped_column(BigInteger)
    signed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    signed_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    prepared_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    single_signature: Mapped[bool] = mapped_column(default=False)
    due_on: Mapped[date | None]
    digest: Mapped[str]  # SHA-256 of the document that was shown and signed
    reason_id: Mapped[int | None] = mapped_column(BigId)  # why a signed return was corrected
    supersedes_id: Mapped[int | None] = mapped_column(BigId)
    channel: Mapped[str]  # form, csv, xlsx, json, import
    source: Mapped[str | None]  # a published return names its publisher
    nil: Mapped[bool] = mapped_column(default=False)
    partial: Mapped[bool] = mapped_column(default=False, server_default=false())  # some figures did not come
    published: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "due_item_id"], ["due_items.partnership_id", "due_items.id"]),
        ForeignKeyConstraint(["partnership_id", "reason_id"], ["words.partnership_id", "words.id"]),
        ForeignKeyConstraint(
            ["partnership_id", "supersedes_id"], ["revisions.partnership_id", "revisions.id"]
        ),
        UniqueConstraint("partnership_id", "due_item_id", "number"),
        UniqueConstraint("partnership_id", "position"),
        Index("ix_revisions_supersedes", "partnership_id", "supersedes_id"),
        CheckConstraint("signed_by <> prepared_by OR single_signature", name="four_eyes"),
        # Covering: what has come of a return, by period and agency as at a position, is counted in this index alone.
        Index(
            "ix_revisions_return",
            "partnership_id",
            "return_code",
            "period_id",
            "agency_id",
            "number",
            "position",
        ),
        Index("ix_revisions_signed", "partnership_id", "signed_at", "position"),  # a moment to its position
        # PostgreSQL's policies ask with every query what was published: of most ledgers nothing.
        Index(
            "ix_revisions_published",
            "partnership_id",
            "due_item_id",
            postgresql_where=text("published"),
            sqlite_where=text("published"),
        ),
    )


class RevisionHand(Base):
    """A person who touched the data since the sign-off before. With two signatures none of them is the signer (trigger)."""

    __tablename__ = "revision_hands"
    partnership_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    revision_id: Mapped[int] = mapped_column(BigId)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "revision_id"], ["revisions.partnership_id", "revisions.id"]),
        UniqueConstraint("partnership_id", "revision_id", "person_id"),
    )


class Countersignature(Base):
    """A revision of an agency with one person: that person prepared and answers for it, the partnership signed beside them."""

    __tablename__ = "countersignatures"
    partnership_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    revision_id: Mapped[int] = mapped_column(BigId)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))  # the agency's one person
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "revision_id"], ["revisions.partnership_id", "revisions.id"]),
        UniqueConstraint("partnership_id", "revision_id"),
    )


class RevisionWaiver(Base):
    """A rule that was switched off for the agency when it signed, with the request by which two persons agreed to it."""

    __tablename__ = "revision_waivers"
    partnership_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    revision_id: Mapped[int] = mapped_column(BigId)
    request_id: Mapped[int] = mapped_column(BigId)
    rule: Mapped[str]
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "revision_id"], ["revisions.partnership_id", "revisions.id"]),
        ForeignKeyConstraint(["partnership_id", "request_id"], ["requests.partnership_id", "requests.id"]),
        UniqueConstraint("partnership_id", "revision_id", "request_id"),
    )


class SignedDocument(Base):
    """The rows as they were read and signed (canonical JSON, text cells): where a fact's `row_no` points."""

    __tablename__ = "signed_documents"
    partnership_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    revision_id: Mapped[int] = mapped_column(BigId)
    body: Mapped[str] = mapped_column(Text)
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "revision_id"], ["revisions.partnership_id", "revisions.id"]),
        UniqueConstraint("partnership_id", "revision_id"),
    )


class RegisterCell(Base):
    """A signed cell that holds words: a date or a code as it is, typed text in the side table of words.

    `row_no` is that of the signed document; `code` is the sender's own reference of a register's row, or a line's code.
    """

    __tablename__ = "register_cells"
    partnership_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    revision_id: Mapped[int] = mapped_column(BigId)
    row_no: Mapped[int]
    breakdown: Mapped[str]
    code: Mapped[str]
    name: Mapped[str]  # the figure
    value: Mapped[str | None]
    words_id: Mapped[int | None] = mapped_column(BigId)
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "revision_id"], ["revisions.partnership_id", "revisions.id"]),
        ForeignKeyConstraint(["partnership_id", "words_id"], ["words.partnership_id", "words.id"]),
        UniqueConstraint("partnership_id", "revision_id", "row_no", "breakdown", "code", "name"),
        CheckConstraint("(value IS NULL) <> (words_id IS NULL)", name="value_or_words"),
    )


class Judgement(Base):
    """What the partnership says of a signed row, dated: the last one stands, the earlier ones stay readable.

    Of an agency's row, not of a revision: a correction elsewhere in the return leaves it alone.
    """

    __tablename__ = "judgements"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    due_item_id: Mapped[int] = mapped_column(BigId)
    breakdown: Mapped[str]
    code: Mapped[str]
    judgement: Mapped[str]  # a code of the list that the definition names
    words_id: Mapped[int] = mapped_column(BigId)  # why
    judged_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    judged_at: Mapped[datetime] = mapped_column(UTCDateTime)
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "due_item_id"], ["due_items.partnership_id", "due_items.id"]),
        ForeignKeyConstraint(["partnership_id", "words_id"], ["words.partnership_id", "words.id"]),
        Index("ix_judgements_row", "partnership_id", "due_item_id", "breakdown", "code"),
    )


class Explanation(Base):
    """What the agency said to a query, kept with the figure for good."""

    __tablename__ = "explanations"
    partnership_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    revision_id: Mapped[int] = mapped_column(BigId)
    code: Mapped[str]
    row_no: Mapped[int | None]
    field: Mapped[str | None]
    message_id: Mapped[int] = mapped_column(BigId)
    words_id: Mapped[int] = mapped_column(BigId)
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "revision_id"], ["revisions.partnership_id", "revisions.id"]),
        ForeignKeyConstraint(["partnership_id", "message_id"], ["words.partnership_id", "words.id"]),
        ForeignKeyConstraint(["partnership_id", "words_id"], ["words.partnership_id", "words.id"]),
    )


class DimensionSet(Base):
    """An interned combination of codes other than agency and area, as canonical JSON. Number 0 is the empty one."""

    __tablename__ = "dimension_sets"
    id: Mapped[int] = mapped_column(primary_key=True)
    canonical: Mapped[str] = mapped_column(unique=True)


class DimensionMember(Base):
    __tablename__ = "dimension_members"
    dimension_set_id: Mapped[int] = mapped_column(ForeignKey("dimension_sets.id"), primary_key=True)
    dimension: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str]
    __table_args__ = (Index("ix_dimension_members_code", "dimension", "code"),)


class Fact(Base):
    """One signed figure with its state. Known from one ledger position until the one that superseded it."""

    __tablename__ = "facts"
    partnership_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    revision_id: Mapped[int] = mapped_column(BigId)
    figure_id: Mapped[int] = mapped_column(ForeignKey("figures.id"))
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"))
    agency_id: Mapped[int] = mapped_column(BigId)
    area_id: Mapped[int] = mapped_column(BigId, default=WHOLE)
    dimension_set_id: Mapped[int] = mapped_column(ForeignKey("dimension_sets.id"), default=WHOLE)
    value: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[int] = mapped_column(SmallInteger)
    row_no: Mapped[int]
    known_from: Mapped[int] = mapped_column(BigInteger)
    known_until: Mapped[int | None] = mapped_column(BigInteger)
    published: Mapped[bool] = mapped_column(default=False)
    __table_args__: Any = (
        ForeignKeyConstraint(["partnership_id", "revision_id"], ["revisions.partnership_id", "revisions.id"]),
        CheckConstraint("(value IS NOT NULL) = (state IN (0, 1, 2))", name="value_with_state"),
        # Covering: the past and the by-agency views are read from this index alone.
        Index(
            "ix_facts_read",
            "partnership_id",
            "figure_id",
            "period_id",
            "dimension_set_id",
            "area_id",
            "agency_id",
            "value",
            "state",
            "known_from",
            "known_until",
        ),
        Index("ix_facts_revision", "partnership_id", "revision_id"),
        {"postgresql_partition_by": "HASH (partnership_id)", "info": {"partitions": PARTITIONS}},
    )


class AreaNow(Base):
    """Current cells, kept in the sign-off transaction: the sum of values, and how many agencies answered with which state.

    Can be rebuilt from the facts; `hub verify` compares. A cell that corrections emptied stays with every count at zero.
    """

    __tablename__ = "area_now"
    partnership_id: Mapped[int] = mapped_column(primary_key=True)
    figure_id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dimension_set_id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int]  # facts that carry a value or nil
    partial: Mapped[int]
    missing: Mapped[int]
    not_due: Mapped[int]
    hidden: Mapped[int]
    not_available: Mapped[int]
    not_applicable: Mapped[int]
    published: Mapped[bool] = mapped_column(default=False)
    __table_args__: Any = (
        {"postgresql_partition_by": "HASH (partnership_id)", "info": {"partitions": PARTITIONS}},
    )
