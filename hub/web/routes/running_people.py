"""Many people at once: a list of proposals for roles, tried first and then made, all of them or none."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import Permission, requires
from hub.clock import real_now
from hub.errors import DefinitionError, DefinitionErrors, HubError, NotReady
from hub.partners import bulk_people, grants
from hub.partners.grants import Asked
from hub.partners.models import Agency, Partnership
from hub.partners.roles import SOME, matrix
from hub.web import fields, typed
from hub.web.layout import partnership_of_page
from hub.web.once import once

blueprint = Blueprint("running_people", __name__, url_prefix="/partnerships/<partnership>/run/people/list")

SHOWN_FAULTS = 100


@blueprint.get("")
@requires(Permission.GRANT_PROPOSE, of="partnership", only=SOME)
def bulk(partnership: str) -> str:
    return _bulk()


def _bulk(
    *,
    faults: list[DefinitionError] | None = None,
    asked: list[Asked] | None = None,
    carried: tuple[str, str] = ("", ""),
    complaint: str = "",
) -> str:
    found, session = partnership_of_page(), transaction.reading()
    shown = faults or []
    return render_template(
        "run/people_list.html",
        heading="Add many people",
        columns=bulk_people.COLUMNS,
        needed=sorted(bulk_people.NEEDED),
        roles=bulk_people.roles_over("agency", "partnership"),
        faults=[(fault.line, fault.cause) for fault in shown[:SHOWN_FAULTS]],
        more_faults=max(0, len(shown) - SHOWN_FAULTS),
        asked=[
            (
                each,
                matrix().roles[each.role].name,
                session.get_one(Agency, each.place.agency_id).name if each.place.agency_id else found.name,
            )
            for each in asked or []
        ],
        carried=carried[0],
        carried_name=carried[1],
        complaint=complaint,
    )


def _not_read(error: HubError, partnership: str) -> ResponseReturnValue:
    return _bulk(complaint=error.sentence), 409


@blueprint.post("")
@requires(Permission.GRANT_PROPOSE, of="partnership", only=SOME)
def try_list(partnership: str) -> ResponseReturnValue:
    """The dry run: stores nothing."""
    try:
        text, name = fields.listed("file")
        asked, faults = _read(text, name)
    except NotReady as error:
        return _not_read(error, partnership)
    if faults:
        return _bulk(faults=faults, asked=asked), 422
    return _bulk(asked=asked, carried=(text, name))


@blueprint.post("/propose")
@requires(Permission.GRANT_PROPOSE, of="partnership", only=SOME)
@once(refused=_not_read)
def propose_list(partnership: str) -> ResponseReturnValue:
    text, name = fields.listed("file")
    asked, faults = _read(text, name)
    if faults:
        return _bulk(faults=faults), 422
    session, now = transaction.writing(), real_now()
    for each in asked:
        grants.propose(session, g.actor, each, now=now)
    return redirect(url_for("people.of_partnership", partnership=partnership, done="proposed-all"), 303)


def _read(text: str, name: str) -> tuple[list[Asked], list[DefinitionError]]:
    session = transaction.reading()
    typed.names(text.splitlines())
    partnership = session.get_one(Partnership, g.place.partnership_id)
    try:
        return bulk_people.read(session, g.actor, partnership, text, file=name, now=real_now())
    except DefinitionErrors as error:
        return [], error.errors
