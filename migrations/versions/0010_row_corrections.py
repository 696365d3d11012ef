"""Rows of signed returns that are asked to be looked at again, and what was answered."""

import sqlalchemy as sa
from alembic import op

from hub.db import UTCDateTime

revision = "0010"
down_revision = "0009"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "correction_requests",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("due_item_id", BIG_ID, nullable=False),
        sa.Column("revision_id", BIG_ID, nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("breakdown", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("figure", sa.String(), nullable=False),
        sa.Column("old_value", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("words_id", BIG_ID, nullable=True),
        sa.Column("asked_by", BIG_ID, nullable=False),
        sa.Column("asker_agency_id", BIG_ID, nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        *_of("correction_requests", "due_items", "due_item_id"),
        *_of("correction_requests", "revisions", "revision_id"),
        *_of("correction_requests", "words", "words_id"),
        sa.ForeignKeyConstraint(["period_id"], ["periods.id"], name=op.f("fk_correction_requests_period_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_correction_requests_asked_by")),
        sa.ForeignKeyConstraint(
            ["asker_agency_id"], ["agencies.id"], name=op.f("fk_correction_requests_asker_agency_id")
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_correction_requests")),
    )
    op.create_index(
        "ix_correction_requests_due_item", "correction_requests", ["partnership_id", "due_item_id"]
    )
    op.create_table(
        "correction_events",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("request_id", BIG_ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("new_value", sa.String(), nullable=True),
        sa.Column("words_id", BIG_ID, nullable=True),
        sa.Column("revision_id", BIG_ID, nullable=True),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        *_of("correction_events", "correction_requests", "request_id"),
        *_of("correction_events", "words", "words_id"),
        *_of("correction_events", "revisions", "revision_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_correction_events_person_id")),
        sa.CheckConstraint("kind IN ('answered', 'signed')", name=op.f("ck_correction_events_kind")),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_correction_events")),
        sa.UniqueConstraint(
            "partnership_id",
            "request_id",
            "sequence",
            name=op.f("uq_correction_events_partnership_id_request_id_sequence"),
        ),
    )


def _of(table: str, other: str, column: str) -> list[sa.ForeignKeyConstraint]:
    """The key of a row of the same partnership."""
    return [
        sa.ForeignKeyConstraint(
            ["partnership_id", column],
            [f"{other}.partnership_id", f"{other}.id"],
            name=op.f(f"fk_{table}_partnership_id_{column}"),
        )
    ]


def downgrade() -> None:
    op.drop_table("correction_events")
    op.drop_table("correction_requests")
