"""Filling in a return on the page: the form, saving it, what the check found, and explaining queries."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.checking import checker
from hub.access.guard import requires
from hub.definitions.as_questions import Questions, as_questions
from hub.errors import AreYouSure, HubError, NotReady
from hub.intake.table import Received
from hub.partners.policy import Permission
from hub.submissions import drafts
from hub.validation.outcome import Outcome
from hub.web import (
    present_answer,
    present_before,
    present_findings,
    present_requests,
    present_submission,
    subject,
    typed,
)
from hub.web.once import once
from hub.web.subject import Subject

NOTHING_CAME = "None of your answers arrived, so nothing was saved or changed. Send the page again."
HAS_FIGURES = (
    "There are figures in this return already, so it was not made a nil return and nothing was changed. If nothing happened, "
    "write [nil] in each total and clear the lines."
)

blueprint = Blueprint("answer", __name__, url_prefix="/submissions/<int:submission>")


def questions_of(about: Subject, posted: Mapping[str, str] | None = None) -> Questions:
    return as_questions(
        about.definition,
        kind=about.agency.kind,
        period=about.listed.period,
        lists=about.lists,
        keys=present_answer.keys_of(about.definition, about.draft(), posted or {}),
    )


def _page(
    about: Subject,
    *,
    posted: Mapping[str, str] | None = None,
    complaint: str = "",
    carried: int | None = None,
    asks_sure: bool = False,
) -> str:
    draft, questions = about.draft(), questions_of(about, posted)
    before = present_before.before(transaction.reading(), about)
    return render_template(
        "answer.html",
        heading=about.name,
        about=about,
        questions=questions,
        form=present_answer.form(questions, draft, posted, before=before),
        may_carry=bool(present_before.unchanged(before, about.definition, questions)),
        shut=present_requests.why_shut(transaction.reading(), about),
        may_nil=about.listed.status == "not-started" and present_before.nil_return(questions) is not None,
        carried=carried,
        findings=present_findings.of_draft(draft) if draft and posted is None else None,
        complaint=complaint,
        shows_typed=posted is not None,
        asks_sure=asks_sure,
        came_back=present_submission.came_back(transaction.reading(), about),
    )


@blueprint.get("/answer")
@requires(Permission.DRAFT_WRITE, of="submission")
def form(submission: int) -> str:
    return _page(subject.of(submission))


def not_saved(error: HubError, submission: int) -> ResponseReturnValue:
    """Somebody else was there first, or it cannot be saved now: the person's own answers are shown, unsaved.

    Where none were sent, as with a nil return, what is stored is shown: blank boxes would invite to save them over it.
    """
    about, asks_sure = subject.of(submission), isinstance(error, AreYouSure)
    posted = request.form if any("." in name for name in request.form) else None
    return _page(about, posted=posted, complaint=error.sentence, asks_sure=asks_sure), 409


@blueprint.post("/answer")
@requires(Permission.DRAFT_WRITE, of="submission")
@once(refused=not_saved)
def save(submission: int) -> ResponseReturnValue:
    about, then = subject.of(submission), request.form.get("then")
    if then == "carry":
        return _carried(about)
    boxes: Mapping[str, str] = request.form
    if then == "nil":
        if about.listed.status != "not-started":
            raise NotReady(HAS_FIGURES)
        boxes = present_before.nil_return(questions_of(about)) or {}
    if not any("." in name for name in boxes):
        raise NotReady(NOTHING_CAME)
    outcome = checked(about, boxes)
    if outcome.refused:
        return refused_form(about, outcome.findings[0].message)
    keep(about, outcome)
    if then == "later":
        return redirect(url_for("submission.submission", submission=submission, done="saved"), 303)
    return redirect(url_for("answer.findings", submission=submission, done="checked"), 303)


def _carried(about: Subject) -> str:
    """The form with the blank boxes of answers that seldom change filled in as last signed; nothing is saved yet."""
    before = present_before.before(transaction.reading(), about)
    questions = questions_of(about, request.form)
    filled = present_before.carried(before, about.definition, questions, request.form)
    return _page(about, posted=filled, carried=len(filled.items() - request.form.items()))


def checked(about: Subject, boxes: Mapping[str, str]) -> Outcome:
    """The whole check of what stands in the boxes."""
    rows = rows_of(about, boxes)
    return checker().check(Received("form", rows=rows), about.definition, about.scope_to_check())


def rows_of(about: Subject, boxes: Mapping[str, str]) -> tuple[Mapping[str, str], ...]:
    return present_answer.rows_of(
        questions_of(about, boxes), boxes, partnership=about.partnership.code, agency=about.agency.code
    )


def keep(about: Subject, outcome: Outcome) -> drafts.Saved:
    """Save it as a draft, unless somebody else was there since the person looked."""
    last_seen = subject.seen()
    (saved,) = drafts.save(
        transaction.writing(),
        g.actor,
        outcome,
        channel="form",
        seen={} if last_seen is None else {about.id: last_seen},
        sure=typed.is_sure(),
    )
    return saved


def refused_form(about: Subject, message: str) -> ResponseReturnValue:
    """Something that may not be kept at all stood in a box: nothing was saved, the other answers are shown again."""
    return _page(about, posted=request.form, complaint=message), 422


@blueprint.get("/findings")
@requires(Permission.DRAFT_READ, of="submission")
def findings(submission: int) -> str:
    return _findings_page(subject.of(submission))


def _findings_page(
    about: Subject, *, words: Mapping[str, str] | None = None, complaint: str = "", asks_sure: bool = False
) -> str:
    draft = about.draft()
    words_of_form = present_submission.words_for(about.definition, about.lists)
    return render_template(
        "findings.html",
        heading="What the check found",
        about=about,
        draft=draft,
        findings=present_findings.of_draft(draft, words_of_form) if draft else None,
        words=words or {},
        complaint=complaint,
        asks_sure=asks_sure,
        signs_alone=about.signatures == 1 and present_submission.may(about).sign,
    )


def not_explained(error: HubError, submission: int) -> ResponseReturnValue:
    asks_sure = isinstance(error, AreYouSure)
    page = _findings_page(
        subject.of(submission), words=request.form, complaint=error.sentence, asks_sure=asks_sure
    )
    return page, 409


@blueprint.post("/explanations")
@requires(Permission.DRAFT_WRITE, of="submission")
@once(refused=not_explained)
def explain(submission: int) -> ResponseReturnValue:
    words = explained()
    if not words:
        raise NotReady(NOTHING_CAME)
    typed.checked(words.values())
    drafts.explain(transaction.writing(), g.actor, submission, words=words, seen=subject.seen())
    return redirect(url_for("answer.findings", submission=submission, done="explained"), 303)


def explained() -> dict[str, str]:
    """What was typed beside queries, by their key."""
    prefix = "explain-"
    return {name.removeprefix(prefix): text for name, text in request.form.items() if name.startswith(prefix)}
