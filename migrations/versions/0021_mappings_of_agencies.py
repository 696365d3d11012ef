"""Mappings that agencies make themselves, what a partnership no longer offers, and which version read what."""

import sqlalchemy as sa
from alembic import op

from hub.db import UTCDateTime

revision = "0021"
down_revision = "0020"
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "agency_mappings",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("agency_id", BIG_ID, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("return_code", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('saved', 'retired', 'restored')", name=op.f("ck_agency_mappings_kind")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_agency_mappings_agency_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_agency_mappings_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_mappings")),
        sa.UniqueConstraint("code", "sequence", name=op.f("uq_agency_mappings_code_sequence")),
    )
    op.create_index(op.f("ix_agency_mappings_agency_id"), "agency_mappings", ["agency_id"])
    op.create_table(
        "shared_mapping_events",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('retired', 'restored')", name=op.f("ck_shared_mapping_events_kind")),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_shared_mapping_events_partnership_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_shared_mapping_events_person_id")
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_shared_mapping_events")),
    )
    op.create_index("ix_shared_mapping_events_code", "shared_mapping_events", ["partnership_id", "code"])
    op.create_table(
        "mapping_drafts",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("agency_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("return_code", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("sample", sa.Text(), nullable=False),
        sa.Column("choices", sa.Text(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_mapping_drafts_agency_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_mapping_drafts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mapping_drafts")),
    )
    op.create_index(op.f("ix_mapping_drafts_agency_id"), "mapping_drafts", ["agency_id"])
    op.create_table(
        "mapping_uses",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("due_item_id", BIG_ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "due_item_id", "sequence"],
            [
                "submission_events.partnership_id",
                "submission_events.due_item_id",
                "submission_events.sequence",
            ],
            name=op.f("fk_mapping_uses_partnership_id_due_item_id_sequence"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_mapping_uses")),
        sa.UniqueConstraint(
            "partnership_id",
            "due_item_id",
            "sequence",
            name=op.f("uq_mapping_uses_partnership_id_due_item_id_sequence"),
        ),
    )
    op.create_index("ix_mapping_uses_code", "mapping_uses", ["partnership_id", "code"])


def downgrade() -> None:
    for name in ("mapping_uses", "mapping_drafts", "shared_mapping_events", "agency_mappings"):
        op.drop_table(name)
