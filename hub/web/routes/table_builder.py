"""The table builder: a form whose choice is the address, the table that it asks for, and the same to take away.

Whoever may freeze packs, of which the annual report is one, may take the same table as it may be published.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import requires
from hub.audit.canonical import canonical, digest_of
from hub.board.table_builder import released
from hub.board.table_builder.build import Built, state_notes
from hub.board.table_builder.choices import MOST_CELLS, MOST_MEASURES, MOST_PERIODS, Choices
from hub.board.table_builder.drawn import drawn
from hub.board.table_builder.layout import laid_out
from hub.errors import Conflict, HubError, NotReady, WrongUsage
from hub.measures.profiles import chosen
from hub.measures.protect import Audience
from hub.measures.several_agencies import FIRST_TOLD
from hub.measures.small_numbers import LINE
from hub.partners import queries
from hub.partners.policy import Permission, Place
from hub.web import downloads, present_table_builder, reach
from hub.web.once import once
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
    release: str = ""
    is_public: bool = False


INSIDE = Doors("table_builder.page", "table_builder.file", "Build a table")
PUBLIC = Doors(
    "table_builder.public_page",
    "table_builder.public_file",
    "A table for publication",
    "table_builder.release",
    is_public=True,
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


def not_released(error: HubError, partnership: str) -> ResponseReturnValue:
    return _page(_asking(partnership), PUBLIC, complaint=error.sentence)[0], 409


@blueprint.post("/tables/public")
@requires(Permission.MEETING_RUN, of="partnership")
@once(refused=not_released)
def release(partnership: str) -> ResponseReturnValue:
    """Keep that anybody was given the table as it was shown: what is published later is judged beside it."""
    asked = _asking(partnership)
    found, digest = _to_release(asked)
    if digest != request.form.get("shown", ""):
        raise Conflict(
            "It says something else than what you were shown. Nothing was released: read it as it is now."
        )
    released.release(
        transaction.writing(), g.actor, asked.place, found.choices, _address(found.choices), asked.at, digest
    )
    moment = present_table_builder.written(asked.at.moment)
    return redirect(
        url_for(PUBLIC.page, partnership=partnership, done="table-released", **_query(found.choices, moment)),
        303,
    )


@blueprint.get("/tables/public.<format>")
@requires(Permission.MEETING_RUN, of="partnership")
def public_file(partnership: str, format: str) -> Response:
    return _file(_asking(partnership), PUBLIC, format)


def _asking(partnership: str) -> Asking:
    place = queries.partnership(transaction.reading(), partnership)
    return present_table_builder.asking(place, moment_of(place))


def _page(asked: Asking, doors: Doors, *, complaint: str = "") -> tuple[str, int]:
    choices = asked.choices
    body = render_template(
        "board/table_builder.html",
        heading=doors.heading,
        is_public=doors.is_public,
        complaint=complaint,
        public_profile=chosen("public", asked.place.disclosure_public).note,
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
    since = _released(asked, choices) if doors.is_public else None
    found = _built(asked, choices, doors)
    is_kept = bool(found.size) and g.as_at_shown is not None and not doors.is_public
    address = present_table_builder.address_of(asked, choices, endpoint=doors.page)
    fits, moment = 0 < found.size <= MOST_CELLS, present_table_builder.written(asked.at.moment)
    return {
        "found": found,
        "title": present_table_builder.title_of(choices, dict(asked.offer.areas)),
        "laid": laid_out(found, asked.at.today) if fits else None,
        "drawn": list(drawn(found)) if fits and choices.chart else [],
        "notes": [
            *state_notes(found),
            *(
                [("Small numbers", chosen("partnership", asked.place.disclosure_partnership).note)]
                if LINE in found.lines
                else []
            ),
            *(
                [("As first told", FIRST_TOLD)]
                if any(part.series and part.series.first_told and part.series.points for part in found.parts)
                else []
            ),
        ],
        "is_kept": is_kept,
        "superseded": present_table_builder.superseded_since(asked, choices, _audience(asked, choices), found)
        if is_kept
        else None,
        "frozen": address,
        "newest": present_table_builder.address_of(asked, choices, endpoint=doors.page, frozen=False),
        "to_publish": url_for(
            PUBLIC.page, partnership=asked.place.code, **_query(choices, request.args.get("as_at") or None)
        ),
        "citation": present_table_builder.citation(asked, choices, "" if doors.is_public else address),
        "released": since,
        "release": url_for(PUBLIC.release, partnership=asked.place.code, **_query(choices, moment)),
        "shown": digest_of(_said(found)) if doors.is_public else "",
        "files": [
            (
                words,
                url_for(doors.file, partnership=asked.place.code, format=ending, **_query(choices, moment)),
            )
            for ending, words in downloads.OFFERED.items()
            if since is not None or not doors.is_public
        ],
    }


def _file(asked: Asking, doors: Doors, format: str) -> Response:
    if asked.faults or asked.choices is None:
        raise WrongUsage(" ".join(asked.faults) or "Choose at least one measure.")
    if doors.is_public and _released(asked, asked.choices) is None:
        raise NotReady("This table is not released. Release it on its page; then it can be taken away.")
    found = _built(asked, asked.choices, doors)
    download = present_table_builder.download_of(asked, found, endpoint=doors.page, is_public=doors.is_public)
    return downloads.answer(download, format)


def _built(asked: Asking, choices: Choices, doors: Doors) -> Built:
    """For nobody in particular where it is public. Whether the reader may read money is asked where there is some."""
    if doors.is_public:
        return present_table_builder.built_public(asked, choices, _released(asked, choices))
    return present_table_builder.built(asked, choices, _audience(asked, choices))


def _audience(asked: Asking, choices: Choices) -> Audience:
    return reach.audience(asked.place, money=present_table_builder.is_about_money(asked, choices))


def _to_release(asked: Asking) -> tuple[Built, str]:
    """The table as its page shows it, and the digest of what it says."""
    if asked.faults or asked.choices is None:
        raise NotReady(" ".join(asked.faults) or "Choose at least one measure.")
    found = _built(asked, asked.choices, PUBLIC)
    if not found.size:
        raise NotReady("There is no number to release.")
    return found, digest_of(_said(found))


def _said(found: Built) -> str:
    """Every number of a table at its place, and every note, in one order."""
    numbers = [
        [*place, point.value, point.numerator, point.denominator, point.state, point.reason]
        for place, point in sorted(found.cells.items())
    ]
    return canonical([numbers, [[part.measure.id, part.absent] for part in found.parts]])


def _released(asked: Asking, choices: Choices) -> datetime | None:
    return released.released_at(transaction.reading(), asked.place.id, _address(choices), asked.at)


def _address(choices: Choices) -> str:
    """The choice, written in one way."""
    return urlencode(sorted(choices.as_query().items()), doseq=True)


def _query(choices: Choices, as_at: str | None) -> dict[str, Any]:
    return {**choices.as_query(), "as_at": as_at}
