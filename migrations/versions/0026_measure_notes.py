"""What persons write beside measures: events on charts, rebases with their approval, causes of low figures."""

import sqlalchemy as sa
from alembic import op

from hub.db import UTCDateTime

revision = "0026"
down_revision = "0025"
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "measure_notes",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("of_id", BIG_ID, nullable=True),
        sa.Column("words_id", BIG_ID, nullable=True),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('event', 'rebase', 'approved', 'refused', 'cause')", name=op.f("ck_measure_notes_kind")
        ),
        sa.CheckConstraint(
            "(kind IN ('approved', 'refused')) = (of_id IS NOT NULL)", name=op.f("ck_measure_notes_answers")
        ),
        sa.CheckConstraint(
            "(words_id IS NOT NULL) OR (of_id IS NOT NULL)", name=op.f("ck_measure_notes_says")
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_measure_notes_partnership_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_measure_notes_person_id")),
        sa.ForeignKeyConstraint(
            ["partnership_id", "words_id"],
            ["words.partnership_id", "words.id"],
            name=op.f("fk_measure_notes_partnership_id_words_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "of_id"],
            ["measure_notes.partnership_id", "measure_notes.id"],
            name=op.f("fk_measure_notes_partnership_id_of_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_measure_notes")),
        sa.UniqueConstraint("partnership_id", "of_id", name=op.f("uq_measure_notes_partnership_id_of_id")),
    )


def downgrade() -> None:
    op.drop_table("measure_notes")
