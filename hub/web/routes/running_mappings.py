"""Every mapping that a partnership's files may be read by, for its data team: whose, which version, last used; retired here."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import Permission, requires
from hub.audit.chain import record
from hub.clock import real_now
from hub.definitions import agency_mappings, catalogue, mappings
from hub.errors import HubError, NotReady
from hub.web import fields, present_mappings, reach
from hub.web.layout import partnership_of_page
from hub.web.once import once

blueprint = Blueprint("running_mappings", __name__, url_prefix="/partnerships/<partnership>/run/mappings")


@blueprint.get("")
@requires(Permission.PARTNERSHIP_RUN, of="partnership")
def listing(partnership: str) -> str:
    return _page()


def _page(*, complaint: str = "") -> str:
    place = partnership_of_page()
    return render_template(
        "run/mappings.html",
        heading="Mappings",
        rows=present_mappings.in_partnership(transaction.reading(), place.id),
        opens=reach.may_here(Permission.MAPPING_OWN, g.place),
        sets=reach.may_here(Permission.DEFINITION_MANAGE, g.place),
        complaint=complaint,
    )


def _not_set(error: HubError, partnership: str) -> ResponseReturnValue:
    return _page(complaint=error.sentence), 409


@blueprint.post("")
@requires(Permission.DEFINITION_MANAGE, of="partnership")
@once(refused=_not_set)
def set_in_use(partnership: str) -> ResponseReturnValue:
    """A shared mapping is no longer offered to this partnership's members, or is again; other partnerships' keep it."""
    session, code = transaction.writing(), fields.text("code")
    if code not in mappings.shared(session, catalogue.shipped()):
        raise NotReady("There is no such mapping for everybody. An agency’s own is retired on its page.")
    used = request.form.get("used") == "yes"
    agency_mappings.set_shared_in_use(
        session, g.place.partnership_id, code, used=used, person_id=g.person.id, now=real_now()
    )
    record(
        session,
        actor=g.actor.principal,
        action="mapping:restore" if used else "mapping:retire",
        subject=f"mapping:{code}",
        partnership_id=g.place.partnership_id,
    )
    done = "mapping-restored" if used else "mapping-retired"
    return redirect(url_for("running_mappings.listing", partnership=partnership, done=done), 303)
