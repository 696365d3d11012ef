"""The shape of an agreement's file: which keys, of which type. Whether the parts fit together is `consistency`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from hub.agreements.money_budget import BudgetItemSchema
from hub.errors import WrongUsage
from hub.periods import parse

COMMON = (  # what every commitment may say; every other key belongs to its kind
    "id",
    "clause",
    "text",
    "promisor",
    "promisee",
    "supporting",
    "kind",
    "status",
    "outline_until",
    "from",
    "until",
    "baseline",
    "trajectory",
    "subject_to",
    "replaces",
    "source",
)
_LONGEST = 20_000
_CODE = validate.Regexp(
    r"[A-Za-z0-9][A-Za-z0-9-]{0,59}\Z", error="may hold letters, digits and hyphens only."
)
_SOME = validate.Length(min=1, error="may not be empty.")


class Text(fields.String):
    """Words that people read: at least a letter, and no longer than a person would write."""

    def __init__(self, **options: Any) -> None:
        length = validate.Length(min=1, max=_LONGEST, error="has from 1 to 20,000 characters.")
        super().__init__(validate=length, **options)


class Day(fields.Field[date]):
    """A date, or a period for its first day (`from`) or its last (`until`)."""

    def __init__(self, *, last: bool, **options: Any) -> None:
        super().__init__(**options)
        self.last = last

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> date:
        try:
            period = parse(str(value))
        except WrongUsage as error:
            raise ValidationError("Not a valid date or period.") from error
        return period.ends_on if self.last else period.starts_on


class PeriodCode(fields.String):
    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> str:
        try:
            return parse(str(super()._deserialize(value, attr, data, **more))).code
        except WrongUsage as error:
            raise ValidationError(str(error)) from error


def _codes(**options: Any) -> fields.List[str]:
    return fields.List(fields.String(validate=_SOME), **options)


class TermSchema(Schema):
    begins_on = fields.Date(required=True, data_key="from")
    ends_on = fields.Date(load_default=None, allow_none=True, data_key="until")


class SignatorySchema(Schema):
    post = Text(required=True)
    name = Text(load_default=None, allow_none=True)


class PartySchema(Schema):
    agency = fields.String(required=True, validate=_SOME)
    signatories = fields.List(fields.Nested(SignatorySchema), load_default=list)
    signed_on = fields.Date(load_default=None, allow_none=True)


class PartyField(fields.Field[dict[str, Any]]):
    """A national code alone, or a code with those who sign for it."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> dict[str, Any]:
        if isinstance(value, str) and value:
            return {"agency": value, "signatories": []}
        loaded: dict[str, Any] = PartySchema().load(value)
        return loaded


class ClauseSchema(Schema):
    number = fields.String(required=True, validate=validate.Length(min=1, max=20))
    title = Text(required=True)
    text = Text(required=True)


class BaselineSchema(Schema):
    value = fields.Float(required=True)
    period = PeriodCode(load_default=None, allow_none=True)
    source = Text(load_default=None, allow_none=True)


class PredecessorSchema(Schema):
    agreement = fields.String(required=True, validate=_CODE)
    commitment = fields.String(required=True, validate=_CODE)


class CommitmentSchema(Schema):
    """What every commitment has; the terms of its kind are checked by the kind."""

    class Meta:
        unknown = EXCLUDE

    id = fields.String(required=True, validate=_CODE)
    clause = fields.String(required=True)
    text = Text(required=True)
    promisor = _codes(required=True, validate=_SOME)
    promisee = _codes(load_default=list)
    supporting = _codes(load_default=list)
    kind = fields.String(required=True)
    status = fields.String(load_default="firm", validate=validate.OneOf(("firm", "outline")))
    outline_until = fields.Date(load_default=None, allow_none=True)
    begins_on = Day(last=False, load_default=None, allow_none=True, data_key="from")
    ends_on = Day(last=True, load_default=None, allow_none=True, data_key="until")
    baseline = fields.Nested(BaselineSchema, load_default=None, allow_none=True)
    trajectory = fields.Dict(PeriodCode(), fields.Float(), load_default=dict)
    subject_to = fields.List(Text(), load_default=list)
    replaces = fields.Nested(PredecessorSchema, load_default=None, allow_none=True)
    source = Text(load_default=None, allow_none=True)


class ActivitySchema(Schema):
    planned = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    unit = Text(required=True)


class WaitingSchema(Schema):
    within_days = fields.Integer(required=True, strict=True, validate=validate.Range(min=0))
    percent = fields.Float(required=True, validate=validate.Range(min=0, max=100))


