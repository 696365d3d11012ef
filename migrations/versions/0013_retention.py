"""What two persons decide about keeping typed text."""

import sqlalchemy as sa
from alembic import op

from hub.db import UTCDateTime

revision = "0013"
down_revision = "0012"
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "retention_changes",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("class_code", sa.String(), nullable=False),
        sa.Column("years", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by", BIG_ID, nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("decided_by", BIG_ID, nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("blanked", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('years', 'hold', 'release', 'run')", name=op.f("ck_retention_changes_kind")
        ),
        sa.CheckConstraint("decision IN ('agreed', 'refused')", name=op.f("ck_retention_changes_decision")),
        sa.CheckConstraint(
            "decision IS NULL OR decision <> 'agreed' OR decided_by <> asked_by",
            name=op.f("ck_retention_changes_two_persons"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_retention_changes_partnership_id")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_retention_changes_asked_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_retention_changes_decided_by")),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_retention_changes")),
    )


def downgrade() -> None:
    op.drop_table("retention_changes")
