"""The foundation: partners, definitions, calendar, drafts, the ledger and the audit chain."""

from alembic import op

from hub.models import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())


def downgrade() -> None:
    metadata.drop_all(op.get_bind())
