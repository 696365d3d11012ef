"""Which tables keep history, and which rows belong to a partnership: what the triggers and policies are made from."""

from __future__ import annotations

from sqlalchemy import Table, UniqueConstraint

from hub.db import Base

# Rows that are never changed nor removed, whoever asks.
APPEND_ONLY = (
    "agency_mappings",
    "agreement_events",
    "agreement_versions",
    "area_versions",
    "audit_entries",
    "challenge_events",
    "challenges",
    "comparison_terms",
    "correction_events",
    "correction_requests",
    "countersignatures",
    "definition_versions",
    "dimension_members",
    "dimension_sets",
    "explanations",
    "funding_dispute_events",
    "group_versions",
    "judgements",
    "local_codes",
    "mapping_uses",
    "matter_events",
    "measure_notes",
    "measure_versions",
    "meeting_events",
    "meetings",
    "membership_versions",
    "office_paper_texts",
    "office_papers",
    "pack_seals",
    "pack_texts",
    "pack_withdrawals",
    "packs",
    "public_tables",
    "register_cells",
    "request_answers",
    "requests",
    "revision_hands",
    "revision_waivers",
    "revisions",
    "sent_back_parts",
    "shared_mapping_events",
    "signed_documents",
    "submission_events",
    "verdict_remarks",
)
# Rows with one change that is allowed: facts are closed once, reports confirmed once, words are blanked by the
# retention job, heads move forwards.
WITH_ONE_CHANGE = ("audit_chains", "facts", "ledger_heads", "milestone_reports", "words")

GUARDED = (*APPEND_ONLY, *WITH_ONE_CHANGE)

# A person's grants are read before it is known which partnerships they may see.
UNSCOPED = ("grants",)
# Who belongs to what, and where a ledger stands, is no secret: published figures of other places need it.
KNOWN_TO_ALL = (
    "area_versions",
    "areas",
    "ledger_heads",
    "membership_versions",
    "memberships",
    "partnership_acts",
    "partnership_regions",
)
# Rows of an agency wherever it takes part: seen with any partnership that it is or was a member of.
OF_AGENCIES = ("agency_mappings", "mapping_drafts")

REFUSAL = "hub: history is never changed or removed"


def tables(names: tuple[str, ...]) -> list[Table]:
    """The tables of those names that the code in use declares."""
    return [Base.metadata.tables[name] for name in names if name in Base.metadata.tables]


def scoped() -> list[Table]:
    """Every table whose rows belong to one partnership."""
    return [
        table
        for table in Base.metadata.sorted_tables
        if "partnership_id" in table.c and table.name not in UNSCOPED
    ]


def unique_keys(table: Table) -> list[tuple[str, ...]]:
    """The column sets by which a row could be replaced."""
    keys = [tuple(column.name for column in table.primary_key)]
    keys += [
        tuple(column.name for column in constraint.columns)
        for constraint in table.constraints
        if isinstance(constraint, UniqueConstraint)
    ]
    return sorted(set(keys))


def partitioned() -> list[Table]:
    return [
        table for table in Base.metadata.sorted_tables if table.dialect_options["postgresql"]["partition_by"]
    ]
