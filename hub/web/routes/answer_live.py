"""What the form asks while it is being filled in, where scripts run: a word at a box that was left, and saving by itself.

Answers are JSON for static/answer.js. Without scripts nothing is lost: saving says the same and more.
"""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import requires
from hub.clock import LONDON, real_now
from hub.errors import Busy, Conflict, NotReady
from hub.partners.policy import Permission
from hub.validation.at_the_box import said_at_boxes
from hub.web import subject
from hub.web.present_findings import box_id
from hub.web.routes import answer

blueprint = Blueprint("answer_live", __name__, url_prefix="/submissions/<int:submission>/answer")


@blueprint.post("/boxes")
@requires(Permission.DRAFT_WRITE, of="submission")
def boxes(submission: int) -> ResponseReturnValue:
    """What there is to say at each box that is filled in. Nothing is kept."""
    about = subject.of(submission)
    scope = about.scope_to_check()
    key = scope.expected[0].key
    said = said_at_boxes(about.definition, answer.rows_of(about, request.form), scope, key)
    return jsonify(
        {box_id(*place): {"severity": severity, "text": text} for place, (severity, text) in said.items()}
    )


@blueprint.post("/autosave")
@requires(Permission.DRAFT_WRITE, of="submission")
def autosave(submission: int) -> ResponseReturnValue:
    """Keep the boxes as a draft. Never over somebody else's: then 409 says who and what, and nothing changes."""
    about = subject.of(submission)
    if "seen" not in request.form or not any("." in name for name in request.form):
        return jsonify({"message": answer.NOTHING_CAME}), 422
    try:
        outcome = answer.checked(about, request.form)
        if outcome.refused:
            return jsonify({"message": outcome.findings[0].message}), 422
        saved = answer.keep(about, outcome)
    except (Conflict, NotReady) as error:
        transaction.writing().rollback()
        return jsonify({"message": error.sentence}), 409
    except Busy as error:
        return jsonify({"message": error.sentence}), 503
    return jsonify({"sequence": saved.sequence, "at": f"{real_now().astimezone(LONDON):%H:%M}"})
