"""Funding disputes: raised with an owner and a date, ended with how; rows are only added."""

import sqlalchemy as sa
from alembic import op

from hub.db import UTCDateTime

revision = "0020"
down_revision = "0019"
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "funding_dispute_events",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("agreement_code", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("payer_id", BIG_ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("owner_id", BIG_ID, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("words_id", BIG_ID, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.CheckConstraint("kind IN ('raised', 'ended')", name=op.f("ck_funding_dispute_events_kind")),
        sa.CheckConstraint(
            "kind <> 'raised' OR (owner_id IS NOT NULL AND due_on IS NOT NULL)",
            name=op.f("ck_funding_dispute_events_owned"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "words_id"],
            ["words.partnership_id", "words.id"],
            name=op.f("fk_funding_dispute_events_partnership_id_words_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_funding_dispute_events_partnership_id")
        ),
        sa.ForeignKeyConstraint(
            ["payer_id"], ["agencies.id"], name=op.f("fk_funding_dispute_events_payer_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["agencies.id"], name=op.f("fk_funding_dispute_events_owner_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_funding_dispute_events_person_id")
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_funding_dispute_events")),
        sa.UniqueConstraint(
            "partnership_id",
            "agreement_code",
            "service",
            "payer_id",
            "sequence",
            name="uq_funding_dispute_events_sequence",
        ),
    )


def downgrade() -> None:
    op.drop_table("funding_dispute_events")
