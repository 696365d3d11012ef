"""A matter between two sides can be about one area: 0 is the whole place, as in facts."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = ["partnership_id", "measure", "sender_id", "period_id"]


def upgrade() -> None:
    with op.batch_alter_table("matter_events") as table:
        table.add_column(sa.Column("area_id", BIG_ID, nullable=False, server_default="0"))
        table.drop_constraint("uq_matter_events_sequence", type_="unique")
        table.create_unique_constraint("uq_matter_events_sequence", [*KEY, "area_id", "sequence"])
    with op.batch_alter_table("matter_events") as table:
        table.alter_column("area_id", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("matter_events") as table:
        table.drop_constraint("uq_matter_events_sequence", type_="unique")
        table.drop_column("area_id")
        table.create_unique_constraint("uq_matter_events_sequence", [*KEY, "sequence"])
