"""What a signatory sent back: why, and which parts of the return they named, until it is sent again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from hub.db import new_id
from hub.definitions.model import TOTAL, Definition
from hub.errors import NotReady
from hub.submissions.models import SentBackPart, SubmissionEvent
from hub.submissions.queries import timeline

Part = tuple[str, str]  # breakdown, and a figure of it or "" for the whole table


@dataclass(frozen=True)
class SentBack:
    person: str
    at: datetime
    words: str
    parts: tuple[Part, ...]


def parts_of_return(definition: Definition, kind: str) -> list[tuple[Part, str]]:
    """The parts that can be named in a return of a kind of agency, with their titles: each total, then each table."""
    owes = definition.owes_for(kind)
    tables = [each for each in definition.breakdowns if owes is None or each.name in owes.breakdowns]
    totals = [
        ((TOTAL, name), definition.figure(name).title)
        for table in tables
        if table.name == TOTAL
        for name in table.figures
        if owes is None or name in owes.figures
    ]
    return [*totals, *(((table.name, ""), table.title) for table in tables if table.name != TOTAL)]


def name_parts(
    session: Session, event: SubmissionEvent, parts: Sequence[Part], *, known: Sequence[Part]
) -> None:
    """Keep which parts an event of sending back names. NotReady for one that the return has not."""
    if any(part not in known for part in parts):
        raise NotReady("One of the parts that you named is no part of this return. Choose among those shown.")
    rows = [
        {"partnership_id": event.partnership_id, "id": new_id(), "event_id": event.id, "breakdown": table, "figure": figure}
        for table, figure in dict.fromkeys(parts)
    ]  # fmt: skip
    if rows:
        session.execute(insert(SentBackPart), rows)


def still_sent_back(session: Session, partnership_id: int, due_item_id: int) -> SentBack | None:
    """The last sending back, while the return has not been sent again since."""
    for happened in reversed(timeline(session, partnership_id, due_item_id)):
        if happened.kind in ("sent", "signed"):
            return None
        if happened.kind == "sent_back":
            rows = session.execute(
                select(SentBackPart.breakdown, SentBackPart.figure)
                .join(
                    SubmissionEvent,
                    (SubmissionEvent.partnership_id == SentBackPart.partnership_id)
                    & (SubmissionEvent.id == SentBackPart.event_id),
                )
                .where(
                    SubmissionEvent.partnership_id == partnership_id,
                    SubmissionEvent.due_item_id == due_item_id,
                    SubmissionEvent.sequence == happened.sequence,
                )
                .order_by(SentBackPart.id)
            )
            parts = tuple((table, figure) for table, figure in rows)
            return SentBack(happened.person, happened.at, happened.words or "", parts)
    return None
