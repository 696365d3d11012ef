"""Is everybody in: of each return the newest period that has fallen due, how many came, and whose did not."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.board.packs.document import Block
from hub.calendar.models import DueItem
from hub.definitions.catalogue import definition
from hub.facts.moments import AsAt
from hub.measures.coverage import collected, missing_agencies, named
from hub.partners.models import Partnership
from hub.partners.names import named_as_at
from hub.periods import Period


@dataclass(frozen=True)
class Newest:
    title: str
    period: Period
    due: int
    received: int
    missing: tuple[str, ...]


def newest(session: Session, partnership: Partnership, at: AsAt) -> list[Newest]:
    """Returns by title; one that was never due yet is left out."""
    codes = session.scalars(
        select(DueItem.return_code).where(DueItem.partnership_id == partnership.id).distinct()
    )
    found = []
    for code in codes:
        due = [each for each in collected(session, at, code) if each.fallen_due]
        if not due:
            continue
        last = due[-1]
        lacking = missing_agencies(session, at, code, last.period) if last.received < last.due else []
        missing = named_as_at(session, at.today, at.moment, lacking)
        found.append(Newest(definition(session, code).title, last.period, last.due, last.received, missing))
    return sorted(found, key=lambda each: each.title)


def table(found: list[Newest]) -> Block:
    return Block(
        "table",
        "The newest period of each return that has fallen due",
        columns=("Return", "Period", "Received", "Due", "Not received from"),
        numeric=(2, 3),
        rows=tuple(
            (each.title, each.period.name, str(each.received), str(each.due), named(each.missing))
            for each in found
        ),
    )
