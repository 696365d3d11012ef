"""Explain this change: a page reached from a measure's own, from a signal and from what changed between two moments."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from hub import clock
from hub.access import transaction
from hub.access.guard import requires
from hub.board.explain import explain
from hub.board.explain import periods_of as periods_of_measure
from hub.facts.moments import as_at
from hub.measures.steps import Side
from hub.partners import queries
from hub.partners.policy import Permission
from hub.periods import Period, parse
from hub.web import reach
from hub.web.routes.board import measure_of, moment_of

blueprint = Blueprint("explain", __name__)


def _period(name: str, usual: Period) -> Period:
    chosen = request.args.get(name, "").strip()
    return parse(chosen) if chosen else usual


@blueprint.get("/partnerships/<partnership>/measures/<measure>/explain")
@requires(Permission.BOARD_READ, of="partnership")
def page(partnership: str, measure: str) -> str:
    """Without a choice: the newest whole figure beside the one before it. `since` is the earlier of two moments."""
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    at = moment_of(place)
    definition, audience = measure_of(measure, at), reach.audience(place, money=True)
    known = periods_of_measure(session, place, at, definition)
    since = request.args.get("since", "").strip()
    moment = clock.parse_moment(since) if since else at.moment
    earlier = as_at(session, place, moment) if moment < at.moment else at
    before, after = _period("before", known.before), _period("period", known.after)
    return render_template(
        "board/explain.html",
        heading=f"Explain a change: {definition.name}",
        measure=definition,
        periods=sorted({*known.periods, before, after}, key=lambda one: one.starts_on, reverse=True),
        before=before,
        after=after,
        since=since,
        at=at,
        found=explain(session, place, definition.id, Side(before, earlier), Side(after, at), audience),
    )
