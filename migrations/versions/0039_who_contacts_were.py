"""Who was an agency's contact from when until when."""

import sqlalchemy as sa
from alembic import op

from hub.db import UTCDateTime

revision = "0039"
down_revision = "0038"
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "agency_contact_names",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("from_at", UTCDateTime(), nullable=True),
        sa.Column("until_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_agency_contact_names_partnership_id")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_agency_contact_names_agency_id")
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_agency_contact_names")),
    )
    op.create_index(
        "ix_agency_contact_names_partnership_id_kind",
        "agency_contact_names",
        ["partnership_id", "kind", "agency_id"],
    )


def downgrade() -> None:
    op.drop_table("agency_contact_names")
