"""A measure's chronology: a page that prints, and the same as CSV."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, render_template, request

from hub import clock
from hub.access import transaction
from hub.access.guard import requires
from hub.board.chronology import KINDS, Chronology, as_csv, chronology
from hub.facts.moments import AsAt, as_at
from hub.facts.recalled import recalled
from hub.measures.model import Measure
from hub.partners import queries
from hub.partners.models import Partnership
from hub.partners.policy import Permission
from hub.web import reach
from hub.web.routes.board import measure_of, moment_of

blueprint = Blueprint("chronology", __name__)
ONE = "/partnerships/<partnership>/measures/<measure>"
A_YEAR = timedelta(days=365)


def _told(partnership: str, measure: str) -> tuple[Partnership, Measure, AsAt, AsAt, Chronology]:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    at = moment_of(place)
    definition, audience = measure_of(measure, at), reach.audience(place, money=True)
    since = request.args.get("since", "").strip()
    moment = clock.parse_moment(since) if since else clock.end_of_day(at.today - A_YEAR)
    earlier = as_at(session, place, min(moment, at.moment))
    found = recalled(
        at,
        ("chronology", measure, earlier.moment, audience),
        lambda: chronology(session, place, definition, earlier, at, audience),
    )
    return place, definition, earlier, at, found


@blueprint.get(f"{ONE}/chronology")
@requires(Permission.BOARD_READ, of="partnership")
def page(partnership: str, measure: str) -> str:
    _, definition, earlier, at, found = _told(partnership, measure)
    return render_template(
        "board/chronology.html",
        heading=f"Chronology: {definition.name}",
        measure=definition,
        earlier=earlier,
        at=at,
        found=found,
        kinds=KINDS,
    )


@blueprint.get(f"{ONE}/chronology.csv")
@requires(Permission.BOARD_READ, of="partnership")
def as_file(partnership: str, measure: str) -> Response:
    place, definition, _, at, found = _told(partnership, measure)
    name = f"{place.code}-{definition.id}-chronology-{at.today}.csv"
    return Response(
        as_csv(found, place, definition, at),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
