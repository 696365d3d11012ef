# ruff: noqa: S608  (the names in these statements are our own tables)
"""PostgreSQL's refusals, and row-level security: a session sees the partnerships it says it is for, and what is published.

`hub.partnerships` is set for each transaction (hub/db.py): `all`, or ids with commas. Unset, nothing is seen.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, Table, text

from hub.audit.canonical import digest_of
from hub.audit.guarded import (
    APPEND_ONLY,
    GUARDED,
    KNOWN_TO_ALL,
    OF_AGENCIES,
    REFUSAL,
    partitioned,
    scoped,
    tables,
)

_REFUSE = f"RAISE EXCEPTION '{REFUSAL} (%)', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';"
_TOUCHED = (
    "RAISE EXCEPTION 'hub: the signer has touched the data' USING ERRCODE = 'integrity_constraint_violation';"
)


def _passing(condition: str, change: str = "") -> str:
    """The body of a function that lets an UPDATE pass in one case. `change` makes OLD what NEW may be."""
    return f"BEGIN {change} IF ({condition}) IS NOT TRUE THEN {_REFUSE} END IF; RETURN NEW; END"


# Functions by name; OLD is made what NEW may be, and any other difference is refused.
FUNCTIONS = {
    "hub_refuse": f"BEGIN {_REFUSE} END",
    "hub_close_fact": (
        f"BEGIN IF (OLD.known_until IS NULL AND EXISTS (SELECT 1 FROM revisions r WHERE r.partnership_id = OLD.partnership_id"
        f" AND r.position = NEW.known_until AND r.supersedes_id = OLD.revision_id)) IS NOT TRUE THEN {_REFUSE} END IF;"
        f" OLD.known_until := NEW.known_until; IF NEW IS DISTINCT FROM OLD THEN {_REFUSE} END IF; RETURN NEW; END"
    ),
    "hub_confirm_report": (
        "BEGIN IF (OLD.confirmed_by IS NULL AND NEW.confirmed_by IS NOT NULL AND NEW.confirmed_at IS NOT NULL) IS NOT TRUE"
        f" THEN {_REFUSE} END IF; OLD.confirmed_by := NEW.confirmed_by; OLD.confirmed_at := NEW.confirmed_at;"
        f" IF NEW IS DISTINCT FROM OLD THEN {_REFUSE} END IF; RETURN NEW; END"
    ),
    "hub_blank_words": (
        "BEGIN OLD.body := NULL; IF NEW IS DISTINCT FROM OLD"
        f" OR NOT EXISTS (SELECT 1 FROM retention_runs WHERE ended_at IS NULL) THEN {_REFUSE} END IF; RETURN NEW; END"
    ),
    "hub_move_head": _passing("NEW.partnership_id = OLD.partnership_id AND NEW.position >= OLD.position"),
    "hub_move_chain": _passing("NEW.id = OLD.id AND NEW.origin = OLD.origin AND NEW.sequence > OLD.sequence"),
    "hub_hand_is_not_signer": (
        "BEGIN IF EXISTS (SELECT 1 FROM revisions r WHERE r.partnership_id = NEW.partnership_id AND r.id = NEW.revision_id"
        f" AND r.signed_by = NEW.person_id AND NOT r.single_signature) THEN {_TOUCHED} END IF; RETURN NEW; END"
    ),
    "hub_signer_has_not_touched": (
        "BEGIN IF NOT NEW.single_signature AND EXISTS (SELECT 1 FROM submission_events e"
        " WHERE e.partnership_id = NEW.partnership_id AND e.due_item_id = NEW.due_item_id AND e.person_id = NEW.signed_by"
        " AND e.kind IN ('saved', 'uploaded', 'explained', 'withdrawn') AND e.sequence > ("
        "SELECT coalesce(max(s.sequence), 0) FROM submission_events s WHERE s.partnership_id = NEW.partnership_id"
        f" AND s.due_item_id = NEW.due_item_id AND s.kind = 'signed')) THEN {_TOUCHED} END IF; RETURN NEW; END"
    ),
}
_ON_UPDATE = {
    "facts": "hub_close_fact",
    "milestone_reports": "hub_confirm_report",
    "words": "hub_blank_words",
    "ledger_heads": "hub_move_head",
    "audit_chains": "hub_move_chain",
}

_SETTING = "current_setting('hub.partnerships', true)"
_OWN = (
    f"(SELECT {_SETTING}) = 'all' OR partnership_id = ANY ((SELECT CASE WHEN {_SETTING} = 'all' THEN NULL"
    f" ELSE string_to_array({_SETTING}, ',')::int[] END)::int[])"
)


def _of_agency(table: str) -> str:
    """Rows of agencies that are or were members of a partnership that the session is for."""
    return (
        f"(SELECT {_SETTING}) = 'all' OR EXISTS (SELECT 1 FROM memberships m WHERE m.agency_id = {table}.agency_id"
        f" AND m.partnership_id = ANY ((SELECT CASE WHEN {_SETTING} = 'all' THEN NULL"
        f" ELSE string_to_array({_SETTING}, ',')::int[] END)::int[]))"
    )


def _of_published(table: str, column: str, key: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM revisions r WHERE r.partnership_id = {table}.partnership_id"
        f" AND r.{key} = {table}.{column} AND r.published)"
    )


# What may be read from any partnership (design.md section 4, Public figures).
_PUBLISHED = {
    "area_now": "published",
    "facts": "published",
    "revisions": "published",
    "signed_documents": _of_published("signed_documents", "revision_id", "id"),
    "explanations": _of_published("explanations", "revision_id", "id"),
    "due_items": _of_published("due_items", "id", "due_item_id"),
}


@dataclass(frozen=True)
class Declared:
    """A trigger or policy on a table: its SQL, which is kept as a digest in its comment so that changes show."""

    kind: str  # TRIGGER, POLICY
    name: str
    table: str
    sql: str

    @property
    def mark(self) -> str:
        return digest_of(self.sql)[:16]


def declared() -> list[Declared]:
    return [*_triggers(), *_policies()]


def _trigger(table: str, what: str, when: str, function: str) -> Declared:
    name = f"hub_{table}_{what}"
    return Declared("TRIGGER", name, table, f"CREATE TRIGGER {name} {when} ON {table} FOR EACH {function}()")


def _triggers() -> list[Declared]:
    made = [
        _trigger("revision_hands", "persons", "BEFORE INSERT", "ROW EXECUTE FUNCTION hub_hand_is_not_signer"),
        _trigger("revisions", "persons", "BEFORE INSERT", "ROW EXECUTE FUNCTION hub_signer_has_not_touched"),
    ]
    for table in tables(GUARDED):
        name = table.name
        on_update = "hub_refuse" if name in APPEND_ONLY else _ON_UPDATE[name]
        made.append(_trigger(name, "update", "BEFORE UPDATE", f"ROW EXECUTE FUNCTION {on_update}"))
        made.append(_trigger(name, "delete", "BEFORE DELETE", "ROW EXECUTE FUNCTION hub_refuse"))
        for each in (name, *partitions(table)):
            made.append(
                _trigger(each, "truncate", "BEFORE TRUNCATE", "STATEMENT EXECUTE FUNCTION hub_refuse")
            )
    return made


def partitions(table: Table) -> list[str]:
    """The names of a table's partitions, as its model makes them."""
    if not any(table is each for each in partitioned()):
        return []
    return [f"{table.name}_{number}" for number in range(table.info["partitions"])]


