"""What agencies signed before, for the history rules: read here, and sent to the check within its scope.

Of the agency's own figures: totals of the last periods, and every line of the period just before each submission. Of
others: the one figure that a pair of returns sets beside the own. Everything as it is signed now.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import periods
from hub.definitions.catalogue import figure_ids
from hub.definitions.layout import periods_in
from hub.definitions.model import NOT_KNOWN, TOTAL, Definition, HistoryRule
from hub.definitions.models import PeriodRow
from hub.facts.interning import CHUNK, set_text
from hub.facts.models import AREA_BREAKDOWN, AREA_NOT_KNOWN, WHOLE, DimensionSet, Fact, Revision
from hub.partners.models import Agency, Area, Partnership, Person
from hub.periods import Period
from hub.validation.outcome import Expected, OtherSide, Scope, Signed

Owner = tuple[int, int]  # partnership and agency
MONTHS = {"month": 1, "quarter": 3, "term": 5, "financial_year": 12, "academic_year": 12, "mid_year": 12}


def with_history(session: Session, definition: Definition, scope: Scope) -> Scope:
    """The scope with what its submissions are compared with. Nothing is read where the definition asks nothing."""
    if not definition.history or not scope.expected:
        return scope
    asked = _Asked.of(session, definition, scope)
    signed = _Reading(session, definition, asked).signed()
    sides = [
        side for rule in definition.history if rule.beside for side in _other_sides(session, rule, asked)
    ]
    return replace(scope, signed=tuple(signed), other_sides=tuple(sides))


@dataclass(frozen=True)
class _Asked:
    """The submissions of a scope: whose, the periods of their rows, and the period before each."""

    keys: dict[Owner, str]  # "partnership/agency"
    codes: dict[int, str]  # of agencies
    own: frozenset[Period]
    just_before: frozenset[Period]
    since: date

    @classmethod
    def of(cls, session: Session, definition: Definition, scope: Scope) -> _Asked:
        partnerships = _ids(session, Partnership, {item.partnership for item in scope.expected})
        agencies = _ids(session, Agency, {item.agency for item in scope.expected})
        rows = [_rows_of(definition, item) for item in scope.expected]
        longest = max((int(rule.parameters.get("periods", 0)) for rule in definition.history), default=0)
        months = max((max(longest, 12 // MONTHS[part[0].kind]) + 1) * MONTHS[part[0].kind] for part in rows)
        first = min(part[0].starts_on for part in rows)
        return cls(
            keys={
                (partnerships[item.partnership], agencies[item.agency]): f"{item.partnership}/{item.agency}"
                for item in scope.expected
            },
            codes={number: code for code, number in agencies.items()},
            own=frozenset(period for part in rows for period in part),
            just_before=frozenset(periods.preceding(part[0]) for part in rows),
            since=first - timedelta(days=31 * months),
        )

    @property
    def partnership_ids(self) -> set[int]:
        return {partnership for partnership, _ in self.keys}

    @property
    def until(self) -> date:
        return max(period.ends_on for period in self.own)


def _rows_of(definition: Definition, item: Expected) -> list[Period]:
    owes = definition.owes_for(item.agency_kind)
    whole = periods.parse(item.period)
    return periods_in(owes, whole) if owes else [whole]


def _ids(session: Session, model: Any, codes: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in _chunks(sorted(codes)):
        rows = session.execute(select(model.code, model.id).where(model.code.in_(part)))
        found.update((code, number) for code, number in rows)
    return found


def _chunks(values: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


class _Reading:
    """One reading of the own agencies' signed figures."""

    def __init__(self, session: Session, definition: Definition, asked: _Asked) -> None:
        self.session, self.definition, self.asked = session, definition, asked
        self.figures = {number: place for place, number in figure_ids(session, definition.code).items()}
        kinds = {period.kind for period in asked.own} | {owes.frequency for owes in definition.owes}
        rows = session.execute(
            select(PeriodRow.id, PeriodRow.code).where(
                PeriodRow.kind.in_(kinds),
                PeriodRow.starts_on >= asked.since,
                PeriodRow.ends_on <= asked.until,
            )
        )
        self.periods = {number: code for number, code in rows}
        self.agency_ids = sorted(asked.codes)

    def signed(self) -> list[Signed]:
        """One value for each owner and period, in their order."""
        revisions = self._revisions()
        by = {
            (owner, period.code): name
            for owner, whole, _id, name in revisions
            for period in self._parts(whole)
        }
        found: dict[tuple[Owner, str], Signed] = {}
        for owner, period, breakdown, code, figure, value in self._cells(revisions):
            place = (owner, period)
            if owner in self.asked.keys and place in by:
                signed = found.setdefault(place, Signed(self.asked.keys[owner], period, by[place], {}))
                signed.values.setdefault(breakdown, {}).setdefault(code, {})[figure] = value
        return [found[place] for place in sorted(found)]

    def _parts(self, whole: str) -> Iterable[Period]:
        """The periods of rows that a period of collection may hold."""
        period = periods.parse(whole)
        for kind in {row.kind for row in self.asked.own}:
            yield from [period] if period.kind == kind else periods.within(period, kind)

    def _revisions(self) -> list[tuple[Owner, str, int, str]]:
        """What stands signed: owner, period of collection, revision and who signed it."""
        standing: dict[tuple[Owner, str], tuple[int, str]] = {}
        for agencies in _chunks(self.agency_ids):
            query = (
                select(
                    Revision.partnership_id, Revision.agency_id, Revision.period_id, Revision.id, Person.name
                )
                .join(Person, Person.id == Revision.signed_by)
                .where(
                    Revision.partnership_id.in_(self.asked.partnership_ids),
                    Revision.return_code == self.definition.code,
                    Revision.period_id.in_(self.periods),
                    Revision.agency_id.in_(agencies),
                )
                .order_by(Revision.number)
            )
            for partnership, agency, period, number, name in self.session.execute(query):
                standing[(partnership, agency), self.periods[period]] = (number, name)
        return [(owner, period, number, name) for (owner, period), (number, name) in standing.items()]

    def _cells(
        self, revisions: list[tuple[Owner, str, int, str]]
    ) -> Iterator[tuple[Owner, str, str, str, str, int | None]]:
        yield from self._totals()
        before = {period.code for period in self.asked.just_before}
        wanted = [
            number
            for _owner, whole, number, _name in revisions
            if any(period.code in before for period in self._parts(whole))
        ]
        yield from self._lines(wanted, before)

    def _totals(self) -> Iterator[tuple[Owner, str, str, str, str, int | None]]:
        totals = [number for number, (breakdown, _figure) in self.figures.items() if breakdown == TOTAL]
        for agencies in _chunks(self.agency_ids):
            query = select(
                Fact.partnership_id, Fact.agency_id, Fact.period_id, Fact.figure_id, Fact.value
            ).where(
                Fact.partnership_id.in_(self.asked.partnership_ids),
                Fact.figure_id.in_(totals),
                Fact.period_id.in_(self.periods),
                Fact.dimension_set_id == WHOLE,
                Fact.area_id == WHOLE,
                Fact.agency_id.in_(agencies),
                Fact.known_until.is_(None),
            )
            for partnership, agency, period, figure, value in self.session.execute(query):
                yield (partnership, agency), self.periods[period], TOTAL, "", self.figures[figure][1], value

    def _lines(
        self, revisions: list[int], wanted: Collection[str]
    ) -> Iterator[tuple[Owner, str, str, str, str, int | None]]:
        """Every line of those revisions in the wanted periods."""
        areas = {number: code for number, code in self.session.execute(select(Area.id, Area.code))}
        areas[AREA_NOT_KNOWN] = NOT_KNOWN
        for part in _chunks(revisions):
            query = (
                select(
                    Fact.partnership_id, Fact.agency_id, Fact.period_id, Fact.figure_id, Fact.area_id,
                    DimensionSet.canonical, Fact.value,
                )
                .join(DimensionSet, DimensionSet.id == Fact.dimension_set_id)
                .where(
                    Fact.partnership_id.in_(self.asked.partnership_ids),
                    Fact.revision_id.in_(part),
                    Fact.known_until.is_(None),
                )
            )  # fmt: skip
            for partnership, agency, period, figure, area, line, value in self.session.execute(query):
                place = self.figures.get(figure)
                if place is None or place[0] == TOTAL or self.periods.get(period) not in wanted:
                    continue
                code = areas[area] if place[0] == AREA_BREAKDOWN else json.loads(line)[place[0]]
                yield (partnership, agency), self.periods[period], place[0], code, place[1], value


