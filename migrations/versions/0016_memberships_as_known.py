"""What was known of a membership, from which position of its partnership's history on."""

import sqlalchemy as sa
from alembic import op

from hub.db import UTCDateTime

revision = "0016"
down_revision = "0015"
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "membership_versions",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("membership_id", BIG_ID, nullable=False),
        sa.Column("agency_id", BIG_ID, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("(at IS NULL) = (position = 0)", name=op.f("ck_membership_versions_moment")),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_membership_versions_partnership_id")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_membership_versions_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "membership_id"],
            ["memberships.partnership_id", "memberships.id"],
            name=op.f("fk_membership_versions_partnership_id_membership_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_membership_versions")),
        sa.UniqueConstraint(
            "partnership_id",
            "membership_id",
            "position",
            name=op.f("uq_membership_versions_partnership_id_membership_id_position"),
        ),
    )
    op.create_index("ix_membership_versions_at", "membership_versions", ["partnership_id", "at", "position"])


def downgrade() -> None:
    op.drop_table("membership_versions")
