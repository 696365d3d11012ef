"""From which moment a name, a succession and what is said of an area are known."""

import sqlalchemy as sa
from alembic import op

from hub.db import UTCDateTime

revision = "0028"
down_revision = "0027"
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for table in ("agency_names", "successions"):
        op.add_column(table, sa.Column("known_at", UTCDateTime(), nullable=True))
    op.create_table(
        "area_versions",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("area_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("recast_from_on", sa.Date(), nullable=True),
        sa.Column("known_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_area_versions_partnership_id")
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "area_id"],
            ["areas.partnership_id", "areas.id"],
            name=op.f("fk_area_versions_partnership_id_area_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_area_versions")),
    )
    op.create_index("ix_area_versions_area", "area_versions", ["partnership_id", "area_id"])


def downgrade() -> None:
    op.drop_table("area_versions")
    for table in ("successions", "agency_names"):
        op.drop_column(table, "known_at")
