"""Bodies that merged, split or were renamed: who came after whom. What a body signed stays its own; comparisons may follow."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from hub.audit.settled import settled
from hub.partners.models import Agency, Succession


def followed(session: Session, day: date, moment: datetime) -> dict[str, str]:
    """Code → the code of the body that had taken its place by a day, as known at a moment, at the end of the chain.

    A body that split has several successors; nobody can say which of its figures were whose, so it is not followed:
    `splits` says so in words.
    """
    successors: dict[str, set[str]] = defaultdict(set)
    for old, new, _ in _by(session, day, moment):
        successors[old.code].add(new.code)
    alone = {old: next(iter(new)) for old, new in successors.items() if len(new) == 1}
    return {old: _last(alone, old) for old in alone}


def _last(alone: dict[str, str], code: str) -> str:
    seen = {code}
    while (after := alone.get(code)) is not None and after not in seen:
        seen.add(after)
        code = after
    return code


@dataclass(frozen=True)
class Split:
    """A body whose place several have taken."""

    code: str
    name: str
    on: date
    successors: tuple[tuple[str, str], ...]  # code and name

    @property
    def codes(self) -> set[str]:
        return {self.code, *(code for code, _ in self.successors)}

    @property
    def words(self) -> str:
        *first, last = [name for _, name in self.successors]
        return (
            f"{self.name} split into {', '.join(first)} and {last} on {self.on.day} {self.on:%B %Y}. Nobody can say which of "
            "its figures were whose: they stay in its own line, which ends then, and the others’ lines begin."
        )


def splits(session: Session, day: date, moment: datetime) -> list[Split]:
    """Bodies that had split by a day, as known at a moment, by name."""
    found: dict[str, list[tuple[_Body, _Body, date]]] = defaultdict(list)
    for old, new, on in _by(session, day, moment):
        found[old.code].append((old, new, on))
    made = [
        Split(
            code,
            rows[0][0].name,
            min(on for _, _, on in rows),
            tuple((new.code, new.name) for _, new, _ in sorted(rows, key=lambda row: row[1].name)),
        )
        for code, rows in found.items()
        if len({new.code for _, new, _ in rows}) > 1
    ]
    return sorted(made, key=lambda split: split.name)


class _Body(NamedTuple):
    code: str
    name: str


class _Followed(NamedTuple):
    """Who came after whom."""

    old: _Body
    new: _Body
    on: date
    known_at: datetime | None


def _by(session: Session, day: date, moment: datetime) -> list[tuple[_Body, _Body, date]]:
    """Who came after whom by a day, as known at a moment."""
    return [
        (each.old, each.new, each.on)
        for each in settled(session, _every_succession)
        if each.on <= day and (each.known_at is None or each.known_at <= moment)
    ]


def _every_succession(session: Session) -> list[_Followed]:
    before, after = aliased(Agency), aliased(Agency)
    query = (
        select(before.code, before.name, after.code, after.name, Succession.on_date, Succession.known_at)
        .select_from(Succession)
        .join(before, before.id == Succession.from_agency_id)
        .join(after, after.id == Succession.to_agency_id)
    )
    return [
        _Followed(_Body(old, old_name), _Body(new, new_name), on, known_at)
        for old, old_name, new, new_name, on, known_at in session.execute(query)
    ]
