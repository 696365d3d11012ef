"""Where a signed figure behind a number leads its reader: to the return's own page, and to what was asked about its row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub.board.drill import Behind
from hub.definitions.model import TOTAL
from hub.facts.moments import AsAt
from hub.partners.models import Partnership
from hub.partners.policy import Permission, Place
from hub.submissions.corrections import Correction, corrections
from hub.web import reach


@dataclass(frozen=True)
class Lead:
    """`opens` the page of the return; `asked` is what was asked about this very figure, None where the reader may not know."""

    opens: bool = False
    asked: tuple[Correction, ...] | None = None


def leads(session: Session, place: Partnership, at: AsAt, found: Iterable[Behind]) -> list[Lead]:
    """One for each figure, in their order. What was asked after the moment was not known then."""
    rows = list(found)
    own = {
        row.agency_id
        for row in rows
        if reach.may_here(Permission.FIGURES_OWN, Place(place.id, row.agency_id))
    }
    items = {row.due_item_id for row in rows if row.agency_id in own and _is_its_own(row)}
    asked = (
        [each for each in corrections(session, place.id, items) if each.asked_at <= at.moment]
        if items
        else []
    )
    return [
        Lead(
            opens=_is_its_own(row) and reach.may_open_return(place, row.agency_id, row.return_code),
            asked=tuple(each for each in asked if _is_about(each, row)) if row.due_item_id in items else None,
        )
        for row in rows
    ]


def _is_its_own(row: Behind) -> bool:
    """What was published is nobody's return here, and what is withheld leads nowhere."""
    return row.source is None and row.withheld is None


def _is_about(asked: Correction, row: Behind) -> bool:
    where = asked.place
    return (asked.due_item_id, where.breakdown, where.period, where.figure) == (
        row.due_item_id,
        TOTAL,
        row.period,
        row.figure,
    )
