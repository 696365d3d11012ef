"""Information sharing: what an agency accepts before its first figure, who accepted it, and leaving it again."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import Permission, requires
from hub.agreements.sharing import in_force
from hub.clock import now_for
from hub.errors import HubError, NotReady
from hub.partners import sharing
from hub.partners.models import Agency, Partnership, Person
from hub.partners.sharing import Said
from hub.web import fields, reach, typed
from hub.web.layout import partnership_of_page
from hub.web.once import once

blueprint = Blueprint("sharing", __name__, url_prefix="/partnerships/<partnership>/agencies/<agency>/sharing")


@blueprint.get("")
@requires(Permission.SUBMISSION_STATUS, of="agency")
def page(partnership: str, agency: str) -> str:
    return _page()


def _page(*, complaint: str = "") -> str:
    session, place = transaction.reading(), partnership_of_page()
    agency = session.get_one(Agency, g.place.agency_id)
    return render_template(
        "sharing.html",
        heading=f"Information sharing: {agency.name}",
        agency=agency,
        standing=in_force(session, place.id),
        accepted=sharing.standing(session, place.id, agency.id),
        earlier=[
            (each, session.get_one(Person, each.person_id).name)
            for each in sharing.history(session, place.id, agency.id)
        ],
        posts=sharing.POSTS,
        may_accept=reach.may_here(Permission.SHARING_ACCEPT, g.place),
        may_withdraw=reach.may_here(Permission.SHARING_WITHDRAW, g.place),
        complaint=complaint,
    )


def _not_done(error: HubError, partnership: str, agency: str) -> ResponseReturnValue:
    return _page(complaint=error.sentence), 409


@blueprint.post("/accept")
@requires(Permission.SHARING_ACCEPT, of="agency", fresh=True)
@once(refused=_not_done)
def accept(partnership: str, agency: str) -> ResponseReturnValue:
    """Bound to the text that was shown."""
    session, place = transaction.writing(), (g.place.partnership_id, g.place.agency_id)
    standing = in_force(session, g.place.partnership_id)
    if standing is None:
        raise NotReady("There is no information-sharing agreement to accept yet.")
    if fields.text("shown") != standing.digest:
        raise NotReady("The text changed after it was shown to you. Read it again, then accept it.")
    officer, guardian = fields.text("officer"), fields.text("guardian")
    typed.names([officer, guardian])
    said = Said(
        agreement=standing.agreement.code,
        version=standing.agreement.version,
        digest=standing.digest,
        officer=officer,
        guardian=guardian,
        guardian_post=fields.text("guardian_post"),
    )
    sharing.accept(session, g.actor, place, said, now=_now())
    return redirect(url_for("sharing.page", partnership=partnership, agency=agency, done="accepted"), 303)


@blueprint.post("/withdraw")
@requires(Permission.SHARING_WITHDRAW, of="agency", fresh=True)
@once(refused=_not_done)
def withdraw(partnership: str, agency: str) -> ResponseReturnValue:
    place = (g.place.partnership_id, g.place.agency_id)
    if fields.text("understood") != "yes":
        raise NotReady("Tick that you know what a withdrawal does.")
    sharing.withdraw(transaction.writing(), g.actor, place, now=_now())
    done = "sharing-withdrawn"
    return redirect(url_for("sharing.page", partnership=partnership, agency=agency, done=done), 303)


def _now() -> datetime:
    return now_for(transaction.reading().get_one(Partnership, g.place.partnership_id))
