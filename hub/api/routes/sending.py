"""Sending a submission for sign-off and taking it back. Signing is a person's: no key ever does it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g

from hub.access import transaction
from hub.access.guard import Permission, requires
from hub.api import shapes, subject
from hub.api.endpoint import endpoint
from hub.api.fields import Closed, Whole
from hub.api.problems import Refusal
from hub.api.routes.submissions import SEEN, SubmissionStanding
from hub.errors import NotReady
from hub.submissions import sign_off

blueprint = Blueprint("sending", __name__, url_prefix="/submissions/<int:submission>")


class Step(Closed):
    """A step of the submission’s way."""

    seen = Whole(least=0, most=2**31 - 1, says=SEEN, load_default=None)


@blueprint.post("/send")
@requires(Permission.SUBMISSION_SEND, of="submission")
@endpoint(body=Step, answer=SubmissionStanding, stores=True, refusals=(404,))
def send(submission: int, body: dict[str, Any]) -> dict[str, Any]:
    """Send it for sign-off; refused with its findings while errors or unexplained queries stand"""
    session = transaction.writing()
    try:
        sign_off.send(session, g.actor, submission, seen=body["seen"])
    except NotReady as error:
        draft = subject.of(session, submission).draft
        found = shapes.findings(draft.findings, draft.explanations) if draft else []
        raise Refusal(409, error.sentence, found) from error
    return subject.as_answer(subject.of(session, submission))


@blueprint.post("/withdraw")
@requires(Permission.SUBMISSION_SEND, of="submission")
@endpoint(body=Step, answer=SubmissionStanding, stores=True, refusals=(404,))
def withdraw(submission: int, body: dict[str, Any]) -> dict[str, Any]:
    """Take back what was sent for sign-off: it is a draft again"""
    session = transaction.writing()
    sign_off.withdraw(session, g.actor, submission, seen=body["seen"])
    return subject.as_answer(subject.of(session, submission))
