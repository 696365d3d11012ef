"""The table builder: a form whose choice is the address, the table that it asks for, and the same to take away.

Whoever may freeze packs, of which the annual report is one, may take the same table as it may be published.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import requires
from hub.board.table_builder.build import state_notes
from hub.board.table_builder.choices import MOST_CELLS, MOST_MEASURES, MOST_PERIODS, Choices
from hub.board.table_builder.drawn import drawn
from hub.board.table_builder.layout import laid_out
from hub.errors import WrongUsage
from hub.measures.profiles import chosen
from hub.measures.protect import Audience
from hub.measures.several_agencies import FIRST_TOLD
from hub.measures.small_numbers import LINE
from hub.partners import queries
from hub.partners.policy import Permission, Place
from hub.web import downloads, present_table_builder, reach
from hub.web.present_running import KINDS
from hub.web.present_table_builder import Asking
from hub.web.routes.board import moment_of

blueprint = Blueprint("table_builder", __name__, url_prefix="/partnerships/<partnership>")


@dataclass(frozen=True)
class Doors:
    """Where one kind of table is built and taken away; a public one is as anybody may see it."""

    page: str
    file: str
    heading: str
    is_public: bool = False


INSIDE = Doors("table_builder.page", "table_builder.file", "Build a table")
PUBLIC = Doors(
    "table_builder.public_page", "table_builder.public_file", "A table for publication", is_public=True
)


@blueprint.get("/tables")
@requires(Permission.BOARD_READ, of="partnership")
def page(partnership: str) -> ResponseReturnValue:
    return _page(_asking(partnership), INSIDE)


@blueprint.get("/tables.<format>")
@requires(Permission.BOARD_READ, of="partnership")
def file(partnership: str, format: str) -> Response:
    return _file(_asking(partnership), INSIDE, format)


@blueprint.get("/tables/public")
@requires(Permission.MEETING_RUN, of="partnership")
def public_page(partnership: str) -> ResponseReturnValue:
    return _page(_asking(partnership), PUBLIC)


@blueprint.get("/tables/public.<format>")
@requires(Permission.MEETING_RUN, of="partnership")
def public_file(partnership: str, format: str) -> Response:
    return _file(_asking(partnership), PUBLIC, format)


def _asking(partnership: str) -> Asking:
    place = queries.partnership(transaction.reading(), partnership)
    return present_table_builder.asking(place, moment_of(place))


def _page(asked: Asking, doors: Doors) -> ResponseReturnValue:
    choices = asked.choices
    body = render_template(
        "board/table_builder.html",
        heading=doors.heading,
        is_public=doors.is_public,
        public_profile=chosen("public").note,
        may_publish=reach.may_here(Permission.MEETING_RUN, Place(asked.place.id)),
        at=asked.at,
        entries=[{"text": fault} for fault in asked.faults],
        choices=choices,
        measures=asked.offer.measures.values(),
        areas=asked.offer.areas,
        breakdowns=present_table_builder.breakdowns_offered(asked),
        period_kinds=present_table_builder.kinds_offered(
            choices.measures if choices else asked.offer.measures.values()
        ),
        periods=present_table_builder.periods_offered(asked),
        agency_kinds={kind: KINDS.get(kind, kind) for kind in asked.offer.agency_kinds},
        limits=(MOST_MEASURES, MOST_PERIODS, MOST_CELLS),
        **(_shown(asked, choices, doors) if choices and not asked.faults else {}),
    )
    return body, 400 if asked.faults else 200


def _shown(asked: Asking, choices: Choices, doors: Doors) -> dict[str, object]:
    """The table, or why there is none."""
    found = present_table_builder.built(asked, choices, _audience(asked, choices, doors))
    address = present_table_builder.address_of(asked, choices, endpoint=doors.page)
    fits, moment = 0 < found.size <= MOST_CELLS, present_table_builder.written(asked.at.moment)
    return {
        "found": found,
        "title": present_table_builder.title_of(choices, dict(asked.offer.areas)),
        "laid": laid_out(found, asked.at.today) if fits else None,
        "drawn": list(drawn(found)) if fits and choices.chart else [],
        "notes": [
            *state_notes(found),
            *([("Small numbers", chosen("partnership").note)] if LINE in found.lines else []),
            *(
                [("As first told", FIRST_TOLD)]
                if any(part.series and part.series.first_told and part.series.points for part in found.parts)
                else []
            ),
        ],
        "frozen": address,
        "newest": present_table_builder.address_of(asked, choices, endpoint=doors.page, frozen=False),
        "to_publish": url_for(
            PUBLIC.page, partnership=asked.place.code, **_query(choices, request.args.get("as_at") or None)
        ),
        "citation": present_table_builder.citation(asked, choices, "" if doors.is_public else address),
        "files": [
            (
                words,
                url_for(doors.file, partnership=asked.place.code, format=ending, **_query(choices, moment)),
            )
            for ending, words in downloads.OFFERED.items()
        ],
    }


def _file(asked: Asking, doors: Doors, format: str) -> Response:
    if asked.faults or asked.choices is None:
        raise WrongUsage(" ".join(asked.faults) or "Choose at least one measure.")
    found = present_table_builder.built(asked, asked.choices, _audience(asked, asked.choices, doors))
    download = present_table_builder.download_of(asked, found, endpoint=doors.page, is_public=doors.is_public)
    return downloads.answer(download, format)


def _audience(asked: Asking, choices: Choices, doors: Doors) -> Audience | None:
    """Nobody in particular for a public table. Whether the reader may read money is asked where there is some."""
    if doors.is_public:
        return None
    return reach.audience(asked.place, money=present_table_builder.is_about_money(asked, choices))


def _query(choices: Choices, as_at: str | None) -> dict[str, Any]:
    return {**choices.as_query(), "as_at": as_at}
