"""The rights of the application's database role, which is neither the owner of the tables nor above their policies."""

from __future__ import annotations

from sqlalchemy import Connection

from hub.audit.guarded import APPEND_ONLY, WITH_ONE_CHANGE
from hub.audit.triggers_postgres import partitions
from hub.db import Base
from hub.errors import NotReady


def grant_application(connection: Connection, role: str) -> None:
    """What the application needs, table by table: history may be added to, nothing of it changed or removed."""
    if not role.replace("_", "").isalnum():
        raise NotReady(f"“{role}” is not the name of a database role.")
    for table in Base.metadata.sorted_tables:
        rights = "SELECT, INSERT, UPDATE, DELETE"
        if table.name in APPEND_ONLY:
            rights = "SELECT, INSERT"
        elif table.name in WITH_ONE_CHANGE:
            rights = "SELECT, INSERT, UPDATE"
        connection.exec_driver_sql(f"REVOKE ALL ON {table.name} FROM {role}")
        connection.exec_driver_sql(f"GRANT {rights} ON {table.name} TO {role}")
        for name in partitions(table):
            connection.exec_driver_sql(f"REVOKE ALL ON {name} FROM {role}")
    connection.exec_driver_sql(f"GRANT SELECT ON alembic_version TO {role}")
    connection.exec_driver_sql(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
