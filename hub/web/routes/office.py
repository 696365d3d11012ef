"""The regional office's papers about an agreement: the quarter's statement and letters from a verdict, drafted, edited, issued, taken away."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import requires
from hub.access.objects import ABSENT
from hub.agreements.watch.watched import Watched, watched
from hub.board.region import office, office_file
from hub.board.region.commitment import NOT_THERE
from hub.board.region.office_file import as_csv, as_xlsx
from hub.board.region.office_pdf import as_pdf
from hub.errors import AreYouSure, HubError, NotFound
from hub.partners import queries
from hub.partners.models import Partnership
from hub.partners.policy import Permission
from hub.periods import Period, between, containing
from hub.web import layout, reach, typed
from hub.web.once import once

blueprint = Blueprint(
    "office", __name__, url_prefix="/partnerships/<partnership>/agreements/<agreement>/papers"
)

ONE = "/<int:number>"
TYPES = {
    "pdf": ("application/pdf", as_pdf),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
    "csv": ("text/csv", as_csv),
}


def _place(code: str) -> Partnership:
    found = queries.partnership(transaction.reading(), code)
    layout.about(found)
    return found


def _watched(place: Partnership, agreement: str) -> Watched:
    every = watched(transaction.reading(), [place])
    found = next((each for each in every if each.agreement.code == agreement), None)
    if found is None:
        raise NotFound(NOT_THERE)
    return found


def _may_issue() -> bool:
    return reach.may_here(Permission.STATEMENT_ISSUE, g.place)


def _quarters(found: Watched) -> list[Period]:
    """The quarters of the agreement's time that have begun, newest first."""
    last = min(found.today, found.agreement.ends_on)
    if found.agreement.begins_on > last:
        return []
    quarters = between(containing(found.agreement.begins_on, "quarter"), containing(last, "quarter"))
    return list(reversed(quarters))


def _listing(partnership: str, agreement: str, *, complaint: str = "") -> str:
    place = _place(partnership)
    found = _watched(place, agreement)
    every = office.papers(transaction.reading(), place.id, agreement)
    return render_template(
        "office/listing.html",
        heading="Statements and letters",
        agreement=found.agreement,
        papers=[each for each in every if each.is_issued or _may_issue()],
        quarters=_quarters(found),
        may_issue=_may_issue(),
        complaint=complaint,
    )


@blueprint.get("")
@requires(Permission.AGREEMENT_READ, of="agreement")
def listing(partnership: str, agreement: str) -> str:
    return _listing(partnership, agreement)


def not_drafted(error: HubError, **address: str) -> ResponseReturnValue:
    return _listing(**address, complaint=error.sentence), 409


@blueprint.post("/statement")
@requires(Permission.STATEMENT_ISSUE, of="agreement")
@once(refused=not_drafted)
def draft_statement(partnership: str, agreement: str) -> ResponseReturnValue:
    place = _place(partnership)
    found = _watched(place, agreement)
    number = office.draft_statement(
        transaction.writing(), place, found, actor=g.actor, quarter=request.form.get("quarter", "")
    )
    return _to(partnership, agreement, number, "paper-drafted")


@blueprint.post("/letter")
@requires(Permission.STATEMENT_ISSUE, of="agreement")
@once(refused=not_drafted)
def draft_letter(partnership: str, agreement: str) -> ResponseReturnValue:
    place = _place(partnership)
    found = _watched(place, agreement)
    line = found.line(request.form.get("commitment", ""), request.form.get("party", ""))
    if line is None:
        raise NotFound(NOT_THERE)
    number = office.draft_letter(transaction.writing(), place, found, line, actor=g.actor)
    return _to(partnership, agreement, number, "paper-drafted")


def _paper(place: Partnership, agreement: str, number: int) -> office.Paper:
    """A draft is there for those alone who may issue it."""
    found = office.paper(transaction.reading(), place.id, agreement, min(number, 2**31 - 1))
    if not found.is_issued and not _may_issue():
        raise NotFound(ABSENT)
    return found


def _page(
    partnership: str, agreement: str, number: int, *, complaint: str = "", asks_sure: bool = False
) -> str:
    place = _place(partnership)
    found = _paper(place, agreement, number)
    return render_template(
        "office/paper.html",
        heading=found.title,
        paper=found,
        standing=office_file.standing(found),
        may_issue=_may_issue() and not found.is_issued,
        complaint=complaint,
        asks_sure=asks_sure,
        typed=request.form,
    )


@blueprint.get(ONE)
@requires(Permission.AGREEMENT_READ, of="agreement")
def paper(partnership: str, agreement: str, number: int) -> str:
    return _page(partnership, agreement, number)


@blueprint.get(f"{ONE}/download.<format>")
@requires(Permission.AGREEMENT_READ, of="agreement")
def download(partnership: str, agreement: str, number: int, format: str) -> Response:
    place = _place(partnership)
    found = _paper(place, agreement, number)
    if format not in TYPES:
        raise NotFound(ABSENT)
    made = TYPES[format][1](place, found)
    name = f"{agreement}-{found.kind}-{number}.{format}"
    return Response(
        made, mimetype=TYPES[format][0], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def not_written(error: HubError, **address: Any) -> ResponseReturnValue:
    """Nothing was kept: the page says why, with what the person typed."""
    return _page(**address, complaint=error.sentence, asks_sure=isinstance(error, AreYouSure)), 409


def _writing(agreement: str, number: int) -> tuple[office.Writing, str]:
    """Who writes, having seen what; their words have passed the gate."""
    words, seen = request.form.get("words", ""), request.form.get("seen", "")
    typed.checked([words])
    said = int(seen) if seen.isdecimal() and len(seen) < 9 else -1
    return office.Writing(g.actor, agreement, min(number, 2**31 - 1), said), words


@blueprint.post(f"{ONE}/save")
@requires(Permission.STATEMENT_ISSUE, of="agreement")
@once(refused=not_written)
def save(partnership: str, agreement: str, number: int) -> ResponseReturnValue:
    writing, words = _writing(agreement, number)
    office.save(transaction.writing(), _place(partnership), writing, words=words)
    return _to(partnership, agreement, number, "kept")


@blueprint.post(f"{ONE}/issue")
@requires(Permission.STATEMENT_ISSUE, of="agreement")
@once(refused=not_written)
def issue(partnership: str, agreement: str, number: int) -> ResponseReturnValue:
    writing, words = _writing(agreement, number)
    office.issue(transaction.writing(), _place(partnership), writing, words=words)
    return _to(partnership, agreement, number, "paper-issued")


def _to(partnership: str, agreement: str, number: int, done: str) -> ResponseReturnValue:
    return redirect(
        url_for("office.paper", partnership=partnership, agreement=agreement, number=number, done=done), 303
    )
