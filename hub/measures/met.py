"""How many lines of a table have at least so much: standards met, as agencies score themselves or as they were moderated.

Scores are never added. Each line of each agency counts once where it has a number; as moderated, where the partnership
has said its own of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from sqlalchemy.orm import Session

from hub.facts.moments import AsAt
from hub.facts.queries import FactAsAt, facts_as_at
from hub.measures.judged import last_said, lines_of
from hub.measures.model import Asked, Met
from hub.measures.points import Side, Sums
from hub.periods import Period, parse


def sides(
    session: Session,
    at: AsAt,
    figure_id: int,
    met: Met,
    asked: Asked,
    *,
    agencies: Callable[[set[int]], Mapping[int, str]],
) -> tuple[Side, Side]:
    """Lines that have at least so much, and all that have a number, by period and by what was asked."""
    facts = facts_as_at(
        session,
        at,
        [figure_id],
        first=asked.first,
        last=asked.last,
        agency_ids=asked.agency_ids,
    )
    lines = lines_of(session, met.breakdown, facts)
    names = agencies({fact.agency_id for fact in facts}) if asked.by == "agency" else {}
    above: dict[tuple[Period, str], Sums] = defaultdict(Sums)
    below: dict[tuple[Period, str], Sums] = defaultdict(Sums)
    for fact, number in _numbers(session, at, met, facts, lines):
        line = {met.breakdown: lines[fact.dimension_set_id], "agency": names.get(fact.agency_id, "")}
        key = parse(fact.period), line[asked.by] if asked.by else ""
        for side, count in ((above, int(number >= met.at_least)), (below, 1)):
            side[key].value += count
            side[key].answered += 1
    return Side(dict(above)), Side(dict(below))


def _numbers(
    session: Session, at: AsAt, met: Met, facts: list[FactAsAt], lines: Mapping[int, str]
) -> Iterator[tuple[FactAsAt, int]]:
    """Each line's number: the sender's own, or what the partnership said last of it."""
    if not met.judged:
        yield from ((fact, fact.value) for fact in facts if fact.value is not None)
        return
    said = last_said(session, at, met.breakdown, facts, lines)
    yield from ((fact, int(said[fact.id])) for fact in facts if fact.id in said)
