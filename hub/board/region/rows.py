"""Promises as rows that are read across agreements: whose, in which words, since when, why, and who has been told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.agreements.model import Agreement
from hub.agreements.verdict import WORDS
from hub.agreements.watch.escalation import Rung
from hub.agreements.watch.months import last_day
from hub.agreements.watch.watched import Line, Watched, all_watched_as_at, watched
from hub.board.agreements import SHAPES
from hub.facts.moments import as_at
from hub.partners.models import Agency, Partnership

MayRead = Callable[[Partnership, Agreement], bool]
WHO = {
    "leads": "the leads of the memorandum",
    "chief-officers": "the chief officers",
    "regional-office": "the regional office",
    "board": "the Board",
}


def told(to: str) -> str:
    """Whom a rung of an agreement's escalation is, in words."""
    return WHO.get(to, f"the {to.replace('-', ' ')}")


@dataclass(frozen=True)
class Row:
    partnership: Partnership
    agreement: Agreement
    line: Line
    party: str  # its name
    today: date
    is_followed: bool

    @property
    def word(self) -> str:
        return self.line.verdict.word

    @property
    def shape(self) -> str:
        return SHAPES[self.word][0]

    @property
    def tone(self) -> str:
        return SHAPES[self.word][1]

    @property
    def is_current(self) -> bool:
        return self.today <= last_day(self.agreement)

    @property
    def rung(self) -> Rung | None:
        """How far up it has gone by now."""
        escalated = self.line.escalated if self.is_followed else None
        return escalated.reached(self.today)[-1] if escalated else None

    @property
    def with_whom(self) -> str:
        return told(self.rung.to) if self.rung else ""


@dataclass(frozen=True)
class Filters:
    """What a reader chose to see; "" is everything."""

    body: str = ""
    kind: str = ""
    service: str = ""

    def lets(self, row: Row) -> bool:
        return (
            self.body in ("", row.line.party)
            and self.kind in ("", row.line.commitment.kind)
            and self.service in ("", service_of(row))
        )


def service_of(row: Row) -> str:
    """The service that a promise is about, named within its agreement."""
    service = row.line.commitment.terms.get("service")
    return f"{row.agreement.code}/{service}" if service else ""


def rows_of(
    session: Session,
    partnerships: Sequence[Partnership],
    may_read: MayRead,
    moment: datetime | None = None,
) -> list[Row]:
    """Every promise of every agreement that the reader may open, as at a moment; None is now."""
    by_id = {each.id: each for each in partnerships}
    every = (
        watched(session, partnerships)
        if moment is None
        else [
            one
            for each in partnerships
            for one in all_watched_as_at(session, each, as_at(session, each, moment))
        ]
    )
    found = [
        (by_id[each.partnership_id], each)
        for each in every
        if may_read(by_id[each.partnership_id], each.agreement)
    ]
    names = _names(session, found)
    return [
        Row(
            partnership, each.agreement, line, names.get(line.party, line.party), each.today, each.is_followed
        )
        for partnership, each in found
        for line in each.lines
    ]


def slipping(rows: Iterable[Row]) -> list[Row]:
    """What needs somebody, worst first and longest first; drafts, whose verdicts are a shadow, stand last."""
    found = [row for row in rows if row.is_current and row.line.is_slipping]
    return sorted(
        found, key=lambda row: (row.agreement.is_shadow, WORDS.index(row.line.verdict.word), row.line.since)
    )


def _names(session: Session, found: Iterable[tuple[Partnership, Watched]]) -> dict[str, str]:
    codes = {line.party for _, each in found for line in each.lines}
    return dict(session.execute(select(Agency.code, Agency.name).where(Agency.code.in_(codes))).all())
