"""What the Board's pages show, to take away as files: a measure, what stands behind a number, the scorecard."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for

from hub.access import transaction
from hub.access.guard import requires
from hub.board import drill, tables
from hub.board.downloads.of_behind import of_behind
from hub.board.downloads.of_scorecard import of_scorecard
from hub.board.downloads.of_series import of_series
from hub.facts.moments import AsAt
from hub.measures.compute import Reading
from hub.measures.model import Asked
from hub.measures.protect import protect
from hub.partners import queries
from hub.partners.policy import Permission
from hub.periods import containing, parse
from hub.web import reach
from hub.web.downloads import answer, terms
from hub.web.routes.board import card_of, follows, measure_of, moment_of

blueprint = Blueprint("taking", __name__, url_prefix="/partnerships/<partnership>")


@blueprint.get("/measures/<measure>/download.<format>")
@requires(Permission.BOARD_READ, of="partnership")
def measure(partnership: str, measure: str, format: str) -> Response:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    at = moment_of(place)
    definition = measure_of(measure, at)
    by = request.args.get("by") or None
    reading = Reading(session, place, at)
    last = containing(at.today, definition.usual).ends_on
    series = protect(
        reading.series(definition, Asked(kind=definition.usual, last=last, by=by, follow=follows())),
        reach.audience(place, money=True),
    )
    names = tables.words(reading, definition, series.by)[1] if series.by else {}
    made = of_series(
        [(series, names)],
        place,
        by=series.by,
        title=f"{definition.name}{f', by {by}'.replace('_', ' ') if by else ''}",
        address=_page("board.measure", place.code, at, measure=definition.id),
        terms=terms(),
        as_at=at.moment,
    )
    return answer(made, format)


@blueprint.get("/measures/<measure>/<period>/download.<format>")
@requires(Permission.BOARD_READ, of="partnership")
def behind(partnership: str, measure: str, period: str, format: str) -> Response:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    at = moment_of(place)
    definition, span = measure_of(measure, at), parse(period)
    made = of_behind(
        drill.behind(session, place, at, definition, span, reach.audience(place, money=True)),
        place,
        definition,
        span,
        missing=[each.agency for each in drill.missing(session, place, at, definition, span)],
        as_at=at.moment,
        address=_page("board.behind", place.code, at, measure=definition.id, period=span.code),
        terms=terms(),
    )
    return answer(made, format)


@blueprint.get("/scorecard.<format>")
@requires(Permission.BOARD_READ, of="partnership")
def scorecard(partnership: str, format: str) -> Response:
    place = queries.partnership(transaction.reading(), partnership)
    at = moment_of(place)
    rows, view, ids = card_of(place, at)
    narrowed = {"area": view.area, "team": view.team, "measure": ids}
    made = of_scorecard(
        rows,
        place,
        view.team or view.area or place.code,
        as_at=at.moment,
        address=_page("board.scorecard_page", place.code, at, **narrowed),
        terms=terms(),
    )
    return answer(made, format)


def _page(endpoint: str, partnership: str, at: AsAt, **more: str | list[str] | None) -> str:
    """The page that shows these figures, frozen as at the moment that they were read."""
    as_at = at.moment.isoformat().replace("+00:00", "Z")
    return url_for(endpoint, partnership=partnership, as_at=as_at, _external=True, **more)  # type: ignore[arg-type]
