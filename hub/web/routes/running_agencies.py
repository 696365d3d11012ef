"""The agencies of a partnership: who takes part from when until when, brought one by one or from a list, their contacts."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import Permission, requires
from hub.calendar.ahead import keep_ahead
from hub.errors import DefinitionError, DefinitionErrors, HubError, NotFound, NotReady
from hub.partners import bring, contacts
from hub.partners.agency_lines import COLUMNS
from hub.partners.models import Agency, Membership, Partnership
from hub.web import fields, present_running, reach, typed
from hub.web.layout import partnership_of_page
from hub.web.once import once

blueprint = Blueprint("running_agencies", __name__, url_prefix="/partnerships/<partnership>/run/agencies")

SHOWN_FAULTS = 100


@blueprint.get("")
@requires(Permission.PARTNERSHIP_RUN, of="partnership")
def listing(partnership: str) -> str:
    return _listing()


def _listing(*, complaint: str = "") -> str:
    found = partnership_of_page()
    return render_template(
        "run/agencies.html",
        heading="Agencies",
        rows=present_running.agencies(transaction.reading(), found),
        manages=reach.may_here(Permission.AGENCY_MANAGE, g.place),
        kinds=present_running.KINDS,
        complaint=complaint,
        typed=request.form if complaint else {},
    )


def _not_added(error: HubError, partnership: str) -> ResponseReturnValue:
    return _listing(complaint=error.sentence), 409


@blueprint.post("")
@requires(Permission.AGENCY_MANAGE, of="partnership")
@once(refused=_not_added)
def add(partnership: str) -> ResponseReturnValue:
    """One agency, through the same reading as a list of one line."""
    cells = {name: fields.text(name) for name in ("code", "kind", "name", "member_from")}
    brought, faults = _read(present_running.as_csv(cells), "")
    if faults:
        raise NotReady(_sentence(faults[0].cause))
    _bring(brought)
    return redirect(url_for("running_agencies.listing", partnership=partnership, done="agency-added"), 303)


@blueprint.get("/list")
@requires(Permission.AGENCY_MANAGE, of="partnership")
def bulk(partnership: str) -> str:
    return _bulk()


def _bulk(
    *,
    faults: list[DefinitionError] | None = None,
    brought: list[bring.Brought] | None = None,
    carried: tuple[str, str] = ("", ""),
    complaint: str = "",
) -> str:
    partnership_of_page()
    shown = faults or []
    return render_template(
        "run/agencies_list.html",
        heading="Add many agencies",
        columns=COLUMNS,
        needed=sorted(bring.NEEDED),
        faults=[(fault.line, _sentence(fault.cause)) for fault in shown[:SHOWN_FAULTS]],
        more_faults=max(0, len(shown) - SHOWN_FAULTS),
        brought=brought or [],
        new=sum(1 for each in brought or [] if each.does != "nothing"),
        carried=carried[0],
        carried_name=carried[1],
        complaint=complaint,
    )


def _not_read(error: HubError, partnership: str) -> ResponseReturnValue:
    return _bulk(complaint=error.sentence), 409


@blueprint.post("/list")
@requires(Permission.AGENCY_MANAGE, of="partnership")
def try_list(partnership: str) -> ResponseReturnValue:
    """The dry run: says what the list would do, and stores nothing."""
    try:
        text, name = fields.listed("file")
        brought, faults = _read(text, name)
    except NotReady as error:
        return _not_read(error, partnership)
    if faults:
        return _bulk(faults=faults, brought=brought), 422
    return _bulk(brought=brought, carried=(text, name))


@blueprint.post("/list/bring")
@requires(Permission.AGENCY_MANAGE, of="partnership")
@once(refused=_not_read)
def bring_list(partnership: str) -> ResponseReturnValue:
    """All of it or nothing: read again, because much may have happened since the dry run."""
    text, name = fields.listed("file")
    brought, faults = _read(text, name)
    if faults:
        return _bulk(faults=faults), 422
    _bring(brought)
    return redirect(url_for("running_agencies.listing", partnership=partnership, done="agencies-added"), 303)


def _read(text: str, name: str) -> tuple[list[bring.Brought], list[DefinitionError]]:
    session = transaction.reading()
    typed.names(text.splitlines())
    try:
        return bring.read(session, session.get_one(Partnership, g.place.partnership_id), text, file=name)
    except DefinitionErrors as error:
        return [], error.errors


def _bring(brought: list[bring.Brought]) -> None:
    session = transaction.writing()
    partnership = session.get_one(Partnership, g.place.partnership_id)
    bring.bring(session, g.actor, partnership, brought)
    keep_ahead(session, only=partnership.id)


@blueprint.get("/<agency>")
@requires(Permission.PARTNERSHIP_RUN, of="agency")
def one(partnership: str, agency: str) -> str:
    return _one()


def _one(*, complaint: str = "") -> str:
    session, found = transaction.reading(), partnership_of_page()
    agency = session.get_one(Agency, g.place.agency_id)
    return render_template(
        "run/agency.html",
        heading=agency.name,
        agency=agency,
        kind=present_running.KINDS.get(agency.kind, agency.kind),
        memberships=bring.memberships(session, found.id, agency.id),
        known=present_running.known_as(session, agency),
        contacts=contacts.of_agency(session, found.id, agency.id),
        contact_kinds=contacts.KINDS,
        practices=present_running.practices(session, found.id, agency.id),
        sees_people=reach.may_here(Permission.PEOPLE_SEE, g.place),
        sees_sharing=reach.may_here(Permission.SUBMISSION_STATUS, g.place),
        manages=reach.may_here(Permission.AGENCY_MANAGE, g.place),
        complaint=complaint,
    )


def _not_changed(error: HubError, partnership: str, agency: str) -> ResponseReturnValue:
    return _one(complaint=error.sentence), 409


@blueprint.post("/<agency>/membership")
@requires(Permission.AGENCY_MANAGE, of="agency")
@once(refused=_not_changed)
def leave(partnership: str, agency: str) -> ResponseReturnValue:
    session = transaction.writing()
    membership = session.get(Membership, (g.place.partnership_id, fields.number("membership")))
    if membership is None or membership.agency_id != g.place.agency_id:
        raise NotFound("There is no such membership.")
    bring.leave(session, g.actor, membership, last_on=fields.day("until_on"), seen=fields.text("seen"))
    done = url_for("running_agencies.one", partnership=partnership, agency=agency, done="kept")
    return redirect(done, 303)


@blueprint.post("/<agency>/contacts")
@requires(Permission.AGENCY_MANAGE, of="agency")
@once(refused=_not_changed)
def keep_contact(partnership: str, agency: str) -> ResponseReturnValue:
    session, kind = transaction.writing(), fields.text("kind")
    name, email = fields.text("name"), fields.text("email")
    typed.names([name, email])
    contacts.keep(
        session,
        g.actor,
        (g.place.partnership_id, g.place.agency_id, kind),
        name=name,
        email=email,
    )
    done = url_for("running_agencies.one", partnership=partnership, agency=agency, done="kept")
    return redirect(done, 303)


def _sentence(cause: str) -> str:
    return cause[:1].upper() + cause[1:]
