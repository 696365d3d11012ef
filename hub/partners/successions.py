"""Bodies that merged, split or were renamed: who came after whom. What a body signed stays its own; comparisons may follow."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from hub.partners.models import Agency, Succession


def followed(session: Session, day: date) -> dict[str, str]:
    """Code → the code of the body that had taken its place by a day, at the end of the chain.

    A body that split has several successors; nobody can say which of its figures were whose, so it is not followed.
    """
    before, after = aliased(Agency), aliased(Agency)
    query = (
        select(before.code, after.code)
        .select_from(Succession)
        .join(before, before.id == Succession.from_agency_id)
        .join(after, after.id == Succession.to_agency_id)
        .where(Succession.on_date <= day)
    )
    successors: dict[str, set[str]] = defaultdict(set)
    for old, new in session.execute(query):
        successors[old].add(new)
    alone = {old: next(iter(new)) for old, new in successors.items() if len(new) == 1}
    return {old: _last(alone, old) for old in alone}


def _last(alone: dict[str, str], code: str) -> str:
    seen = {code}
    while (after := alone.get(code)) is not None and after not in seen:
        seen.add(after)
        code = after
    return code
