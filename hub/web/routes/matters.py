"""Differences that two sides look into together: the list, one matter, and what each side can say to it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import requires
from hub.access.objects import ABSENT
from hub.comparison import say
from hub.comparison.matters import REASONS, matter, papers
from hub.comparison.mirror import definitions
from hub.comparison.sides import month_of
from hub.errors import AreYouSure, HubError, NotFound, NotReady
from hub.facts.moments import as_at
from hub.partners import queries
from hub.partners.models import Partnership
from hub.partners.policy import Permission
from hub.submissions import corrections
from hub.web import layout, present_matters, typed
from hub.web.once import once
from hub.web.routes.board import moment_of
from hub.web.routes.compared import area_of, comparison_of, council_name

blueprint = Blueprint("matters", __name__, url_prefix="/partnerships/<partnership>/matters/<measure>")

ONE = "/<agency>/<period>"


@blueprint.get("")
@requires(Permission.MATTER_TAKE_PART, of="partnership")
def matters(partnership: str, measure: str) -> str:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    at = moment_of(place)
    definition = comparison_of(session, measure, at)
    found = present_matters.mine(session, place, at, definition)
    return render_template(
        "compared/matters.html",
        heading="Matters between two sides",
        measure=definition,
        still=[each for each in found if each.standing == "open"],
        closed=[each for each in found if each.standing != "open"],
        council=council_name(session, place),
        at=at,
    )


def _page(
    partnership: str, measure: str, agency: str, period: str, *, complaint: str = "", asks_sure: bool = False
) -> str:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    at = moment_of(place)
    definition = comparison_of(session, measure, at)
    who = queries.agency(session, agency)
    month = month_of(period)
    found = matter(session, at, definition, who.id, month, area=area_of(session, at))
    if found is None or place.council_agency_id is None:
        raise NotFound(ABSENT)
    council = council_name(session, place)
    signed = papers(
        session, at, definition, sender_id=who.id, council_id=place.council_agency_id, month=month
    )
    side = present_matters.side_of(place, who.id)
    return render_template(
        "compared/matter.html",
        heading=f"{found.sender.name}, {month.name}{f', {found.area.name}' if found.area else ''}: sent and logged",
        measure=definition,
        matter=found,
        papers=signed,
        side=side,
        others=[each for each in ("sent", "logged") if each != side and each in signed],
        asked=present_matters.asked_about(session, place, found, signed, definition),
        ask_reasons=corrections.REASONS,
        lines=present_matters.lines(found, council=council),
        signed_by_me=any(each.person_id == g.actor.id for each in found.signatures),
        totals=say.totals_of(found),
        reasons=REASONS,
        defined=definitions(session, definition, council),
        council=council,
        complaint=complaint,
        asks_sure=asks_sure,
        typed=request.form,
        is_now=g.as_at_shown is None,
    )


@blueprint.get(ONE)
@requires(Permission.MATTER_TAKE_PART, of="matter")
def one(partnership: str, measure: str, agency: str, period: str) -> str:
    return _page(partnership, measure, agency, period)


def not_said(error: HubError, **address: str) -> ResponseReturnValue:
    """Nothing was kept: the page says why, with what the person typed."""
    asks_sure = isinstance(error, AreYouSure)
    return _page(**address, complaint=error.sentence, asks_sure=asks_sure), 409


def _speaker(partnership: str, measure: str, agency: str, period: str) -> tuple[Partnership, say.Speaker]:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    layout.about(place)
    who = queries.agency(session, agency)
    seen = request.form.get("seen", "")
    at = as_at(session, place)
    speaker = say.Speaker(
        actor=g.actor,
        side=present_matters.side_of(place, who.id),
        measure=comparison_of(session, measure, at),
        sender_id=who.id,
        month=month_of(period),
        seen=int(seen) if seen.isdecimal() else -1,
        totals=request.form.get("totals", ""),
        area=area_of(session, at),
    )
    return place, speaker


def _back(done: str, **address: Any) -> ResponseReturnValue:
    area = request.args.get("area") or None
    return redirect(url_for("matters.one", done=done, area=area, **address), 303)


@blueprint.post(f"{ONE}/explain")
@requires(Permission.MATTER_TAKE_PART, of="matter")
@once(refused=not_said)
def explain(**address: str) -> ResponseReturnValue:
    place, speaker = _speaker(**address)
    words = request.form.get("words", "")
    typed.checked([words])
    say.explain(transaction.writing(), place, speaker, reason=request.form.get("reason", ""), words=words)
    return _back("matter-explained", **address)


@blueprint.post(f"{ONE}/note")
@requires(Permission.MATTER_TAKE_PART, of="matter")
@once(refused=not_said)
def note(**address: str) -> ResponseReturnValue:
    place, speaker = _speaker(**address)
    words = request.form.get("note", "")
    typed.checked([words])
    say.write_note(transaction.writing(), place, speaker, words=words)
    return _back("note-written", **address)


@blueprint.post(f"{ONE}/ask")
@requires(Permission.MATTER_TAKE_PART, of="matter")
@once(refused=not_said)
def ask(**address: str) -> ResponseReturnValue:
    """Ask the other side to look at its figure again; the data team may ask either."""
    place, speaker = _speaker(**address)
    session = transaction.reading()
    of, words = request.form.get("of", ""), request.form.get("ask_words", "")
    typed.checked([words])
    rows = present_matters.rows_compared(speaker.measure, address["agency"], speaker.month, speaker.area)
    if of not in rows or of == speaker.side or place.council_agency_id is None:
        raise NotReady("Choose whose figure is to be looked at again.")
    signed = papers(
        session,
        as_at(session, place),
        speaker.measure,
        sender_id=speaker.sender_id,
        council_id=place.council_agency_id,
        month=speaker.month,
    )
    if of not in signed:
        raise NotReady("That side has signed nothing for this month yet.")
    own = {"sent": speaker.sender_id, "logged": place.council_agency_id}
    corrections.ask(
        transaction.writing(),
        g.actor,
        signed[of].due_item_id,
        place=rows[of],
        reason=request.form.get("ask_reason", ""),
        words=words,
        asker_agency_id=own.get(speaker.side),
    )
    return _back("correction-asked", **address)


@blueprint.post(f"{ONE}/agree")
@requires(Permission.MATTER_TAKE_PART, of="matter")
@once(refused=not_said)
def agree(**address: str) -> ResponseReturnValue:
    place, speaker = _speaker(**address)
    say.agree(transaction.writing(), place, speaker)
    return _back("note-signed", **address)
