"""Matters as pages show them: which the person takes part in, for which side, and what each thing said is in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask import g
from sqlalchemy.orm import Session

from hub.access import guard
from hub.comparison.matters import REASONS, Matter, Paper, Said, Side, matters
from hub.comparison.mirror import comparisons
from hub.comparison.say import DID
from hub.comparison.sides import source_of
from hub.definitions.model import TOTAL, WITHIN
from hub.facts.models import AREA_BREAKDOWN
from hub.facts.moments import AsAt, as_at
from hub.measures.load import measures_as_at
from hub.measures.model import Measure
from hub.partners.areas import KnownArea
from hub.partners.models import Partnership
from hub.partners.policy import Permission, Place
from hub.periods import Period
from hub.submissions.corrections import Correction, corrections
from hub.submissions.corrections import Place as Row
from hub.web import reach

LATEST = timedelta(days=190)  # of the block on the first page
SHOWN = 5


@dataclass(frozen=True)
class Line:
    """One thing said, with whose side said it and about which totals."""

    said: Said
    who: str
    did: str
    reason: str


def side_of(place: Partnership, sender_id: int) -> Side:
    """For which side the person at the door speaks; the guard has let them in."""
    own = reach.agency_ids(Permission.MATTER_TAKE_PART)
    if sender_id in own:
        return "sent"
    return "logged" if place.council_agency_id in own else "partnership"


def may_open(place: Partnership, sender_id: int) -> bool:
    if place.council_agency_id is None:
        return False
    parties = frozenset({sender_id, place.council_agency_id})
    return guard.allows(g.actor, Permission.MATTER_TAKE_PART, Place(place.id, parties=parties))


def mine(
    session: Session, place: Partnership, at: AsAt, measure: Measure, *, first: date | None = None
) -> list[Matter]:
    """The matters of the person's own agencies; all of them for the receiving side and for the data team."""
    own = reach.agency_ids(Permission.MATTER_TAKE_PART)
    everything = place.council_agency_id in own or place.id in reach.partnership_ids(
        Permission.MATTER_TAKE_PART
    )
    ids = None if everything else sorted(own)
    return matters(session, at, measure, sender_ids=ids, first=first)


@dataclass(frozen=True)
class Block:
    """What the first page says of one partnership: the newest open matters of one's own agencies."""

    partnership: Partnership
    measure: Measure
    newest: tuple[Matter, ...]
    more: int


def blocks(session: Session, places: list[Partnership]) -> list[Block]:
    """For the people of the two sides what is open; for a data team the way to its list."""
    found: list[Block] = []
    stewarded = reach.partnership_ids(Permission.MATTER_TAKE_PART)
    if not stewarded and not reach.agency_ids(Permission.MATTER_TAKE_PART):
        return found
    for place in places:
        at = as_at(session, place)
        for measure in comparisons(session, list(measures_as_at(session, at.moment).values())):
            if place.id in stewarded:
                found.append(Block(place, measure, (), 0))
                continue
            every = mine(session, place, at, measure, first=at.today - LATEST)
            still = [each for each in every if each.standing == "open"]
            if still:
                found.append(Block(place, measure, tuple(still[:SHOWN]), max(0, len(still) - SHOWN)))
    return found


def rows_compared(measure: Measure, sender: str, month: Period, area: KnownArea | None) -> dict[str, Row]:
    """Side → the figure of its return that is compared: what the other side may ask to be looked at again."""
    source, _, breakdown, figure = source_of(measure)
    if area is not None:
        crossed = f"{sender}{WITHIN}{area.code}"
        return {
            "sent": Row(month.code, AREA_BREAKDOWN, area.code, source.numerator[0]),
            "logged": Row(month.code, source.logged_by_area, crossed, figure),
        }
    return {
        "sent": Row(month.code, TOTAL, "", source.numerator[0]),
        "logged": Row(month.code, breakdown, sender, figure),
    }


def asked_about(
    session: Session, place: Partnership, found: Matter, signed: dict[str, Paper], measure: Measure
) -> list[tuple[str, Correction]]:
    """(side, request) about the two figures that are compared."""
    rows = rows_compared(measure, found.sender.code, found.month, found.area)
    requests = corrections(session, place.id, [paper.due_item_id for paper in signed.values()])
    return [
        (side, each)
        for each in requests
        for side, paper in signed.items()
        if each.due_item_id == paper.due_item_id and each.place == rows[side]
    ]


def lines(found: Matter, *, council: str) -> list[Line]:
    """Newest last, as it was said."""
    names = {"sent": found.sender.name, "logged": council, "partnership": "the data team"}
    return [
        Line(each, names[each.side], DID[each.kind], REASONS.get(each.reason or "", ""))
        for each in found.said
    ]
