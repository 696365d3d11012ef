"""The page of one place's people, shown by several views: after a look, a refused proposal or a refused decision."""

from __future__ import annotations

from typing import Any

from flask import g, render_template, request, url_for

from hub.access import transaction
from hub.clock import LONDON, real_now
from hub.partners import grants
from hub.partners.models import Agency, Partnership, Region
from hub.partners.policy import Permission, Place
from hub.partners.roles import matrix
from hub.web import layout, present_people, reach


def page(*, complaint: str = "") -> str:
    """The people of the place that the guard found."""
    session, now, place = transaction.reading(), real_now(), g.place
    title, over = _title(place)
    agency = session.get(Agency, place.agency_id) if place.agency_id is not None else None
    return render_template(
        "people/place.html",
        heading=f"People and roles: {title}",
        rows=present_people.in_force(session, g.actor, place, now),
        disabled=present_people.disabled(session, place) if reach.held_with(Permission.PERSON_ENABLE) else [],
        waiting=present_people.waiting(session, g.actor, now, place=place),
        roles=[
            (code, matrix().roles[code].name) for code in grants.proposable(session, g.actor, place, over)
        ],
        review=present_people.review(session, agency, now.astimezone(LONDON).date()) if agency else None,
        agency=agency,
        propose_to=_propose_to(place),
        complaint=complaint,
        typed=request.form if complaint else {},
        me=g.person.id,
    )


def _title(place: Place) -> tuple[str, str]:
    session = transaction.reading()
    if place.agency_id is not None:
        return session.get_one(Agency, place.agency_id).name, "agency"
    if place.partnership_id is not None:
        partnership = session.get_one(Partnership, place.partnership_id)
        layout.about(partnership)
        return partnership.name, "partnership"
    return session.get_one(Region, place.region_id).name, "region"


def _kind(place: Place) -> tuple[str, str, str]:
    """The views that show the place and propose there, and its code."""
    session = transaction.reading()
    if place.agency_id is not None:
        return "of_agency", "propose_at_agency", session.get_one(Agency, place.agency_id).code
    if place.partnership_id is not None:
        code = session.get_one(Partnership, place.partnership_id).code
        return "of_partnership", "propose_in_partnership", code
    return "of_region", "propose_for_region", session.get_one(Region, place.region_id).code


def address(place: Place, *, done: str = "") -> str:
    """Where the people of the place are listed."""
    view, _, code = _kind(place)
    values: dict[str, Any] = {view.removeprefix("of_"): code} | ({"done": done} if done else {})
    return url_for(f"people.{view}", **values)


def _propose_to(place: Place) -> str:
    shown, view, code = _kind(place)
    named: dict[str, Any] = {shown.removeprefix("of_"): code}
    return url_for(f"people.{view}", **named)
