"""Uploading a file: read and checked by the checker, then a page of its own that says what became of it.

What asks nothing is kept at once. Errors stop; queries are explained on that page, and all of it is kept in one step. The
page survives a reload: what it shows is stored (hub.submissions.uploads), not sent along.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from hub.access import transaction
from hub.access.checking import checker
from hub.access.guard import requires
from hub.definitions import catalogue
from hub.definitions.model import Definition
from hub.definitions.offered import offered
from hub.errors import AreYouSure, ColleaguesDraft, Conflict, HubError, NotFound, NotReady
from hub.intake.table import Channel, Received
from hub.partners.models import Agency, Partnership
from hub.partners.policy import Permission
from hub.partners.roles import SOME
from hub.submissions import upload_jobs, upload_queries, uploads
from hub.submissions.models import Upload
from hub.submissions.upload_held import Held, held
from hub.submissions.upload_queries import ABSENT, File
from hub.validation.report import as_csv
from hub.validation.workbook import as_workbook
from hub.web import fields, layout, present_upload, reach, typed
from hub.web.filling_in import filling_in
from hub.web.forms import UploadForm
from hub.web.once import once
from hub.web.routes.answer import explained
from hub.web.routes.submission import TYPES, download

blueprint = Blueprint("upload", __name__, url_prefix="/upload")

WORKBOOK = b"PK"


def _owed() -> list[Definition]:
    """The returns that any of the person's agencies owes, and that they may fill in for it."""
    session, own = transaction.reading(), reach.agency_ids(Permission.DRAFT_WRITE, part=SOME)
    kinds = dict(session.execute(select(Agency.id, Agency.kind).where(Agency.id.in_(own))).all())
    return [
        definition
        for definition in catalogue.definitions(session)
        if not definition.published
        and any(definition.owes_for(kind) for kind in {kinds[each] for each in _own(definition)})
    ]


def _own(definition: Definition) -> set[int]:
    """The agencies for which the person fills in a return: a finance lead, those of money."""
    return reach.agency_ids(Permission.DRAFT_WRITE, part=definition.part)


def _partnerships() -> list[Partnership]:
    return reach.partnerships_of_agencies(reach.agency_ids(Permission.DRAFT_WRITE, part=SOME))


def _form(*, chosen: str, mapping: str, asks_sure: bool) -> dict[str, object]:
    """What the upload form shows, on its own page and below a file that is to be mended."""
    session, returns = transaction.reading(), _owed()
    return {
        "filling_in": filling_in(session),
        "returns": returns,
        "mappings": [
            each for one in returns for each in offered(session, one, agency_ids=_own(one)).values()
        ],
        "mapping": mapping,
        "period": fields.text("period"),
        "mapping_agencies": reach.agencies(Permission.MAPPING_OWN),
        "chosen": chosen or (returns[0].code if len(returns) == 1 else ""),
        "asks_sure": asks_sure,
        "form": UploadForm(),
    }


def _page(*, chosen: str, complaint: str = "") -> str:
    layout.about_one_of(_partnerships())
    session = transaction.reading()
    return render_template(
        "upload.html",
        heading="Upload a file",
        complaint=complaint,
        waiting=present_upload.waiting(session, upload_queries.open_of(session, g.person.id)),
        **_form(chosen=chosen, mapping=request.form.get("mapping", ""), asks_sure=typed.is_sure()),
    )


@blueprint.get("")
@requires(Permission.DRAFT_WRITE, only=SOME)
def upload() -> str:
    return _page(chosen=request.args.get("return_code", ""))


def not_read(error: HubError) -> ResponseReturnValue:
    return _page(chosen=request.form.get("return_code", ""), complaint=error.sentence), 409


@blueprint.post("")
@requires(Permission.DRAFT_WRITE, only=SOME)
@once(refused=not_read)
def send() -> ResponseReturnValue:
    file, definition = _sent()
    session = transaction.reading()
    before = upload_queries.came_before(session, g.actor, file, definition)
    if before and upload_queries.still_stands(session, before):
        made = _begin(file, definition, state="repeated", before=before)
        return redirect(url_for("upload.result", upload=made.id, submission=file.meant), 303)
    if upload_jobs.is_large(file.received):
        made = _begin(file, definition, state="reading", before=before)
        upload_jobs.put(transaction.writing(), made, file, secret_key=_secret_key())
        return redirect(url_for("upload.result", upload=made.id, submission=file.meant), 303)
    outcome = uploads.check(session, g.actor, checker(), file, definition)
    made = _begin(file, definition, state="reading", before=before)
    uploads.settle(transaction.writing(), g.actor, made, outcome, secret_key=_secret_key())
    return redirect(url_for("upload.result", upload=made.id, submission=file.meant), 303)


def _begin(file: File, definition: Definition, *, state: str, before: Upload | None) -> Upload:
    earlier = before.id if before else 0
    return uploads.begin(transaction.writing(), g.actor, file, definition, state=state, before=earlier)


