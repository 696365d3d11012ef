"""What is due and what has come are counted in an index alone."""

from alembic import op

revision = "0002"
down_revision = "0001"
LEADING = ["partnership_id", "return_code", "period_id"]


def upgrade() -> None:
    op.drop_index("ix_due_items_return", table_name="due_items")
    op.create_index("ix_due_items_return", "due_items", [*LEADING, "agency_id", "due_on"])
    op.drop_index("ix_revisions_return", table_name="revisions")
    op.create_index("ix_revisions_return", "revisions", [*LEADING, "agency_id", "number", "position"])


def downgrade() -> None:
    op.drop_index("ix_revisions_return", table_name="revisions")
    op.create_index("ix_revisions_return", "revisions", LEADING)
    op.drop_index("ix_due_items_return", table_name="due_items")
    op.create_index("ix_due_items_return", "due_items", LEADING)
