"""One promise of one party: what was said of it, drawn, judged, paid, asked and answered; and saying something beside its verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import requires
from hub.agreements.models import MilestoneReport
from hub.agreements.versions import agreement_as_at
from hub.agreements.watch import milestones, remarks
from hub.agreements.watch.watched import Watched, watched, watched_as_at
from hub.board import charts
from hub.board.chart_words import line_words
from hub.board.region import commitment as told
from hub.board.region import office
from hub.board.region.evidence import Reader, Rests, Row, Sender
from hub.board.region.post import mailed, tell_of_dispute, without_anybody
from hub.board.region.rows import told as told_whom
from hub.errors import AreYouSure, HubError, NotFound, NotReady
from hub.facts.moments import AsAt, as_at
from hub.partners import queries
from hub.partners.models import Partnership
from hub.partners.policy import Permission, Place
from hub.web import fields, layout, present_challenges, present_negotiation, reach, typed
from hub.web.once import once
from hub.web.routes.board import moment_of

blueprint = Blueprint("commitment", __name__, url_prefix="/partnerships/<partnership>/agreements/<agreement>")

ONE = "/commitments/<commitment>"
ROWS = 100  # of what a verdict rests on, in one page


def _watched(place: Partnership, agreement: str, at: AsAt) -> Watched:
    """As at now it was worked out already, for the region's page or for another reader."""
    session = transaction.reading()
    if not at.is_now:
        return watched_as_at(session, place, at, agreement)
    found = next((each for each in watched(session, [place]) if each.agreement.code == agreement), None)
    if found is None:
        agreement_as_at(session, place.id, agreement, at.moment)  # where it was dropped, that is said
        raise NotFound(told.NOT_THERE)
    return found


def _page(
    partnership: str, agreement: str, commitment: str, *, complaint: str = "", asks_sure: bool = False
) -> str:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    at = moment_of(place)
    found = _watched(place, agreement, at)
    money = reach.may_here(Permission.FINANCE_TOTALS, g.place)
    others = reach.may_here(Permission.BOARD_READ, Place(place.id))
    shown = told.page(
        session,
        place,
        found,
        at,
        commitment=commitment,
        party=request.values.get("party", ""),
        reader=Reader(reach.audience(place, money=money), others=others),
    )
    party = shown.line.party
    said = remarks.remarks_as_at(session, place.id, agreement, at.moment, commitment=commitment, party=party)
    return render_template(
        "commitment/commitment.html",
        heading=f"{commitment}: {shown.row.party}",
        agreement=found.agreement,
        it=shown,
        carried=present_negotiation.carried(session, place, found.agreement),
        svg=charts.line_svg(shown.drawn.chart) if shown.drawn.chart else None,
        svg_words=line_words(shown.drawn.chart) if shown.drawn.chart else "",
        at=at,
        is_now=at.is_now,
        said=said,
        KINDS=remarks.KINDS,
        told=told_whom,
        nobody=without_anybody(session, place, found.agreement, shown.line),
        mailed=mailed(session, place, agreement, shown.line, at.moment),
        reads_board=others,
        opens=_opens(place, shown.rests),
        lines=_lines(shown.rests, fields.page("evidence")),
        papers=_letters(place, agreement, commitment, party),
        may_write=at.is_now and reach.may_here(Permission.STATEMENT_ISSUE, g.place),
        may_report=at.is_now and shown.line.commitment.kind == milestones.KIND and _may_report(place, party),
        confirms=[each for each in shown.milestones if at.is_now and _may_confirm(place, each)],
        may_say=at.is_now and reach.may_here(Permission.VERDICT_COMMENT, g.place),
        parties=[(code, shown.names.get(code, code)) for code in found.agreement.party_codes],
        questions=present_challenges.asked_about(session, place, at, "verdict", f"{agreement}/{commitment}"),
        may_ask=reach.may_here(Permission.CHALLENGE_ASK, Place(place.id)),
        complaint=complaint,
        asks_sure=asks_sure,
        typed=request.form,
    )


def _opens(place: Partnership, rests: Rests) -> set[tuple[int, str]]:
    """(agency, return) of the submissions whose page the reader may open."""
    found = {(row.agency_id, sender.return_code) for sender in rests.senders for row in sender.rows}
    return {(agency_id, code) for agency_id, code in found if reach.may_open_return(place, agency_id, code)}


@dataclass(frozen=True)
class Lines:
    """One page of the rows that a verdict of many senders rests on."""

    shown: Sequence[tuple[Sender, Row]]
    page: int
    pages: int
    first: int
    last: int
    of: int


def _lines(rests: Rests, asked: int) -> Lines:
    every = rests.lines
    pages = max(1, math.ceil(len(every) / ROWS))
    page = min(asked, pages)
    start = (page - 1) * ROWS
    shown = every[start : start + ROWS]
    return Lines(shown, page, pages, start + 1, start + len(shown), len(every))


