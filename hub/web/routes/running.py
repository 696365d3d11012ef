"""Running a partnership: the index of what its data team does, its particulars and areas, and a new one."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import Permission, requires
from hub.calendar.local import local_calendar
from hub.calendar.working_days import bank_holidays
from hub.clock import today_for
from hub.definitions import catalogue
from hub.errors import HubError
from hub.measures.profiles import chosen
from hub.partners import particulars, people
from hub.partners.models import Agency, Partnership
from hub.partners.particulars import Particulars
from hub.web import fields, reach, typed
from hub.web.layout import partnership_of_page
from hub.web.once import once
from hub.web.present_running import duties
from hub.web.present_set_up_here import steps

blueprint = Blueprint("running", __name__)


@blueprint.get("/run")
@requires(Permission.PARTNERSHIP_RUN)
def partnerships() -> ResponseReturnValue:
    session = transaction.reading()
    administers = any(held.role == "ADM" for held in g.actor.held)
    found = (
        people.partnerships(session)
        if administers
        else reach.partnerships(reach.partnership_ids(Permission.PARTNERSHIP_RUN))
    )
    if len(found) == 1 and not administers:
        return redirect(url_for("running.index", partnership=found[0].code), 303)
    return _partnerships(found, administers=administers)


def _partnerships(found: list[Partnership], *, administers: bool, complaint: str = "") -> str:
    return render_template(
        "run/partnerships.html",
        heading="Run the partnership",
        partnerships=found,
        may_make=administers,
        complaint=complaint,
    )


def _not_made(error: HubError) -> ResponseReturnValue:
    found = people.partnerships(transaction.reading())
    return _partnerships(found, administers=True, complaint=error.sentence), 409


@blueprint.post("/run")
@requires(Permission.SETTING_MANAGE)
@once(refused=_not_made)
def make() -> ResponseReturnValue:
    name = fields.text("name")
    typed.names([name])
    made = particulars.make(transaction.writing(), g.actor, fields.text("code"), name)
    return redirect(url_for("running.index", partnership=made.code, done="partnership-made"), 303)


@blueprint.get("/partnerships/<partnership>/run")
@requires(Permission.PARTNERSHIP_RUN, of="partnership")
def index(partnership: str) -> str:
    found = partnership_of_page()
    return render_template(
        "run/index.html",
        heading=f"Run {found.name}",
        duties=duties(found),
        steps=steps(transaction.reading(), found),
    )


@blueprint.get("/partnerships/<partnership>/run/particulars")
@requires(Permission.PARTNERSHIP_RUN, of="partnership")
def about(partnership: str) -> str:
    return _about()


def _about(*, complaint: str = "") -> str:
    session, found = transaction.reading(), partnership_of_page()
    return render_template(
        "run/particulars.html",
        heading="Particulars and areas",
        one=found,
        council=session.get(Agency, found.council_agency_id) if found.council_agency_id else None,
        councils=particulars.councils(session, found.id),
        returns=[each for each in catalogue.definitions(session) if not each.published],
        shares=found.shares.split(),
        areas=particulars.areas(session, found.id),
        manages=reach.may_here(Permission.AGENCY_MANAGE, g.place),
        profiles=[
            ("Outside the agency that counted", chosen("partnership", found.disclosure_partnership)),
            ("Anybody", chosen("public", found.disclosure_public)),
        ],
        complaint=complaint,
    )


def _not_kept(error: HubError, partnership: str) -> ResponseReturnValue:
    return _about(complaint=error.sentence), 409


@blueprint.post("/partnerships/<partnership>/run/particulars")
@requires(Permission.AGENCY_MANAGE, of="partnership")
@once(refused=_not_kept)
def change(partnership: str) -> ResponseReturnValue:
    session = transaction.writing()
    known = {each.code for each in catalogue.definitions(session)}
    to = Particulars(
        name=fields.text("name"),
        contact_name=fields.text("contact_name"),
        contact_email=fields.text("contact_email"),
        council=fields.text("council"),
        shares=tuple(code for code in fields.several("shares") if code in known),
    )
    typed.names([to.name, to.contact_name, to.contact_email])
    particulars.change(session, g.actor, session.get_one(Partnership, g.place.partnership_id), to)
    return redirect(url_for("running.about", partnership=partnership, done="kept"), 303)


@blueprint.post("/partnerships/<partnership>/run/areas")
@requires(Permission.AGENCY_MANAGE, of="partnership")
@once(refused=_not_kept)
def keep_area(partnership: str) -> ResponseReturnValue:
    session, name = transaction.writing(), fields.text("name")
    typed.names([name])
    particulars.keep_area(
        session,
        g.actor,
        session.get_one(Partnership, g.place.partnership_id),
        fields.text("code"),
        name=name,
        from_on=fields.day("from_on"),
        until_on=fields.day("until_on"),
    )
    return redirect(url_for("running.about", partnership=partnership, done="kept"), 303)


@blueprint.get("/partnerships/<partnership>/run/calendar")
@requires(Permission.PARTNERSHIP_RUN, of="partnership")
def calendar(partnership: str) -> str:
    """Terms, closing windows and bank holidays; a new text is brought on the page of definitions."""
    session, found = transaction.reading(), partnership_of_page()
    today = today_for(found)
    titles = {each.code: each.title for each in catalogue.definitions(session)}
    return render_template(
        "run/calendar.html",
        heading="Calendar",
        one=found,
        calendar=local_calendar(session, found.code),
        titles=titles,
        bank_holidays=bank_holidays(today, today + timedelta(days=366)),
        may_bring=reach.may_here(Permission.DEFINITION_MANAGE, g.place),
    )
