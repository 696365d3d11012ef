"""Packs that a meeting reads: asked for by one person, frozen and sealed when another agrees, perhaps withdrawn."""

import sqlalchemy as sa
from alembic import op

from hub.db import UTCDateTime

revision = "0030"
down_revision = "0029"
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "packs",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("meeting_id", BIG_ID, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("parts", sa.String(), nullable=False),
        sa.Column("as_at", UTCDateTime(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", BIG_ID, nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        _partnership("packs"),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_packs_asked_by")),
        sa.ForeignKeyConstraint(
            ["partnership_id", "meeting_id"],
            ["meetings.partnership_id", "meetings.id"],
            name=op.f("fk_packs_partnership_id_meeting_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_packs")),
        sa.UniqueConstraint("partnership_id", "number", name=op.f("uq_packs_partnership_id_number")),
        sa.UniqueConstraint(
            "partnership_id", "id", "asked_by", name=op.f("uq_packs_partnership_id_id_asked_by")
        ),
    )
    op.create_table(
        "pack_seals",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("pack_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("asked_by", BIG_ID, nullable=False),
        sa.Column("agreed_by", BIG_ID, nullable=False),
        sa.Column("agreed_at", UTCDateTime(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("chain_sequence", sa.BigInteger(), nullable=False),
        sa.Column("chain_hash", sa.String(), nullable=False),
        _partnership("pack_seals"),
        sa.CheckConstraint("asked_by <> agreed_by", name=op.f("ck_pack_seals_two_persons")),
        sa.ForeignKeyConstraint(["agreed_by"], ["people.id"], name=op.f("fk_pack_seals_agreed_by")),
        sa.ForeignKeyConstraint(
            ["partnership_id", "pack_id", "asked_by"],
            ["packs.partnership_id", "packs.id", "packs.asked_by"],
            name="fk_pack_seals_pack",
        ),
        sa.PrimaryKeyConstraint("partnership_id", "pack_id", name=op.f("pk_pack_seals")),
    )
    op.create_table(
        "pack_withdrawals",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("pack_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("words_id", BIG_ID, nullable=False),
        _partnership("pack_withdrawals"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_pack_withdrawals_person_id")),
        sa.ForeignKeyConstraint(
            ["partnership_id", "pack_id"],
            ["packs.partnership_id", "packs.id"],
            name="fk_pack_withdrawals_pack",
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "words_id"],
            ["words.partnership_id", "words.id"],
            name=op.f("fk_pack_withdrawals_partnership_id_words_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "pack_id", name=op.f("pk_pack_withdrawals")),
    )


def _partnership(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["partnership_id"], ["partnerships.id"], name=op.f(f"fk_{table}_partnership_id")
    )


def downgrade() -> None:
    for table in ("pack_withdrawals", "pack_seals", "packs"):
        op.drop_table(table)
