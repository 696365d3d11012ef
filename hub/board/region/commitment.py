"""The page of one promise of one party: its wording, its chart, what its verdicts said and rest on, its money and milestones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.agreements.evaluate import signers
from hub.agreements.look import Look
from hub.agreements.model import Agreement, Service
from hub.agreements.models import MilestoneReport
from hub.agreements.papers import Papers
from hub.agreements.verdict import WORDS
from hub.agreements.watch.months import Past
from hub.agreements.watch.watched import Line, Watched
from hub.board.agreements import SHAPES
from hub.board.money import PayerLine, year_of_money
from hub.board.money_agreed import years_of
from hub.board.region.drawn import Drawn, drawn
from hub.board.region.evidence import Reader, Rests, rests_on
from hub.board.region.rows import Row
from hub.errors import NotFound
from hub.facts.moments import AsAt
from hub.partners.models import Agency, Partnership
from hub.periods import Period, parse

NOT_THERE = "There is no such promise in this agreement. It may stand in an earlier version."


@dataclass(frozen=True)
class LookedBack:
    """What a verdict said on a day that is over."""

    day: date
    past: Past

    @property
    def word(self) -> str:
        return self.past.word

    @property
    def shape(self) -> str:
        return SHAPES[self.past.word][0]

    @property
    def tone(self) -> str:
        return SHAPES[self.past.word][1]


@dataclass(frozen=True)
class Page:
    row: Row
    others: tuple[Row, ...]  # the same promise of each who made it, this one too
    names: dict[str, str]
    drawn: Drawn
    steps: tuple[tuple[Period, float], ...]  # of its trajectory
    looks: tuple[LookedBack, ...]  # newest first
    rests: Rests
    milestones: tuple[MilestoneReport, ...]
    service: Service | None
    money: tuple[PayerLine, ...]

    @property
    def line(self) -> Line:
        return self.row.line


def page(
    session: Session,
    partnership: Partnership,
    watched: Watched,
    at: AsAt,
    *,
    commitment: str,
    party: str,
    reader: Reader,
) -> Page:
    """Everything about one promise as at a moment; without a party, of whoever keeps it worst. Raises NotFound."""
    lines = [line for line in watched.lines if line.commitment.id == commitment]
    names = dict(session.execute(select(Agency.code, Agency.name)).all())
    rows = [
        Row(
            partnership,
            watched.agreement,
            line,
            names.get(line.party, line.party),
            at.today,
            watched.is_followed,
        )
        for line in lines
    ]
    named = [row for row in rows if row.line.party == party] if party else sorted(rows, key=_worst_first)
    if not named:
        raise NotFound(NOT_THERE)
    row = named[0]
    look = Look(Papers(session, partnership, at), watched.agreement)
    return Page(
        row=row,
        others=tuple(rows),
        names=names,
        drawn=drawn(look, row.line, reader.audience),
        steps=tuple((parse(code), value) for code, value in row.line.commitment.trajectory),
        looks=tuple(LookedBack(day, past) for day, past in reversed(row.line.looks)),
        rests=rests_on(look, row.line, names, signers(session, [row.line.verdict]), reader),
        milestones=tuple(look.reports(row.line.commitment, row.line.party)),
        service=_service(watched.agreement, row.line),
        money=tuple(_money(session, watched.agreement, row.line, at)) if reader.audience.money else (),
    )


def _worst_first(row: Row) -> int:
    return WORDS.index(row.line.verdict.word)


def _service(agreement: Agreement, line: Line) -> Service | None:
    named = line.commitment.terms.get("service")
    return next((service for service in agreement.services if service.id == named), None)


def _money(session: Session, agreement: Agreement, line: Line, at: AsAt) -> Sequence[PayerLine]:
    """What each party pays for the service that the promise is about, in the year that runs, else the last one."""
    service = _service(agreement, line)
    begun = [year for year in years_of(agreement) if year.starts_on <= at.today]
    if service is None or not begun:
        return []
    shown = year_of_money(session, agreement, at, begun[-1])
    return [each for each in shown.lines if each.service.id == service.id]
