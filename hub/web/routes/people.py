"""People and their roles: who holds what at an agency, partnership or region, and what waits for a second person."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import Permission, requires
from hub.clock import real_now
from hub.errors import HubError, NotReady
from hub.partners import grants, people, reviews
from hub.partners.grants import Asked
from hub.partners.models import Agency
from hub.partners.roles import SOME
from hub.web import fields, present_people, reach, typed
from hub.web.once import once
from hub.web.people_page import address, page

blueprint = Blueprint("people", __name__)


@blueprint.get("/people")
@requires(Permission.PEOPLE_SEE)
def index() -> str:
    """What waits for the reader, and the places whose people they look after."""
    session, now = transaction.reading(), real_now()
    everywhere = any(held.role == "ADM" for held in g.actor.held)
    return render_template(
        "people/index.html",
        heading="People and roles",
        waiting=present_people.waiting(session, g.actor, now),
        invited=present_people.invited(session, g.actor, now),
        ending=present_people.ending(session, g.actor, now),
        agencies=[session.get_one(Agency, each) for each in sorted(reach.agency_ids(Permission.PEOPLE_SEE))],
        partnerships=people.partnerships(session)
        if everywhere
        else reach.partnerships(reach.partnership_ids(Permission.PEOPLE_SEE)),
        regions=people.regions(session) if everywhere else [],
    )


@blueprint.get("/agencies/<agency>/people")
@requires(Permission.PEOPLE_SEE, of="agency")
def of_agency(agency: str) -> str:
    return page()


@blueprint.get("/partnerships/<partnership>/people")
@requires(Permission.PEOPLE_SEE, of="partnership")
def of_partnership(partnership: str) -> str:
    return page()


@blueprint.get("/regions/<region>/people")
@requires(Permission.PEOPLE_SEE, of="region")
def of_region(region: str) -> str:
    return page()


def _not_proposed(error: HubError, **_place: str) -> ResponseReturnValue:
    return page(complaint=error.sentence), 409


@blueprint.post("/agencies/<agency>/people")
@requires(Permission.GRANT_PROPOSE, of="agency", only=SOME)
@once(refused=_not_proposed)
def propose_at_agency(agency: str) -> ResponseReturnValue:
    return _propose()


@blueprint.post("/partnerships/<partnership>/people")
@requires(Permission.GRANT_PROPOSE, of="partnership", only=SOME)
@once(refused=_not_proposed)
def propose_in_partnership(partnership: str) -> ResponseReturnValue:
    return _propose()


@blueprint.post("/regions/<region>/people")
@requires(Permission.GRANT_PROPOSE, of="region", only=SOME)
@once(refused=_not_proposed)
def propose_for_region(region: str) -> ResponseReturnValue:
    return _propose()


def _propose() -> ResponseReturnValue:
    asked = Asked(
        email=fields.text("email"),
        name=fields.text("name"),
        role=fields.text("role"),
        place=g.place,
        nominated_by=fields.text("nominated_by"),
        reference=fields.text("reference"),
        nominated_on=fields.day("nominated_on"),
    )
    typed.names([asked.email, asked.name, asked.nominated_by, asked.reference])
    grants.propose(transaction.writing(), g.actor, asked, now=real_now())
    return redirect(address(g.place, done="proposed"), 303)


def _not_reviewed(error: HubError, agency: str) -> ResponseReturnValue:
    return page(complaint=error.sentence), 409


@blueprint.post("/agencies/<agency>/people/review")
@requires(Permission.PERSON_DISABLE, of="agency")
@once(refused=_not_reviewed)
def review(agency: str) -> ResponseReturnValue:
    """Everybody on the list is still there, but for those who are ticked as gone."""
    session, now = transaction.writing(), real_now()
    rows = present_people.in_force(session, g.actor, g.place, now)
    ticked = set(request.form.getlist("left"))
    left = [row.grant for row in rows if str(row.grant.id) in ticked]
    if request.form.get("looked") != "yes":
        raise NotReady("Tick that you looked at everybody on the list.")
    reviews.review(session, g.actor, session.get_one(Agency, g.place.agency_id), left=left, now=now)
    return redirect(address(g.place, done="reviewed"), 303)
