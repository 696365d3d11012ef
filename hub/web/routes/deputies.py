"""A signatory's absence and deputy: from when until when, and who signs meanwhile."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import requires
from hub.clock import london_date, real_now, today_for
from hub.errors import HubError
from hub.partners import absences
from hub.partners.models import Agency
from hub.partners.policy import Permission
from hub.submissions.signatories import done_by_deputies
from hub.web import fields, layout, present_home, reach
from hub.web.once import once

blueprint = Blueprint("deputies", __name__, url_prefix="/agencies/<agency>/deputies")


def _page(agency: str, *, complaint: str = "") -> str:
    session = transaction.reading()
    body = session.get_one(Agency, g.place.agency_id)
    places = reach.partnerships_of_agencies({body.id})
    layout.about_one_of(places)
    today = min((today_for(each) for each in places), default=london_date(real_now()))
    able = absences.signatories(session, [body.id], now=real_now())[body.id]
    names = {person.id: person.name for person in able}
    done = done_by_deputies(session, g.actor.id, [body.id], since=today.replace(year=today.year - 1))
    return render_template(
        "deputies.html",
        heading="Absence and deputies",
        agency=body,
        able=[person for person in able if person.id != g.actor.id],
        absences=absences.absences(session, [body.id], since=today),
        names=names,
        me=g.actor.id,
        done_by_deputy=done,
        titles=present_home.titles(session, (each.return_code for each in done)),
        typed=request.form,
        complaint=complaint,
    )


@blueprint.get("")
@requires(Permission.SUBMISSION_SIGN, of="agency")
def listing(agency: str) -> str:
    return _page(agency)


def not_kept(error: HubError, agency: str) -> ResponseReturnValue:
    return _page(agency, complaint=error.sentence), 409


@blueprint.post("")
@requires(Permission.SUBMISSION_SIGN, of="agency")
@once(refused=not_kept)
def be_absent(agency: str) -> ResponseReturnValue:
    session, agency_id = transaction.writing(), g.place.agency_id
    places = reach.partnerships_of_agencies({agency_id})
    absences.be_absent(
        session,
        g.actor,
        agency_id,
        from_on=fields.day("from_on"),
        until_on=fields.day("until_on"),
        deputy_id=fields.number("deputy") or None,
        today=min((today_for(each) for each in places), default=london_date(real_now())),
    )
    return redirect(url_for("deputies.listing", agency=agency, done="deputy-named"), 303)


@blueprint.post("/end")
@requires(Permission.SUBMISSION_SIGN, of="agency")
@once(refused=not_kept)
def call_off(agency: str) -> ResponseReturnValue:
    absences.call_off(transaction.writing(), g.actor, g.place.agency_id, fields.number("absence"))
    return redirect(url_for("deputies.listing", agency=agency, done="absence-ended"), 303)
