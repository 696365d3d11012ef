"""Filling in a return on the page: the form, saving it, what the check found, and explaining queries."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.checking import checker
from hub.access.guard import requires
from hub.definitions.as_questions import Questions, as_questions
from hub.errors import HubError, NotReady
from hub.intake.table import Received
from hub.partners.policy import Permission
from hub.submissions import drafts
from hub.web import present_answer, present_findings, present_submission, subject, typed
from hub.web.once import once
from hub.web.subject import Subject

NOTHING_CAME = "None of your answers arrived, so nothing was saved or changed. Send the page again."

blueprint = Blueprint("answer", __name__, url_prefix="/submissions/<int:submission>")


def _questions(about: Subject, posted: Mapping[str, str] | None = None) -> Questions:
    return as_questions(
        about.definition,
        kind=about.agency.kind,
        period=about.listed.period,
        lists=about.lists(about.scope()),
        keys=present_answer.keys_of(about.definition, about.draft(), posted or {}),
    )


def _page(about: Subject, *, posted: Mapping[str, str] | None = None, complaint: str = "") -> str:
    draft, questions = about.draft(), _questions(about, posted)
    return render_template(
        "answer.html",
        heading=about.name,
        about=about,
        questions=questions,
        form=present_answer.form(questions, draft, posted),
        findings=present_findings.of_draft(draft) if draft and posted is None else None,
        complaint=complaint,
        came_back=present_submission.came_back(transaction.reading(), about),
    )


@blueprint.get("/answer")
@requires(Permission.DRAFT_WRITE, of="submission")
def form(submission: int) -> str:
    return _page(subject.of(submission))


def not_saved(error: HubError, submission: int) -> ResponseReturnValue:
    """Somebody else was there first, or it cannot be saved now: the person's own answers are shown, unsaved."""
    return _page(subject.of(submission), posted=request.form, complaint=error.sentence), 409


@blueprint.post("/answer")
@requires(Permission.DRAFT_WRITE, of="submission")
@once(refused=not_saved)
def save(submission: int) -> ResponseReturnValue:
    about = subject.of(submission)
    if not any("." in name for name in request.form):
        raise NotReady(NOTHING_CAME)
    rows = present_answer.rows_of(
        _questions(about, request.form),
        request.form,
        partnership=about.partnership.code,
        agency=about.agency.code,
    )
    outcome = checker().check(Received("form", rows=rows), about.definition, about.scope_to_check())
    if outcome.refused:
        return refused_form(about, outcome.findings[0].message)
    last_seen = subject.seen()
    drafts.save(
        transaction.writing(),
        g.actor,
        outcome,
        channel="form",
        seen={} if last_seen is None else {about.id: last_seen},
    )
    if request.form.get("then") == "later":
        return redirect(url_for("submission.submission", submission=submission, done="saved"), 303)
    return redirect(url_for("answer.findings", submission=submission, done="checked"), 303)


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
    words_of_form = present_submission.words_for(about.definition, about.lists(about.scope()))
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
    asks_sure = isinstance(error, typed.AreYouSure)
    page = _findings_page(
        subject.of(submission), words=request.form, complaint=error.sentence, asks_sure=asks_sure
    )
    return page, 409


@blueprint.post("/explanations")
@requires(Permission.DRAFT_WRITE, of="submission")
@once(refused=not_explained)
def explain(submission: int) -> ResponseReturnValue:
    words = {
        name.removeprefix("explain-"): text
        for name, text in request.form.items()
        if name.startswith("explain-")
    }
    if not words:
        raise NotReady(NOTHING_CAME)
    typed.checked(words.values())
    drafts.explain(transaction.writing(), g.actor, submission, words=words, seen=subject.seen())
    return redirect(url_for("answer.findings", submission=submission, done="explained"), 303)
