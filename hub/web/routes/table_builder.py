"""The table builder: a form whose choice is the address, the table that it asks for, and the same to take away."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import requires
from hub.board.table_builder.build import state_notes
from hub.board.table_builder.choices import MOST_CELLS, MOST_MEASURES, MOST_PERIODS
from hub.board.table_builder.drawn import drawn
from hub.board.table_builder.layout import laid_out
from hub.errors import WrongUsage
from hub.measures.small_numbers import LINE, NOTE
from hub.partners import queries
from hub.partners.policy import Permission
from hub.web import downloads, present_table_builder, reach
from hub.web.present_running import KINDS
from hub.web.present_table_builder import Asking
from hub.web.routes.board import moment_of

blueprint = Blueprint("table_builder", __name__, url_prefix="/partnerships/<partnership>")

PAGE = "table_builder.page"


def _asking(partnership: str) -> Asking:
    place = queries.partnership(transaction.reading(), partnership)
    return present_table_builder.asking(place, moment_of(place))


@blueprint.get("/tables")
@requires(Permission.BOARD_READ, of="partnership")
def page(partnership: str) -> ResponseReturnValue:
    asked = _asking(partnership)
    shown = {} if asked.faults or asked.choices is None else _shown(asked)
    body = render_template(
        "board/table_builder.html",
        heading="Build a table",
        at=asked.at,
        faults=asked.faults,
        entries=[{"text": fault} for fault in asked.faults],
        choices=asked.choices,
        measures=asked.offer.measures.values(),
        areas=asked.offer.areas,
        breakdowns=present_table_builder.breakdowns_offered(asked),
        period_kinds=present_table_builder.kinds_offered(
            asked.choices.measures if asked.choices else asked.offer.measures.values()
        ),
        periods=present_table_builder.periods_offered(asked),
        agency_kinds={kind: KINDS.get(kind, kind) for kind in asked.offer.agency_kinds},
        limits=(MOST_MEASURES, MOST_PERIODS, MOST_CELLS),
        **shown,
    )
    return body, 400 if asked.faults else 200


def _shown(asked: Asking) -> dict[str, object]:
    """The table, or why there is none."""
    assert asked.choices is not None
    found = present_table_builder.built(asked, asked.choices, reach.audience(asked.place, money=True))
    address = present_table_builder.address_of(asked, asked.choices, endpoint=PAGE)
    fits = 0 < found.size <= MOST_CELLS
    return {
        "found": found,
        "title": present_table_builder.title_of(asked.choices, dict(asked.offer.areas)),
        "laid": laid_out(found, asked.at.today) if fits else None,
        "drawn": list(drawn(found)) if fits and asked.choices.chart else [],
        "notes": [*state_notes(found), *([("Small numbers", NOTE)] if LINE in found.lines else [])],
        "frozen": address,
        "newest": present_table_builder.address_of(asked, asked.choices, endpoint=PAGE, frozen=False),
        "citation": present_table_builder.citation(asked, asked.choices, address),
        "files": [(words, _file(asked, ending)) for ending, words in downloads.OFFERED.items()],
    }


def _file(asked: Asking, ending: str) -> str:
    assert asked.choices is not None
    query = {**asked.choices.as_query(), "as_at": present_table_builder.written(asked.at.moment)}
    return url_for("table_builder.file", partnership=asked.place.code, format=ending, **query)  # type: ignore[arg-type]


@blueprint.get("/tables.<format>")
@requires(Permission.BOARD_READ, of="partnership")
def file(partnership: str, format: str) -> Response:
    asked = _asking(partnership)
    if asked.faults or asked.choices is None:
        raise WrongUsage(" ".join(asked.faults) or "Choose at least one measure.")
    found = present_table_builder.built(asked, asked.choices, reach.audience(asked.place, money=True))
    download = present_table_builder.download_of(asked, found, endpoint=PAGE)
    return downloads.answer(download, format)
