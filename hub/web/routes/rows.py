"""Rows that the partnership judges: contracts inside or outside the arrangements, moderated scores of an audit."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import requires
from hub.access.objects import ABSENT
from hub.audit.chain import record
from hub.clock import now_for
from hub.definitions import catalogue
from hub.errors import AreYouSure, HubError, NotFound, NotReady, UnknownDefinition
from hub.facts.judgements import judge
from hub.partners import queries
from hub.partners.policy import Permission
from hub.web import fields, layout, present_rows, typed
from hub.web.once import once
from hub.web.present_rows import JudgedTable, SignedRow
from hub.web.routes.board import moment_of

blueprint = Blueprint("rows", __name__, url_prefix="/run/<partnership>/rows")


@blueprint.get("/<code>")
@requires(Permission.ROW_JUDGE, of="partnership")
def listing(partnership: str, code: str) -> str:
    """Every judged row of a return as it stands, with what was said of it."""
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    at = moment_of(place)
    try:
        definition = catalogue.definition(session, code)
    except UnknownDefinition as error:
        raise NotFound(ABSENT) from error
    if not any(table.judged for table in definition.breakdowns):
        raise NotFound("The partnership judges no rows of this return.")
    signed = present_rows.signed_periods(session, at, definition)
    asked = request.args.get("period")
    shown = next((period for period in signed if period.code == asked), signed[0] if signed else None)
    tables = present_rows.judged_tables(session, place, at, definition, period=shown) if shown else []
    return render_template(
        "run/rows.html",
        heading=f"{definition.title}, {shown.name}" if shown else definition.title,
        code=code,
        tables=tables,
        periods=signed,
        shown=shown,
        only=_only(tables),
    )


def _only(tables: list[JudgedTable]) -> str:
    """The judgement that the page is narrowed to: a code, `none` for those not judged yet, or all of them."""
    chosen = request.args.get("only", "")
    return chosen if chosen == "none" or any(chosen in table.choices for table in tables) else ""


def _found(partnership: str, submission: int, name: str, key: str) -> tuple[JudgedTable, SignedRow]:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    at = moment_of(place)
    for definition in present_rows.judged_returns(session):
        for table in present_rows.judged_tables(session, place, at, definition, submission=submission):
            for row in table.rows:
                if (row.table, row.key) == (name, key):
                    return table, row
    raise NotFound("There is no signed row of that name.")


def _page(complaint: str = "", *, asks_sure: bool = False, **address: Any) -> str:
    table, row = _found(**address)
    return render_template(
        "run/row.html",
        heading=f"{row.agency.name}: {row.title}",
        table=table,
        row=row,
        typed=request.form,
        complaint=complaint,
        asks_sure=asks_sure,
        is_now=g.as_at_shown is None,
    )


@blueprint.get("/<int:submission>/<name>/<key>")
@requires(Permission.ROW_JUDGE, of="submission")
def one(partnership: str, submission: int, name: str, key: str) -> str:
    return _page(partnership=partnership, submission=submission, name=name, key=key)


def not_judged(error: HubError, **address: Any) -> ResponseReturnValue:
    """Nothing was kept: the page says why, with what the person typed and what is there now."""
    return _page(error.sentence, asks_sure=isinstance(error, AreYouSure), **address), 409


@blueprint.post("/<int:submission>/<name>/<key>")
@requires(Permission.ROW_JUDGE, of="submission")
@once(refused=not_judged)
def say(partnership: str, submission: int, name: str, key: str) -> ResponseReturnValue:
    session = transaction.writing()
    place = queries.partnership(session, partnership)
    layout.about(place)
    table, _ = _found(partnership, submission, name, key)
    chosen, why = fields.text("judgement"), " ".join(request.form.get("why", "").split())[:1000]
    if chosen not in table.choices:
        raise NotReady("Choose one of the answers.")
    if not why:
        raise NotReady("Say why in a few words. The agency reads it.")
    typed.checked([why])
    made = judge(
        session,
        (submission, name, key),
        partnership_id=place.id,
        judgement=chosen,
        why=why,
        person_id=g.actor.id,
        at=now_for(place),
        seen=fields.number("seen"),
    )
    record(
        session,
        actor=g.actor.principal,
        action="row:judge",
        subject=f"submission:{submission}",
        partnership_id=place.id,
        detail={"judgement": made.id, "table": name, "row": key},
    )
    return redirect(
        url_for("rows.listing", partnership=partnership, code=table.definition.code, done="judged"), 303
    )
