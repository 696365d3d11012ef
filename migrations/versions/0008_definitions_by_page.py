"""Definitions that one person proposes by page wait for another."""

import sqlalchemy as sa
from alembic import op

from hub.db import UTCDateTime

revision = "0008"
down_revision = "0007"
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "definition_proposals",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("proposed_by", BIG_ID, nullable=False),
        sa.Column("proposed_at", UTCDateTime(), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("decided_by", BIG_ID, nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_definition_proposals")),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_definition_proposals_partnership_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["people.id"], name=op.f("fk_definition_proposals_proposed_by")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["people.id"], name=op.f("fk_definition_proposals_decided_by")
        ),
        sa.CheckConstraint(
            "decision IN ('approved', 'refused')", name=op.f("ck_definition_proposals_decision")
        ),
        sa.CheckConstraint(
            "decision IS NULL OR decision <> 'approved' OR decided_by <> proposed_by",
            name=op.f("ck_definition_proposals_two_persons"),
        ),
    )


def downgrade() -> None:
    op.drop_table("definition_proposals")
