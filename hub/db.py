"""One model and one history on SQLite and PostgreSQL: engines, sessions, column types, identifiers.

Takes a database address; gives an engine whose connections keep the promises of design.md section 4
(SQLite: WAL, full sync, foreign keys, recursive triggers, a write lock that is waited for; writes start
with BEGIN IMMEDIATE). Holds no tables of its own.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    create_engine,
    event,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session
from sqlalchemy.orm.session import SessionTransaction
from sqlalchemy.pool import QueuePool

from hub.config import shipped

ALL_PARTNERSHIPS = "all"
TOLD_IN = "told"  # where a session keeps what its transaction found of the audit chain (audit/settled)
_WROTE = "wrote"


class Base(DeclarativeBase):
    """Every table; constraint names are stable so that a violation can become a sentence."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UTCDateTime(TypeDecorator[datetime]):
    """An instant. Refuses naive values; SQLite keeps sortable ISO text with microseconds."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return (
            dialect.type_descriptor(String(32))
            if dialect.name == "sqlite"
            else dialect.type_descriptor(DateTime(timezone=True))
        )

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("an instant without a time zone cannot be stored")
        value = value.astimezone(UTC)
        return value.isoformat(timespec="microseconds") if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        instant = datetime.fromisoformat(value) if isinstance(value, str) else value
        return instant.astimezone(UTC)


# SQLite gives rowids to INTEGER keys only.
BigId = BigInteger().with_variant(Integer, "sqlite")

_EPOCH_MS = 1_420_070_400_000  # 1 January 2015
_id_lock = threading.Lock()
_last_id = 0


def new_id() -> int:
    """A 63-bit identifier: milliseconds and 22 random bits, growing within a process."""
    global _last_id
    with _id_lock:
        fresh = (time.time_ns() // 1_000_000 - _EPOCH_MS) << 22 | random.getrandbits(22)
        _last_id = max(fresh, _last_id + 1)
        return _last_id


def make_engine(url: str, *, pool_size: int = 5) -> Engine:
    """An engine with the settings that the reliability promises rest on."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            url,
            poolclass=QueuePool,
            pool_size=pool_size,
            max_overflow=10,
            connect_args={"timeout": 15, "check_same_thread": False},
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        url, pool_size=pool_size, max_overflow=10, pool_pre_ping=True, isolation_level="READ COMMITTED"
    )


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "busy_timeout=15000",
        "cache_size=-65536",
        "mmap_size=268435456",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("hub_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


class HubSession(Session):
    """A session that tells PostgreSQL's row-level security which partnerships it may see.

    `info["partnerships"]` is `ALL_PARTNERSHIPS` for the host's operator, else a comma-separated list of ids.
    """


@event.listens_for(HubSession, "after_begin")
def _begin(session: Session, _transaction: Any, connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        scope = session.info.get("partnerships", ALL_PARTNERSHIPS)
        connection.execute(text("SELECT set_config('hub.partnerships', :scope, true)"), {"scope": scope})


@event.listens_for(HubSession, "after_transaction_end")
def _end(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:
        for each in (TOLD_IN, _WROTE):
            session.info.pop(each, None)


@event.listens_for(HubSession, "after_flush")
def _wrote(session: Session, _context: Any) -> None:
    session.info[_WROTE] = True


@event.listens_for(HubSession, "do_orm_execute")
def _wrote_in_bulk(asked: ORMExecuteState) -> None:
    if asked.is_insert or asked.is_update or asked.is_delete:
        asked.session.info[_WROTE] = True


def open_session(
    engine: Engine, *, writing: bool = False, partnerships: str = ALL_PARTNERSHIPS
) -> HubSession:
    """A session; the caller commits once, at the edge. Writing sessions take SQLite's write lock at their first statement.

    A reading session sees the database as it was at its first statement: what it found before somebody acted never stands
    beside what it finds afterwards, and is never remembered as known then.
    """
    as_it_was = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    options = {} if writing else as_it_was  # SQLite reads so anyway
    return HubSession(
        bind=engine.execution_options(hub_writing=writing, **options),
        info={"partnerships": partnerships},
        expire_on_commit=False,
    )


def is_writing(session: Session) -> bool:
    """Whether the session was opened to write, or wrote all the same in its transaction."""
    opened = session.get_bind().get_execution_options().get("hub_writing", False)
    return bool(opened or session.info.get(_WROTE, False))


@contextmanager
def transaction(engine: Engine, *, partnerships: str = ALL_PARTNERSHIPS) -> Iterator[HubSession]:
    """One writing transaction: commits at the end, rolls back on any exception."""
    with open_session(engine, writing=True, partnerships=partnerships) as session:
        yield session
        session.commit()


def upgrade(url: str, revision: str = "head") -> None:
    """Run the migrations up to a revision (`hub db upgrade`)."""
    from alembic import command
    from alembic.config import Config as AlembicConfig

    config = AlembicConfig()
    config.set_main_option("script_location", str(shipped("migrations")))
    config.attributes["url"] = url
    command.upgrade(config, revision)


def insert_missing(session: Session, model: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert rows that nobody has inserted meanwhile."""
    table = model.__table__
    assert isinstance(table, Table)
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(dialect.insert(table).on_conflict_do_nothing(), rows)
