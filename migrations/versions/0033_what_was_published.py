"""An index of what was published: the policies of PostgreSQL ask for it with every query of what is due."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.create_index(
        "ix_revisions_published",
        "revisions",
        ["partnership_id", "due_item_id"],
        postgresql_where=sa.text("published"),
        sqlite_where=sa.text("published"),
    )


def downgrade() -> None:
    op.drop_index("ix_revisions_published", table_name="revisions")