def _other_sides(session: Session, rule: HistoryRule, asked: _Asked) -> Iterator[OtherSide]:
    """The figure beside each own line, of the same period.

    A table of the other return has a line for the own agency; its total is beside the line that names its agency.
    """
    breakdown, figure = rule.beside["breakdown"], rule.beside["figure"]
    number = figure_ids(session, rule.beside["return"]).get((breakdown, figure))
    if number is None:
        return
    own = {period.code for period in asked.own}
    by_line = breakdown != TOTAL
    mine = {set_text(breakdown, code): code for code in asked.codes.values()} if by_line else {}
    query = (
        select(
            Fact.partnership_id, PeriodRow.code, DimensionSet.canonical, Agency.code, Agency.name, Fact.value
        )
        .join(PeriodRow, PeriodRow.id == Fact.period_id)
        .join(DimensionSet, DimensionSet.id == Fact.dimension_set_id)
        .join(Agency, Agency.id == Fact.agency_id)
        .where(
            Fact.partnership_id.in_(asked.partnership_ids),
            Fact.figure_id == number,
            PeriodRow.starts_on >= min(period.starts_on for period in asked.own),
            PeriodRow.ends_on <= asked.until,
            Fact.known_until.is_(None),
        )
    )
    if by_line:
        query = query.where(DimensionSet.canonical.in_(list(mine)))
    owners = {(partnership, asked.codes[agency]): key for (partnership, agency), key in asked.keys.items()}
    for partnership, period, line, code, name, value in session.execute(query):
        if period in own and value is not None:
            senders = [mine[line]] if by_line else asked.codes.values()
            for key in (owners[partnership, each] for each in senders if (partnership, each) in owners):
                yield OtherSide(rule.code, key, period, "" if by_line else code, value, name)
