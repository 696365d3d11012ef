"""A draft agreement has many texts, each with its moment; meetings that an agreement speaks of are recorded beside it."""

import sqlalchemy as sa
from alembic import op

from hub.db import UTCDateTime

revision = "0019"
down_revision = "0018"
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ONE_TEXT = "uq_agreement_versions_partnership_id_code_version_digest"


def upgrade() -> None:
    with op.batch_alter_table("agreement_versions") as table:
        table.drop_constraint(ONE_TEXT, type_="unique")
    op.create_index("ix_agreement_versions_code", "agreement_versions", ["partnership_id", "code", "version"])
    op.create_table(
        "meeting_records",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("agreement_code", sa.String(), nullable=False),
        sa.Column("group_code", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("invited", sa.String(), nullable=False),
        sa.Column("present", sa.String(), nullable=False),
        sa.Column("written_by", BIG_ID, nullable=False),
        sa.Column("written_at", UTCDateTime(), nullable=False),
        sa.Column("confirmed_by", BIG_ID, nullable=True),
        sa.Column("confirmed_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR confirmed_by <> written_by", name=op.f("ck_meeting_records_two_persons")
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_meeting_records_partnership_id")
        ),
        sa.ForeignKeyConstraint(["written_by"], ["people.id"], name=op.f("fk_meeting_records_written_by")),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["people.id"], name=op.f("fk_meeting_records_confirmed_by")
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_meeting_records")),
        sa.UniqueConstraint(
            "partnership_id",
            "agreement_code",
            "group_code",
            "held_on",
            name=op.f("uq_meeting_records_partnership_id_agreement_code_group_code_held_on"),
        ),
    )


def downgrade() -> None:
    op.drop_table("meeting_records")
    op.drop_index("ix_agreement_versions_code", "agreement_versions")
    with op.batch_alter_table("agreement_versions") as table:
        table.create_unique_constraint(ONE_TEXT, ["partnership_id", "code", "version", "digest"])
