"""An agency's history: one file with many periods is prepared by one person and signed by another, all of it at once."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from hub.access import transaction
from hub.access.checking import checker
from hub.access.guard import Permission, requires
from hub.access.objects import LARGEST_NUMBER
from hub.clock import now_for, today_for
from hub.definitions import catalogue
from hub.definitions.offered import offered
from hub.errors import HubError, NotFound, NotReady
from hub.intake.table import Received
from hub.partners.models import Agency, Partnership, Person
from hub.submissions import own_history
from hub.submissions.models import HistoryBatch
from hub.submissions.own_history import STATEMENT, Place
from hub.validation.outcome import Outcome
from hub.web import present_findings, present_history, reach, typed
from hub.web.layout import partnership_of_page
from hub.web.once import once

blueprint = Blueprint("history", __name__, url_prefix="/partnerships/<partnership>/agencies/<agency>/history")

WORKBOOK = b"PK"


@blueprint.get("")
@requires(Permission.SUBMISSION_STATUS, of="agency")
def page(partnership: str, agency: str) -> str:
    return _page()


def _page(*, complaint: str = "", outcome: Outcome | None = None) -> str:
    session, place = transaction.reading(), partnership_of_page()
    agency = session.get_one(Agency, g.place.agency_id)
    signs = reach.may_here(Permission.HISTORY_SIGN, g.place)
    return render_template(
        "history.html",
        heading=f"History: {agency.name}",
        agency=agency,
        returns=[
            each
            for each in catalogue.definitions(session)
            if not each.published
            and each.owes_for(agency.kind)
            and catalogue.serves(each, illustrative=place.illustrative)
        ],
        batches=[
            (each, session.get_one(Person, each.prepared_by).name, present_history.table(each))
            for each in (own_history.waiting(session, place.id, agency.id) if _own() else [])
        ],
        prepares=reach.may_here(Permission.HISTORY_PREPARE, g.place) and _own(),
        signs=signs and _own(),
        statement=STATEMENT,
        today=today_for(place),
        me=g.person.id,
        complaint=complaint,
        findings=present_findings.present(outcome.findings) if outcome and outcome.findings else None,
    )


def _own() -> bool:
    """Whether the person holds a role at the very agency: unsigned history is nobody else's to see."""
    return any(held.agency_id == g.place.agency_id for held in g.actor.held)


def _not_kept(error: HubError, partnership: str, agency: str, **_batch: int) -> ResponseReturnValue:
    return _page(complaint=error.sentence), 409


@blueprint.post("")
@requires(Permission.HISTORY_PREPARE, of="agency")
@once(refused=_not_kept)
def prepare(partnership: str, agency: str) -> ResponseReturnValue:
    file, explanation = request.files.get("file"), request.form.get("explanation", "").strip()[:1000]
    if file is None or not file.filename:
        raise NotReady("Choose a file: a workbook (XLSX) or a CSV.")
    typed.checked([explanation])
    place = _place(request.form.get("return_code", ""))
    content = file.stream.read()
    file.stream.seek(0)
    received = Received(
        channel="xlsx" if content.startswith(WORKBOOK) else "csv", filename=file.filename, content=content
    )
    session = transaction.reading()
    mappings = tuple(offered(session, place.definition, agency_ids={place.agency.id}).values())
    outcome = checker().check(received, place.definition, own_history.scope(session, place), offered=mappings)
    if present_findings.stops(outcome):
        return _page(
            complaint="The file has errors. Nothing was kept: mend it and send it again.", outcome=outcome
        ), 422
    own_history.prepare(transaction.writing(), g.actor, place, outcome, explanation=explanation)
    return redirect(
        url_for("history.page", partnership=partnership, agency=agency, done="history-prepared"), 303
    )


@blueprint.post("/<int:number>/sign")
@requires(Permission.HISTORY_SIGN, of="agency", fresh=True)
@once(refused=_not_kept)
def sign(partnership: str, agency: str, number: int) -> ResponseReturnValue:
    """Checked again outside the write, then all of it is signed or nothing."""
    batch = _batch(transaction.reading(), number)
    place = _place(batch.return_code)
    received = Received("form", rows=tuple(own_history.rows_of(batch)))
    outcome = checker().check(received, place.definition, own_history.scope(transaction.reading(), place))
    session = transaction.writing()
    own_history.sign(
        session, g.actor, place, _batch(session, number), outcome, shown=request.form.get("shown", "")
    )
    return redirect(
        url_for("history.page", partnership=partnership, agency=agency, done="history-signed"), 303
    )


@blueprint.post("/<int:number>/drop")
@requires(Permission.HISTORY_SIGN, of="agency")
@once(refused=_not_kept)
def drop(partnership: str, agency: str, number: int) -> ResponseReturnValue:
    session = transaction.writing()
    place = session.get_one(Partnership, g.place.partnership_id)
    own_history.drop(session, g.actor, _batch(session, number), now=now_for(place))
    return redirect(url_for("history.page", partnership=partnership, agency=agency, done="refused"), 303)


def _place(code: str) -> Place:
    session = transaction.reading()
    place = session.get_one(Partnership, g.place.partnership_id)
    known = [each for each in catalogue.definitions(session) if each.code == code and not each.published]
    if not known or not catalogue.serves(known[0], illustrative=place.illustrative):
        raise NotReady("Choose which return the file is for.")
    return Place(place, session.get_one(Agency, g.place.agency_id), known[0])


def _batch(session: Session, number: int) -> HistoryBatch:
    found = session.get(HistoryBatch, (g.place.partnership_id, min(number, LARGEST_NUMBER)))
    if found is None or found.agency_id != g.place.agency_id:
        raise NotFound("There is no such history.")
    return found
