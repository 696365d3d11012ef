"""One submission: where it stands, what happened to it, what may be done next."""

from __future__ import annotations

from flask import Blueprint, render_template

from hub.access.guard import requires
from hub.partners.policy import Permission

blueprint = Blueprint("submission", __name__)


@blueprint.get("/submissions/<int:submission>")
@requires(Permission.SUBMISSION_STATUS, of="submission")
def submission(submission: int) -> str:
    return render_template("submission.html", heading="x")
