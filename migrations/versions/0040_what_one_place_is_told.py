"""How often persons acted in a partnership of whom only its own readers can be told: what others remember holds."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    op.create_table(
        "partnership_acts",
        sa.Column("partnership_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("partnership_id", name=op.f("pk_partnership_acts")),
    )


def downgrade() -> None:
    op.drop_table("partnership_acts")
