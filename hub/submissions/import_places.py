"""Where the rows of an imported table belong: whose agency each code means, and in which partnership its figures lie.

A council's published figures lie in the partnership that it leads, those of the nation and its regions in `england`.
An agency's own history lies in the partnership named, or in the only one that it is a member of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from hub import periods
from hub.calendar.due import make_due_items, period_id
from hub.calendar.models import DueItem
from hub.db import new_id
from hub.definitions.model import Definition
from hub.errors import WrongUsage
from hub.partners.models import Agency, AgencyCode, Membership, Partnership
from hub.partners.queries import ENGLAND

NATIONAL_KINDS = ("region", "nation")


@dataclass(frozen=True)
class Home:
    """An agency and the partnership that its rows go to; without one, `why` says so in a sentence."""

    agency: Agency | None = None
    partnership: Partnership | None = None
    why: str | None = None


def homes(
    session: Session, definition: Definition, codes: Collection[str], *, partnership: Partnership | None
) -> dict[str, Home]:
    """Each code as written → where it belongs. `partnership` is the one that the operator named."""
    bodies = _bodies(session, codes)
    find = _published(session) if definition.published else _own(session, bodies.values(), partnership)
    return {code: _home(definition, code, bodies.get(code), find) for code in codes}


def _bodies(session: Session, codes: Collection[str]) -> dict[str, Agency]:
    """By any code that ever named an agency; the code that it is written by goes first."""
    wanted = sorted(codes)
    aliases = (
        select(AgencyCode.code, Agency)
        .join(Agency, Agency.id == AgencyCode.agency_id)
        .where(AgencyCode.code.in_(wanted))
    )
    found = dict(session.execute(aliases).all())
    return found | {
        body.code: body for body in session.scalars(select(Agency).where(Agency.code.in_(wanted)))
    }


_Find = Callable[[Agency], tuple[Partnership | None, str]]


def _home(definition: Definition, code: str, body: Agency | None, find: _Find) -> Home:
    if body is None:
        return Home(
            why=f"“{code}” is not the code of an agency known here. Correct it, or load the agency first."
        )
    if definition.owes_for(body.kind) is None:
        return Home(why=f"{body.name} ({code}) is not asked for “{definition.title}”. Take the row out.")
    place, why = find(body)
    return Home(body, place, why) if place is None else Home(body, place)


def _published(session: Session) -> _Find:
    real = session.scalars(select(Partnership).where(Partnership.illustrative.is_(False))).all()
    led = {place.council_agency_id: place for place in real if place.code != ENGLAND}
    england = next((place for place in real if place.code == ENGLAND), None)

    def find(body: Agency) -> tuple[Partnership | None, str]:
        if body.kind in NATIONAL_KINDS:
            return england, "There is no partnership “england” for national figures. Run “hub seed england”."
        return (
            led.get(body.id),
            f"No partnership is led by {body.name} ({body.code}). Run “hub seed england”, or load the partnership.",
        )

    return find


def _own(session: Session, bodies: Iterable[Agency], named: Partnership | None) -> _Find:
    ids = [body.id for body in bodies]
    rows = session.execute(
        select(Membership.agency_id, Partnership)
        .join(Partnership, Partnership.id == Membership.partnership_id)
        .where(Membership.agency_id.in_(ids))
    )
    of_agency: dict[int, dict[int, Partnership]] = defaultdict(dict)
    for agency_id, place in rows:
        of_agency[agency_id][place.id] = place

    def find(body: Agency) -> tuple[Partnership | None, str]:
        places = of_agency[body.id]
        if named is not None:
            return places.get(named.id), f"{body.name} ({body.code}) is not a member of {named.name}."
        if len(places) == 1:
            return next(iter(places.values())), ""
        return (
            None,
            f"{body.name} ({body.code}) is a member of {len(places)} partnerships. Name one with --partnership.",
        )

    return find


def due_items_for(
    session: Session, definition: Definition, rows: Sequence[tuple[Partnership, Agency, str]]
) -> list[int]:
    """The due items of (partnership, agency, period as written), made where they are not there yet.

    Nobody owes a published return, so its items are made for what came; an agency's own come from the due list.
    """
    spans = {text: span for text in {row[2] for row in rows} if (span := _period(text)) is not None}
    if not definition.published and spans:
        first, last = min(spans.values()).starts_on, max(span.ends_on for span in spans.values())
        for place in {row[0].id: row[0] for row in rows}.values():
            make_due_items(session, place, definition, first, last)
    ids = {text: period_id(session, span) for text, span in spans.items()}
    wanted = {(place.id, body.id, ids[text]) for place, body, text in rows if text in ids}
    items = _items(session, definition.code, {key[0] for key in wanted})
    if not definition.published:
        return list(items.values())
    absent = sorted(wanted - items.keys())
    made = [
        {
            "partnership_id": place,
            "id": new_id(),
            "agency_id": body,
            "return_code": definition.code,
            "period_id": period,
            "due_on": None,
        }
        for place, body, period in absent
    ]
    if made:
        session.execute(insert(DueItem), made)
    fresh = {
        (int(row["partnership_id"] or 0), int(row["agency_id"] or 0), int(row["period_id"] or 0)): row["id"]
        for row in made
    }
    items |= {key: int(str(number)) for key, number in fresh.items()}
    return [items[key] for key in sorted(wanted)]


def _period(text: str) -> periods.Period | None:
    try:
        return periods.parse(text)
    except WrongUsage:
        return None  # the check names the row


def _items(
    session: Session, return_code: str, partnership_ids: Collection[int]
) -> dict[tuple[int, int, int], int]:
    rows = session.execute(
        select(DueItem.partnership_id, DueItem.agency_id, DueItem.period_id, DueItem.id).where(
            DueItem.return_code == return_code, DueItem.partnership_id.in_(partnership_ids)
        )
    )
    return {(place, body, period): number for place, body, period, number in rows}
