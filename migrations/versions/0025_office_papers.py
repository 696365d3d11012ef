"""Statements and letters of the regional office, with every text that was saved or issued; rows are only added."""

import sqlalchemy as sa
from alembic import op

from hub.db import UTCDateTime

revision = "0025"
down_revision = "0024"
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "office_papers",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("agreement_code", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("as_at", UTCDateTime(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("made_by", BIG_ID, nullable=False),
        sa.CheckConstraint("kind IN ('statement', 'letter')", name=op.f("ck_office_papers_kind")),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_office_papers_partnership_id")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_office_papers_made_by")),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_office_papers")),
        sa.UniqueConstraint(
            "partnership_id",
            "agreement_code",
            "number",
            name=op.f("uq_office_papers_partnership_id_agreement_code_number"),
        ),
    )
    op.create_table(
        "office_paper_texts",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("paper_id", BIG_ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("words_id", BIG_ID, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('saved', 'issued')", name=op.f("ck_office_paper_texts_kind")),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_office_paper_texts_partnership_id")
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "paper_id"],
            ["office_papers.partnership_id", "office_papers.id"],
            name=op.f("fk_office_paper_texts_partnership_id_paper_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "words_id"],
            ["words.partnership_id", "words.id"],
            name=op.f("fk_office_paper_texts_partnership_id_words_id"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_office_paper_texts_person_id")),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_office_paper_texts")),
        sa.UniqueConstraint(
            "partnership_id",
            "paper_id",
            "sequence",
            name=op.f("uq_office_paper_texts_partnership_id_paper_id_sequence"),
        ),
    )


def downgrade() -> None:
    for name in ("office_paper_texts", "office_papers"):
        op.drop_table(name)