def _policies() -> list[Declared]:
    made = []
    for table in scoped():
        for name in (table.name, *partitions(table)):
            made.append(_policy(name, "own", "ALL", f"USING ({_OWN}) WITH CHECK ({_OWN})"))
            if table.name in _PUBLISHED:
                made.append(_policy(name, "published", "SELECT", f"USING ({_PUBLISHED[table.name]})"))
        if table.name in KNOWN_TO_ALL:
            made.append(_policy(table.name, "known", "SELECT", "USING (true)"))
        if table.name == "audit_entries":
            made.append(_policy(table.name, "append", "INSERT", "WITH CHECK (true)"))
    for table in tables(OF_AGENCIES):
        own = _of_agency(table.name)
        made.append(_policy(table.name, "own", "ALL", f"USING ({own}) WITH CHECK ({own})"))
    return made


def _policy(table: str, what: str, command: str, rest: str) -> Declared:
    name = f"hub_{what}"
    return Declared("POLICY", name, table, f"CREATE POLICY {name} ON {table} FOR {command} {rest}")


def install(connection: Connection, present: Collection[str]) -> None:
    _drop(connection, "TRIGGER", "POLICY")
    for name, body in FUNCTIONS.items():
        create = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $hub${body}$hub$"
        connection.execute(text(create))
    for name in _secured():
        if name in present:
            connection.exec_driver_sql(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
            connection.exec_driver_sql(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
    for each in declared():
        if each.table not in present:
            continue
        connection.exec_driver_sql(each.sql)
        connection.exec_driver_sql(f"COMMENT ON {each.kind} {each.name} ON {each.table} IS '{each.mark}'")


_FOUND = """
SELECT 'TRIGGER' AS kind, t.tgname AS name, c.relname AS relation, obj_description(t.oid, 'pg_trigger') AS mark,
       t.tgenabled = 'O' AS enabled
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = current_schema() AND t.tgname LIKE 'hub\\_%' AND t.tgparentid = 0
UNION ALL
SELECT 'POLICY', p.polname, c.relname, obj_description(p.oid, 'pg_policy'), true
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = current_schema() AND p.polname LIKE 'hub\\_%'
"""


def remove(connection: Connection) -> None:
    """Take the triggers away, until the same transaction puts them back. The policies stay."""
    _drop(connection, "TRIGGER")


def _drop(connection: Connection, *kinds: str) -> None:
    for row in connection.execute(text(_FOUND)).all():
        if row.kind in kinds:
            connection.exec_driver_sql(f"DROP {row.kind} {row.name} ON {row.relation}")


def faults(connection: Connection) -> list[str]:
    """What is missing, changed, switched off or not ours, each as a sentence."""
    found = {(row.kind, row.relation, row.name): row for row in connection.execute(text(_FOUND))}
    wanted = {(each.kind, each.table, each.name): each for each in declared()}
    sentences = [f"{_words(key)} is missing" for key in sorted(wanted.keys() - found.keys())]
    sentences += [f"{_words(key)} is not the code’s" for key in sorted(found.keys() - wanted.keys())]
    for key in sorted(wanted.keys() & found.keys()):
        if found[key].mark != wanted[key].mark:
            sentences.append(f"{_words(key)} differs")
        if not found[key].enabled:
            sentences.append(f"{_words(key)} is switched off")
    return [*sentences, *_function_faults(connection), *_unforced(connection)]


def _words(key: tuple[str, str, str]) -> str:
    kind, table, name = key
    return f"{kind.lower()} {name} on {table}"


def _function_faults(connection: Connection) -> list[str]:
    rows = connection.execute(text("SELECT proname, prosrc FROM pg_proc WHERE proname LIKE 'hub\\_%'"))
    found = {name: body for name, body in rows}
    return [f"function {name} differs" for name, body in FUNCTIONS.items() if found.get(name) != body]


def _unforced(connection: Connection) -> list[str]:
    rows = connection.execute(
        text(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = current_schema() AND c.relrowsecurity AND c.relforcerowsecurity"
        )
    )
    forced = set(rows.scalars())
    return [f"row-level security is not forced on {name}" for name in _secured() if name not in forced]


def _secured() -> list[str]:
    """Every table, partitions included, whose rows are shown by policy alone."""
    of_partnerships = [name for table in scoped() for name in (table.name, *partitions(table))]
    return [*of_partnerships, *(table.name for table in tables(OF_AGENCIES))]
