"""One return for all the bodies that a person acts for, on one page: looked at together, signed each by itself."""

from __future__ import annotations

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import guard, objects, transaction
from hub.access.guard import requires
from hub.access.objects import ABSENT
from hub.definitions import catalogue
from hub.definitions.as_template import for_several
from hub.definitions.model import Definition
from hub.errors import HubError, NotFound, NotReady, UnknownDefinition, WrongUsage
from hub.partners.policy import Permission
from hub.periods import Period, parse
from hub.submissions import sign_off
from hub.web import layout, present_together, reach, subject
from hub.web.once import once
from hub.web.routes.signing import ATTEMPTS
from hub.web.routes.submission import download
from hub.web.subject import Subject

blueprint = Blueprint("together", __name__, url_prefix="/together")

MOST_AT_ONCE = 100


@blueprint.get("")
@requires(Permission.SUBMISSION_STATUS)
def index() -> str:
    """The returns that the person answers more than once."""
    found = present_together.groups(transaction.reading())
    layout.about_one_of(reach.partnerships_of_agencies(reach.agency_ids(Permission.SUBMISSION_STATUS)))
    return render_template("together/index.html", heading="All your bodies together", groups=found)


def _asked(code: str, period: str) -> tuple[Definition, Period]:
    try:
        return catalogue.definition(transaction.reading(), code), parse(period)
    except (UnknownDefinition, WrongUsage) as error:
        raise NotFound(ABSENT) from error


def _page(code: str, period: str, *, complaint: str = "") -> str:
    definition, asked = _asked(code, period)
    shown = present_together.together(transaction.reading(), definition, asked, g.actor.id)
    if not shown.lines:
        raise NotFound("You answer this return for nobody in that period.")
    if shown.several_partnerships:
        layout.about_none()
    return render_template(
        "together/one.html",
        heading=f"{definition.title}, {asked.name}",
        shown=shown,
        complaint=complaint,
        ticked=request.form.getlist("sign"),
    )


@blueprint.get("/<code>/<period>")
@requires(Permission.SUBMISSION_STATUS)
def one(code: str, period: str) -> str:
    return _page(code, period)


@blueprint.get("/<code>/<period>/template.csv")
@requires(Permission.DRAFT_READ)
def template(code: str, period: str) -> Response:
    """One file with the rows of every body that the person may prepare for."""
    definition, asked = _asked(code, period)
    mine = present_together.mine(transaction.reading(), Permission.DRAFT_READ, definition, asked)
    if not mine:
        raise NotFound("You prepare this return for nobody in that period.")
    subjects = [subject.of(listed.due_item_id) for listed in mine]
    content = for_several(definition, [subject.sender(one) for one in subjects], asked)
    illustrative = any(one.partnership.illustrative for one in subjects)
    return download(content, f"{code}-{asked.code}-together.csv", "csv", illustrative=illustrative)


def not_signed(error: HubError, code: str, period: str) -> ResponseReturnValue:
    """None of them was signed: the page says why and shows what is there now."""
    return _page(code, period, complaint=error.sentence), 409


@blueprint.post("/<code>/<period>")
@requires(Permission.SUBMISSION_SIGN)
@once(refused=not_signed)
def sign(code: str, period: str) -> ResponseReturnValue:
    """A signature of its own for each return that was ticked, all of them or none."""
    definition, asked = _asked(code, period)
    subjects = [_ticked(number, definition, asked) for number in _numbers()]
    for attempt in range(1, ATTEMPTS + 1):
        try:
            _sign_all(subjects)
            break
        except sign_off.Moved:
            if attempt == ATTEMPTS:
                raise
            transaction.writing().rollback()
            transaction.reading().rollback()
    return redirect(url_for("together.one", code=code, period=period, done="signed-all"), 303)


def _numbers() -> list[int]:
    ticked = list(dict.fromkeys(text for text in request.form.getlist("sign") if text.isdecimal()))
    if not ticked:
        raise NotReady("Tick the returns that you sign.")
    if len(ticked) > MOST_AT_ONCE:
        raise NotReady(f"Sign at most {MOST_AT_ONCE} returns at once. Nothing was signed.")
    return [int(text) for text in ticked]


def _ticked(number: int, definition: Definition, asked: Period) -> Subject:
    """A return that was ticked. Raises NotFound where it is not this one, or not the person's to sign."""
    place = objects.submission(transaction.reading(), {"submission": number})
    if not guard.allows(g.actor, Permission.SUBMISSION_SIGN, place):
        raise NotFound(ABSENT)
    about = subject.of(number)
    if (about.definition.code, about.listed.period) != (definition.code, asked):
        raise NotFound(ABSENT)
    return about


def _sign_all(subjects: list[Subject]) -> None:
    """Every check first, outside the write lock; then every signature."""
    checked = []
    for about in subjects:
        try:
            checked.append(sign_off.prepare(transaction.reading(), about.id, about.check))
        except NotReady as error:
            raise NotReady(f"{about.agency.name}: {error.sentence} None was signed.") from error
    for about, ready in zip(subjects, checked, strict=True):
        digest = request.form.get(f"digest-{about.id}", "")
        sign_off.sign(transaction.writing(), g.actor, ready, shown_digest=digest)
