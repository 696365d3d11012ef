"""Rows of a register by what the partnership says of them: services inside and outside the arrangements, and their cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.facts.judgements import judgements_as_at
from hub.facts.models import DimensionMember, Revision
from hub.facts.moments import AsAt
from hub.facts.queries import FactAsAt, facts_as_at
from hub.measures.model import Asked, Rows
from hub.measures.points import Side, Sums
from hub.periods import Period, parse

JUDGED = "judged"  # what such a series is broken down by
NOT_JUDGED = "not-judged"


def side(
    session: Session, at: AsAt, figure_id: int, rows: Rows, asked: Asked
) -> tuple[Side, dict[tuple[Period, str], int]]:
    """Rows counted, or their figure added up, by period and last judgement; and how many agencies stand behind each."""
    facts = facts_as_at(
        session,
        at,
        [figure_id],
        first=asked.first,
        last=asked.last,
        agency_ids=asked.agency_ids,
    )
    said = last_said(session, at, rows.breakdown, facts, lines_of(session, rows.breakdown, facts))
    sums: dict[tuple[Period, str], Sums] = defaultdict(Sums)
    agencies: dict[tuple[Period, str], set[int]] = defaultdict(set)
    for fact in facts:
        key = parse(fact.period), said.get(fact.id, NOT_JUDGED)
        agencies[key].add(fact.agency_id)
        if rows.counted or fact.value is not None:
            sums[key].value += 1 if rows.counted else fact.value or 0
            sums[key].answered += 1
        else:
            sums[key].states[fact.state] += 1
    return Side(dict(sums)), {key: len(found) for key, found in agencies.items()}


def lines_of(session: Session, breakdown: str, facts: Sequence[FactAsAt]) -> dict[int, str]:
    """Dimension set → line."""
    rows = session.execute(
        select(DimensionMember.dimension_set_id, DimensionMember.code).where(
            DimensionMember.dimension == breakdown,
            DimensionMember.dimension_set_id.in_({fact.dimension_set_id for fact in facts}),
        )
    )
    return dict(rows.all())


def last_said(
    session: Session, at: AsAt, breakdown: str, facts: Sequence[FactAsAt], lines: Mapping[int, str]
) -> dict[int, str]:
    """Fact → what the partnership said last of its row, as at the moment; rows of which nothing was said are left out."""
    items = dict(
        session.execute(
            select(Revision.id, Revision.due_item_id).where(
                Revision.partnership_id == at.partnership_id,
                Revision.id.in_({fact.revision_id for fact in facts}),
            )
        ).all()
    )
    said = judgements_as_at(session, at.partnership_id, at.moment, due_item_ids=sorted(set(items.values())))
    found = {
        fact.id: said.get((items[fact.revision_id], breakdown, lines[fact.dimension_set_id]))
        for fact in facts
    }
    return {number: judgements[-1].judgement for number, judgements in found.items() if judgements}
