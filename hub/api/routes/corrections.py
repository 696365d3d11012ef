"""Rows of a signed return that somebody asks to be looked at again: reading the requests and answering them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g
from marshmallow import Schema, fields, validate

from hub.access import transaction
from hub.access.guard import Permission, requires
from hub.api import subject
from hub.api.endpoint import endpoint
from hub.api.fields import Closed, Sure, Text, Whole
from hub.api.routes.submissions import SEEN, SURE, SubmissionStanding
from hub.partners.models import Agency, Partnership
from hub.submissions import correction_answers
from hub.submissions.correction_answers import LONGEST_VALUE, Answer
from hub.submissions.corrections import MOST_WORDS, REASONS, Correction, corrections

blueprint = Blueprint("corrections", __name__, url_prefix="/submissions/<int:submission>/corrections")


class CorrectionRead(Schema):
    """One figure of one row that somebody asks about, and what was answered."""

    request = fields.Integer()
    period = fields.String()
    breakdown = fields.String()
    code = fields.String()
    figure = fields.String()
    old_value = fields.String(
        metadata={"description": "As signed when it was asked; empty where nothing stood."}
    )
    reason = fields.String(validate=validate.OneOf(tuple(REASONS)))
    note = fields.String(allow_none=True)
    asked_at = fields.DateTime()
    standing = fields.String(validate=validate.OneOf(("asked", "answered", "signed")))
    new_value = fields.String(allow_none=True, metadata={"description": "Empty: as it is."})
    why = fields.String(allow_none=True)
    signed_value = fields.String(allow_none=True, metadata={"description": "What stood once it was signed."})


class CorrectionsRead(Schema):
    corrections = fields.List(fields.Nested(CorrectionRead))


class AnswerToKeep(Closed):
    request = Whole(least=1, most=2**63 - 1, says="The request’s number.", required=True)
    new_value = Text(
        longest=LONGEST_VALUE, says="The figure as it should be; empty for “as it is”.", required=True
    )
    why = Text(shortest=1, longest=MOST_WORDS, says="Why; whoever asked reads it.", required=True)


class AnswersToKeep(Closed):
    """Answers to some of the requests, kept all or none. A person signs them."""

    answers = fields.List(
        fields.Nested(AnswerToKeep),
        required=True,
        validate=validate.Length(1, 1000, error="Send 1 to 1,000."),
        error_messages={"required": "This is needed.", "invalid": "Send a list."},
        metadata={"schema": {"type": "array", "minItems": 1, "maxItems": 1000, "items": {"$ref": "#/components/schemas/AnswerToKeep"}}},
    )  # fmt: skip
    seen = Whole(least=0, most=2**31 - 1, says=SEEN, load_default=None)
    sure = Sure(says=SURE)


@blueprint.get("")
@requires(Permission.CORRECTION_ANSWER, of="submission")
@endpoint(answer=CorrectionsRead, refusals=(404,))
def asked(submission: int) -> dict[str, Any]:
    """What was asked about the submission’s rows, oldest first"""
    session = transaction.reading()
    place = subject.of(session, submission).listed.partnership_id
    return {"corrections": [_as_answer(each) for each in corrections(session, place, [submission])]}


def _as_answer(found: Correction) -> dict[str, Any]:
    return {
        "request": found.id,
        "period": found.place.period,
        "breakdown": found.place.breakdown,
        "code": found.place.code,
        "figure": found.place.figure,
        "old_value": found.old_value,
        "reason": found.reason,
        "note": found.note,
        "asked_at": found.asked_at,
        "standing": found.standing,
        "new_value": found.new_value,
        "why": found.why,
        "signed_value": found.signed_value,
    }


@blueprint.post("")
@requires(Permission.CORRECTION_ANSWER, of="submission")
@endpoint(body=AnswersToKeep, answer=SubmissionStanding, stores=True, refusals=(404,))
def answer(submission: int, body: dict[str, Any]) -> dict[str, Any]:
    """Answer requests: a new value, which makes a draft, or as it is; a person of the agency signs"""
    answers = [Answer(each["request"], each["new_value"].strip(), each["why"]) for each in body["answers"]]
    subject.refuse_identifiers((each.why for each in answers), sure=body["sure"])
    listed = subject.of(transaction.reading(), submission).listed
    outcome = None
    if any(each.new_value for each in answers):
        session = transaction.reading()
        rows = correction_answers.rows_with(
            session,
            listed.partnership_id,
            submission,
            answers,
            partnership=session.get_one(Partnership, listed.partnership_id).code,
            agency=session.get_one(Agency, listed.agency_id).code,
        )
        outcome = subject.check(submission, [subject.bare(row) for row in rows], reopened=True)
    writing = transaction.writing()
    correction_answers.answer(
        writing, g.actor, submission, answers, outcome=outcome, channel="json", seen=body["seen"]
    )
    return subject.as_answer(subject.of(writing, submission))
