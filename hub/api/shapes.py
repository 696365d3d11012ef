"""Answers that several views give: their keys are these and no others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from marshmallow import Schema, fields, validate

from hub.findings import Finding
from hub.submissions.drafted import finding_key
from hub.submissions.queries import Listed

STATUSES = ("not-started", "draft", "sent", "sent_back", "signed")


class Place(Schema):
    sheet = fields.String(allow_none=True)
    row = fields.Integer(allow_none=True, metadata={"description": "Counted from 1 in the rows as sent."})
    column = fields.String(allow_none=True)
    field = fields.String(allow_none=True)
    submission = fields.String(allow_none=True, metadata={"description": "partnership/agency/period"})


class FindingShape(Schema):
    """What the check says about a place in the data."""

    code = fields.String(metadata={"description": "Which rule; never reused."})
    severity = fields.String(validate=validate.OneOf(("error", "query", "note")))
    message = fields.String(metadata={"description": "What is wrong, then what to do."})
    where = fields.Nested(Place)
    value = fields.String(allow_none=True)
    key = fields.String(
        allow_none=True, metadata={"description": "Of a query: what an explanation of it is sent under."}
    )
    explanation = fields.String(allow_none=True)


class Problem(Schema):
    """RFC 9457, with the findings that pages and workbooks show."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    findings = fields.List(fields.Nested(FindingShape))
    reference = fields.String(required=False, metadata={"optional": True, "description": "For the operator."})


class DueItem(Schema):
    """What is asked of the agency, and where its answer is. The answer is the submission of the same number."""

    submission = fields.Integer()
    partnership = fields.String()
    agency = fields.String()
    returns = fields.String(data_key="return")
    period = fields.String()
    due_on = fields.Date(
        allow_none=True, metadata={"description": "With the later day that was agreed before it, if any."}
    )
    calendar_day = fields.Date(
        allow_none=True,
        metadata={"description": "The day that the calendar gives; `due_on` unless more time was agreed."},
    )
    exception_until = fields.Date(
        allow_none=True, metadata={"description": "Agreed after the day: it is late, and awaited until then."}
    )
    status = fields.String(validate=validate.OneOf(STATUSES))
    sequence = fields.Integer(metadata={"description": "The last event: send it back as `seen`."})
    revisions = fields.Integer(metadata={"description": "How many versions were signed."})
    signed_at = fields.DateTime(allow_none=True)
    late = fields.Boolean(
        metadata={
            "description": "First signed after 23:59:59 in London on `due_on`; no correction changes that. What did not come "
            "yet is not late but `missing`, in `answer`."
        }
    )
    nil = fields.Boolean()
    in_part = fields.Boolean(
        data_key="partial", metadata={"description": "Some figures of the last signed version did not come."}
    )
    answer = fields.String(
        metadata={
            "description": "on time, late, nil, partial, corrected, missing, sent back, in hand, not due yet"
        }
    )


def due_item(listed: Listed) -> dict[str, Any]:
    return {
        "submission": listed.due_item_id,
        "partnership": listed.partnership,
        "agency": listed.agency,
        "returns": listed.return_code,
        "period": listed.period.code,
        "due_on": listed.due_on,
        "calendar_day": listed.calendar_day,
        "exception_until": listed.exception_until,
        "status": listed.status,
        "sequence": listed.sequence,
        "revisions": listed.revisions,
        "signed_at": listed.signed_at,
        "late": listed.late,
        "nil": listed.nil,
        "in_part": listed.partial,
        "answer": listed.answer,
    }


def findings(found: Iterable[Finding], explanations: dict[str, str] | None = None) -> list[dict[str, Any]]:
    return [_finding(each, explanations or {}) for each in found]


def _finding(finding: Finding, explanations: dict[str, str]) -> dict[str, Any]:
    key = finding_key(finding) if finding.severity == "query" else None
    return {**finding.as_json(), "key": key, "explanation": explanations.get(key) if key else None}
