"""The foundation: partners, definitions, calendar, drafts, the ledger and the audit chain."""

import sqlalchemy as sa
from alembic import op

from hub.db import UTCDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite gives rowids to INTEGER keys only.
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PARTITIONED, PARTITIONS = ("area_now", "facts"), 8


def upgrade() -> None:
    op.create_table(
        "agencies",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("invented", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agencies")),
        sa.UniqueConstraint("code", name=op.f("uq_agencies_code")),
    )
    op.create_table(
        "area_now",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("figure_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("area_id", BIG_ID, nullable=False),
        sa.Column("dimension_set_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("partial", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("not_due", sa.Integer(), nullable=False),
        sa.Column("hidden", sa.Integer(), nullable=False),
        sa.Column("not_available", sa.Integer(), nullable=False),
        sa.Column("not_applicable", sa.Integer(), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "partnership_id",
            "figure_id",
            "period_id",
            "area_id",
            "dimension_set_id",
            name=op.f("pk_area_now"),
        ),
        postgresql_partition_by="HASH (partnership_id)",
    )
    op.create_table(
        "audit_chains",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_chains")),
    )
    op.create_table(
        "audit_entries",
        sa.Column("chain_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("chain_id", "sequence", name=op.f("pk_audit_entries")),
    )
    op.create_index(
        "ix_audit_entries_partnership", "audit_entries", ["partnership_id", "sequence"], unique=False
    )
    op.create_table(
        "definition_versions",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("known_from", UTCDateTime(), nullable=False),
        sa.CheckConstraint("status IN ('draft', 'live')", name=op.f("ck_definition_versions_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definition_versions")),
        sa.UniqueConstraint(
            "kind", "code", "version", "digest", name=op.f("uq_definition_versions_kind_code_version_digest")
        ),
    )
    op.create_table(
        "deployment",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_deployment")),
    )
    op.create_table(
        "dimension_sets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("canonical", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dimension_sets")),
        sa.UniqueConstraint("canonical", name=op.f("uq_dimension_sets_canonical")),
    )
    op.create_table(
        "figures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("return_code", sa.String(), nullable=False),
        sa.Column("breakdown", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figures")),
        sa.UniqueConstraint(
            "return_code", "breakdown", "name", name=op.f("uq_figures_return_code_breakdown_name")
        ),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("principal", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_digest", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("principal", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_table(
        "measure_versions",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("known_from", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure_versions")),
        sa.UniqueConstraint("code", "known_from", name=op.f("uq_measure_versions_code_known_from")),
    )
    op.create_table(
        "people",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("disabled_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
    )
    op.create_table(
        "periods",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_periods")),
        sa.UniqueConstraint("code", name=op.f("uq_periods_code")),
    )
    op.create_table(
        "regions",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("oversight_body", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regions")),
        sa.UniqueConstraint("code", name=op.f("uq_regions_code")),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("subject_digest", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
    )
    op.create_index(
        op.f("ix_sign_in_attempts_subject_digest"), "sign_in_attempts", ["subject_digest"], unique=False
    )
    op.create_table(
        "accounts",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("disabled_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('local', 'oidc')", name=op.f("ck_accounts_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_accounts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_accounts_issuer_subject")),
    )
    op.create_table(
        "agency_codes",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("agency_id", BIG_ID, nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_agency_codes_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_codes")),
        sa.UniqueConstraint("scheme", "code", name=op.f("uq_agency_codes_scheme_code")),
    )
    op.create_table(
        "agency_names",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("agency_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_agency_names_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_names")),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("agency_id", BIG_ID, nullable=False),
        sa.Column("owner_person_id", BIG_ID, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_api_keys_agency_id")),
        sa.ForeignKeyConstraint(["owner_person_id"], ["people.id"], name=op.f("fk_api_keys_owner_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_keys_digest")),
    )
    op.create_table(
        "dimension_members",
        sa.Column("dimension_set_id", sa.Integer(), nullable=False),
        sa.Column("dimension", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dimension_set_id"], ["dimension_sets.id"], name=op.f("fk_dimension_members_dimension_set_id")
        ),
        sa.PrimaryKeyConstraint("dimension_set_id", "dimension", name=op.f("pk_dimension_members")),
    )
    op.create_index("ix_dimension_members_code", "dimension_members", ["dimension", "code"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_invitations_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_invitations_token_digest")),
    )
    op.create_table(
        "partnerships",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("council_agency_id", BIG_ID, nullable=True),
        sa.Column("illustrative", sa.Boolean(), nullable=False),
        sa.Column("clock_at", UTCDateTime(), nullable=True),
        sa.Column("clock_set_at", UTCDateTime(), nullable=True),
        sa.Column("contact_name", sa.String(), nullable=False),
        sa.Column("contact_email", sa.String(), nullable=False),
        sa.Column("shares", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["council_agency_id"], ["agencies.id"], name=op.f("fk_partnerships_council_agency_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partnerships")),
        sa.UniqueConstraint("code", name=op.f("uq_partnerships_code")),
    )
    op.create_table(
        "retention_runs",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("asked_by", BIG_ID, nullable=False),
        sa.Column("agreed_by", BIG_ID, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("asked_by <> agreed_by", name=op.f("ck_retention_runs_two_persons")),
        sa.ForeignKeyConstraint(["agreed_by"], ["people.id"], name=op.f("fk_retention_runs_agreed_by")),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_retention_runs_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_runs")),
    )
    op.create_table(
        "successions",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("from_agency_id", BIG_ID, nullable=False),
        sa.Column("to_agency_id", BIG_ID, nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["from_agency_id"], ["agencies.id"], name=op.f("fk_successions_from_agency_id")
        ),
        sa.ForeignKeyConstraint(["to_agency_id"], ["agencies.id"], name=op.f("fk_successions_to_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_successions")),
        sa.UniqueConstraint(
            "from_agency_id", "to_agency_id", name=op.f("uq_successions_from_agency_id_to_agency_id")
        ),
    )
    op.create_table(
        "agreement_versions",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("known_from", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_agreement_versions_partnership_id")
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_agreement_versions")),
        sa.UniqueConstraint(
            "partnership_id",
            "code",
            "version",
            "digest",
            name=op.f("uq_agreement_versions_partnership_id_code_version_digest"),
        ),
    )
    op.create_table(
        "areas",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("recast_from_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_areas_partnership_id")
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_areas")),
        sa.UniqueConstraint("partnership_id", "code", name=op.f("uq_areas_partnership_id_code")),
    )
    op.create_table(
        "due_items",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("agency_id", BIG_ID, nullable=False),
        sa.Column("return_code", sa.String(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_due_items_agency_id")),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_due_items_partnership_id")
        ),
        sa.ForeignKeyConstraint(["period_id"], ["periods.id"], name=op.f("fk_due_items_period_id")),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_due_items")),
        sa.UniqueConstraint(
            "partnership_id",
            "agency_id",
            "return_code",
            "period_id",
            name=op.f("uq_due_items_partnership_id_agency_id_return_code_period_id"),
        ),
    )
    op.create_index(
        "ix_due_items_return", "due_items", ["partnership_id", "return_code", "period_id"], unique=False
    )
    op.create_table(
        "grants",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("agency_id", BIG_ID, nullable=True),
        sa.Column("partnership_id", sa.Integer(), nullable=True),
        sa.Column("region_id", BIG_ID, nullable=True),
        sa.Column("from_at", UTCDateTime(), nullable=False),
        sa.Column("until_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("proposed_by", BIG_ID, nullable=True),
        sa.Column("approved_by", BIG_ID, nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_grants_agency_id")),
        sa.ForeignKeyConstraint(["approved_by"], ["people.id"], name=op.f("fk_grants_approved_by")),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_grants_partnership_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_grants_person_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["people.id"], name=op.f("fk_grants_proposed_by")),
        sa.ForeignKeyConstraint(["region_id"], ["regions.id"], name=op.f("fk_grants_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
    )
    op.create_index(op.f("ix_grants_person_id"), "grants", ["person_id"], unique=False)
    op.create_table(
        "ledger_heads",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("signed_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_ledger_heads_partnership_id")
        ),
        sa.PrimaryKeyConstraint("partnership_id", name=op.f("pk_ledger_heads")),
    )
    op.create_table(
        "memberships",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("agency_id", BIG_ID, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_memberships_agency_id")),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_memberships_partnership_id")
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_memberships")),
        sa.UniqueConstraint(
            "partnership_id",
            "agency_id",
            "from_on",
            name=op.f("uq_memberships_partnership_id_agency_id_from_on"),
        ),
    )
    op.create_table(
        "milestone_reports",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("agreement_code", sa.String(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=False),
        sa.Column("agency_id", BIG_ID, nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("written_by", BIG_ID, nullable=False),
        sa.Column("written_at", UTCDateTime(), nullable=False),
        sa.Column("confirmed_by", BIG_ID, nullable=True),
        sa.Column("confirmed_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR confirmed_by <> written_by",
            name=op.f("ck_milestone_reports_two_persons"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_milestone_reports_agency_id")),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["people.id"], name=op.f("fk_milestone_reports_confirmed_by")
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_milestone_reports_partnership_id")
        ),
        sa.ForeignKeyConstraint(["written_by"], ["people.id"], name=op.f("fk_milestone_reports_written_by")),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_milestone_reports")),
    )
    op.create_table(
        "partnership_regions",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("region_id", BIG_ID, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_partnership_regions_partnership_id")
        ),
        sa.ForeignKeyConstraint(["region_id"], ["regions.id"], name=op.f("fk_partnership_regions_region_id")),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_partnership_regions")),
    )
    op.create_table(
        "sign_in_sessions",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("csrf_secret", sa.String(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("stepped_up_at", UTCDateTime(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("device", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_sign_in_sessions_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_sessions")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_sign_in_sessions_token_digest")),
    )
    op.create_index(op.f("ix_sign_in_sessions_account_id"), "sign_in_sessions", ["account_id"], unique=False)
    op.create_table(
        "words",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_words_partnership_id")
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_words")),
    )
    op.create_table(
        "drafts",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("definition_version_id", BIG_ID, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("explanations", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_version_id"],
            ["definition_versions.id"],
            name=op.f("fk_drafts_definition_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "id"],
            ["due_items.partnership_id", "due_items.id"],
            name=op.f("fk_drafts_partnership_id_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_drafts")),
    )
    op.create_table(
        "revisions",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("due_item_id", BIG_ID, nullable=False),
        sa.Column("agency_id", BIG_ID, nullable=False),
        sa.Column("return_code", sa.String(), nullable=False),
        sa.Column("definition_version_id", BIG_ID, nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("signed_at", UTCDateTime(), nullable=False),
        sa.Column("signed_by", BIG_ID, nullable=False),
        sa.Column("prepared_by", BIG_ID, nullable=False),
        sa.Column("single_signature", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("reason_id", BIG_ID, nullable=True),
        sa.Column("supersedes_id", BIG_ID, nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("nil", sa.Boolean(), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "signed_by <> prepared_by OR single_signature", name=op.f("ck_revisions_four_eyes")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_revisions_agency_id")),
        sa.ForeignKeyConstraint(
            ["definition_version_id"],
            ["definition_versions.id"],
            name=op.f("fk_revisions_definition_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "due_item_id"],
            ["due_items.partnership_id", "due_items.id"],
            name=op.f("fk_revisions_partnership_id_due_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "reason_id"],
            ["words.partnership_id", "words.id"],
            name=op.f("fk_revisions_partnership_id_reason_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "supersedes_id"],
            ["revisions.partnership_id", "revisions.id"],
            name=op.f("fk_revisions_partnership_id_supersedes_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_revisions_partnership_id")
        ),
        sa.ForeignKeyConstraint(["period_id"], ["periods.id"], name=op.f("fk_revisions_period_id")),
        sa.ForeignKeyConstraint(["prepared_by"], ["people.id"], name=op.f("fk_revisions_prepared_by")),
        sa.ForeignKeyConstraint(["signed_by"], ["people.id"], name=op.f("fk_revisions_signed_by")),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_revisions")),
        sa.UniqueConstraint(
            "partnership_id",
            "due_item_id",
            "number",
            name=op.f("uq_revisions_partnership_id_due_item_id_number"),
        ),
        sa.UniqueConstraint("partnership_id", "position", name=op.f("uq_revisions_partnership_id_position")),
    )
    op.create_index(
        "ix_revisions_return", "revisions", ["partnership_id", "return_code", "period_id"], unique=False
    )
    op.create_index(
        "ix_revisions_signed", "revisions", ["partnership_id", "signed_at", "position"], unique=False
    )
    op.create_index("ix_revisions_supersedes", "revisions", ["partnership_id", "supersedes_id"], unique=False)
    op.create_table(
        "explanations",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("revision_id", BIG_ID, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=True),
        sa.Column("field", sa.String(), nullable=True),
        sa.Column("message_id", BIG_ID, nullable=False),
        sa.Column("words_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "message_id"],
            ["words.partnership_id", "words.id"],
            name=op.f("fk_explanations_partnership_id_message_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "revision_id"],
            ["revisions.partnership_id", "revisions.id"],
            name=op.f("fk_explanations_partnership_id_revision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "words_id"],
            ["words.partnership_id", "words.id"],
            name=op.f("fk_explanations_partnership_id_words_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_explanations")),
    )
    op.create_table(
        "facts",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("revision_id", BIG_ID, nullable=False),
        sa.Column("figure_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", BIG_ID, nullable=False),
        sa.Column("area_id", BIG_ID, nullable=False),
        sa.Column("dimension_set_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("known_from", sa.BigInteger(), nullable=False),
        sa.Column("known_until", sa.BigInteger(), nullable=True),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(value IS NOT NULL) = (state IN (0, 1, 2))", name=op.f("ck_facts_value_with_state")
        ),
        sa.ForeignKeyConstraint(
            ["dimension_set_id"], ["dimension_sets.id"], name=op.f("fk_facts_dimension_set_id")
        ),
        sa.ForeignKeyConstraint(["figure_id"], ["figures.id"], name=op.f("fk_facts_figure_id")),
        sa.ForeignKeyConstraint(
            ["partnership_id", "revision_id"],
            ["revisions.partnership_id", "revisions.id"],
            name=op.f("fk_facts_partnership_id_revision_id"),
        ),
        sa.ForeignKeyConstraint(["period_id"], ["periods.id"], name=op.f("fk_facts_period_id")),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_facts")),
        postgresql_partition_by="HASH (partnership_id)",
    )
    op.create_index(
        "ix_facts_read",
        "facts",
        [
            "partnership_id",
            "figure_id",
            "period_id",
            "dimension_set_id",
            "area_id",
            "agency_id",
            "value",
            "state",
            "known_from",
            "known_until",
        ],
        unique=False,
    )
    op.create_index("ix_facts_revision", "facts", ["partnership_id", "revision_id"], unique=False)
    op.create_table(
        "revision_hands",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("revision_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "revision_id"],
            ["revisions.partnership_id", "revisions.id"],
            name=op.f("fk_revision_hands_partnership_id_revision_id"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_revision_hands_person_id")),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_revision_hands")),
        sa.UniqueConstraint(
            "partnership_id",
            "revision_id",
            "person_id",
            name=op.f("uq_revision_hands_partnership_id_revision_id_person_id"),
        ),
    )
    op.create_table(
        "signed_documents",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("revision_id", BIG_ID, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "revision_id"],
            ["revisions.partnership_id", "revisions.id"],
            name=op.f("fk_signed_documents_partnership_id_revision_id"),
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_signed_documents")),
        sa.UniqueConstraint(
            "partnership_id", "revision_id", name=op.f("uq_signed_documents_partnership_id_revision_id")
        ),
    )
    op.create_table(
        "submission_events",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("due_item_id", BIG_ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("words_id", BIG_ID, nullable=True),
        sa.Column("revision_id", BIG_ID, nullable=True),
        sa.CheckConstraint(
            "status IN ('draft', 'sent', 'sent_back', 'signed')", name=op.f("ck_submission_events_status")
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "due_item_id"],
            ["due_items.partnership_id", "due_items.id"],
            name=op.f("fk_submission_events_partnership_id_due_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "revision_id"],
            ["revisions.partnership_id", "revisions.id"],
            name=op.f("fk_submission_events_partnership_id_revision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "words_id"],
            ["words.partnership_id", "words.id"],
            name=op.f("fk_submission_events_partnership_id_words_id"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_submission_events_person_id")),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_submission_events")),
        sa.UniqueConstraint(
            "partnership_id",
            "due_item_id",
            "sequence",
            name=op.f("uq_submission_events_partnership_id_due_item_id_sequence"),
        ),
    )
    # The empty dimension set, which every figure that is not broken down points to.
    op.execute("INSERT INTO dimension_sets (id, canonical) VALUES (0, '{}')")
    if op.get_bind().dialect.name == "postgresql":
        for table in PARTITIONED:
            for number in range(PARTITIONS):
                op.execute(
                    f"CREATE TABLE {table}_{number} PARTITION OF {table} "
                    f"FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {number})"
                )


def downgrade() -> None:
    op.drop_table("submission_events")
    op.drop_table("signed_documents")
    op.drop_table("revision_hands")
    op.drop_index("ix_facts_revision", table_name="facts")
    op.drop_index("ix_facts_read", table_name="facts")
    op.drop_table("facts")
    op.drop_table("explanations")
    op.drop_index("ix_revisions_supersedes", table_name="revisions")
    op.drop_index("ix_revisions_signed", table_name="revisions")
    op.drop_index("ix_revisions_return", table_name="revisions")
    op.drop_table("revisions")
    op.drop_table("drafts")
    op.drop_table("words")
    op.drop_index(op.f("ix_sign_in_sessions_account_id"), table_name="sign_in_sessions")
    op.drop_table("sign_in_sessions")
    op.drop_table("partnership_regions")
    op.drop_table("milestone_reports")
    op.drop_table("memberships")
    op.drop_table("ledger_heads")
    op.drop_index(op.f("ix_grants_person_id"), table_name="grants")
    op.drop_table("grants")
    op.drop_index("ix_due_items_return", table_name="due_items")
    op.drop_table("due_items")
    op.drop_table("areas")
    op.drop_table("agreement_versions")
    op.drop_table("successions")
    op.drop_table("retention_runs")
    op.drop_table("partnerships")
    op.drop_table("invitations")
    op.drop_index("ix_dimension_members_code", table_name="dimension_members")
    op.drop_table("dimension_members")
    op.drop_table("api_keys")
    op.drop_table("agency_names")
    op.drop_table("agency_codes")
    op.drop_table("accounts")
    op.drop_index(op.f("ix_sign_in_attempts_subject_digest"), table_name="sign_in_attempts")
    op.drop_table("sign_in_attempts")
    op.drop_table("regions")
    op.drop_table("periods")
    op.drop_table("people")
    op.drop_table("measure_versions")
    op.drop_table("idempotency_keys")
    op.drop_table("figures")
    op.drop_table("dimension_sets")
    op.drop_table("deployment")
    op.drop_table("definition_versions")
    op.drop_index("ix_audit_entries_partnership", table_name="audit_entries")
    op.drop_table("audit_entries")
    op.drop_table("audit_chains")
    op.drop_table("area_now")
    op.drop_table("agencies")
