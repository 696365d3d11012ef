"""Asking for more time, an exception, a waiver, a reopening or a lock, and answering as the second person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub import periods
from hub.access import guard, transaction
from hub.access.guard import requires
from hub.access.objects import ABSENT
from hub.calendar.due import period_id
from hub.clock import today_for
from hub.definitions import catalogue
from hub.errors import AreYouSure, HubError, NotAllowed, NotFound, NotReady
from hub.partners.models import Agency
from hub.partners.policy import Permission
from hub.submissions import requests
from hub.submissions.requests import Wish
from hub.web import fields, present_requests, subject, typed
from hub.web.forms import MOST_WORDS
from hub.web.layout import partnership_of_page
from hub.web.once import once

blueprint = Blueprint("requests", __name__)

HEADINGS = {
    "extension": "Ask for more time",
    "exception": "Ask for an exception",
    "reopening": "Ask for this signed return to be reopened",
}


def reason(name: str = "reason") -> str:
    """Words that were typed beside a request. Raises NotReady where they are too long or point to a person."""
    words = request.form.get(name, "").strip()
    if len(words) > MOST_WORDS:
        raise NotReady(f"Write at most {MOST_WORDS:,} characters.")
    typed.checked([words])
    return words


def refused_by(page: Callable[..., str]) -> Callable[..., ResponseReturnValue]:
    """A form's page again, with what stood in the way and what the person typed."""

    def refused(error: HubError, **address: Any) -> ResponseReturnValue:
        asks_sure = isinstance(error, AreYouSure)
        return page(**address, complaint=error.sentence, asks_sure=asks_sure), 409

    return refused


def _ask_page(submission: int, *, complaint: str = "", asks_sure: bool = False) -> str:
    about = subject.of(submission)
    kind = present_requests.kind_now(transaction.reading(), about)
    return render_template(
        "requests/ask.html",
        heading=HEADINGS[kind],
        about=about,
        kind=kind,
        typed=request.form,
        complaint=complaint,
        asks_sure=asks_sure,
    )


@blueprint.get("/submissions/<int:submission>/ask")
@requires(Permission.REQUEST_ASK, of="submission")
def ask_page(submission: int) -> str:
    return _ask_page(submission)


@blueprint.post("/submissions/<int:submission>/ask")
@requires(Permission.REQUEST_ASK, of="submission")
@once(refused=refused_by(_ask_page))
def ask(submission: int) -> ResponseReturnValue:
    about = subject.of(submission)
    kind = present_requests.kind_now(transaction.reading(), about)
    if request.form.get("kind") != kind:
        raise NotReady(
            "What can be asked of this return has changed since you opened the page. Look at it again."
        )
    wish = Wish(kind=kind, reason=reason(), until_on=fields.day("until_on"), due_item_id=submission)
    requests.ask(transaction.writing(), g.actor, about.partnership, wish)
    return redirect(url_for("submission.submission", submission=submission, done="asked"), 303)


def _waiver_page(submission: int, *, complaint: str = "", asks_sure: bool = False) -> str:
    about = subject.of(submission)
    return render_template(
        "requests/waiver.html",
        heading="Ask for a rule to be switched off",
        about=about,
        rules=present_requests.rules(about.definition),
        typed=request.form,
        complaint=complaint,
        asks_sure=asks_sure,
    )


@blueprint.get("/submissions/<int:submission>/waiver")
@requires(Permission.REQUEST_ASK, of="submission")
def waiver_page(submission: int) -> str:
    return _waiver_page(submission)


@blueprint.post("/submissions/<int:submission>/waiver")
@requires(Permission.REQUEST_ASK, of="submission")
@once(refused=refused_by(_waiver_page))
def waiver(submission: int) -> ResponseReturnValue:
    about = subject.of(submission)
    rule = request.form.get("rule", "")
    if rule not in dict(present_requests.rules(about.definition)):
        raise NotReady("Choose the rule.")
    wish = Wish(
        kind="waiver",
        reason=reason(),
        from_on=fields.day("from_on"),
        until_on=fields.day("until_on"),
        agency_id=about.agency.id,
        return_code=about.definition.code,
        rule=rule,
    )
    requests.ask(transaction.writing(), g.actor, about.partnership, wish)
    return redirect(url_for("submission.submission", submission=submission, done="asked"), 303)


