"""One submission: where it stands, its template, its findings to take away, its receipts."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template

from hub.access import transaction
from hub.access.guard import requires
from hub.definitions.as_template import template as make_template
from hub.facts.moments import as_at
from hub.partners.policy import Permission, Place
from hub.submissions.queries import timeline
from hub.web import (
    present_challenges,
    present_findings,
    present_findings_file,
    present_marks,
    present_receipt,
    present_requests,
    present_rows,
    present_signing,
    present_submission,
    reach,
    subject,
)

blueprint = Blueprint("submission", __name__, url_prefix="/submissions/<int:submission>")

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@blueprint.get("")
@requires(Permission.SUBMISSION_STATUS, of="submission")
def submission(submission: int) -> str:
    about, session = subject.of(submission), transaction.reading()
    may = present_submission.may(about)
    draft = about.draft() if may.see else None
    revisions = present_submission.revisions(session, about)
    rows = draft.rows if draft else present_signing.rows_signed(session, about) if may.read_signed else ()
    return render_template(
        "submission.html",
        heading=about.name,
        about=about,
        may=may,
        mark_of=present_marks.of_status(about.listed, about.today),
        single_signature=about.signatures == 1,
        moments=present_submission.moments(timeline(session, about.partnership.id, about.id)),
        revisions=revisions,
        came_back=present_submission.came_back(session, about),
        agreed=present_requests.on_return(session, about),
        shut=present_requests.why_shut(session, about),
        draft=draft,
        judged=present_rows.said_of(session, about.partnership.id, about.definition, about.id)
        if may.see or may.read_signed
        else (),
        findings=present_findings.of_draft(draft) if draft else None,
        tables=present_submission.tables(about.definition, rows, about.lists),
        partnership=about.partnership,
        questions=_asked(about),
    )


def _asked(about: subject.Subject) -> list[present_challenges.Shown]:
    """What the Board was asked about the return, where the person may read its questions."""
    place, session = about.partnership, transaction.reading()
    if not reach.may_here(Permission.BOARD_READ, Place(place.id)):
        return []
    return present_challenges.asked_about(session, place, as_at(session, place), "return", f"{about.id}")


@blueprint.get("/template.<format>")
@requires(Permission.DRAFT_READ, of="submission")
def template(submission: int, format: str) -> Response:
    if format not in TYPES:
        abort(404)
    about = subject.of(submission)
    content = make_template(
        about.definition,
        subject.sender(about),
        about.listed.period,
        format="xlsx" if format == "xlsx" else "csv",
    )
    name = f"{about.definition.code}-{about.agency.code}-{about.listed.period.code}"
    return download(content, f"{name}.{format}", format, illustrative=about.partnership.illustrative)


def download(content: bytes, name: str, format: str, *, illustrative: bool) -> Response:
    marked = f"illustrative-{name}" if illustrative else name
    response = Response(content, content_type=TYPES[format])
    response.headers["Content-Disposition"] = f'attachment; filename="{marked}"'
    return response


@blueprint.get("/findings.<format>")
@requires(Permission.DRAFT_READ, of="submission")
def findings_file(submission: int, format: str) -> Response:
    if format not in TYPES:
        abort(404)
    about = subject.of(submission)
    draft = about.draft()
    if draft is None:
        abort(404)
    content = present_findings_file.as_file(about, draft, format)
    name = f"findings-{about.definition.code}-{about.agency.code}-{about.listed.period.code}"
    return download(content, f"{name}.{format}", format, illustrative=about.partnership.illustrative)


@blueprint.get("/receipts/<int:number>")
@requires(Permission.FIGURES_OWN, of="submission")
def receipt(submission: int, number: int) -> str:
    about = subject.of(submission)
    return render_template(
        "receipt.html",
        heading="Receipt",
        about=about,
        shown=present_receipt.receipt(transaction.reading(), about, number),
    )
