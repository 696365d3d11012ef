"""What people do while an agreement is drafted, agreed, signed and reviewed; texts of agreements are never changed."""

import sqlalchemy as sa
from alembic import op

from hub.db import UTCDateTime

revision = "0022"
down_revision = "0021"
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = (
    "'opened', 'worded', 'agreed', 'proposed', 'accepted', 'declined', 'commented', 'chased', 'disputed', 'settled',"
    " 'put', 'signed', 'papered', 'confirmed', 'rejected', 'assessed', 'acted', 'done'"
)


def upgrade() -> None:
    op.create_table(
        "agreement_events",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("agreement_code", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("part_digest", sa.String(), nullable=False),
        sa.Column("agency_id", BIG_ID, nullable=True),
        sa.Column("about", sa.Integer(), nullable=True),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("words_id", BIG_ID, nullable=True),
        sa.Column("owner_id", BIG_ID, nullable=True),
        sa.Column("on_date", sa.Date(), nullable=True),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("recorded_by", BIG_ID, nullable=True),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_agreement_events_kind")),
        sa.CheckConstraint(
            "kind NOT IN ('confirmed', 'rejected') OR (recorded_by IS NOT NULL AND recorded_by <> person_id)",
            name=op.f("ck_agreement_events_two_persons"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('disputed', 'acted') OR on_date IS NOT NULL", name=op.f("ck_agreement_events_dated")
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "words_id"],
            ["words.partnership_id", "words.id"],
            name=op.f("fk_agreement_events_partnership_id_words_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_agreement_events_partnership_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_agreement_events_person_id")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_agreement_events_agency_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["agencies.id"], name=op.f("fk_agreement_events_owner_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["people.id"], name=op.f("fk_agreement_events_recorded_by")),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_agreement_events")),
        sa.UniqueConstraint(
            "partnership_id",
            "agreement_code",
            "sequence",
            name=op.f("uq_agreement_events_partnership_id_agreement_code_sequence"),
        ),
    )


def downgrade() -> None:
    op.drop_table("agreement_events")