@blueprint.get("/partnerships/<partnership>/requests")
@requires(Permission.REQUEST_GRANT, of="partnership")
def listing(partnership: str) -> str:
    place = partnership_of_page()
    found = present_requests.of_partnership(transaction.reading(), place, today_for(place))
    return render_template(
        "requests/listing.html",
        heading="What two persons agree to",
        place=place,
        may_lock=guard.allows(g.actor, Permission.DEFINITION_MANAGE, g.place),
        waiting=[each for each in found if each.agreed.standing == "waiting"],
        in_force=[each for each in found if each.in_force],
        past=[each for each in found if each.agreed.standing != "waiting" and not each.in_force],
    )


def _lock_page(partnership: str, *, complaint: str = "", asks_sure: bool = False) -> str:
    place, session = partnership_of_page(), transaction.reading()
    return render_template(
        "requests/lock.html",
        heading="Lock a period",
        place=place,
        returns=[each for each in catalogue.definitions(session) if not each.published],
        typed=request.form,
        complaint=complaint,
        asks_sure=asks_sure,
    )


@blueprint.get("/partnerships/<partnership>/lock")
@requires(Permission.DEFINITION_MANAGE, of="partnership")
def lock_page(partnership: str) -> str:
    return _lock_page(partnership)


@blueprint.post("/partnerships/<partnership>/lock")
@requires(Permission.DEFINITION_MANAGE, of="partnership")
@once(refused=refused_by(_lock_page))
def lock(partnership: str) -> ResponseReturnValue:
    place, session = partnership_of_page(), transaction.writing()
    code = request.form.get("return", "")
    if code and code not in {each.code for each in catalogue.definitions(session)}:
        raise NotReady("Choose a return, or all of them.")
    wish = Wish(
        kind="lock",
        reason=reason(),
        until_on=fields.day("until_on"),
        return_code=code or None,
        period_id=period_id(session, periods.parse(fields.text("period"))),
    )
    requests.ask(session, g.actor, place, wish)
    return redirect(url_for("requests.listing", partnership=partnership, done="asked"), 303)


def _one_page(asked: int, *, complaint: str = "", asks_sure: bool = False) -> str:
    session, place = transaction.reading(), partnership_of_page()
    (found,) = present_requests.shown(session, place, [requests.found(session, asked)], today_for(place))
    return render_template(
        "requests/one.html",
        heading=found.what,
        shown=found,
        agency=session.get(Agency, found.agreed.agency_id) if found.agreed.agency_id else None,
        typed=request.form,
        complaint=complaint,
        asks_sure=asks_sure,
    )


@blueprint.get("/requests/<int:asked>")
@requires(Permission.SUBMISSION_STATUS, of="asked")
def one(asked: int) -> str:
    return _one_page(asked)


_refused = refused_by(_one_page)


@blueprint.post("/requests/<int:asked>/answer")
@requires(Permission.REQUEST_GRANT, of="asked")
@once(refused=_refused)
def answer(asked: int) -> ResponseReturnValue:
    return _answer(asked)


@blueprint.post("/requests/<int:asked>/reopening")
@requires(Permission.REQUEST_GRANT, of="asked", only="reopening")
@once(refused=_refused)
def answer_reopening(asked: int) -> ResponseReturnValue:
    """The door of an agency's signatory, who may agree to a reopening and to nothing else."""
    if requests.found(transaction.reading(), asked).kind != "reopening":
        raise NotFound(ABSENT)
    return _answer(asked)


def _answer(asked: int) -> ResponseReturnValue:
    partnership_of_page()
    session = transaction.writing()
    if not present_requests.may_grant(requests.found(session, asked)):
        raise NotAllowed("Your role does not answer this request: somebody else must be the second person.")
    words = reason()
    granted = request.form.get("decision") == "granted"
    requests.answer(session, g.actor, asked, "granted" if granted else "refused", words=words)
    return redirect(url_for("requests.one", asked=asked, done="answered"), 303)


@blueprint.post("/requests/<int:asked>/take-back")
@requires(Permission.REQUEST_ASK, of="asked")
@once(refused=_refused)
def take_back(asked: int) -> ResponseReturnValue:
    partnership_of_page()
    requests.take_back(transaction.writing(), g.actor, asked)
    return redirect(url_for("requests.one", asked=asked, done="taken-back"), 303)


@blueprint.post("/requests/<int:asked>/end")
@requires(Permission.REQUEST_GRANT, of="asked")
@once(refused=_refused)
def end(asked: int) -> ResponseReturnValue:
    partnership_of_page()
    requests.end(transaction.writing(), g.actor, asked, words=reason())
    return redirect(url_for("requests.one", asked=asked, done="request-ended"), 303)
