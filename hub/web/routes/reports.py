"""Reports: those that were issued, and beginning, writing and issuing one. An annual report is agreed to as every pack is."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import requires
from hub.board.packs import drafting, headings
from hub.board.packs.headings import ANNUAL, PROGRESS
from hub.board.packs.read import Pack, reports
from hub.errors import AreYouSure, HubError
from hub.measures.load import measures_as_at
from hub.partners.models import Partnership
from hub.partners.policy import Permission, Place
from hub.periods import Period, a_year_before, containing, parse
from hub.web import fields, layout, reach, typed
from hub.web.once import once
from hub.web.routes import packs
from hub.web.routes.board import moment_of

blueprint = Blueprint("reports", __name__, url_prefix="/partnerships/<partnership>/reports")
YEARS = 5


def _page(*, complaint: str = "", asks_sure: bool = False) -> str:
    session = transaction.reading()
    place = layout.partnership_of_page()
    at = moment_of(place)
    moment = g.as_at_shown
    found = {
        kind: _seen(place, kind, reports(session, place.id, kind, moment)) for kind in (PROGRESS, ANNUAL)
    }
    return render_template(
        "packs/reports.html",
        heading="Reports",
        progress=found[PROGRESS],
        annual=found[ANNUAL],
        may_report=moment is None and _may(place, PROGRESS),
        may_run=moment is None and _may(place, ANNUAL),
        years=_years(containing(at.today, "financial_year")),
        lines={kind: _lines(place, kind) for kind in found},
        beside=headings.SHOWN,
        measures=measures_as_at(session, at.moment).values(),
        complaint=complaint,
        asks_sure=asks_sure,
        typed=request.form,
    )


def _may(place: Partnership, kind: str) -> bool:
    permission = Permission.REPORT_ISSUE if kind == PROGRESS else Permission.MEETING_RUN
    return reach.may_here(permission, Place(place.id))


def _seen(place: Partnership, kind: str, found: list[Pack]) -> list[Pack]:
    """A draft is for whoever may go on with it."""
    mine = _may(place, kind)
    return [each for each in found if each.seal or (mine and (kind == ANNUAL or each.asked_by == g.actor.id))]


def _lines(place: Partnership, kind: str) -> str:
    found = drafting.usual_headings(transaction.reading(), place.id, kind)
    return "\n".join(each.line for each in found)


def _years(this: Period) -> list[Period]:
    found = [a_year_before(this)]
    while len(found) < YEARS:
        found.append(a_year_before(found[-1]))
    return found


@blueprint.get("")
@requires(Permission.BOARD_READ, of="partnership")
def listing(partnership: str) -> str:
    return _page()


def not_begun(error: HubError, partnership: str) -> ResponseReturnValue:
    return _page(complaint=error.sentence, asks_sure=isinstance(error, AreYouSure)), 409


@blueprint.post("/progress")
@requires(Permission.REPORT_ISSUE, of="partnership")
@once(refused=not_begun)
def begin_progress(partnership: str) -> ResponseReturnValue:
    lines = request.form.get("headings", "")
    typed.checked([lines])
    number = drafting.begin(
        transaction.writing(), g.actor, layout.partnership_of_page(), PROGRESS, lines=lines
    )
    return _to(partnership, number, "report-begun")


@blueprint.post("/annual")
@requires(Permission.MEETING_RUN, of="partnership")
@once(refused=not_begun)
def begin_annual(partnership: str) -> ResponseReturnValue:
    lines = request.form.get("headings", "")
    typed.checked([lines])
    number = drafting.begin(
        transaction.writing(),
        g.actor,
        layout.partnership_of_page(),
        ANNUAL,
        lines=lines,
        year=parse(fields.text("year")),
    )
    return _to(partnership, number, "report-begun")


def _to(partnership: str, number: int, done: str) -> ResponseReturnValue:
    return redirect(url_for("packs.one", partnership=partnership, number=number, done=done), 303)


def not_done(error: HubError, partnership: str, number: int) -> ResponseReturnValue:
    sure = isinstance(error, AreYouSure)
    return packs.page(partnership, number, complaint=error.sentence, asks_sure=sure), 409


def _write(partnership: str, number: int) -> ResponseReturnValue:
    packs.found_by(partnership, number)
    words = {
        int(name.removeprefix("words-")): body.replace("\r\n", "\n")
        for name, body in request.form.items()
        if name.startswith("words-") and name.removeprefix("words-").isdecimal() and len(name) < 12
    }
    typed.checked(list(words.values()))
    drafting.write(
        transaction.writing(),
        g.actor,
        layout.partnership_of_page(),
        number,
        words,
        seen=fields.number("seen"),
    )
    return _to(partnership, number, "report-written")


@blueprint.post("/progress/<int:number>/words")
@requires(Permission.REPORT_ISSUE, of="partnership")
@once(refused=not_done)
def write_progress(partnership: str, number: int) -> ResponseReturnValue:
    return _write(partnership, number)


@blueprint.post("/annual/<int:number>/words")
@requires(Permission.MEETING_RUN, of="partnership")
@once(refused=not_done)
def write_annual(partnership: str, number: int) -> ResponseReturnValue:
    return _write(partnership, number)


@blueprint.post("/progress/<int:number>/issue")
@requires(Permission.REPORT_ISSUE, of="partnership")
@once(refused=not_done)
def issue(partnership: str, number: int) -> ResponseReturnValue:
    return packs.frozen(partnership, number, "report-issued")


@blueprint.post("/progress/<int:number>/withdraw")
@requires(Permission.REPORT_ISSUE, of="partnership")
@once(refused=not_done)
def withdraw(partnership: str, number: int) -> ResponseReturnValue:
    return packs.withdrawn(partnership, number)
