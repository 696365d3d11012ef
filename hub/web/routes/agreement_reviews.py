"""The review of an agreement's quarter: what each party says of itself beside the verdicts, and the actions agreed."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import requires
from hub.agreements.evaluate import evaluate
from hub.agreements.model import Agreement
from hub.agreements.negotiation import reviews
from hub.agreements.versions import NotKnownYet, agreement_as_at
from hub.board.agreements import promises
from hub.clock import now_for, today_for
from hub.errors import AreYouSure, HubError
from hub.facts.moments import as_at
from hub.partners.models import Partnership
from hub.partners.policy import Permission
from hub.periods import Period
from hub.web import fields, present_negotiation, typed
from hub.web.once import once
from hub.web.routes.negotiation import doer, to

blueprint = Blueprint(
    "agreement_reviews", __name__, url_prefix="/partnerships/<partnership>/agreements/<agreement>/reviews"
)


def _page(partnership: str, agreement: str, *, complaint: str = "", asks_sure: bool = False) -> str:
    it = present_negotiation.page(partnership, agreement)
    session, now = transaction.reading(), now_for(it.partnership)
    holds = agreement_as_at(session, it.partnership.id, agreement, now)
    periods = reviews.periods_of(holds, today_for(it.partnership))
    period = _asked(periods, today_for(it.partnership))
    rows, moment, unknown = [], now, ""
    if period is not None and not holds.is_shadow:
        moment = reviews.looked_at(period, now)
        then = as_at(session, it.partnership, moment)
        try:
            read = agreement_as_at(session, it.partnership.id, agreement, moment)
            rows = promises(session, read, evaluate(session, it.partnership, read, then))
        except NotKnownYet as error:
            unknown = error.sentence
    return render_template(
        "negotiation/reviews.html",
        heading="Reviews",
        it=it,
        agreement=holds,
        periods=periods[::-1],
        period=period,
        moment=moment,
        rows=rows,
        unknown=unknown,
        assessments=reviews.assessments(it.found, period.code) if period else {},
        actions=reviews.actions(it.found),
        today=today_for(it.partnership),
        said=reviews.SAID,
        complaint=complaint,
        asks_sure=asks_sure,
        typed=request.form,
    )


def _asked(periods: list[Period], today: date) -> Period | None:
    """The period that was asked for; else the last that is over, else the one that runs."""
    over = [each for each in periods if each.ends_on < today]
    named = [each for each in periods if each.code == request.values.get("period")]
    return next(iter([*named, *reversed(over), *periods]), None)


def _period() -> str | None:
    """Of a form, so that its answer shows what was kept."""
    return request.form.get("period") or None


@blueprint.get("")
@requires(Permission.AGREEMENT_READ, of="agreement")
def page(partnership: str, agreement: str) -> str:
    return _page(partnership, agreement)


def not_kept(error: HubError, partnership: str, agreement: str) -> ResponseReturnValue:
    return _page(
        partnership, agreement, complaint=error.sentence, asks_sure=isinstance(error, AreYouSure)
    ), 409


def _holding(place: Partnership, agreement: str) -> Agreement:
    typed.checked([request.form.get("words", "")])
    return agreement_as_at(transaction.reading(), place.id, agreement, now_for(place))


@blueprint.post("/assess")
@requires(Permission.VERDICT_COMMENT, of="agreement")
@once(refused=not_kept)
def assess(partnership: str, agreement: str) -> ResponseReturnValue:
    acting = doer(partnership, agreement)
    reviews.assess(
        acting,
        _holding(acting.partnership, agreement),
        request.form.get("commitment", ""),
        request.form.get("period", ""),
        said=request.form.get("said", ""),
        words=request.form.get("words", ""),
    )
    return to("agreement_reviews.page", partnership, agreement, "agreement-done", period=_period())


@blueprint.post("/actions")
@requires(Permission.VERDICT_COMMENT, of="agreement")
@once(refused=not_kept)
def agree_action(partnership: str, agreement: str) -> ResponseReturnValue:
    acting = doer(partnership, agreement)
    reviews.agree_action(
        acting,
        _holding(acting.partnership, agreement),
        request.form.get("period", ""),
        owner=request.form.get("owner", ""),
        on_date=fields.day("on_date"),
        words=request.form.get("words", ""),
    )
    return to("agreement_reviews.page", partnership, agreement, "agreement-done", period=_period())


@blueprint.post("/actions/done")
@requires(Permission.VERDICT_COMMENT, of="agreement")
@once(refused=not_kept)
def end_action(partnership: str, agreement: str) -> ResponseReturnValue:
    acting = doer(partnership, agreement)
    typed.checked([request.form.get("words", "")])
    reviews.end_action(acting, fields.number("action"), words=request.form.get("words", ""))
    return to("agreement_reviews.page", partnership, agreement, "agreement-done", period=_period())
