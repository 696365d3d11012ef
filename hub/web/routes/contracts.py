"""Contracts outside the arrangements: questions for the data team and the regional office, with their evidence."""

from __future__ import annotations

from flask import Blueprint, render_template

from hub.access import transaction
from hub.access.guard import requires
from hub.board.outside import blocks
from hub.partners import queries
from hub.partners.policy import Permission
from hub.web import reach
from hub.web.routes.board import moment_of

blueprint = Blueprint("contracts", __name__)


@blueprint.get("/partnerships/<partnership>/contracts")
@requires(Permission.CONTRACT_QUESTION, of="partnership")
def contracts(partnership: str) -> str:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    at = moment_of(place)
    return render_template(
        "contracts.html",
        heading="Contracts outside the arrangements",
        blocks=blocks(session, at, exact=reach.audience(place).exact),
        at=at,
    )