def _letters(place: Partnership, agreement: str, commitment: str, party: str) -> list[office.Paper]:
    """The letters about this promise of this party; drafts for those alone who may issue them."""
    drafts = reach.may_here(Permission.STATEMENT_ISSUE, g.place)
    return [
        each
        for each in office.papers(transaction.reading(), place.id, agreement)
        if each.is_about(commitment, party) and (each.is_issued or drafts)
    ]


@blueprint.get(ONE)
@requires(Permission.AGREEMENT_READ, of="agreement")
def commitment(partnership: str, agreement: str, commitment: str) -> str:
    return _page(partnership, agreement, commitment)


def not_said(error: HubError, **address: str) -> ResponseReturnValue:
    """Nothing was kept: the page says why, with what the person typed."""
    return _page(**address, complaint=error.sentence, asks_sure=isinstance(error, AreYouSure)), 409


def _may_report(place: Partnership, party: str) -> bool:
    session = transaction.reading()
    return milestones.may_write(session, place, g.actor, queries.agency(session, party).id)


def _may_confirm(place: Partnership, report: MilestoneReport) -> bool:
    waits = report.confirmed_by is None
    return waits and milestones.may_confirm(transaction.reading(), place, g.actor, report)


def _beside(
    partnership: str, agreement: str, commitment: str, *, field: str = "words"
) -> tuple[Partnership, remarks.Beside, str]:
    """Beside which verdict somebody speaks, and their words, which have passed the gate."""
    place = queries.partnership(transaction.reading(), partnership)
    layout.about(place)
    found = _watched(place, agreement, as_at(transaction.reading(), place))
    line = found.line(commitment, request.form.get("party", ""))
    if line is None:
        raise NotFound(told.NOT_THERE)
    words = request.form.get(field, "")
    typed.checked([words])
    return place, remarks.Beside(found.agreement, line.verdict), words


@blueprint.post(f"{ONE}/say")
@requires(Permission.VERDICT_COMMENT, of="agreement")
@once(refused=not_said)
def say(partnership: str, agreement: str, commitment: str) -> ResponseReturnValue:
    place, beside, words = _beside(partnership, agreement, commitment)
    kind, session = request.form.get("kind", ""), transaction.writing()
    answer = (
        remarks.Answer(request.form.get("owner", ""), _day(request.form.get("due_on", "")))
        if kind == "dispute"
        else None
    )
    number = remarks.say(session, place, beside, actor=g.actor, kind=kind, words=words, answer=answer)
    if kind == "dispute":
        tell_of_dispute(session, place, beside, number)
    return _back("remark-kept", partnership, agreement, commitment)


@blueprint.post(f"{ONE}/report")
@requires(Permission.MILESTONE_WRITE, of="agreement")
@once(refused=not_said)
def report(partnership: str, agreement: str, commitment: str) -> ResponseReturnValue:
    place, beside, evidence = _beside(partnership, agreement, commitment, field="evidence")
    milestones.write(
        transaction.writing(),
        place,
        beside,
        actor=g.actor,
        done_on=fields.day("done_on"),
        evidence=evidence,
    )
    return _back("milestone-written", partnership, agreement, commitment)


@blueprint.post(f"{ONE}/confirm-report")
@requires(Permission.MILESTONE_CONFIRM, of="agreement")
@once(refused=not_said)
def confirm_report(partnership: str, agreement: str, commitment: str) -> ResponseReturnValue:
    place, beside, _ = _beside(partnership, agreement, commitment)
    milestones.confirm(transaction.writing(), place, beside, actor=g.actor, report=fields.number("report"))
    return _back("milestone-confirmed", partnership, agreement, commitment)


@blueprint.post(f"{ONE}/end-dispute")
@requires(Permission.VERDICT_COMMENT, of="agreement")
@once(refused=not_said)
def end_dispute(partnership: str, agreement: str, commitment: str) -> ResponseReturnValue:
    place, beside, words = _beside(partnership, agreement, commitment)
    number = request.form.get("dispute", "")
    remarks.end_dispute(
        transaction.writing(),
        place,
        beside,
        actor=g.actor,
        dispute=int(number) if number.isdecimal() and len(number) < 9 else 0,
        words=words,
    )
    return _back("verdict-dispute-ended", partnership, agreement, commitment)


def _back(done: str, partnership: str, agreement: str, commitment: str) -> ResponseReturnValue:
    return redirect(
        url_for(
            "commitment.commitment",
            partnership=partnership,
            agreement=agreement,
            commitment=commitment,
            party=request.form.get("party", ""),
            done=done,
        ),
        303,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise NotReady("Say by when the dispute is to be answered: a day after today.") from error
