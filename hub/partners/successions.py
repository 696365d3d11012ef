"""Bodies that merged, split or were renamed: who came after whom. What a body signed stays its own; comparisons may follow."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

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
    found: dict[str, list[tuple[Agency, Agency, date]]] = defaultdict(list)
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


def _by(session: Session, day: date, moment: datetime) -> list[tuple[Agency, Agency, date]]:
    """Who came after whom by a day."""
    before, after = aliased(Agency), aliased(Agency)
    query = (
        select(before, after, Succession.on_date)
        .select_from(Succession)
        .join(before, before.id == Succession.from_agency_id)
        .join(after, after.id == Succession.to_agency_id)
        .where(
            Succession.on_date <= day,
            or_(Succession.known_at.is_(None), Succession.known_at <= moment),
        )
    )
    return [(old, new, on) for old, new, on in session.execute(query)]
