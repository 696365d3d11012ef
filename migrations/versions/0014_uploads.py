"""What became of an uploaded file, and what is held of it while its sender is asked."""

import sqlalchemy as sa
from alembic import op

from hub.db import UTCDateTime

revision = "0014"
down_revision = "0013"
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("return_code", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("file_digest", sa.String(), nullable=False),
        sa.Column("mapping", sa.String(), nullable=False),
        sa.Column("take_hidden", sa.Boolean(), nullable=False),
        sa.Column("sure", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("job_id", BIG_ID, nullable=True),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('reading', 'asking', 'refused', 'kept', 'repeated', 'dropped')",
            name=op.f("ck_uploads_state"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_uploads_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    op.create_index("ix_uploads_file", "uploads", ["file_digest", "return_code"])
    op.create_index("ix_uploads_person", "uploads", ["person_id", "state"])
    op.create_table(
        "upload_held",
        sa.Column("upload_id", BIG_ID, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name=op.f("fk_upload_held_upload_id")),
        sa.PrimaryKeyConstraint("upload_id", name=op.f("pk_upload_held")),
    )
    op.create_table(
        "upload_submissions",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("upload_id", BIG_ID, nullable=False),
        sa.Column("due_item_id", BIG_ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name=op.f("fk_upload_submissions_upload_id")),
        sa.ForeignKeyConstraint(
            ["partnership_id", "due_item_id"],
            ["due_items.partnership_id", "due_items.id"],
            name=op.f("fk_upload_submissions_partnership_id"),
        ),
        sa.PrimaryKeyConstraint(
            "partnership_id", "upload_id", "due_item_id", name=op.f("pk_upload_submissions")
        ),
    )
    op.create_index("ix_upload_submissions_upload", "upload_submissions", ["upload_id"])


def downgrade() -> None:
    op.drop_table("upload_submissions")
    op.drop_table("upload_held")
    op.drop_table("uploads")
