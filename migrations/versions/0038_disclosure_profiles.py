"""A partnership's own disclosure profiles, by name; empty where it has the deployment's."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"

COLUMNS = ("disclosure_partnership", "disclosure_public")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("partnerships", sa.Column(name, sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("partnerships", name)
