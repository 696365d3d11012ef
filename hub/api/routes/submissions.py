"""A submission: reading it, checking rows for it, keeping them as its draft, and explaining what the check asks about."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g
from marshmallow import Schema, fields, validate

from hub.access import transaction
from hub.access.guard import Permission, requires
from hub.api import shapes, subject
from hub.api.endpoint import endpoint
from hub.api.fields import Closed, Rows, Sure, Text, Whole
from hub.api.problems import Refusal
from hub.errors import AreYouSure
from hub.findings import errors
from hub.submissions import drafts

blueprint = Blueprint("submissions", __name__, url_prefix="/submissions/<int:submission>")

SEEN = "The `sequence` that you saw last; with it, nothing that came since is overwritten."
MAPPING = (
    "The mapping that reads the rows, where they have the own system’s column names and not the return’s."
)
SURE = "true where words that may name somebody name no child, patient or family."


class RowsToCheck(Closed):
    """Rows of one submission."""

    rows = Rows()
    mapping = Text(longest=60, says=MAPPING, load_default="")


class RowsToKeep(RowsToCheck):
    """Rows that take the place of the draft."""

    seen = Whole(least=0, most=2**31 - 1, says=SEEN, load_default=None)
    sure = Sure(says=SURE)


class ExplanationToKeep(Closed):
    key = Text(shortest=1, longest=64, says="The query’s key.", required=True)
    words = Text(longest=2000, says="Why the figure is right; empty takes the words back.", required=True)


class ExplanationsToKeep(Closed):
    """Words that stay with the queried figures for good."""

    explanations = fields.List(
        fields.Nested(ExplanationToKeep),
        required=True,
        validate=validate.Length(1, 1000, error="Send 1 to 1,000."),
        error_messages={"required": "This is needed.", "invalid": "Send a list."},
        metadata={"schema": {"type": "array", "minItems": 1, "maxItems": 1000, "items": {"$ref": "#/components/schemas/ExplanationToKeep"}}},
    )  # fmt: skip
    seen = Whole(least=0, most=2**31 - 1, says=SEEN, load_default=None)
    sure = Sure(says=SURE)


class SubmissionStanding(shapes.DueItem):
    """A submission after a write. Rows with errors are kept too; they stop it from being sent."""

    illustrative = fields.Boolean()
    ready = fields.Boolean(metadata={"description": "Whether it can be sent for sign-off as it is."})
    findings = fields.List(fields.Nested(shapes.FindingShape))


class SubmissionRead(SubmissionStanding):
    """A submission with its draft, or what was last signed where there is none."""

    rows = fields.List(fields.Dict(keys=fields.String(), values=fields.String()))


class CheckRead(Schema):
    """What the check says; nothing was stored."""

    rows = fields.Integer(metadata={"description": "How many rows were read."})
    errors = fields.Integer()
    queries = fields.Integer()
    findings = fields.List(fields.Nested(shapes.FindingShape))


@blueprint.get("")
@requires(Permission.DRAFT_READ, of="submission")
@endpoint(answer=SubmissionRead, refusals=(404,))
def read(submission: int) -> dict[str, Any]:
    """A submission as it stands"""
    return subject.as_answer(subject.of(transaction.reading(), submission))


@blueprint.post("/check")
@requires(Permission.DRAFT_WRITE, of="submission")
@endpoint(body=RowsToCheck, answer=CheckRead, refusals=(404,))
def check(submission: int, body: dict[str, Any]) -> dict[str, Any]:
    """What the check would say of rows; stores nothing"""
    outcome = subject.check(submission, body["rows"], mapping=body["mapping"])
    wrong = len(errors(outcome.findings))
    return {
        "rows": outcome.rows,
        "errors": wrong,
        "queries": len(outcome.findings) - wrong,
        "findings": shapes.findings(outcome.findings),
    }


@blueprint.put("")
@requires(Permission.DRAFT_WRITE, of="submission")
@endpoint(body=RowsToKeep, answer=SubmissionStanding, stores=True, refusals=(404,))
def replace(submission: int, body: dict[str, Any]) -> dict[str, Any]:
    """Check rows and keep them as the submission’s draft, in place of the one before

    Errors and queries do not stop rows from being kept. Rows that cannot be read at all, or that belong to another
    submission, are refused with their findings, and nothing is kept.
    """
    outcome = subject.check(submission, body["rows"], mapping=body["mapping"])
    session = transaction.writing()
    seen = {} if body["seen"] is None else {submission: body["seen"]}
    try:
        drafts.save(session, g.actor, outcome, channel="json", seen=seen, sure=body["sure"])
    except AreYouSure as error:
        raise Refusal(422, f"{error.sentence} (“sure”: true)") from error
    return subject.as_answer(subject.of(session, submission))


@blueprint.post("/explanations")
@requires(Permission.DRAFT_WRITE, of="submission")
@endpoint(body=ExplanationsToKeep, answer=SubmissionStanding, stores=True, refusals=(404,))
def explain(submission: int, body: dict[str, Any]) -> dict[str, Any]:
    """Say why queried figures are right"""
    words = {each["key"]: each["words"] for each in body["explanations"]}
    subject.refuse_identifiers(words.values(), sure=body["sure"])
    session = transaction.writing()
    drafts.explain(session, g.actor, submission, words=words, seen=body["seen"])
    return subject.as_answer(subject.of(session, submission))
