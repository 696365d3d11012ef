"""What the database itself refuses, declared in one place and reinstalled at the end of every migration."""

from __future__ import annotations

from types import ModuleType

from sqlalchemy import Connection, inspect

from hub.audit import triggers_postgres, triggers_sqlite
from hub.db import Base


def install(connection: Connection) -> None:
    """Put every trigger and policy in place, replacing older ones. A table that a downgrade took away, wholly or some
    columns of it, has none until it is whole again."""
    present = _whole_tables(connection)
    if "revisions" in present:
        _of(connection).install(connection, present)


def _whole_tables(connection: Connection) -> set[str]:
    found = inspect(connection).get_multi_columns()
    columns = {name: {column["name"] for column in listed} for (_, name), listed in found.items()}
    tables = Base.metadata.tables
    return {name for name in columns if name not in tables or columns[name] >= set(tables[name].c.keys())}


def remove(connection: Connection) -> None:
    """Take them away, inside a transaction that puts them back: a restore does."""
    _of(connection).remove(connection)


def faults(connection: Connection) -> list[str]:
    """How the database's triggers and policies differ from the code's, each as a sentence."""
    return list(_of(connection).faults(connection))


def _of(connection: Connection) -> ModuleType:
    return triggers_postgres if connection.dialect.name == "postgresql" else triggers_sqlite
