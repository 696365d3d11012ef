"""Which text is due to be blanked: the classes of retention.yaml, and what of each is older than a day. Writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import ColumnElement, Select, Table, and_, exists, or_, select
from sqlalchemy.orm import Session

from hub.clock import start_of_day
from hub.db import Base

CHUNK = 500


@dataclass(frozen=True)
class Where:
    """Columns of a table that hold or point to text, and the moment that its years count from.

    `through` names the table by which rows that carry no partnership belong to one; `blank` is what text becomes.
    """

    table: str
    columns: tuple[str, ...]
    dated: str
    through: str | None = None
    blank: str | None = None
    of: str | None = None  # the table that holds the moment, reached by the column `by`
    by: str | None = None


@dataclass(frozen=True)
class TextClass:
    code: str
    title: str
    years: int | None
    words: tuple[Where, ...]
    columns: tuple[Where, ...]


@cache
def classes() -> tuple[TextClass, ...]:
    """Every class of text that the hub keeps."""
    read = yaml.safe_load((Path(__file__).parent / "retention.yaml").read_text(encoding="utf-8"))
    return tuple(
        TextClass(
            code=each["code"],
            title=each["title"],
            years=each["years"],
            words=tuple(_where(place) for place in each.get("words", ())),
            columns=tuple(_where(place) for place in each.get("columns", ())),
        )
        for each in read["classes"]
    )


def count(session: Session, partnership_id: int, each: TextClass, before: date | None) -> int:
    """How many texts of the class are from before the day."""
    columns = (
        len(rows)
        for where in each.columns
        for _column, rows in due_columns(session, partnership_id, where, before)
    )
    return len(due_words(session, partnership_id, each, before)) + sum(columns)


def due_words(session: Session, partnership_id: int, each: TextClass, before: date | None) -> set[int]:
    """Words of the class that every mention of them lets go; one that something younger mentions stays."""
    if before is None or not each.words:
        return set()
    old, young = set[int](), set[int]()
    for where in each.words:
        for column in where.columns:
            for word, at in session.execute(_mentions(partnership_id, where, column)):
                (old if at < start_of_day(before) else young).add(word)
    words, due = table_of("words"), sorted(old - young)
    there: set[int] = set()
    for start in range(0, len(due), CHUNK):
        query = select(words.c.id).where(
            words.c.partnership_id == partnership_id,
            words.c.id.in_(due[start : start + CHUNK]),
            words.c.body.is_not(None),
        )
        there |= set(session.scalars(query))
    return there


def due_columns(
    session: Session, partnership_id: int, where: Where, before: date | None
) -> Iterator[tuple[str, list[int]]]:
    """Each column with the rows whose text in it is due."""
    if before is None:
        return
    table, moment = table_of(where.table), start_of_day(before)
    ours = (
        _THROUGH[where.through](partnership_id)
        if where.through
        else [table.c.partnership_id == partnership_id]
    )
    if where.dated in table.c:
        ours = [*ours, table.c[where.dated] < moment]
    else:
        ours = [*ours, table_of(where.through or "").c[where.dated] < moment]
    for column in where.columns:
        query = select(table.c.id).where(
            *ours, table.c[column].is_not(None), table.c[column] != (where.blank or "")
        )
        yield column, list(session.scalars(query))


def _by_notices(partnership_id: int) -> list[ColumnElement[bool]]:
    """Letters that tell of this partnership alone, and are out."""
    letters, notices = table_of("letters"), table_of("notices")
    told = exists().where(notices.c.letter_id == letters.c.id, notices.c.partnership_id == partnership_id)
    return [told, letters.c.partnerships == 1, letters.c.state != "waiting"]


def _by_grants(partnership_id: int) -> list[ColumnElement[bool]]:
    """Of roles in this partnership, and at agencies that were members of no other."""
    grants, members, others = table_of("grants"), table_of("memberships"), table_of("memberships").alias()
    here = exists().where(
        members.c.agency_id == grants.c.agency_id, members.c.partnership_id == partnership_id
    )
    elsewhere = exists().where(
        others.c.agency_id == grants.c.agency_id, others.c.partnership_id != partnership_id
    )
    ours = or_(grants.c.partnership_id == partnership_id, and_(here, ~elsewhere))
    return [table_of("nominations").c.grant_id == grants.c.id, ours]


_THROUGH: dict[str, Callable[[int], list[ColumnElement[bool]]]] = {
    "notices": _by_notices,
    "grants": _by_grants,
}


def _mentions(partnership_id: int, where: Where, column: str) -> Select[Any]:
    """(words, moment) for each row that mentions words in the column."""
    table = table_of(where.table)
    dated = table_of(where.of) if where.of else table
    query = select(table.c[column], dated.c[where.dated]).where(
        table.c.partnership_id == partnership_id, table.c[column].is_not(None)
    )
    if where.of and where.by:
        query = query.where(dated.c.partnership_id == partnership_id, dated.c.id == table.c[where.by])
    return query


def _where(written: dict[str, Any]) -> Where:
    return Where(**{**written, "columns": tuple(written["columns"])})


def table_of(name: str) -> Table:
    """A table by name: whatever room it is of, it is registered by the time that anything runs."""
    return Base.metadata.tables[name]
