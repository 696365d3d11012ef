"""What partnerships agreed about their comparisons, and what was said about a difference."""

import sqlalchemy as sa
from alembic import op

from hub.db import UTCDateTime

revision = "0004"
down_revision = "0003"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "comparison_terms",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("known_from", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_comparison_terms_partnership_id")
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_comparison_terms")),
        sa.UniqueConstraint(
            "partnership_id",
            "measure",
            "known_from",
            name=op.f("uq_comparison_terms_partnership_id_measure_known_from"),
        ),
    )
    op.create_table(
        "matter_events",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("sender_id", BIG_ID, nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("words_id", BIG_ID, nullable=True),
        sa.Column("sent", sa.BigInteger(), nullable=True),
        sa.Column("logged", sa.BigInteger(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.CheckConstraint("kind IN ('explained', 'noted', 'agreed')", name=op.f("ck_matter_events_kind")),
        sa.CheckConstraint("side IN ('sent', 'logged', 'partnership')", name=op.f("ck_matter_events_side")),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_matter_events_partnership_id")
        ),
        sa.ForeignKeyConstraint(["sender_id"], ["agencies.id"], name=op.f("fk_matter_events_sender_id")),
        sa.ForeignKeyConstraint(["period_id"], ["periods.id"], name=op.f("fk_matter_events_period_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_matter_events_person_id")),
        sa.ForeignKeyConstraint(
            ["partnership_id", "words_id"],
            ["words.partnership_id", "words.id"],
            name=op.f("fk_matter_events_partnership_id_words_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_matter_events")),
        sa.UniqueConstraint(
            "partnership_id",
            "measure",
            "sender_id",
            "period_id",
            "sequence",
            name="uq_matter_events_sequence",
        ),
    )


def downgrade() -> None:
    op.drop_table("matter_events")
    op.drop_table("comparison_terms")
