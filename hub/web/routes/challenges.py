"""Questions to the Board: the list, asking one, and what becomes of it until its asker accepts the answer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import requires
from hub.access.objects import ABSENT
from hub.board.challenges import acts
from hub.board.challenges.post import named_at
from hub.board.challenges.read import challenge, challenges
from hub.board.challenges.subjects import Subject, subject_of
from hub.errors import AreYouSure, HubError, NotFound, NotReady
from hub.facts.moments import as_at
from hub.partners import queries
from hub.partners.models import Partnership
from hub.partners.policy import Permission, Place
from hub.web import layout, present_challenges, reach, typed
from hub.web.once import once
from hub.web.routes.board import moment_of

blueprint = Blueprint("challenges", __name__, url_prefix="/partnerships/<partnership>/questions")

ONE = "/<int:question>"


@blueprint.get("")
@requires(Permission.BOARD_READ, of="partnership")
def listing(partnership: str) -> str:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    at = moment_of(place)
    found = present_challenges.shown(session, place, challenges(session, place, at), at.today)
    still = [each for each in found if each.challenge.is_open]
    return render_template(
        "challenges/listing.html",
        heading="Questions to the Board",
        still=sorted(still, key=lambda each: (not each.overdue, each.challenge.answer_by)),
        closed=[each for each in found if not each.challenge.is_open],
        may_ask=reach.may_here(Permission.CHALLENGE_ASK, Place(place.id)),
        at=at,
    )


def _subject(place: Partnership) -> Subject:
    """What the address or form says the question is about."""
    values = request.values
    found = subject_of(
        transaction.reading(), place, values.get("about", "free"), values.get("subject", "").strip()
    )
    if not present_challenges.may_read(transaction.reading(), place, found):
        raise NotFound(ABSENT)
    return found


def _ask_page(place: Partnership, *, complaint: str = "", asks_sure: bool = False) -> str:
    layout.about(place)
    return render_template(
        "challenges/ask.html",
        heading="Ask a question",
        subject=_subject(place),
        complaint=complaint,
        asks_sure=asks_sure,
        typed=request.form,
    )


@blueprint.get("/ask")
@requires(Permission.CHALLENGE_ASK, of="partnership")
def ask_form(partnership: str) -> str:
    return _ask_page(queries.partnership(transaction.reading(), partnership))


def not_asked(error: HubError, partnership: str) -> ResponseReturnValue:
    place = queries.partnership(transaction.reading(), partnership)
    return _ask_page(place, complaint=error.sentence, asks_sure=isinstance(error, AreYouSure)), 409


@blueprint.post("/ask")
@requires(Permission.CHALLENGE_ASK, of="partnership")
@once(refused=not_asked)
def ask(partnership: str) -> ResponseReturnValue:
    place = queries.partnership(transaction.reading(), partnership)
    words = request.form.get("words", "")
    typed.checked([words])
    number = acts.ask(transaction.writing(), g.actor, place, _subject(place), words=words)
    return _to_page(partnership, number, "question-asked")


def _page(partnership: str, question: int, *, complaint: str = "", asks_sure: bool = False) -> str:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    at = moment_of(place)
    found = challenge(session, place, at, question)
    (it,) = present_challenges.shown(session, place, [found], at.today) or (None,)
    if it is None:
        raise NotFound(ABSENT)
    may = present_challenges.may(place, found)
    return render_template(
        "challenges/one.html",
        heading=f"Question {found.number}",
        it=it,
        may=may,
        said=present_challenges.said,
        evidence=present_challenges.evidence(session, at, found.answer.evidence if found.answer else ()),
        step_to=present_challenges.STEP_TO,
        named={step.to: named_at(session, place, found, step.to, at) for step in it.steps},
        others=_others(place, question) if may.route else [],
        members=queries.members_on(session, place.id, at.today) if may.route else [],
        merged=[
            each.number
            for each in challenges(session, place, at)
            if each.answer_to and each.answer_to.id == found.id
        ],
        complaint=complaint,
        asks_sure=asks_sure,
        typed=request.form,
        is_now=g.as_at_shown is None,
    )


def _others(place: Partnership, question: int) -> list[present_challenges.Shown]:
    """The open questions that this one may be merged with."""
    session = transaction.reading()
    at = as_at(session, place)
    found = [
        each
        for each in challenges(session, place, at)
        if each.standing in acts.OPEN and each.number != question
    ]
    return present_challenges.shown(session, place, found, at.today)


@blueprint.get(ONE)
@requires(Permission.BOARD_READ, of="partnership")
def one(partnership: str, question: int) -> str:
    return _page(partnership, question)


def not_done(error: HubError, partnership: str, question: int) -> ResponseReturnValue:
    """Nothing was kept: the page says why, with what the person typed."""
    return _page(
        partnership, question, complaint=error.sentence, asks_sure=isinstance(error, AreYouSure)
    ), 409


def _to_page(partnership: str, number: int, done: str) -> ResponseReturnValue:
    return redirect(url_for("challenges.one", partnership=partnership, question=number, done=done), 303)


def _acting(partnership: str, question: int) -> dict[str, Any]:
    """The session, the partnership and who acts, as every act takes them; what was typed has passed the gate."""
    place = queries.partnership(transaction.reading(), partnership)
    layout.about(place)
    typed.checked([request.form.get("words", "")])
    seen = request.form.get("seen", "")
    doer = acts.Doer(g.actor, question, int(seen) if seen.isdecimal() else -1)
    return {"session": transaction.writing(), "partnership": place, "doer": doer}


@blueprint.post(f"{ONE}/acknowledge")
@requires(Permission.CHALLENGE_ROUTE, of="partnership")
@once(refused=not_done)
def acknowledge(partnership: str, question: int) -> ResponseReturnValue:
    acts.acknowledge(**_acting(partnership, question))
    return _to_page(partnership, question, "question-done")


@blueprint.post(f"{ONE}/owner")
@requires(Permission.CHALLENGE_ROUTE, of="partnership")
@once(refused=not_done)
def give_owner(partnership: str, question: int) -> ResponseReturnValue:
    owner = request.form.get("owner", "")
    if not owner:
        raise NotReady("Choose who is to answer.")
    acts.give_owner(
        **_acting(partnership, question),
        agency=None if owner == "data-team" else owner,
        words=request.form.get("words", ""),
    )
    return _to_page(partnership, question, "question-done")


@blueprint.post(f"{ONE}/merge")
@requires(Permission.CHALLENGE_ROUTE, of="partnership")
@once(refused=not_done)
def merge(partnership: str, question: int) -> ResponseReturnValue:
    into = request.form.get("into", "")
    if not into.isdecimal():
        raise NotReady("Choose the question that it is merged with.")
    acts.merge(**_acting(partnership, question), into=int(into))
    return _to_page(partnership, question, "question-done")


@blueprint.post(f"{ONE}/answer")
@requires(Permission.CHALLENGE_ANSWER, of="challenge")
@once(refused=not_done)
def answer(partnership: str, question: int) -> ResponseReturnValue:
    acts.answer(
        **_acting(partnership, question),
        words=request.form.get("words", ""),
        evidence=request.form.get("evidence", "").splitlines(),
    )
    return _to_page(partnership, question, "question-done")


@blueprint.post(f"{ONE}/accept")
@requires(Permission.CHALLENGE_ASK, of="partnership")
@once(refused=not_done)
def accept(partnership: str, question: int) -> ResponseReturnValue:
    acts.accept(**_acting(partnership, question))
    return _to_page(partnership, question, "question-done")


@blueprint.post(f"{ONE}/refuse")
@requires(Permission.CHALLENGE_ASK, of="partnership")
@once(refused=not_done)
def refuse(partnership: str, question: int) -> ResponseReturnValue:
    acts.refuse(**_acting(partnership, question), words=request.form.get("words", ""))
    return _to_page(partnership, question, "question-done")


@blueprint.post(f"{ONE}/reopen")
@requires(Permission.CHALLENGE_ASK, of="partnership")
@once(refused=not_done)
def reopen(partnership: str, question: int) -> ResponseReturnValue:
    acts.reopen(**_acting(partnership, question), words=request.form.get("words", ""))
    return _to_page(partnership, question, "question-done")
