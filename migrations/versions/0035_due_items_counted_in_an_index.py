"""What is due is counted in an index alone on PostgreSQL too, whose policies read the id of every row."""

from alembic import op

revision = "0035"
down_revision = "0034"
COVERED = ["partnership_id", "return_code", "period_id", "agency_id", "due_on"]


def upgrade() -> None:
    op.drop_index("ix_due_items_return", table_name="due_items")
    op.create_index("ix_due_items_return", "due_items", [*COVERED, "id"])


def downgrade() -> None:
    op.drop_index("ix_due_items_return", table_name="due_items")
    op.create_index("ix_due_items_return", "due_items", COVERED)
