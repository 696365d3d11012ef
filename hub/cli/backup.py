"""`hub backup` and `hub restore`: one logical file, the same for both engines."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from hub.audit.backup import Manifest


def register(subparsers: Any) -> None:
    backup = subparsers.add_parser("backup", help="write everything to one file, while people work")
    backup.add_argument("-o", "--output", required=True, type=Path, metavar="FILE")
    backup.set_defaults(run=run_backup)
    restore = subparsers.add_parser("restore", help="put a backup in the place of everything that is here")
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.set_defaults(run=run_restore)


def run_backup(arguments: argparse.Namespace) -> int:
    import hub.models  # noqa: F401  (registers every table)
    from hub.audit.chain import OPERATOR, record
    from hub.config import from_environment
    from hub.db import make_engine, transaction

    engine = make_engine(from_environment().database_url)
    manifest = back_up(engine, arguments.output)
    with transaction(engine) as session:
        detail = {"digest": manifest.digest(), "rows": _rows(manifest)}
        record(session, actor=OPERATOR, action="setting:backup", subject="database", detail=detail)
    engine.dispose()
    print(f"{_rows(manifest)} rows of {len(manifest.tables)} tables are in {arguments.output}.")
    print(f"digest {manifest.digest()}")
    return 0


def run_restore(arguments: argparse.Namespace) -> int:
    import hub.models  # noqa: F401  (registers every table)
    from hub.config import from_environment
    from hub.db import make_engine

    config = from_environment()
    engine = make_engine(config.database_url)
    manifest = restore(engine, arguments.file, Path(config.checkpoints))
    engine.dispose()
    print(
        f"{_rows(manifest)} rows of {len(manifest.tables)} tables are back as they were on {manifest.made_at}."
    )
    print(f"digest {manifest.digest()}")
    return 0


def _rows(manifest: Manifest) -> int:
    return sum(count for count, _ in manifest.tables.values())


def back_up(engine: Engine, file: Path) -> Manifest:
    """Write a backup from one snapshot. Takes no lock that anybody waits for."""
    from hub.audit import backup
    from hub.errors import NotReady

    if not file.absolute().parent.is_dir():
        raise NotReady(f"There is no folder {file.absolute().parent} to write the backup to.")
    level = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with engine.connect().execution_options(**level) as connection, connection.begin():
        _see_everything(connection)
        return backup.write(connection, file.absolute())


def restore(engine: Engine, file: Path, checkpoints: Path) -> Manifest:
    """Check a backup, then put it in the place of every row, in one transaction that ends only if all of it verifies."""
    from hub.audit import backup, triggers

    manifest = backup.read_manifest(file)
    with engine.execution_options(hub_writing=True).connect() as connection, connection.begin():
        _see_everything(connection)
        backup.check_fits(connection, manifest)
        _take_triggers_away(connection)
        backup.replace_all(connection, file)
        triggers.install(connection)
        _check_restored(connection, manifest)
    _enter_in_chain(engine, manifest, checkpoints)
    return manifest


def _see_everything(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT set_config('hub.partnerships', 'all', true)")


def _take_triggers_away(connection: Connection) -> None:
    from sqlalchemy.exc import ProgrammingError

    from hub.audit import triggers
    from hub.errors import NotReady

    try:
        triggers.remove(connection)
    except ProgrammingError as error:
        raise NotReady(
            "A restore needs the rights of the role that owns the tables. "
            "Set HUB_DATABASE_URL to its address for this one command. Nothing was changed."
        ) from error


def _check_restored(connection: Connection, manifest: Manifest) -> None:
    from sqlalchemy.orm import Session

    from hub.audit import backup
    from hub.errors import NotReady
    from hub.facts.verify import ledger_faults

    different = [name for name, mark in backup.marks(connection).items() if manifest.tables[name] != mark]
    faults = list(ledger_faults(Session(bind=connection)))
    if different or faults:
        raise NotReady(
            "The backup was read, but what it gives does not verify: "
            f"{'; '.join([*different, *faults][:5])}. Nothing was changed."
        )


def _enter_in_chain(engine: Engine, manifest: Manifest, checkpoints: Path) -> None:
    from hub.audit.chain import OPERATOR, record, set_aside_later_checkpoints
    from hub.audit.models import CHAIN, AuditChain
    from hub.db import transaction

    with transaction(engine) as session:
        head = session.get(AuditChain, CHAIN)
        later = set_aside_later_checkpoints(checkpoints, head.origin, head.sequence) if head else 0
        detail = {"digest": manifest.digest(), "made_at": manifest.made_at, "checkpoints_set_aside": later}
        record(session, actor=OPERATOR, action="setting:restore", subject="database", detail=detail)
