"""What two persons agree to: more time, exceptions, waivers, reopenings and locks; absences, countersignatures."""

import sqlalchemy as sa
from alembic import op

from hub.db import UTCDateTime

revision = "0005"
down_revision = "0004"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "absences",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("agency_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("deputy_id", BIG_ID, nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("said_by", BIG_ID, nullable=False),
        sa.Column("said_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "deputy_id IS NULL OR deputy_id <> person_id", name=op.f("ck_absences_another_person")
        ),
        sa.CheckConstraint("from_on <= until_on", name=op.f("ck_absences_days")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_absences_agency_id")),
        sa.ForeignKeyConstraint(["deputy_id"], ["people.id"], name=op.f("fk_absences_deputy_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_absences_person_id")),
        sa.ForeignKeyConstraint(["said_by"], ["people.id"], name=op.f("fk_absences_said_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index(op.f("ix_absences_agency_id"), "absences", ["agency_id"], unique=False)
    op.create_table(
        "requests",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("agency_id", BIG_ID, nullable=True),
        sa.Column("due_item_id", BIG_ID, nullable=True),
        sa.Column("return_code", sa.String(), nullable=True),
        sa.Column("rule", sa.String(), nullable=True),
        sa.Column("period_id", sa.Integer(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("reason_id", BIG_ID, nullable=False),
        sa.Column("asked_by", BIG_ID, nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('extension', 'exception', 'waiver', 'reopening', 'lock')", name=op.f("ck_requests_kind")
        ),
        sa.CheckConstraint("until_on IS NOT NULL OR kind = 'lock'", name=op.f("ck_requests_ends")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_requests_agency_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_requests_asked_by")),
        sa.ForeignKeyConstraint(
            ["partnership_id", "due_item_id"],
            ["due_items.partnership_id", "due_items.id"],
            name=op.f("fk_requests_partnership_id_due_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "reason_id"],
            ["words.partnership_id", "words.id"],
            name=op.f("fk_requests_partnership_id_reason_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_requests_partnership_id")
        ),
        sa.ForeignKeyConstraint(["period_id"], ["periods.id"], name=op.f("fk_requests_period_id")),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_requests")),
        sa.UniqueConstraint(
            "partnership_id", "id", "asked_by", name=op.f("uq_requests_partnership_id_id_asked_by")
        ),
    )
    op.create_index("ix_requests_due_item", "requests", ["partnership_id", "due_item_id"], unique=False)
    op.create_index("ix_requests_kind", "requests", ["partnership_id", "kind", "agency_id"], unique=False)
    op.create_table(
        "countersignatures",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("revision_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "revision_id"],
            ["revisions.partnership_id", "revisions.id"],
            name=op.f("fk_countersignatures_partnership_id_revision_id"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_countersignatures_person_id")),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_countersignatures")),
        sa.UniqueConstraint(
            "partnership_id", "revision_id", name=op.f("uq_countersignatures_partnership_id_revision_id")
        ),
    )
    op.create_table(
        "request_answers",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("request_id", BIG_ID, nullable=False),
        sa.Column("asked_by", BIG_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("words_id", BIG_ID, nullable=True),
        sa.CheckConstraint(
            "(kind = 'ended') = (number = 2) AND number IN (1, 2)", name=op.f("ck_request_answers_number")
        ),
        sa.CheckConstraint(
            "kind <> 'granted' OR person_id <> asked_by", name=op.f("ck_request_answers_two_persons")
        ),
        sa.CheckConstraint(
            "kind IN ('granted', 'refused', 'withdrawn', 'ended')", name=op.f("ck_request_answers_kind")
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "request_id", "asked_by"],
            ["requests.partnership_id", "requests.id", "requests.asked_by"],
            name=op.f("fk_request_answers_partnership_id_request_id_asked_by"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "words_id"],
            ["words.partnership_id", "words.id"],
            name=op.f("fk_request_answers_partnership_id_words_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_request_answers_partnership_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_request_answers_person_id")),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_request_answers")),
        sa.UniqueConstraint(
            "partnership_id", "position", name=op.f("uq_request_answers_partnership_id_position")
        ),
        sa.UniqueConstraint(
            "partnership_id",
            "request_id",
            "number",
            name=op.f("uq_request_answers_partnership_id_request_id_number"),
        ),
    )
    op.create_index(
        "ix_request_answers_at", "request_answers", ["partnership_id", "at", "position"], unique=False
    )
    op.create_table(
        "revision_waivers",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("revision_id", BIG_ID, nullable=False),
        sa.Column("request_id", BIG_ID, nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "request_id"],
            ["requests.partnership_id", "requests.id"],
            name=op.f("fk_revision_waivers_partnership_id_request_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "revision_id"],
            ["revisions.partnership_id", "revisions.id"],
            name=op.f("fk_revision_waivers_partnership_id_revision_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_revision_waivers")),
        sa.UniqueConstraint(
            "partnership_id",
            "revision_id",
            "request_id",
            name=op.f("uq_revision_waivers_partnership_id_revision_id_request_id"),
        ),
    )
    op.create_table(
        "sent_back_parts",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("event_id", BIG_ID, nullable=False),
        sa.Column("breakdown", sa.String(), nullable=False),
        sa.Column("figure", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "event_id"],
            ["submission_events.partnership_id", "submission_events.id"],
            name=op.f("fk_sent_back_parts_partnership_id_event_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_sent_back_parts")),
        sa.UniqueConstraint(
            "partnership_id",
            "event_id",
            "breakdown",
            "figure",
            name=op.f("uq_sent_back_parts_partnership_id_event_id_breakdown_figure"),
        ),
    )


def downgrade() -> None:
    op.drop_table("sent_back_parts")
    op.drop_table("revision_waivers")
    op.drop_index("ix_request_answers_at", table_name="request_answers")
    op.drop_table("request_answers")
    op.drop_table("countersignatures")
    op.drop_index("ix_requests_kind", table_name="requests")
    op.drop_index("ix_requests_due_item", table_name="requests")
    op.drop_table("requests")
    op.drop_index(op.f("ix_absences_agency_id"), table_name="absences")
    op.drop_table("absences")
