"""Definitions by page: which versions are in force, new ones from files, and a second person for what is live."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import Permission, requires
from hub.access.objects import LARGEST_NUMBER
from hub.audit.canonical import digest_of
from hub.audit.chain import record
from hub.calendar.ahead import keep_ahead
from hub.calendar.local import store_calendar
from hub.clock import real_now
from hub.definitions import proposals, uploaded
from hub.definitions.uploaded import Sent
from hub.document import LARGEST
from hub.errors import DefinitionError, DefinitionErrors, HubError, NotReady
from hub.measures.load import publish_measures
from hub.partners.models import Person
from hub.web import present_definitions, reach, typed
from hub.web.layout import partnership_of_page
from hub.web.once import once

blueprint = Blueprint(
    "running_definitions", __name__, url_prefix="/partnerships/<partnership>/run/definitions"
)


@blueprint.get("")
@requires(Permission.PARTNERSHIP_RUN, of="partnership")
def listing(partnership: str) -> str:
    return _page()


def _page(*, complaint: str = "", faults: Sequence[DefinitionError] = ()) -> str:
    session, found = transaction.reading(), partnership_of_page()
    return render_template(
        "run/definitions.html",
        heading="Definitions",
        in_force=present_definitions.in_force(session),
        waiting=[
            (each, session.get_one(Person, each.proposed_by).name, proposals.files_of(each))
            for each in proposals.waiting(session, found.id)
        ],
        complaint=complaint,
        faults=faults,
        me=g.person.id,
        may_bring=reach.may_here(Permission.DEFINITION_MANAGE, g.place),
        may_approve=reach.may_here(Permission.DEFINITION_APPROVE, g.place),
    )


def _not_brought(error: HubError, partnership: str, **_proposal: int) -> ResponseReturnValue:
    return _page(complaint=error.sentence), 409


@blueprint.post("")
@requires(Permission.DEFINITION_MANAGE, of="partnership")
@once(refused=_not_brought)
def bring(partnership: str) -> ResponseReturnValue:
    """Tried first, outside the write; a draft is in force at once, what is live waits for a second person."""
    sent = _sent()
    typed.names([each.text for each in sent])
    if faults := uploaded.tried(sent):
        return _page(faults=faults), 422
    _refuse_elsewhere(sent, partnership)
    session, now = transaction.writing(), real_now()
    waits = uploaded.needs_second_person(session, uploaded.look(sent))
    if waits:
        proposals.propose(session, g.place.partnership_id, sent, person_id=g.person.id, now=now)
    else:
        _store(sent)
    _record("definition:propose" if waits else "definition:bring", sent)
    done = "definitions-proposed" if waits else "definitions-brought"
    return redirect(url_for("running_definitions.listing", partnership=partnership, done=done), 303)


@blueprint.post("/proposals/<int:number>/approve")
@requires(Permission.DEFINITION_APPROVE, of="partnership")
@once(refused=_not_brought)
def approve(partnership: str, number: int) -> ResponseReturnValue:
    _store(_decided(number, "approved"))
    return redirect(
        url_for("running_definitions.listing", partnership=partnership, done="definitions-brought"), 303
    )


@blueprint.post("/proposals/<int:number>/refuse")
@requires(Permission.DEFINITION_APPROVE, of="partnership")
@once(refused=_not_brought)
def refuse(partnership: str, number: int) -> ResponseReturnValue:
    _decided(number, "refused")
    return redirect(url_for("running_definitions.listing", partnership=partnership, done="refused"), 303)


def _decided(number: int, decision: str) -> list[Sent]:
    place = (g.place.partnership_id, min(number, LARGEST_NUMBER))
    sent = proposals.decide(transaction.writing(), place, decision, person_id=g.person.id, now=real_now())
    _record(f"definition:{decision}", sent)
    return sent


def _store(sent: Sequence[Sent]) -> None:
    session, now = transaction.writing(), real_now()
    try:
        uploaded.store(session, sent, now=now)
        for each, known in zip(sent, uploaded.look(sent), strict=True):
            _store_other(known.kind, each, now=now)
    except DefinitionErrors as error:  # what is in force changed since the files were tried
        raise NotReady(error.errors[0].cause) from error
    keep_ahead(session)


def _store_other(kind: str, sent: Sent, *, now: datetime) -> None:
    """Measures and calendars, which rooms of their own keep."""
    keep = {"measures": publish_measures, "calendar": store_calendar}.get(kind)
    if keep is None:
        return
    with tempfile.TemporaryDirectory(prefix="hub-definitions-") as folder:
        path = Path(folder) / f"{kind}.yaml"
        path.write_text(sent.text, encoding="utf-8")
        keep(transaction.writing(), path, now=now)


def _refuse_elsewhere(sent: Sequence[Sent], partnership: str) -> None:
    """A calendar is of one partnership: another's data team cannot change it."""
    for known in uploaded.look(sent):
        if known.kind == "calendar" and known.code != partnership:
            raise NotReady(
                f"This calendar is of “{known.code}”. Here only the calendar of {partnership} is brought."
            )


def _sent() -> list[Sent]:
    files = [file for file in request.files.getlist("files") if file.filename]
    if not files:
        raise NotReady("Choose one or more YAML files.")
    if len(files) > uploaded.MOST_FILES:
        raise NotReady(f"Send at most {uploaded.MOST_FILES} files at once.")
    sent = []
    for file in files:
        content = file.stream.read(LARGEST + 1)
        file.stream.seek(0)
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise NotReady(f"{file.filename} is not a text file in UTF-8.") from error
        if len(content) > LARGEST or "\0" in text:
            raise NotReady(f"{file.filename} is no definition: too large, or not a text.")
        sent.append(Sent(name=(file.filename or "")[:200], text=text))
    return sent


def _record(action: str, sent: Sequence[Sent]) -> None:
    record(
        transaction.writing(),
        actor=g.actor.principal,
        action=action,
        subject=f"partnership:{g.place.partnership_id}",
        partnership_id=g.place.partnership_id,
        detail={"files": [digest_of(each.text) for each in sent]},
    )
