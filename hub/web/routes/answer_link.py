"""Answering a light return by the link in a mail: one page with the boxes, the statement and the signature, no password.

The link is the proof, for its person, its return and one signature (submissions/answer_links.py). Opening it changes
nothing, so that a mail program that looks at links uses none up; signing does. Nobody is signed in by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.checking import checker
from hub.access.guard import public
from hub.access.sessions import config
from hub.audit.chain import record
from hub.clock import real_now
from hub.definitions.as_questions import Questions, as_questions
from hub.definitions.model import ANSWERS
from hub.errors import AreYouSure, HubError, NotFound
from hub.intake.table import Received
from hub.partners.models import Person
from hub.partners.policy import actor_for, row_scope
from hub.post.models import AnswerLink
from hub.submissions import answer_links, drafts, events
from hub.submissions.told import tell_about
from hub.web import present_answer, present_findings, present_requests, present_submission, subject, typed
from hub.web.routes.signing import signed
from hub.web.subject import Subject

blueprint = Blueprint("answer_link", __name__, url_prefix="/answer/<token>")

THE_LINK = "the link itself is the proof, for one person, one return and one signature"
NONE_IN_BLANKS = "none_in_blanks"
NIL = next(symbol for symbol, state in ANSWERS.items() if state == "nil")
A_NEW_ONE_EVERY = 600  # seconds


@dataclass(frozen=True)
class Guest:
    """Who holds the link, and the return that it leads to."""

    token: str
    link: AnswerLink
    person: Person
    about: Subject

    @property
    def spent(self) -> str:
        if self.about.listed.status == "signed":
            return "This return is signed."
        return answer_links.spent(self.link, now=real_now())

    def questions(self) -> Questions:
        return as_questions(
            self.about.definition,
            kind=self.about.agency.kind,
            period=self.about.listed.period,
            lists=self.about.lists,
        )


def _guest(token: str) -> Guest:
    """The request goes on as the link's person, who sees their own rows alone."""
    link, person = answer_links.find(transaction.reading(), token, secret_key=config().secret_key)
    g.actor = actor_for(transaction.reading(), person.id)
    transaction.narrow(row_scope(transaction.reading(), g.actor))
    item = answer_links.item_of(transaction.reading(), link)
    return Guest(token, link, person, subject.of(item.id))


def _page(
    guest: Guest, *, posted: Mapping[str, str] | None = None, complaint: str = "", asks_sure: bool = False
) -> str:
    about, questions = guest.about, guest.questions()
    draft = about.draft()
    words = present_submission.words_for(about.definition, about.lists)
    return render_template(
        "answer_link.html",
        heading=about.name,
        guest=guest,
        about=about,
        shut=present_requests.why_shut(transaction.reading(), about),
        questions=questions,
        form=present_answer.form(questions, draft, posted if complaint else None),
        findings=present_findings.of_draft(draft, words) if draft else None,
        words=posted or {},
        complaint=complaint,
        asks_sure=asks_sure,
    )


@blueprint.get("")
@public(THE_LINK)
def form(token: str) -> ResponseReturnValue:
    guest = _guest(token)
    return _over(guest) if guest.spent else _page(guest)


def _over(guest: Guest) -> str:
    return render_template("answer_link_over.html", heading=guest.about.name, guest=guest, about=guest.about)


@blueprint.post("")
@public(THE_LINK)
def answer(token: str) -> ResponseReturnValue:
    """Save, check and sign in one go; where something was found, say what, with the boxes as they were typed."""
    guest = _guest(token)
    if guest.spent:
        return redirect(url_for("answer_link.form", token=token), 303)
    try:
        return _answered(guest)
    except HubError as error:
        transaction.writing().rollback()
        transaction.reading().rollback()
        again = _guest(token)
        if again.spent:  # somebody else was first, or the same person twice
            return redirect(url_for("answer_link.form", token=token), 303)
        asks_sure = isinstance(error, AreYouSure)
        return _page(again, posted=request.form, complaint=error.sentence, asks_sure=asks_sure), 409


def _answered(guest: Guest) -> ResponseReturnValue:
    about = guest.about
    explained = {
        name.removeprefix("explain-"): text
        for name, text in request.form.items()
        if name.startswith("explain-")
    }
    typed.checked(explained.values())
    rows = present_answer.rows_of(
        guest.questions(), _typed(guest), partnership=about.partnership.code, agency=about.agency.code
    )
    outcome = checker().check(Received("form", rows=rows), about.definition, about.scope_to_check())
    if outcome.refused:
        return _page(guest, posted=request.form, complaint=outcome.findings[0].message), 422
    session = transaction.writing()
    drafts.save(session, g.actor, outcome, channel="form", sure=typed.is_sure())
    if explained:
        drafts.explain(session, g.actor, about.id, words=explained)
    session.commit()  # what was typed is kept, whatever becomes of the signature
    transaction.reading().rollback()
    saved = replace(guest, about=subject.of(about.id))
    draft = saved.about.draft()
    shown = present_findings.of_draft(draft) if draft else None
    if draft is None or shown is None or shown.errors or shown.unexplained:
        return _page(saved), 422
    return _sign(saved, draft.digest)


def _typed(guest: Guest) -> Mapping[str, str]:
    """What stands in the boxes; where the person said so, blank counts are none, and a return of blanks is a nil return."""
    if request.form.get(NONE_IN_BLANKS) != "yes":
        return request.form
    counts = {
        section.field(line, column.figure.name): "nil" in column.figure.answers
        for section in guest.questions().sections
        for line in section.lines
        for column in section.columns
        if column.figure.unit == "count"
    }
    given = request.form.to_dict()
    blank = [name for name in counts if not given.get(name, "").strip()]
    nil = len(blank) == len(counts) and all(counts.values())
    return given | dict.fromkeys(blank, NIL if nil else "0")


def _sign(guest: Guest, digest: str) -> ResponseReturnValue:
    """The signature and the end of the link are one transaction."""
    signed(guest.about, digest)
    session = transaction.writing()
    answer_links.spend(session, guest.link, now=real_now())
    record(
        session,
        actor=g.actor.principal,
        action="answer-link:use",
        subject=f"submission:{guest.about.id}",
        partnership_id=guest.about.partnership.id,
    )
    return redirect(url_for("answer_link.form", token=guest.token), 303)


@blueprint.post("/again")
@public(THE_LINK)
def again(token: str) -> ResponseReturnValue:
    """A new link in place of one that is out of date, to the address that the hub knows and to no other."""
    guest = _guest(token)
    if guest.about.listed.status == "signed":
        raise NotFound(answer_links.NO_LINK)
    session, now = transaction.writing(), real_now()
    at = events.standing(session, guest.about.id)
    occasion = f"{guest.about.id}:{int(now.timestamp()) // A_NEW_ONE_EVERY}"
    tell_about(session, at, "answer-link", people=[guest.person.id], occasion=occasion, copied=False)
    return redirect(url_for("answer_link.form", token=token, done="new-link"), 303)
