"""What was released to anybody from the table builder."""

import sqlalchemy as sa
from alembic import op

from hub.db import UTCDateTime

revision = "0036"
down_revision = "0035"
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "public_tables",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("as_at", UTCDateTime(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_public_tables_partnership_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_public_tables_person_id")),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_public_tables")),
        sa.UniqueConstraint(
            "partnership_id",
            "measure",
            "address",
            "position",
            name=op.f("uq_public_tables_partnership_id_measure_address_position"),
        ),
    )


def downgrade() -> None:
    op.drop_table("public_tables")