class ServiceSchema(Schema):
    id = fields.String(required=True, validate=_CODE)
    title = Text(required=True)
    lead = fields.String(required=True)
    host = fields.String(required=True)
    providers = _codes(required=True, validate=_SOME)
    basis = fields.String(
        required=True, validate=validate.OneOf(("section-75", "section-256", "aligned", "own"))
    )
    pooled = fields.Boolean(required=True, truthy={True}, falsy={False})
    begins_on = fields.Date(required=True, data_key="from")
    ends_on = fields.Date(load_default=None, allow_none=True, data_key="until")
    activity = fields.Nested(ActivitySchema, load_default=None, allow_none=True)
    waiting = fields.Nested(WaitingSchema, load_default=None, allow_none=True)
    areas = _codes(load_default=list)
    risk_share = Text(load_default=None, allow_none=True)


class ContributionSchema(Schema):
    service = fields.String(required=True)
    payer = fields.String(required=True)
    year = PeriodCode(required=True)
    means = fields.String(load_default="money", validate=validate.OneOf(("money", "posts", "space")))
    amount = fields.Decimal(load_default=None, allow_none=True, validate=validate.Range(min=0))
    share = fields.Decimal(load_default=None, allow_none=True, validate=validate.Range(min=0, max=100))
    quantity = Text(load_default=None, allow_none=True)
    begins_on = Day(last=False, load_default=None, allow_none=True, data_key="from")
    ends_on = Day(last=True, load_default=None, allow_none=True, data_key="until")
    disputed = Text(load_default=None, allow_none=True)
    pledged = fields.Decimal(load_default=None, allow_none=True, validate=validate.Range(min=0))


class StepSchema(Schema):
    to = Text(required=True)
    working_days = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=250))


class EscalationSchema(Schema):
    monthly = fields.Integer(load_default=2, strict=True, validate=validate.Range(min=1))
    quarterly = fields.Integer(load_default=1, strict=True, validate=validate.Range(min=1))
    steps = fields.List(fields.Nested(StepSchema), load_default=None, validate=_SOME)


class GovernanceSchema(Schema):
    text = fields.String(load_default="", validate=validate.Length(max=_LONGEST))
    group = fields.String(load_default=None, allow_none=True, validate=_CODE)
    review = fields.String(load_default="quarter", validate=validate.OneOf(("month", "quarter", "term")))
    escalation = fields.Nested(EscalationSchema, load_default=None)


class CoordinatorSchema(Schema):
    name = Text(required=True)
    agency = fields.String(load_default=None, allow_none=True)
    region = fields.String(load_default=None, allow_none=True)


class ThresholdsSchema(Schema):
    at_least = fields.Float(load_default=0.90, validate=validate.Range(min=0, max=1))
    at_most = fields.Float(load_default=1.10, validate=validate.Range(min=1))


class MilestoneSchema(Schema):
    commitment = fields.String(required=True)
    agency = fields.String(required=True)
    done_on = fields.Date(required=True)
    evidence = Text(required=True)
    written_at = fields.AwareDateTime(required=True)
    confirmed_at = fields.AwareDateTime(load_default=None, allow_none=True)


class MeetingSchema(Schema):
    group = fields.String(required=True, validate=_CODE)
    held_on = fields.Date(required=True)
    quorum = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    invited = _codes(required=True, validate=_SOME)
    present = _codes(load_default=list)  # nobody came
    written_at = fields.AwareDateTime(required=True)
    confirmed_at = fields.AwareDateTime(load_default=None, allow_none=True)


class AgreementSchema(Schema):
    code = fields.String(required=True, data_key="agreement", validate=_CODE)
    version = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    status = fields.String(required=True, validate=validate.OneOf(("draft", "signed")))
    kind = fields.String(required=True, validate=validate.OneOf(("mou", "plan", "isa")))
    partnership = fields.String(required=True)
    title = Text(required=True)
    about = fields.String(load_default="", validate=validate.Length(max=_LONGEST))
    term = fields.Nested(TermSchema, required=True)
    signed_on = fields.Date(load_default=None, allow_none=True)
    effective_on = fields.Date(load_default=None, allow_none=True)
    varies = Text(load_default=None, allow_none=True)
    binds = fields.String(load_default="all", validate=validate.OneOf(("all", "each")))
    coordinator = fields.Nested(CoordinatorSchema, load_default=None, allow_none=True)
    governance = fields.Nested(GovernanceSchema, load_default=None, allow_none=True)
    thresholds = fields.Nested(ThresholdsSchema, load_default=None, allow_none=True)
    parties = fields.List(PartyField(), required=True)
    clauses = fields.List(fields.Nested(ClauseSchema), required=True)
    commitments = fields.List(
        fields.Nested(CommitmentSchema), required=True, validate=validate.Length(max=500)
    )
    services = fields.List(fields.Nested(ServiceSchema), load_default=list)
    contributions = fields.List(fields.Nested(ContributionSchema), load_default=list)
    budget = fields.List(
        fields.Nested(BudgetItemSchema), load_default=list, validate=validate.Length(max=200)
    )
    milestones = fields.List(fields.Nested(MilestoneSchema), load_default=list)
    meetings = fields.List(fields.Nested(MeetingSchema), load_default=list)
