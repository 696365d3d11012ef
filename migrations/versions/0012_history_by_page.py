"""History that one person prepares by page waits for the signature of another."""

import sqlalchemy as sa
from alembic import op

from hub.db import UTCDateTime

revision = "0012"
down_revision = "0011"
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "history_batches",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("agency_id", BIG_ID, nullable=False),
        sa.Column("return_code", sa.String(), nullable=False),
        sa.Column("definition_version_id", BIG_ID, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.Column("prepared_by", BIG_ID, nullable=False),
        sa.Column("prepared_at", UTCDateTime(), nullable=False),
        sa.Column("signed_by", BIG_ID, nullable=True),
        sa.Column("signed_at", UTCDateTime(), nullable=True),
        sa.Column("dropped_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "signed_by IS NULL OR signed_by <> prepared_by", name=op.f("ck_history_batches_two_persons")
        ),
        sa.CheckConstraint(
            "signed_at IS NULL OR dropped_at IS NULL", name=op.f("ck_history_batches_one_end")
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_history_batches_partnership_id")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_history_batches_agency_id")),
        sa.ForeignKeyConstraint(
            ["definition_version_id"],
            ["definition_versions.id"],
            name=op.f("fk_history_batches_definition_version_id"),
        ),
        sa.ForeignKeyConstraint(["prepared_by"], ["people.id"], name=op.f("fk_history_batches_prepared_by")),
        sa.ForeignKeyConstraint(["signed_by"], ["people.id"], name=op.f("fk_history_batches_signed_by")),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_history_batches")),
    )
    op.create_index(op.f("ix_history_batches_agency_id"), "history_batches", ["agency_id"])


def downgrade() -> None:
    op.drop_table("history_batches")
