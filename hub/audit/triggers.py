"""What the database itself refuses, declared in one place and reinstalled at the end of every migration."""

from __future__ import annotations

from types import ModuleType

from sqlalchemy import Connection, inspect

from hub.audit import triggers_postgres, triggers_sqlite


def install(connection: Connection) -> None:
    """Put every trigger and policy in place, replacing older ones. What a downgrade took away has none."""
    present = set(inspect(connection).get_table_names())
    if "revisions" in present:
        _of(connection).install(connection, present)


def remove(connection: Connection) -> None:
    """Take them away, inside a transaction that puts them back: a restore does."""
    _of(connection).remove(connection)


def faults(connection: Connection) -> list[str]:
    """How the database's triggers and policies differ from the code's, each as a sentence."""
    return list(_of(connection).faults(connection))


def _of(connection: Connection) -> ModuleType:
    return triggers_postgres if connection.dialect.name == "postgresql" else triggers_sqlite
