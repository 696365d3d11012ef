"""For the data team: who sent what, agency by period; how punctual each has been; who has nobody to sign."""

from __future__ import annotations

from flask import Blueprint, render_template

from hub.access import transaction
from hub.access.guard import requires
from hub.clock import today_for
from hub.definitions import catalogue
from hub.errors import NotFound
from hub.partners.policy import Permission
from hub.periods import Kind
from hub.submissions import grid as grids
from hub.submissions.signatories import without_signatory
from hub.web import fields, present_home
from hub.web.layout import partnership_of_page
from hub.web.present_grid import KIND_WORDS, mark_of
from hub.web.present_marks import LEGEND

blueprint = Blueprint("grid", __name__, url_prefix="/partnerships/<partnership>")

PERIODS, AGENCIES = 24, 50


@blueprint.get("/grid/<code>/<every>")
@requires(Permission.SUBMISSION_STATUS, of="partnership")
def grid(partnership: str, code: str, every: str) -> str:
    session, place = transaction.reading(), partnership_of_page()
    kind: Kind | None = next((kind for kind in KIND_WORDS if kind == every), None)
    if kind is None:
        raise NotFound("There is no such grid.")
    page = fields.page()
    found = grids.grid_page(
        session, place, code, kind, periods_shown=PERIODS, agencies_shown=AGENCIES, page=page
    )
    if not found.columns:
        raise NotFound("Nothing of this return has fallen due here.")
    return render_template(
        "grid/grid.html",
        heading=f"{catalogue.definition(session, code).title}, {KIND_WORDS[kind]}",
        place=place,
        code=code,
        every=kind,
        found=found,
        marks={key: mark_of(glance) for key, glance in found.glances.items()},
        legend=LEGEND,
        page=page,
        pages=-(-found.count // AGENCIES),
    )


@blueprint.get("/punctuality")
@requires(Permission.SUBMISSION_STATUS, of="partnership")
def punctuality(partnership: str) -> str:
    session, place = transaction.reading(), partnership_of_page()
    today = today_for(place)
    since = today.replace(year=today.year - 1, day=min(today.day, 28))
    return render_template(
        "grid/punctuality.html",
        heading="Punctuality over the last year",
        since=since,
        until=today,
        rows=grids.punctuality(session, place, since=since),
    )


@blueprint.get("/signatories")
@requires(Permission.SUBMISSION_STATUS, of="partnership")
def signatories(partnership: str) -> str:
    session, place = transaction.reading(), partnership_of_page()
    found = without_signatory(session, place)
    return render_template(
        "grid/signatories.html",
        heading="Who has nobody to sign",
        rows=found,
        titles=present_home.titles(session, (each.return_code for each in found)),
    )
