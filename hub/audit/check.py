"""`hub db check`: does the database (tables, triggers, partitions, policies) match the code?"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from hub.audit import triggers
from hub.audit.guarded import partitioned
from hub.audit.triggers_postgres import partitions
from hub.db import Base


def database_faults(connection: Connection) -> list[str]:
    """Every difference, each as a sentence."""
    return [*_schema_faults(connection), *triggers.faults(connection), *_partition_faults(connection)]


def _schema_faults(connection: Connection) -> list[str]:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    parts = {name for table in Base.metadata.sorted_tables for name in partitions(table)}

    def include(_object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
        return not (kind == "table" and name in parts)

    context = MigrationContext.configure(connection, opts={"include_object": include, "compare_type": False})
    return [f"tables: {_words(difference)}" for difference in compare_metadata(context, Base.metadata)]


def _words(difference: Any) -> str:
    if isinstance(difference, list):
        return "; ".join(_words(each) for each in difference)
    return " ".join(str(part) for part in difference if part is not None)


def _partition_faults(connection: Connection) -> list[str]:
    if connection.dialect.name != "postgresql":
        return []
    rows = connection.execute(
        text("SELECT p.relname, c.relname FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent"
             " JOIN pg_class c ON c.oid = i.inhrelid WHERE p.relkind = 'p'")
    )  # fmt: skip
    found: dict[str, set[str]] = {}
    for parent, child in rows:
        found.setdefault(parent, set()).add(child)
    return [
        f"table {table.name} is not partitioned as the code says"
        for table in partitioned()
        if found.get(table.name) != set(partitions(table))
    ]
