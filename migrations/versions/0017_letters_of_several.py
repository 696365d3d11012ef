"""Of how many partnerships a letter tells: asked by whoever may see the notices of one alone."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    with op.batch_alter_table("letters") as table:
        table.add_column(sa.Column("partnerships", sa.Integer(), nullable=False, server_default="1"))
    op.execute(
        "UPDATE letters SET partnerships = (SELECT count(DISTINCT partnership_id) FROM notices"
        " WHERE notices.letter_id = letters.id)"
    )


def downgrade() -> None:
    with op.batch_alter_table("letters") as table:
        table.drop_column("partnerships")
