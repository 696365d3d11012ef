"""`hub db`: migrations, and whether the database is what the code expects."""

from __future__ import annotations

import argparse
import sys
from typing import Any


def register(subparsers: Any) -> None:
    group = subparsers.add_parser("db", help="run migrations; compare the database with the code")
    commands = group.add_subparsers(dest="db_command", metavar="ACTION", required=True)
    upgrade = commands.add_parser("upgrade", help="run migrations; safe to run again")
    upgrade.add_argument(
        "--app-role", metavar="ROLE", help="PostgreSQL: grant this role what the server needs, and no more"
    )
    upgrade.set_defaults(run=run_upgrade)
    check = commands.add_parser(
        "check", help="compare tables, triggers, partitions and policies with the code"
    )
    check.set_defaults(run=run_check)


def run_upgrade(arguments: argparse.Namespace) -> int:
    import hub.models  # noqa: F401  (registers every table)
    from hub.audit.grants import grant_application
    from hub.config import from_environment
    from hub.db import make_engine, upgrade
    from hub.errors import WrongUsage

    url = from_environment().database_url
    upgrade(url)
    if arguments.app_role:
        engine = make_engine(url)
        if engine.dialect.name != "postgresql":
            raise WrongUsage("--app-role is for PostgreSQL: SQLite has no roles.")
        with engine.begin() as connection:
            grant_application(connection, arguments.app_role)
        engine.dispose()
    print("The database is up to date.")
    return 0


def run_check(arguments: argparse.Namespace) -> int:
    import hub.models  # noqa: F401  (registers every table)
    from hub.audit.check import database_faults
    from hub.config import from_environment
    from hub.db import make_engine

    engine = make_engine(from_environment().database_url)
    with engine.connect() as connection:
        faults = database_faults(connection)
    engine.dispose()
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print("The database matches the code.")
    return 1 if faults else 0
