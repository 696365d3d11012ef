"""Uploading a file: read and checked by the checker, saved as drafts, all of it or nothing; then a summary."""

from __future__ import annotations

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from hub.access import transaction
from hub.access.checking import checker
from hub.access.guard import requires
from hub.definitions import catalogue
from hub.definitions.model import Definition
from hub.definitions.offered import named, offered
from hub.errors import AreYouSure, ColleaguesDraft, HubError, NotReady
from hub.intake.table import Channel, Received
from hub.partners.models import Agency
from hub.partners.policy import Permission
from hub.submissions import drafts
from hub.submissions.earlier import with_history
from hub.submissions.scope import scope_for
from hub.validation.outcome import Outcome
from hub.web import layout, present_findings, present_upload, reach, typed
from hub.web.forms import UploadForm
from hub.web.once import once

blueprint = Blueprint("upload", __name__, url_prefix="/upload")

WORKBOOK = b"PK"
OWN_COLUMNS = "-"  # of the return, as the template has them


def _owed() -> list[Definition]:
    """The returns that any of the person's agencies owes."""
    session = transaction.reading()
    kinds = {session.get_one(Agency, each).kind for each in reach.agency_ids(Permission.DRAFT_WRITE)}
    return [
        definition
        for definition in catalogue.definitions(session)
        if not definition.published and any(definition.owes_for(kind) for kind in kinds)
    ]


def _page(
    *,
    chosen: str,
    complaint: str = "",
    outcome: Outcome | None = None,
    asks_sure: bool = False,
    asks_over: bool = False,
) -> str:
    layout.about_one_of(reach.partnerships_of_agencies(reach.agency_ids(Permission.DRAFT_WRITE)))
    returns = _owed()
    session = transaction.reading()
    return render_template(
        "upload.html",
        heading="Upload a file",
        returns=returns,
        mappings=[each for one in returns for each in offered(session, one).values()],
        mapping=request.form.get("mapping", ""),
        chosen=chosen or (returns[0].code if len(returns) == 1 else ""),
        complaint=complaint,
        asks_sure=asks_sure,
        asks_over=asks_over,
        findings=present_findings.present(outcome.findings) if outcome else None,
        form=UploadForm(),
    )


@blueprint.get("")
@requires(Permission.DRAFT_WRITE)
def upload() -> str:
    return _page(chosen=request.args.get("return_code", ""))


def not_kept(error: HubError) -> ResponseReturnValue:
    """What was answered already is asked beside the next question, or it would be asked for ever."""
    page = _page(
        chosen=request.form.get("return_code", ""),
        complaint=error.sentence,
        asks_sure=isinstance(error, AreYouSure) or typed.is_sure(),
        asks_over=isinstance(error, ColleaguesDraft) or "over_others" in request.form,
    )
    return page, 409


@blueprint.post("")
@requires(Permission.DRAFT_WRITE)
@once(refused=not_kept)
def send() -> ResponseReturnValue:
    form, code, file = UploadForm(), request.form.get("return_code", ""), request.files.get("file")
    if code not in {definition.code for definition in _owed()}:
        raise NotReady("Choose which return the file is for.")
    if file is None or not file.filename:
        raise NotReady("Choose a file: a workbook (XLSX) or a CSV.")
    outcome = _checked(
        file,
        catalogue.definition(transaction.reading(), code),
        mapping=request.form.get("mapping", ""),
        take_hidden=bool(form.take_hidden.data),
    )
    if outcome.refused or not outcome.parts:
        return _page(chosen=code, complaint=_refusal(outcome), outcome=outcome), 422
    saved = drafts.save(
        transaction.writing(),
        g.actor,
        outcome,
        channel=_channel(file),
        sure=typed.is_sure(),
        over_others="over_others" in request.form,
    )
    sealed = present_upload.sealed(present_upload.summary(outcome, saved))
    return redirect(url_for("upload.summary", what=sealed), 303)


def _checked(file: FileStorage, definition: Definition, *, mapping: str, take_hidden: bool) -> Outcome:
    """`mapping` is a name, OWN_COLUMNS, or nothing: then the headings say which."""
    content = file.stream.read()
    file.stream.seek(0)
    received = Received(
        channel=_channel(file),
        filename=file.filename or "",
        content=content,
        take_hidden=take_hidden,
    )
    session = transaction.reading()
    known = offered(session, definition)
    scope = scope_for(session, definition, agency_ids=sorted(reach.agency_ids(Permission.DRAFT_WRITE)))
    return checker().check(
        received,
        definition,
        with_history(session, definition, scope),
        mapping=named(mapping, known) if mapping not in ("", OWN_COLUMNS) else None,
        offered=() if mapping else tuple(known.values()),
    )


def _channel(file: FileStorage) -> Channel:
    start = file.stream.read(len(WORKBOOK))
    file.stream.seek(0)
    return "xlsx" if start == WORKBOOK else "csv"


def _refusal(outcome: Outcome) -> str:
    if outcome.refused:
        return (
            "The file was not read, and nothing was kept. Put right what is listed below and upload it again."
        )
    return "No row of the file belongs to a return that you may send, so nothing was kept."


@blueprint.get("/summary")
@requires(Permission.DRAFT_WRITE)
def summary() -> str:
    shown = present_upload.unsealed(request.args.get("what", ""))
    if shown is None:
        abort(404)
    layout.about_one_of(reach.partnerships_of_agencies(reach.agency_ids(Permission.DRAFT_WRITE)))
    definition = catalogue.definition(transaction.reading(), shown.return_code)
    return render_template(
        "upload_summary.html",
        heading="What was read",
        shown=shown,
        definition=definition,
        mapping=offered(transaction.reading(), definition).get(shown.mapping or ""),
    )
