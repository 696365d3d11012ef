"""What a partnership says of signed rows: a contract inside or outside the arrangements, a moderated score.

Kept beside the rows and never in them: the sender's figures stay as signed. Each judgement is dated and has a reason;
the last one as at a moment stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from hub.calendar.models import DueItem
from hub.db import new_id
from hub.errors import Conflict
from hub.facts.models import Judgement, Words
from hub.facts.words import keep_words
from hub.partners.models import Person

RowKey = tuple[int, str, str]  # due item, breakdown, code


@dataclass(frozen=True)
class Judged:
    """One judgement with who made it, when and why."""

    id: int
    judgement: str
    why: str
    person: str
    at: datetime


def judge(
    session: Session,
    row: RowKey,
    *,
    partnership_id: int,
    judgement: str,
    why: str,
    person_id: int,
    at: datetime,
    seen: int,
) -> Judgement:
    """Add a judgement. Raises Conflict where somebody judged the row since `seen` (the last one's number, 0 for none)."""
    due_item_id, breakdown, code = row
    # Two persons who judge the same row wait for one another here.
    session.execute(
        select(DueItem.id)
        .where(DueItem.partnership_id == partnership_id, DueItem.id == due_item_id)
        .with_for_update()
    ).one()
    before = judgements_as_at(session, partnership_id, at, due_item_ids=[due_item_id]).get(row, [])
    if (before[-1].id if before else 0) != seen:
        raise Conflict(
            f"{before[-1].person} judged this row meanwhile. Look at what was said, then say yours."
        )
    made = Judgement(
        partnership_id=partnership_id,
        id=new_id(),
        due_item_id=due_item_id,
        breakdown=breakdown,
        code=code,
        judgement=judgement,
        words_id=keep_words(session, partnership_id, why),
        judged_by=person_id,
        judged_at=at,
    )
    session.add(made)
    session.flush()
    return made


def judgements_as_at(
    session: Session, partnership_id: int, moment: datetime, *, due_item_ids: Sequence[int]
) -> Mapping[RowKey, list[Judged]]:
    """What was said of each row up to a moment, the last one last."""
    query = (
        select(Judgement, Words.body, Person.name)
        .join(Words, and_(Words.partnership_id == Judgement.partnership_id, Words.id == Judgement.words_id))
        .join(Person, Person.id == Judgement.judged_by)
        .where(
            Judgement.partnership_id == partnership_id,
            Judgement.judged_at <= moment,
            Judgement.due_item_id.in_(due_item_ids),
        )
        .order_by(Judgement.judged_at, Judgement.id)
    )
    found: dict[RowKey, list[Judged]] = defaultdict(list)
    for row, why, name in session.execute(query):
        said = Judged(row.id, row.judgement, why or "", name, row.judged_at)
        found[row.due_item_id, row.breakdown, row.code].append(said)
    return found
