"""What each sender sent beside what was logged from it: the matrix of senders and months, and each sender's own page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from hub import periods
from hub.access import guard, transaction
from hub.access.guard import requires
from hub.access.objects import ABSENT
from hub.comparison.matrix import compared, may_see, shown
from hub.comparison.mirror import comparisons, definitions, mirror
from hub.comparison.model import Asked
from hub.comparison.sides import counts_by_area
from hub.errors import NotFound
from hub.facts.models import WHOLE
from hub.facts.moments import AsAt, as_at
from hub.facts.recalled import recalled
from hub.measures.load import measures_as_at
from hub.measures.model import Measure
from hub.measures.protect import SCHOOLS_WITHHELD
from hub.partners import queries
from hub.partners.areas import KnownArea, areas_as_at
from hub.partners.models import Agency, Partnership
from hub.partners.policy import Permission, Place
from hub.web import present_challenges, present_matters, reach
from hub.web.routes.board import chosen_moment, moment_of

blueprint = Blueprint("compared", __name__)

SPANS = (12, 24, 36)  # months on a page


@blueprint.get("/compared")
@requires(Permission.BOARD_READ)
def places() -> ResponseReturnValue:
    """Every partnership whose two sides the person may read."""
    session, moment = transaction.reading(), chosen_moment()
    found = [
        (
            place,
            comparisons(
                session, list(measures_as_at(session, as_at(session, place, moment).moment).values())
            ),
        )
        for place in reach.readable(Permission.BOARD_READ)
    ]
    only = [(place, measures[0]) for place, measures in found if measures]
    if len(found) == len(only) == 1:
        place, first = only[0]
        return redirect(
            url_for(
                "compared.matrix",
                partnership=place.code,
                measure=first.id,
                as_at=request.args.get("as_at") or None,
            )
        )
    return render_template("compared/places.html", heading="Sent and logged", found=only)


def comparison_of(session: Session, code: str, at: AsAt) -> Measure:
    """The comparison that an address names; anything else is not there."""
    found = comparisons(session, list(measures_as_at(session, at.moment).values()))
    measure = next((each for each in found if each.id == code), None)
    if measure is None:
        raise NotFound(ABSENT)
    return measure


def _asked(today: date, sender_ids: tuple[int, ...] | None = None) -> Asked:
    """The last so many months that are over."""
    typed = request.args.get("months", "")
    months = int(typed) if typed.isdecimal() and int(typed) in SPANS else SPANS[0]
    last = periods.containing(today, "month").starts_on - timedelta(days=1)
    first = last
    for _ in range(months - 1):
        first = first.replace(day=1) - timedelta(days=1)
    return Asked(first.replace(day=1), last, sender_ids)


def area_of(session: Session, at: AsAt) -> KnownArea | None:
    """The area that the address narrows to, None for the whole place."""
    code = request.args.get("area")
    if not code:
        return None
    areas = areas_as_at(session, at.partnership_id, at.today, at.moment)
    found = next((area for area in areas if area.code == code), None)
    if found is None:
        raise NotFound(ABSENT)
    return found


def council_name(session: Session, place: Partnership) -> str:
    council = session.get(Agency, place.council_agency_id) if place.council_agency_id else None
    return council.name if council else "the receiving side"


@blueprint.get("/partnerships/<partnership>/compared/<measure>")
@requires(Permission.BOARD_READ, of="partnership")
def matrix(partnership: str, measure: str) -> str:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    at = moment_of(place)
    definition = comparison_of(session, measure, at)
    area = area_of(session, at)
    asked = replace(_asked(at.today), area_id=area.id if area else WHOLE)
    council = council_name(session, place)
    what = ("matrix", definition.id, asked)
    whole = recalled(at, what, lambda: compared(session, at, definition, asked))
    return render_template(
        "compared/matrix.html",
        heading="Sent and logged, side by side" + (f": {area.name}" if area else ""),
        area=area,
        areas=areas_as_at(session, place.id, at.today, at.moment) if counts_by_area(definition) else (),
        found=shown(whole, reach.audience(place)),
        defined=definitions(session, definition, council),
        council=council,
        spans=SPANS,
        matters_link=guard.allows(g.actor, Permission.MATTER_TAKE_PART, Place(place.id)),
        at=at,
    )


@blueprint.get("/partnerships/<partnership>/compared/<measure>/<agency>")
@requires(Permission.BOARD_READ, of="partnership")
def sender(partnership: str, measure: str, agency: str) -> str:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    at = moment_of(place)
    definition = comparison_of(session, measure, at)
    who = queries.agency(session, agency)
    found = mirror(session, at, definition, _asked(at.today, (who.id,)))
    hidden = not may_see(found.sender, reach.audience(place))
    council = council_name(session, place)
    return render_template(
        "compared/sender.html",
        heading=f"{found.sender.name}: sent, logged, and what became of it",
        mirror=None if hidden else found,
        withheld=SCHOOLS_WITHHELD if hidden else "",
        measure=definition,
        may_open=present_matters.may_open(place, who.id),
        may_ask=reach.may_here(Permission.CHALLENGE_ASK, Place(place.id)) and g.as_at_shown is None,
        questions=[
            each
            for each in present_challenges.asked_about(session, place, at, "number", definition.id)
            if each.subject.agency_id == who.id
        ],
        defined=definitions(session, definition, council),
        council=council,
        spans=SPANS,
        at=at,
    )
