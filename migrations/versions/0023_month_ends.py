"""What verdicts said at the end of each month, kept so that it is worked out once."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "month_ends",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("agreement_code", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("stamp", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_month_ends_partnership_id")
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_month_ends")),
        sa.UniqueConstraint(
            "partnership_id",
            "agreement_code",
            "day",
            name=op.f("uq_month_ends_partnership_id_agreement_code_day"),
        ),
    )


def downgrade() -> None:
    op.drop_table("month_ends")