def _sent() -> tuple[File, Definition]:
    """The file and its return, as the form sends them. Raises NotReady where one is missing."""
    form, code, sent = UploadForm(), request.form.get("return_code", ""), request.files.get("file")
    if code not in {definition.code for definition in _owed()}:
        raise NotReady("Choose which return the file is for.")
    if sent is None or not sent.filename:
        raise NotReady("Choose a file: a workbook (XLSX) or a CSV.")
    received = Received(
        channel=_channel(sent),
        filename=sent.filename,
        content=sent.stream.read(),
        take_hidden=bool(form.take_hidden.data),
        period=fields.text("period"),
    )
    sent.stream.seek(0)
    session = transaction.reading()
    meant = filling_in(session)
    file = File(
        received,
        mapping=request.form.get("mapping", ""),
        sure=typed.is_sure(),
        meant=meant.due_item_id if meant else None,
    )
    return file, catalogue.definition(session, code)


def _channel(sent: FileStorage) -> Channel:
    start = sent.stream.read(len(WORKBOOK))
    sent.stream.seek(0)
    return "xlsx" if start == WORKBOOK else "csv"


def _secret_key() -> str:
    return layout.config().secret_key


def _upload(number: int) -> tuple[Upload, Held | None]:
    """The person's upload, and what is held of it."""
    session = transaction.reading()
    found = upload_queries.own(session, g.actor, number)
    what = held(session, found, secret_key=_secret_key())
    if what and what.seen and not upload_queries.reaches(session, g.actor, found.return_code, what.seen):
        raise NotFound(ABSENT)
    return found, what


def _result(
    number: int, *, complaint: str = "", words: Mapping[str, str] | None = None, asks_sure: bool = False
) -> str:
    found, what = _upload(number)
    layout.about_one_of(_partnerships())
    shown = present_upload.shown(transaction.reading(), found, what, person_id=g.person.id)
    return render_template(
        "upload_result.html",
        heading=present_upload.HEADINGS[found.state],
        shown=shown,
        complaint=complaint or shown.said.complaint,
        words=words or {},
        asks_sure_of_words=asks_sure,
        **_form(
            chosen=found.return_code, mapping=found.mapping, asks_sure=shown.said.asks_sure or found.sure
        ),
    )


@blueprint.get("/<int:upload>")
@requires(Permission.DRAFT_WRITE, only=SOME)
def result(upload: int) -> str:
    return _result(upload)


def not_kept(error: HubError, upload: int) -> ResponseReturnValue:
    """What was typed is shown again. Where somebody was there meanwhile, the question is asked as things stand now."""
    if isinstance(error, Conflict) and not isinstance(error, ColleaguesDraft):
        session = transaction.writing()
        again = upload_queries.own(session, g.actor, upload, lock=True)
        uploads.ask_again(session, g.actor, again, secret_key=_secret_key())
        session.commit()
    asks_sure = isinstance(error, AreYouSure)
    return _result(upload, complaint=error.sentence, words=request.form, asks_sure=asks_sure), 409


@blueprint.post("/<int:upload>/keep")
@requires(Permission.DRAFT_WRITE, only=SOME)
@once(refused=not_kept)
def keep(upload: int) -> ResponseReturnValue:
    """All of the file with the words that explain its queries, in one step."""
    words = explained()
    typed.checked(words.values())
    session = transaction.writing()
    uploads.keep(
        session,
        g.actor,
        upload_queries.own(session, g.actor, upload, lock=True),
        words=words,
        over_others="over_others" in request.form,
        secret_key=_secret_key(),
    )
    return redirect(url_for("upload.result", upload=upload), 303)


@blueprint.post("/<int:upload>/aside")
@requires(Permission.DRAFT_WRITE, only=SOME)
@once()
def aside(upload: int) -> ResponseReturnValue:
    session = transaction.writing()
    uploads.put_aside(session, upload_queries.own(session, g.actor, upload, lock=True))
    return redirect(url_for("upload.upload"), 303)


@blueprint.get("/<int:upload>/findings.<format>")
@requires(Permission.DRAFT_WRITE, only=SOME)
def findings_file(upload: int, format: str) -> Response:
    """The cells that were read in a workbook made anew, the findings beside them; or the list as CSV."""
    found, what = _upload(upload)
    if format not in TYPES or what is None or found.state != "asking":
        abort(404)
    definition = catalogue.definition(transaction.reading(), found.return_code, version=found.version)
    content = (
        as_workbook(what.outcome, definition)
        if format == "xlsx"
        else as_csv(what.outcome).encode("utf-8-sig")
    )
    return download(content, f"findings-{found.return_code}.{format}", format, illustrative=_illustrative())


def _illustrative() -> bool:
    return any(place.illustrative for place in _partnerships())
