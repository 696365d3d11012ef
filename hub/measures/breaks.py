"""Where a return began to count something else: periods that are not compared with those before them.

A new version of a return's questions is a break only for the figures that it asks for in other words or another unit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.audit.settled import settled
from hub.definitions import catalogue
from hub.definitions.models import DefinitionVersion, PeriodRow
from hub.facts.models import Revision
from hub.facts.moments import AsAt
from hub.periods import Period, parse

Asks = tuple[object, ...]


def counts_differently(session: Session, before: int, after: int, names: Sequence[str]) -> bool:
    """Whether two versions of a return's questions do not ask the same of any of the figures."""
    return before != after and _asks(session, before, names) != _asks(session, after, names)


def versions_of_returns(session: Session) -> dict[str, list[int]]:
    """Return → the numbers of its definition's versions, oldest first."""
    return settled(session, _versions_of_returns)


def _versions_of_returns(session: Session) -> dict[str, list[int]]:
    query = (
        select(DefinitionVersion.code, DefinitionVersion.id)
        .where(DefinitionVersion.kind == "return")
        .order_by(DefinitionVersion.version, DefinitionVersion.known_from)
    )
    found: dict[str, list[int]] = defaultdict(list)
    for code, number in session.execute(query):
        found[code].append(number)
    return found


def breaks(
    session: Session, at: AsAt, return_code: str, names: Sequence[str], ids: Sequence[int]
) -> frozenset[Period]:
    """The first period of each new way to count the figures, as signed by a moment. `ids` are the return's versions."""
    asks = {number: _asks(session, number, names) for number in ids} if len(ids) > 1 else {}
    if len(set(asks.values())) < 2:
        return frozenset()  # as nearly always: nothing signed need be looked at
    signed = session.execute(
        select(PeriodRow.code, Revision.definition_version_id)
        .join(Revision, Revision.period_id == PeriodRow.id)
        .where(
            Revision.partnership_id == at.partnership_id,
            Revision.return_code == return_code,
            Revision.position <= at.position,
        )
        .distinct()
    )
    newest: dict[Period, int] = {}
    for code, number in signed:
        period = parse(code)
        newest[period] = max(newest.get(period, 0), ids.index(number))
    found, before = set(), None
    for period in sorted(newest, key=lambda one: one.starts_on):
        asked = asks[ids[newest[period]]]
        if before is not None and asked != before:
            found.add(period)
        before = asked
    return frozenset(found)


def _asks(session: Session, version: int, names: Sequence[str]) -> Asks:
    figures = {each.name: each for each in catalogue.definition_of_version(session, version).figures}
    return tuple(
        (figure.description, figure.unit, figure.counted, figure.not_counted)
        if (figure := figures.get(name))
        else None
        for name in names
    )
