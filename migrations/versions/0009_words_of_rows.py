"""Signed cells that hold words (a school's contracts, an audit's evidence), and what the partnership says of such rows."""

import sqlalchemy as sa
from alembic import op

from hub.db import UTCDateTime

revision = "0009"
down_revision = "0008"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "register_cells",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("revision_id", BIG_ID, nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("breakdown", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("words_id", BIG_ID, nullable=True),
        sa.CheckConstraint(
            "(value IS NULL) <> (words_id IS NULL)", name=op.f("ck_register_cells_value_or_words")
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "revision_id"],
            ["revisions.partnership_id", "revisions.id"],
            name=op.f("fk_register_cells_partnership_id_revision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "words_id"],
            ["words.partnership_id", "words.id"],
            name=op.f("fk_register_cells_partnership_id_words_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_register_cells")),
        sa.UniqueConstraint(
            "partnership_id",
            "revision_id",
            "row_no",
            "breakdown",
            "code",
            "name",
            name=op.f("uq_register_cells_partnership_id_revision_id_row_no_breakdown_code_name"),
        ),
    )
    op.create_table(
        "judgements",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("due_item_id", BIG_ID, nullable=False),
        sa.Column("breakdown", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("judgement", sa.String(), nullable=False),
        sa.Column("words_id", BIG_ID, nullable=False),
        sa.Column("judged_by", BIG_ID, nullable=False),
        sa.Column("judged_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "due_item_id"],
            ["due_items.partnership_id", "due_items.id"],
            name=op.f("fk_judgements_partnership_id_due_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "words_id"],
            ["words.partnership_id", "words.id"],
            name=op.f("fk_judgements_partnership_id_words_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_judgements_partnership_id")
        ),
        sa.ForeignKeyConstraint(["judged_by"], ["people.id"], name=op.f("fk_judgements_judged_by")),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_judgements")),
    )
    op.create_index(
        "ix_judgements_row",
        "judgements",
        ["partnership_id", "due_item_id", "breakdown", "code"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("judgements")
    op.drop_table("register_cells")
