"""A decision of a meeting may name the measure that it is about."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.add_column("meeting_events", sa.Column("measure", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("meeting_events", "measure")
