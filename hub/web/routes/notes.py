"""Notes on measures: events on charts, new limits that two persons agree to, causes of low figures."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import requires
from hub.board import notes
from hub.errors import AreYouSure, HubError, NotReady
from hub.facts.moments import as_at
from hub.partners import queries
from hub.partners.policy import Permission
from hub.periods import parse
from hub.web import layout, typed
from hub.web.once import once
from hub.web.routes.board import measure_of, moment_of

blueprint = Blueprint("notes", __name__, url_prefix="/partnerships/<partnership>")


def _page(partnership: str, measure: str, *, complaint: str = "", asks_sure: bool = False) -> str:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    at = moment_of(place)
    definition = measure_of(measure, at)
    return render_template(
        "board/notes.html",
        heading=f"Notes: {definition.name}",
        measure=definition,
        notes=notes.of_measure(notes.notes_as_at(session, at), definition.id),
        complaint=complaint,
        asks_sure=asks_sure,
        typed=request.form,
        me=g.actor.id,
    )


@blueprint.get("/measures/<measure>/notes")
@requires(Permission.MEASURE_NOTE, of="partnership")
def of_measure(partnership: str, measure: str) -> str:
    return _page(partnership, measure)


def not_kept(error: HubError, partnership: str, measure: str, note: int = 0) -> ResponseReturnValue:
    """Nothing was kept: the page says why, with what the person typed."""
    sure = isinstance(error, AreYouSure)
    return _page(partnership, measure, complaint=error.sentence, asks_sure=sure), 409


def _day() -> date:
    try:
        return date.fromisoformat(request.form.get("on", ""))
    except ValueError as error:
        raise NotReady("Give the day, for example 2014-07-28.") from error


@blueprint.post("/measures/<measure>/notes")
@requires(Permission.MEASURE_NOTE, of="partnership")
@once(refused=not_kept)
def add(partnership: str, measure: str) -> ResponseReturnValue:
    place = queries.partnership(transaction.reading(), partnership)
    layout.about(place)
    definition = measure_of(measure, as_at(transaction.reading(), place))
    words, day = request.form.get("words", ""), _day()
    typed.checked([words])
    session = transaction.writing()
    if request.form.get("kind") == "rebase":
        notes.ask_rebase(session, g.actor, place, measure=definition, on=day, words=words)
    else:
        everywhere = request.form.get("everywhere") == "yes"
        code = "" if everywhere else definition.id
        notes.note_event(session, g.actor, place, measure=code, on=day, words=words)
    return redirect(url_for("notes.of_measure", partnership=partnership, measure=measure, done="kept"), 303)


@blueprint.post("/measures/<measure>/notes/<int:note>/answer")
@requires(Permission.MEASURE_NOTE, of="partnership")
@once(refused=not_kept)
def answer(partnership: str, measure: str, note: int) -> ResponseReturnValue:
    place = queries.partnership(transaction.reading(), partnership)
    layout.about(place)
    approve = request.form.get("answer") == "approve"
    notes.answer_rebase(transaction.writing(), g.actor, place, note, approve=approve)
    return redirect(url_for("notes.of_measure", partnership=partnership, measure=measure, done="kept"), 303)


def cause_not_kept(error: HubError, partnership: str) -> ResponseReturnValue:
    return _cause_page(partnership, complaint=error.sentence, asks_sure=isinstance(error, AreYouSure)), 409


def _cause_page(partnership: str, *, complaint: str = "", asks_sure: bool = False) -> str:
    place = queries.partnership(transaction.reading(), partnership)
    at = moment_of(place)
    definition = measure_of(request.values.get("measure", ""), at)
    month = parse(request.values.get("month", ""))
    line = request.values.get("line", "")
    return render_template(
        "board/cause.html",
        heading="Record the cause",
        measure=definition,
        month=month,
        line=line,
        complaint=complaint,
        asks_sure=asks_sure,
        typed=request.form,
    )


@blueprint.get("/lower/cause")
@requires(Permission.MEASURE_NOTE, of="partnership")
def cause_form(partnership: str) -> str:
    return _cause_page(partnership)


@blueprint.post("/lower/cause")
@requires(Permission.MEASURE_NOTE, of="partnership")
@once(refused=cause_not_kept)
def cause(partnership: str) -> ResponseReturnValue:
    place = queries.partnership(transaction.reading(), partnership)
    layout.about(place)
    words, month = request.form.get("words", ""), parse(request.form.get("month", ""))
    typed.checked([words])
    notes.record_cause(
        transaction.writing(),
        g.actor,
        place,
        measure=request.form.get("measure", ""),
        line=request.form.get("line", ""),
        month=month,
        words=words,
    )
    return redirect(url_for("board.lower", partnership=partnership, month=month.code, done="kept"), 303)
