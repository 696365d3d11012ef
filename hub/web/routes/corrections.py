"""Rows that somebody asks to be looked at again: what was asked and answered, answering, signing, and asking."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import requires
from hub.errors import AreYouSure, HubError, NotReady
from hub.partners.policy import Permission
from hub.submissions import correction_answers, corrections
from hub.submissions.correction_answers import Answer
from hub.web import present_corrections, present_submission, subject, typed
from hub.web.once import once
from hub.web.subject import Subject

blueprint = Blueprint("corrections", __name__, url_prefix="/submissions/<int:submission>/corrections")


def _back(submission: int, done: str) -> ResponseReturnValue:
    return redirect(url_for("corrections.asked", submission=submission, done=done), 303)


def _page(about: Subject, *, complaint: str = "", asks_sure: bool = False) -> str:
    entries = present_corrections.entries(transaction.reading(), about)
    may = present_submission.may(about)
    return render_template(
        "corrections/asked.html",
        heading="Corrections asked for",
        about=about,
        waiting=[each for each in entries if each.asked.standing != "signed"],
        closed=[each for each in entries if each.asked.standing == "signed"],
        may_answer=present_corrections.allowed(about, Permission.CORRECTION_ANSWER),
        may_ask=present_corrections.allowed(about, Permission.CORRECTION_ASK),
        may_sign=may.sign and present_corrections.can_sign(entries, g.actor.id, about.signatures),
        reasons=corrections.REASONS,
        typed=request.form,
        complaint=complaint,
        asks_sure=asks_sure,
    )


@blueprint.get("")
@requires(Permission.FIGURES_OWN, of="submission")
def asked(submission: int) -> str:
    return _page(subject.of(submission))


def not_kept(error: HubError, submission: int) -> ResponseReturnValue:
    asks_sure = isinstance(error, AreYouSure)
    return _page(subject.of(submission), complaint=error.sentence, asks_sure=asks_sure), 409


@blueprint.post("/answer")
@requires(Permission.CORRECTION_ANSWER, of="submission")
@once(refused=not_kept)
def answer(submission: int) -> ResponseReturnValue:
    about, session = subject.of(submission), transaction.reading()
    waiting = corrections.corrections(session, about.partnership.id, [submission])
    answers = present_corrections.answers(waiting, request.form)
    typed.checked(each.why for each in answers)
    outcome = None
    if any(each.new_value for each in answers):
        outcome = about.check_reopened(_rows(about, answers))
        if outcome.refused:
            raise NotReady(outcome.findings[0].message)
    writing = transaction.writing()
    correction_answers.answer(
        writing, g.actor, submission, answers, outcome=outcome, channel="form", seen=subject.seen()
    )
    if outcome is not None:
        return redirect(url_for("answer.findings", submission=submission, done="corrections-in-draft"), 303)
    if about.signatures == 1 and present_submission.may(about).sign:
        correction_answers.sign_as_it_is(writing, g.actor, submission, signatures=1)
        return _back(submission, "corrections-signed")
    return _back(submission, "corrections-answered")


def _rows(about: Subject, answers: list[Answer]) -> list[dict[str, str]]:
    return correction_answers.rows_with(
        transaction.reading(),
        about.partnership.id,
        about.id,
        answers,
        partnership=about.partnership.code,
        agency=about.agency.code,
    )


@blueprint.post("/sign")
@requires(Permission.SUBMISSION_SIGN, of="submission")
@once(refused=not_kept)
def sign(submission: int) -> ResponseReturnValue:
    about = subject.of(submission)
    correction_answers.sign_as_it_is(transaction.writing(), g.actor, submission, signatures=about.signatures)
    return _back(submission, "corrections-signed")


def _ask_page(about: Subject, *, complaint: str = "", asks_sure: bool = False) -> str:
    return render_template(
        "corrections/ask.html",
        heading="Ask for a correction",
        about=about,
        places=present_corrections.places(transaction.reading(), about),
        reasons=corrections.REASONS,
        typed=request.form,
        complaint=complaint,
        asks_sure=asks_sure,
    )


@blueprint.get("/ask")
@requires(Permission.CORRECTION_ASK, of="submission")
def ask_page(submission: int) -> str:
    return _ask_page(subject.of(submission))


def not_asked(error: HubError, submission: int) -> ResponseReturnValue:
    asks_sure = isinstance(error, AreYouSure)
    return _ask_page(subject.of(submission), complaint=error.sentence, asks_sure=asks_sure), 409


@blueprint.post("/ask")
@requires(Permission.CORRECTION_ASK, of="submission")
@once(refused=not_asked)
def ask(submission: int) -> ResponseReturnValue:
    subject.of(submission)
    words = request.form.get("words", "")
    typed.checked([words])
    corrections.ask(
        transaction.writing(),
        g.actor,
        submission,
        place=present_corrections.place_of(request.form.get("place", "")),
        reason=request.form.get("reason", ""),
        words=words,
    )
    return _back(submission, "correction-asked")
