"""For the data team: reasons that an agency gave in the same words for four periods running."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, render_template

from hub.access import transaction
from hub.access.guard import Permission, requires
from hub.clock import today_for
from hub.submissions.reasons import repeated_reasons
from hub.web.layout import partnership_of_page

blueprint = Blueprint("reasons", __name__)

LOOKED_BACK = timedelta(days=3 * 366)


@blueprint.get("/partnerships/<partnership>/reasons")
@requires(Permission.DEFINITION_MANAGE, of="partnership")
def listing(partnership: str) -> str:
    found = partnership_of_page()
    return render_template(
        "run/reasons.html",
        heading="The same reason again",
        one=found,
        reasons=repeated_reasons(transaction.reading(), found.id, since=today_for(found) - LOOKED_BACK),
    )
