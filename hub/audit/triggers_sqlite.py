# ruff: noqa: S608  (the names in these statements are our own tables)
"""SQLite's refusals. `INSERT OR REPLACE` walks past UPDATE and DELETE triggers, so inserts are guarded too."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, Table, text

from hub.audit.guarded import APPEND_ONLY, GUARDED, REFUSAL, tables, unique_keys

# What an UPDATE must look like to pass, for the tables that allow one.
_UNCHANGED_BUT = {
    "facts": ("known_until",),
    "milestone_reports": ("confirmed_by", "confirmed_at"),
    "words": ("body",),
}
_PASSES = {
    "facts": (
        "OLD.known_until IS NULL AND EXISTS (SELECT 1 FROM revisions r WHERE r.partnership_id = OLD.partnership_id"
        " AND r.position = NEW.known_until AND r.supersedes_id = OLD.revision_id)"
    ),
    "milestone_reports": (
        "OLD.confirmed_by IS NULL AND NEW.confirmed_by IS NOT NULL AND NEW.confirmed_at IS NOT NULL"
    ),
    "words": "NEW.body IS NULL AND EXISTS (SELECT 1 FROM retention_runs WHERE ended_at IS NULL)",
    "ledger_heads": "NEW.partnership_id = OLD.partnership_id AND NEW.position >= OLD.position",
    "audit_chains": "NEW.id = OLD.id AND NEW.origin = OLD.origin AND NEW.sequence > OLD.sequence",
}

PERSONS = {
    "hub_revision_hands_persons": (
        "CREATE TRIGGER hub_revision_hands_persons BEFORE INSERT ON revision_hands WHEN EXISTS ("
        "SELECT 1 FROM revisions r WHERE r.partnership_id = NEW.partnership_id AND r.id = NEW.revision_id"
        " AND r.signed_by = NEW.person_id AND NOT r.single_signature)"
        " BEGIN SELECT RAISE(ABORT, 'hub: the signer has touched the data'); END"
    ),
    "hub_revisions_persons": (
        "CREATE TRIGGER hub_revisions_persons BEFORE INSERT ON revisions WHEN NOT NEW.single_signature AND EXISTS ("
        "SELECT 1 FROM submission_events e WHERE e.partnership_id = NEW.partnership_id"
        " AND e.due_item_id = NEW.due_item_id AND e.person_id = NEW.signed_by"
        " AND e.kind IN ('saved', 'uploaded', 'explained', 'withdrawn') AND e.sequence > ("
        "SELECT coalesce(max(s.sequence), 0) FROM submission_events s WHERE s.partnership_id = NEW.partnership_id"
        " AND s.due_item_id = NEW.due_item_id AND s.kind = 'signed'))"
        " BEGIN SELECT RAISE(ABORT, 'hub: the signer has touched the data'); END"
    ),
}


def declared(present: Collection[str] = GUARDED) -> dict[str, str]:
    """Every trigger of the tables that are there, by its name, as SQLite stores it."""
    triggers = dict(PERSONS)
    for table in tables(GUARDED):
        if table.name in present:
            triggers.update(_of_table(table))
    return triggers


def _of_table(table: Table) -> dict[str, str]:
    name = table.name
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL} ({name})'); END"
    same = " OR ".join(
        "(" + " AND ".join(f"{column} = NEW.{column}" for column in key) + ")" for key in unique_keys(table)
    )
    return {
        f"hub_{name}_update": f"CREATE TRIGGER hub_{name}_update BEFORE UPDATE ON {name}{_when(table)} {refuse}",
        f"hub_{name}_delete": f"CREATE TRIGGER hub_{name}_delete BEFORE DELETE ON {name} {refuse}",
        f"hub_{name}_replace": (
            f"CREATE TRIGGER hub_{name}_replace BEFORE INSERT ON {name}"
            f" WHEN EXISTS (SELECT 1 FROM {name} WHERE {same} OR rowid = NEW.rowid) {refuse}"
        ),
    }


def _when(table: Table) -> str:
    if table.name in APPEND_ONLY:
        return ""
    passes = _PASSES[table.name]
    if table.name in _UNCHANGED_BUT:
        others = [column.name for column in table.c if column.name not in _UNCHANGED_BUT[table.name]]
        passes = " AND ".join([passes, *(f"NEW.{column} IS OLD.{column}" for column in others)])
    return f" WHEN NOT coalesce(({passes}), 0)"


def installed(connection: Connection) -> dict[str, str]:
    rows = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'hub\\_%' ESCAPE '\\'")
    )
    return {name: sql for name, sql in rows}


def remove(connection: Connection) -> None:
    for name in installed(connection):
        connection.exec_driver_sql(f"DROP TRIGGER {name}")


def install(connection: Connection, present: Collection[str]) -> None:
    remove(connection)
    for sql in declared(present).values():
        connection.exec_driver_sql(sql)


def faults(connection: Connection) -> list[str]:
    """What is missing, changed or not ours, each as a sentence."""
    wanted, found = declared(), installed(connection)
    return [
        *(f"trigger {name} is missing" for name in sorted(wanted.keys() - found.keys())),
        *(f"trigger {name} is not the code’s" for name in sorted(found.keys() - wanted.keys())),
        *(
            f"trigger {name} differs"
            for name in sorted(wanted.keys() & found.keys())
            if wanted[name] != found[name]
        ),
    ]
