"""Reports: packs of headings without a meeting, and what their drafters write under each heading."""

import sqlalchemy as sa
from alembic import op

from hub.db import UTCDateTime

revision = "0032"
down_revision = "0031"
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TWO_PERSONS = op.f("ck_pack_seals_two_persons")
ASKED = ["partnership_id", "id", "asked_by"]
OF_PACK = ["partnership_id", "pack_id", "asked_by"]


def upgrade() -> None:
    with op.batch_alter_table("pack_seals") as table:
        table.drop_constraint("fk_pack_seals_pack", type_="foreignkey")
        table.drop_constraint(TWO_PERSONS, type_="check")
        table.add_column(sa.Column("kind", sa.String(), server_default="meeting", nullable=False))
    with op.batch_alter_table("packs") as table:
        table.drop_constraint(op.f("uq_packs_partnership_id_id_asked_by"), type_="unique")
        table.alter_column("meeting_id", existing_type=BIG_ID, nullable=True)
        table.add_column(sa.Column("kind", sa.String(), server_default="meeting", nullable=False))
        table.add_column(sa.Column("period", sa.String(), server_default="", nullable=False))
        table.add_column(sa.Column("headings", sa.Text(), server_default="", nullable=False))
        table.create_unique_constraint("uq_packs_asked", [*ASKED, "kind"])
        table.create_check_constraint(op.f("ck_packs_kind"), "kind IN ('meeting', 'progress', 'annual')")
        table.create_check_constraint(
            op.f("ck_packs_of_a_meeting"), "(kind = 'meeting') = (meeting_id IS NOT NULL)"
        )
    with op.batch_alter_table("pack_seals") as table:
        table.create_foreign_key("fk_pack_seals_pack", "packs", [*OF_PACK, "kind"], [*ASKED, "kind"])
        table.create_check_constraint(TWO_PERSONS, "(asked_by = agreed_by) = (kind = 'progress')")
    op.create_table(
        "pack_texts",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("pack_id", BIG_ID, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("words_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_pack_texts_partnership_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_pack_texts_person_id")),
        sa.ForeignKeyConstraint(
            ["partnership_id", "pack_id"],
            ["packs.partnership_id", "packs.id"],
            name=op.f("fk_pack_texts_partnership_id_pack_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "words_id"],
            ["words.partnership_id", "words.id"],
            name=op.f("fk_pack_texts_partnership_id_words_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_pack_texts")),
        sa.UniqueConstraint(
            "partnership_id",
            "pack_id",
            "place",
            "sequence",
            name=op.f("uq_pack_texts_partnership_id_pack_id_place_sequence"),
        ),
    )


def downgrade() -> None:
    op.drop_table("pack_texts")
    with op.batch_alter_table("pack_seals") as table:
        table.drop_constraint("fk_pack_seals_pack", type_="foreignkey")
        table.drop_constraint(TWO_PERSONS, type_="check")
        table.drop_column("kind")
    with op.batch_alter_table("packs") as table:
        table.drop_constraint("uq_packs_asked", type_="unique")
        table.drop_constraint(op.f("ck_packs_kind"), type_="check")
        table.drop_constraint(op.f("ck_packs_of_a_meeting"), type_="check")
        for column in ("kind", "period", "headings"):
            table.drop_column(column)
        table.create_unique_constraint(op.f("uq_packs_partnership_id_id_asked_by"), ASKED)
        table.alter_column("meeting_id", existing_type=BIG_ID, nullable=False)
    with op.batch_alter_table("pack_seals") as table:
        table.create_foreign_key("fk_pack_seals_pack", "packs", OF_PACK, ASKED)
        table.create_check_constraint(TWO_PERSONS, "asked_by <> agreed_by")
