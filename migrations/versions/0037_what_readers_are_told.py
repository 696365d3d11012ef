"""Where the chain stood when readers last could have been told something new: acts on drafts leave it."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    op.add_column("audit_chains", sa.Column("told", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("audit_chains", "told")
