"""Practice: an agency tries a return before its first one. It is checked like any other, and nothing of it is kept.

There is no due item behind it, so it can neither be sent nor signed and counts nowhere; that it was tried, and how many
errors and queries it had, is remembered.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, abort, g, render_template, request
from flask.typing import ResponseReturnValue

from hub import periods
from hub.access import transaction
from hub.access.checking import checker
from hub.access.guard import Permission, requires
from hub.audit.chain import record
from hub.clock import now_for, today_for
from hub.definitions import catalogue
from hub.definitions.as_template import Sender
from hub.definitions.as_template import template as make_template
from hub.definitions.model import Definition
from hub.errors import NotReady
from hub.findings import errors, queries
from hub.intake.table import Received
from hub.partners.models import Agency, Partnership
from hub.partners.sharing_models import Practice
from hub.periods import Period
from hub.submissions.scope import scope_for
from hub.validation.outcome import Expected, Outcome, Scope
from hub.web import present_findings, present_running
from hub.web.layout import partnership_of_page
from hub.web.routes.submission import TYPES, download

blueprint = Blueprint(
    "practice", __name__, url_prefix="/partnerships/<partnership>/agencies/<agency>/practice"
)

WORKBOOK = b"PK"


@blueprint.get("")
@requires(Permission.DRAFT_WRITE, of="agency")
def page(partnership: str, agency: str) -> str:
    return _page()


@blueprint.get("/<code>.<format>")
@requires(Permission.DRAFT_READ, of="agency")
def template(partnership: str, agency: str, code: str, format: str) -> Response:
    """The template of the practice period."""
    place, body = _place()
    definition = next((each for each in _returns(place, body) if each.code == code), None)
    if definition is None or format not in TYPES:
        abort(404)
    lists = _scope(definition, place, body).lists
    sender = Sender(place.code, body.code, body.kind, {**lists.get("", {}), **lists.get(place.code, {})})
    period = _period(definition, place, body)
    content = make_template(definition, sender, period, format="xlsx" if format == "xlsx" else "csv")
    return download(content, f"practice-{code}.{format}", format, illustrative=place.illustrative)


@blueprint.post("")
@requires(Permission.DRAFT_WRITE, of="agency")
def try_it(partnership: str, agency: str) -> ResponseReturnValue:
    place, body = _place()
    code, file = request.form.get("return_code", ""), request.files.get("file")
    definition = next((each for each in _returns(place, body) if each.code == code), None)
    if definition is None or file is None or not file.filename:
        return _page(complaint="Choose which return you practise, and a file."), 409
    content = file.stream.read()
    received = Received(
        channel="xlsx" if content.startswith(WORKBOOK) else "csv", filename=file.filename, content=content
    )
    outcome = checker().check(received, definition, _scope(definition, place, body))
    _remember(definition, outcome)
    return _page(outcome=outcome, tried=definition)


def _page(*, complaint: str = "", outcome: Outcome | None = None, tried: Definition | None = None) -> str:
    session = transaction.writing() if outcome else transaction.reading()
    partnership_of_page()
    place, body = _place()
    return render_template(
        "practice.html",
        heading=f"Practice: {body.name}",
        agency=body,
        returns=[(each, _period(each, place, body)) for each in _returns(place, body)],
        complaint=complaint,
        findings=present_findings.present(outcome.findings) if outcome and outcome.findings else None,
        tried=tried,
        readable=outcome is not None and not outcome.refused and bool(outcome.parts),
        done=present_running.practices(session, place.id, body.id),
    )


def _place() -> tuple[Partnership, Agency]:
    session = transaction.reading()
    return session.get_one(Partnership, g.place.partnership_id), session.get_one(Agency, g.place.agency_id)


def _returns(place: Partnership, body: Agency) -> list[Definition]:
    return [
        definition
        for definition in catalogue.definitions(transaction.reading())
        if not definition.published
        and definition.owes_for(body.kind)
        and catalogue.serves(definition, illustrative=place.illustrative)
    ]


def _period(definition: Definition, place: Partnership, body: Agency) -> Period:
    """The last one that has ended."""
    owes = definition.owes_for(body.kind)
    if owes is None:
        raise NotReady("Your agency does not owe this return.")
    return periods.preceding(periods.containing(today_for(place), owes.frequency))


def _scope(definition: Definition, place: Partnership, body: Agency) -> Scope:
    """What a real return could say, with one submission that belongs to no due item."""
    scope = scope_for(transaction.reading(), definition, agency_ids=[], partnership_id=place.id)
    practised = Expected(0, place.code, body.code, body.kind, _period(definition, place, body).code)
    return replace(
        scope, expected=(practised,), default_partnership=place.code, default_agency=body.code, meant=0
    )


def _remember(definition: Definition, outcome: Outcome) -> None:
    session = transaction.writing()
    session.add(
        Practice(
            partnership_id=g.place.partnership_id,
            agency_id=g.place.agency_id,
            return_code=definition.code,
            errors=len(errors(outcome.findings)),
            queries=len(queries(outcome.findings)),
            person_id=g.person.id,
            at=now_for(session.get_one(Partnership, g.place.partnership_id)),
        )
    )
    session.flush()
    record(
        session,
        actor=g.actor.principal,
        action="practice:check",
        subject=f"agency:{g.place.agency_id}",
        partnership_id=g.place.partnership_id,
        detail={"return": definition.code},
    )
