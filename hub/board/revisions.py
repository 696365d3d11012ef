"""What changed between two moments: every return that came or was corrected, by whom and why, and how far measures moved.

Takes two moments of one ledger. A first revision is an arrival, a later one a correction. A measure's figure of a month is
shown as it was known at either moment with over whom, so that "more" is never mistaken for "more had come in".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from hub.board.drill import withheld_from
from hub.board.point_words import value_words
from hub.board.view import View, narrowed
from hub.definitions import catalogue
from hub.definitions.model import Definition
from hub.definitions.models import PeriodRow
from hub.errors import UnknownDefinition
from hub.facts.models import Revision, Words
from hub.facts.moments import AsAt
from hub.measures.compute import Reading
from hub.measures.load import measures_as_at
from hub.measures.model import Asked, Measure, Point
from hub.measures.protect import MONEY_WITHHELD, Audience
from hub.partners.models import Agency, Partnership, Person
from hub.periods import Period, parse

MOST_SHOWN = 200
READ = ("count", "percent", "rate", "mean")


@dataclass(frozen=True)
class Signed:
    """One signed revision. `reason` is what was given for a correction, or why the reader is not told."""

    return_title: str
    agency: str
    period: Period
    number: int
    signed_at: datetime
    signed_by: str
    reason: str
    loaded: bool

    @property
    def is_correction(self) -> bool:
        return self.number > 1


@dataclass(frozen=True)
class Moved:
    """One measure's figure of one period, as known at either moment."""

    measure: Measure
    period: Period
    before: str
    over_before: str
    after: str
    over_after: str
    same_agencies: bool


class _Touched(NamedTuple):
    """What was signed of which return, for which period, by whom."""

    return_code: str
    period: Period
    agency: str


@dataclass(frozen=True)
class Between:
    """`signed`: the newest first, the first so many of `total`. `corrections` is how many of all corrected an earlier one.

    `moved` had a figure at the earlier moment, `first_known` had none.
    """

    total: int
    corrections: int
    signed: tuple[Signed, ...]
    moved: tuple[Moved, ...]
    first_known: tuple[Moved, ...]


def between_moments(
    session: Session, partnership: Partnership, earlier: AsAt, later: AsAt, audience: Audience
) -> Between:
    """What became known after the earlier moment and by the later one."""
    after = (
        Revision.partnership_id == partnership.id,
        Revision.position > earlier.position,
        Revision.position <= later.position,
    )
    total, corrections = session.execute(
        select(func.count(), func.count(case((Revision.number > 1, 1)))).where(*after)
    ).one()
    touched = session.execute(
        select(Revision.return_code, PeriodRow.code, Agency.code)
        .join(PeriodRow, PeriodRow.id == Revision.period_id)
        .join(Agency, Agency.id == Revision.agency_id)
        .where(*after, Revision.published.is_(False))
        .distinct()
    ).all()
    moved = _moved(
        session,
        partnership,
        earlier,
        later,
        audience,
        [_Touched(code, parse(p), who) for code, p, who in touched],
    )
    return Between(
        total=total,
        corrections=corrections,
        signed=_signed(session, after, audience),
        moved=tuple(one for one in moved if one.over_before),
        first_known=tuple(one for one in moved if not one.over_before),
    )


def _signed(session: Session, after: Sequence[ColumnElement[bool]], audience: Audience) -> tuple[Signed, ...]:
    query = (
        select(Revision, Agency, PeriodRow.code, Person.name, Words.body)
        .join(Agency, Agency.id == Revision.agency_id)
        .join(PeriodRow, PeriodRow.id == Revision.period_id)
        .join(Person, Person.id == Revision.signed_by)
        .outerjoin(
            Words, and_(Words.partnership_id == Revision.partnership_id, Words.id == Revision.reason_id)
        )
        .where(*after)
        .order_by(Revision.position.desc())
        .limit(MOST_SHOWN)
    )
    definitions: dict[str, Definition] = {}
    found = []
    for row, agency, period, person, reason in session.execute(query):
        if row.return_code not in definitions:
            definitions[row.return_code] = catalogue.definition(session, row.return_code)
        definition = definitions[row.return_code]
        shut = MONEY_WITHHELD if definition.finance and not audience.money else ""
        found.append(
            Signed(
                definition.title, agency.name, parse(period), row.number, row.signed_at, person,
                withheld_from(agency, audience, shut) or reason or "", row.channel == "import",
            )
        )  # fmt: skip
    return tuple(found)


def _moved(
    session: Session,
    partnership: Partnership,
    earlier: AsAt,
    later: AsAt,
    audience: Audience,
    touched: Sequence[_Touched],
) -> list[Moved]:
    if not touched:
        return []
    returns = {each.return_code for each in touched}
    first = min(each.period.starts_on for each in touched)
    readings = [Reading(session, partnership, at) for at in (earlier, later)]
    chosen = [
        measure
        for measure in measures_as_at(session, later.moment).values()
        if measure.kind in READ
        and measure.usual == "month"
        and not measure.judged
        and measure.sources["month"].return_code in returns
        and not readings[1].cells.definition(measure.sources["month"].return_code).finance
    ]
    for reading in readings:
        reading.prefetch(chosen, Asked(first=first))
    found: list[Moved] = []
    for measure in chosen:
        before, after = (_points(session, reading, measure, audience, first) for reading in readings)
        for period in sorted(after, reverse=True):
            then, now = before.get(period), after[period]
            if then is not None and (then.value, then.state) == (now.value, now.state):
                continue
            if then is None and now.value is None:
                continue
            found.append(_pair(measure, period, then, now))
    return found


def _points(
    session: Session,
    reading: Reading,
    measure: Measure,
    audience: Audience,
    first: date,
) -> dict[Period, Point]:
    try:
        series = narrowed(reading, measure, audience, View(), first=first)
    except UnknownDefinition:
        return {}
    return {point.period: point for point in series.points if point.state != "not_due"}


def _pair(measure: Measure, period: Period, then: Point | None, now: Point) -> Moved:
    return Moved(
        measure=measure,
        period=period,
        before=value_words(measure, then) if then else "nothing known",
        over_before=then.coverage.words if then else "",
        after=value_words(measure, now),
        over_after=now.coverage.words,
        same_agencies=then is not None and then.coverage.received == now.coverage.received,
    )
