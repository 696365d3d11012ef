"""What people say beside a verdict: comments, assurance, disputes and how these ended; rows are only added."""

import sqlalchemy as sa
from alembic import op

from hub.db import UTCDateTime

revision = "0024"
down_revision = "0023"
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "verdict_remarks",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("agreement_code", sa.String(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=False),
        sa.Column("party_id", BIG_ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=True),
        sa.Column("owner_id", BIG_ID, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("words_id", BIG_ID, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("agency_id", BIG_ID, nullable=True),
        sa.Column("region_id", BIG_ID, nullable=True),
        sa.CheckConstraint(
            "kind IN ('comment', 'assurance', 'dispute', 'ended')", name=op.f("ck_verdict_remarks_kind")
        ),
        sa.CheckConstraint(
            "kind <> 'dispute' OR (owner_id IS NOT NULL AND due_on IS NOT NULL)",
            name=op.f("ck_verdict_remarks_owned"),
        ),
        sa.CheckConstraint("(kind = 'ended') = (ends IS NOT NULL)", name=op.f("ck_verdict_remarks_ends")),
        sa.ForeignKeyConstraint(
            ["partnership_id", "words_id"],
            ["words.partnership_id", "words.id"],
            name=op.f("fk_verdict_remarks_partnership_id_words_id"),
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_verdict_remarks_{column}"))
            for column, table in (
                ("partnership_id", "partnerships"),
                ("party_id", "agencies"),
                ("owner_id", "agencies"),
                ("person_id", "people"),
                ("agency_id", "agencies"),
                ("region_id", "regions"),
            )
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_verdict_remarks")),
        sa.UniqueConstraint(
            "partnership_id",
            "agreement_code",
            "commitment",
            "party_id",
            "sequence",
            name="uq_verdict_remarks_sequence",
        ),
    )


def downgrade() -> None:
    op.drop_table("verdict_remarks")
