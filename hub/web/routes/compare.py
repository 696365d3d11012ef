"""Published figures: one authority beside its statistical neighbours, its region and England, over the years."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import requires
from hub.board import charts
from hub.board.chart_words import bar_words, line_words
from hub.board.comparators import comparable_measures, comparison, places_beside
from hub.errors import NotFound, UnknownDefinition
from hub.measures.load import measure_as_at
from hub.partners import queries
from hub.partners.policy import Permission
from hub.web import reach
from hub.web.routes.board import chosen_moment, moment_of

blueprint = Blueprint("compare", __name__)


@blueprint.get("/compare")
@requires(Permission.FIGURES_PUBLISHED)
def places() -> str:
    """Every partnership led by a council, one's own first."""
    own = reach.readable(Permission.BOARD_READ)
    chosen_moment()
    others = [one for one in queries.led_by_councils(transaction.reading()) if one not in own]
    return render_template("compare/places.html", heading="Places like this", own=own, others=others)


@blueprint.get("/compare/<partnership>")
@requires(Permission.FIGURES_PUBLISHED)
def measures(partnership: str) -> ResponseReturnValue:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    at = moment_of(place)
    found = comparable_measures(session, at)
    if not found:
        return render_template("compare/none.html", heading="Places like this", place=place)
    own = places_beside(session, place, at)[0] if place.council_agency_id else None
    # Tables are imported one by one: begin where there is something to read.
    first = next((measure for measure in found if own and own.points(measure)), found[0])
    return redirect(
        url_for(
            "compare.measure",
            partnership=partnership,
            measure=first.id,
            as_at=request.args.get("as_at") or None,
        )
    )


@blueprint.get("/compare/<partnership>/<measure>")
@requires(Permission.FIGURES_PUBLISHED)
def measure(partnership: str, measure: str) -> str:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    at = moment_of(place)
    try:
        definition = measure_as_at(session, measure, at.moment)
        compared = comparison(session, place, at, definition, year=request.args.get("year") or None)
    except UnknownDefinition as error:
        raise NotFound(error.sentence) from error
    return render_template(
        "compare/measure.html",
        heading=f"{definition.name}: {place.name}",
        place=place,
        compared=compared,
        bars=charts.bar_svg(compared.bars),
        bars_words=bar_words(compared.bars),
        lines=charts.line_svg(compared.lines),
        lines_words=line_words(compared.lines),
        measures=comparable_measures(session, at),
        at=at,
    )
