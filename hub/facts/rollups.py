"""Current cells beside the facts: changed by what a sign-off adds and takes away, rebuilt and compared on demand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from hub.facts.models import STATES, AreaNow, Fact

COUNTS = ("received", "partial", "missing", "not_due", "hidden", "not_available", "not_applicable")
# Which count a state adds to, by the state's number: a value and a nil have both been received.
COUNT_OF_STATE = tuple(COUNTS.index("received" if state in ("value", "nil") else state) for state in STATES)

KEY = ("partnership_id", "figure_id", "period_id", "area_id", "dimension_set_id")


class FactRow(NamedTuple):
    """A row of `facts` in the order of its columns."""

    partnership_id: int
    id: int
    revision_id: int
    figure_id: int
    period_id: int
    agency_id: int
    area_id: int
    dimension_set_id: int
    value: int | None
    state: int
    row_no: int
    known_from: int
    known_until: int | None
    published: bool


Key = tuple[int, int, int, int, int]
Delta = dict[Key, list[int]]  # key → [value, *COUNTS, published]


def add(delta: Delta, facts: Iterable[FactRow], *, sign: int) -> None:
    """Add facts to a change of cells (sign 1), or take them away (sign -1)."""
    for fact in facts:
        key = (fact.partnership_id, fact.figure_id, fact.period_id, fact.area_id, fact.dimension_set_id)
        cell = delta.get(key)
        if cell is None:
            cell = delta[key] = [0] * (len(COUNTS) + 1) + [int(fact.published)]
        cell[0] += sign * (fact.value or 0)
        cell[1 + COUNT_OF_STATE[fact.state]] += sign


def apply(session: Session, delta: Delta) -> None:
    """Upsert the changed cells, always in key order: random order deadlocks on PostgreSQL."""
    rows = [(*key, *cell[:-1], bool(cell[-1])) for key, cell in sorted(delta.items()) if any(cell[:-1])]
    columns = (*KEY, "value", *COUNTS, "published")
    sums = ", ".join(f"{name} = area_now.{name} + excluded.{name}" for name in ("value", *COUNTS))
    insert_rows(
        session, "area_now", columns, rows, tail=f" ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET {sums}"
    )


_ARRAYS = {"value": "bigint", "published": "boolean", "state": "smallint"}


def insert_rows(
    session: Session, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]], *, tail: str = ""
) -> None:
    """The one fast way in for facts and cells: arrays on PostgreSQL, executemany on SQLite.

    COPY would be quicker still, but PostgreSQL refuses it on a table with row-level security.
    """
    if not rows:
        return
    connection = session.connection()
    names = ", ".join(columns)
    if connection.dialect.name == "postgresql":
        arrays = ", ".join(f"%s::{_ARRAYS.get(name, 'bigint')}[]" for name in columns)
        sql = f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays}){tail}"  # noqa: S608  (names are ours)
        connection.exec_driver_sql(sql, tuple(list(column) for column in zip(*rows, strict=True)))
        return
    marks = ", ".join("?" * len(columns))
    connection.exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({marks}){tail}", list(rows))  # noqa: S608


def insert_facts(session: Session, facts: Sequence[FactRow]) -> None:
    insert_rows(session, "facts", FactRow._fields, facts)


def current_facts(session: Session, partnership_id: int) -> Iterable[FactRow]:
    table = Fact.__table__.c
    query = select(*(table[name] for name in FactRow._fields)).where(
        table.partnership_id == partnership_id, table.known_until.is_(None)
    )
    for row in session.execute(query.execution_options(yield_per=10_000)):
        yield FactRow(*row)


def rebuild(session: Session, partnership_id: int) -> None:
    """Make a partnership's current cells anew from its facts."""
    delta: Delta = {}
    add(delta, current_facts(session, partnership_id), sign=1)
    session.execute(delete(AreaNow).where(AreaNow.partnership_id == partnership_id))
    apply(session, delta)


def differences(session: Session, partnership_id: int) -> list[str]:
    """Current cells that do not say what the facts say, each as a sentence."""
    delta: Delta = {}
    add(delta, current_facts(session, partnership_id), sign=1)
    expected: dict[Key, tuple[int, ...]] = defaultdict(lambda: (0,) * (len(COUNTS) + 1))
    expected.update({key: tuple(cell[:-1]) for key, cell in delta.items()})
    names = ", ".join((*KEY, "value", *COUNTS))
    rows = session.execute(
        text(f"SELECT {names} FROM area_now WHERE partnership_id = :id"),  # noqa: S608
        {"id": partnership_id},
    )
    stored: dict[Key, tuple[int, ...]] = defaultdict(lambda: (0,) * (len(COUNTS) + 1))
    stored.update({(row[0], row[1], row[2], row[3], row[4]): tuple(row[5:]) for row in rows})
    return [
        f"current cell {dict(zip(KEY, key, strict=True))}: stored {stored[key]}, the facts give {expected[key]}"
        for key in sorted(expected.keys() | stored.keys())
        if stored[key] != expected[key]
    ]
