"""The lines that a partnership adds to code lists of its own: teams, services."""

import sqlalchemy as sa
from alembic import op

from hub.db import UTCDateTime

revision = "0018"
down_revision = "0017"
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "local_codes",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("codelist", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("says", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("known_at", UTCDateTime(), nullable=False),
        sa.Column("said_by", BIG_ID, nullable=True),
        sa.CheckConstraint("until_on IS NULL OR from_on <= until_on", name=op.f("ck_local_codes_days")),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_local_codes_partnership_id")
        ),
        sa.ForeignKeyConstraint(["said_by"], ["people.id"], name=op.f("fk_local_codes_said_by")),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_local_codes")),
    )
    op.create_index("ix_local_codes_list", "local_codes", ["partnership_id", "codelist"])


def downgrade() -> None:
    op.drop_table("local_codes")
