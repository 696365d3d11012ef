"""Measures worked out of the agency's own signed figures.

A key reads what its agency signed and nothing of others: measures that set an agency beside another (gaps), or use
published figures (rates), are not given to it and read like measures that do not exist.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g
from marshmallow import Schema, fields, validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import transaction
from hub.access.guard import Permission, requires
from hub.access.objects import ABSENT
from hub.api import caller
from hub.api.endpoint import endpoint
from hub.api.fields import Closed, Moment, PeriodCode, Text
from hub.api.problems import Refusal
from hub.definitions import catalogue
from hub.definitions.model import NOT_KNOWN
from hub.errors import NotFound, UnknownDefinition
from hub.facts.models import AREA_NOT_KNOWN, STATES
from hub.facts.moments import as_at
from hub.measures.audience import protected
from hub.measures.compute import measure
from hub.measures.load import measure_as_at, measures_as_at
from hub.measures.model import AGENCY, AGENCY_KIND, Asked, Measure, Point, Source
from hub.partners.models import Area, Partnership
from hub.periods import Kind

blueprint = Blueprint("measures", __name__, url_prefix="/partnerships/<partnership>/measures")

OWN_ALONE = frozenset(
    {"count", "percent", "share", "on_time", "corrected", "attendance", "amount", "mean", "net"}
)


class Question(Closed):
    first = PeriodCode(named="from", says="The first period; its kind says of which kind all are.")
    last = PeriodCode(named="to", says="The last period.")
    by = Text(longest=60, load_default=None, says="A breakdown: area, setting, …")
    area = Text(longest=60, load_default=None, says="Of one area.")
    as_at = Moment()


class MeasureListed(Schema):
    id = fields.String()
    name = fields.String()
    question = fields.String()
    unit = fields.String()
    direction = fields.String()
    periods = fields.List(
        fields.String(), metadata={"description": "The kinds of period it is worked out for."}
    )
    caveats = fields.List(fields.String())


class MeasureList(Schema):
    """The measures that this agency’s own figures give."""

    items = fields.List(fields.Nested(MeasureListed))


class CoverageRead(Schema):
    received = fields.Integer()
    due = fields.Integer()


class PointRead(Schema):
    period = fields.String()
    lines = fields.Dict(
        keys=fields.String(), values=fields.String(), metadata={"description": "breakdown: code"}
    )
    value = fields.Float(allow_none=True)
    numerator = fields.Integer(allow_none=True)
    denominator = fields.Integer(allow_none=True)
    coverage = fields.Nested(CoverageRead)
    state = fields.String(validate=validate.OneOf(STATES))
    reason = fields.String(allow_none=True)


class SeriesRead(Schema):
    """A measure of the agency’s own figures. Missing is never zero."""

    measure = fields.String()
    unit = fields.String()
    partnership = fields.String()
    illustrative = fields.Boolean()
    agency = fields.String()
    as_at = fields.DateTime()
    by = fields.String(allow_none=True)
    withheld = fields.String(allow_none=True, metadata={"description": "Why nothing is shown."})
    rows = fields.List(fields.Nested(PointRead))


@blueprint.get("")
@requires(Permission.BOARD_READ, of="partnership")
@endpoint(answer=MeasureList, refusals=(404,))
def listing(partnership: str) -> dict[str, Any]:
    """The measures that can be read of this agency"""
    session = transaction.reading()
    moment = as_at(session, caller.partnership()).moment
    kinds = [(each, kinds_of(session, each)) for each in measures_as_at(session, moment).values()]
    return {
        "items": [
            {**{name: getattr(each, name, None) for name in MeasureListed().fields}, "periods": of}
            for each, of in kinds
            if of
        ]
    }


@blueprint.get("/<measure>")
@requires(Permission.BOARD_READ, of="partnership")
@endpoint(query=Question, answer=SeriesRead, refusals=(404,))
def one(partnership: str, measure: str, query: dict[str, Any]) -> dict[str, Any]:
    """A measure of the agency’s own figures, period by period"""
    return _series(measure, query)


def _series(code: str, query: dict[str, Any]) -> dict[str, Any]:
    session, place, own = transaction.reading(), caller.partnership(), caller.agency()
    at = as_at(session, place, query["as_at"])
    definition = measure_as_at(session, code, at.moment)
    asked = _asked(session, place, query, kinds_of(session, definition))
    if definition.reads_no_return and (asked.by or asked.area_id is not None):
        raise Refusal(400, f"{definition.name} is counted whole: leave out `by` and `area`.")
    try:
        series = measure(session, place, at, code, asked)
    except UnknownDefinition as error:
        raise Refusal(400, error.sentence) from error
    shown = protected(session, series, asked.kind, reader=g.actor, partnership=place, owner=own.code)
    return {
        "measure": definition.id,
        "unit": definition.unit,
        "partnership": place.code,
        "illustrative": place.illustrative,
        "agency": own.code,
        "as_at": shown.as_at,
        "by": shown.by,
        "withheld": shown.withheld,
        "rows": [_point(point) for point in shown.points],
    }


def _point(point: Point) -> dict[str, Any]:
    names = ("lines", "value", "numerator", "denominator", "coverage", "state", "reason")
    return {"period": point.period.code, **{name: getattr(point, name) for name in names}}


def kinds_of(session: Session, definition: Measure) -> list[Kind]:
    """The kinds of period for which the measure rests on figures that this agency owes, and on no others."""
    if definition.kind not in OWN_ALONE or definition.breakdown == AGENCY:
        return []
    return [kind for kind, source in definition.sources.items() if _is_own(session, definition, source)]


def _is_own(session: Session, definition: Measure, source: Source) -> bool:
    if definition.reads_no_return:
        return True
    if source.numerator_line is not None and source.numerator_line[0] == AGENCY:
        return False
    returns = {source.return_code, source.denominator_return or source.return_code}
    asked = [catalogue.definition(session, code) for code in returns]
    return all(each.owes_for(caller.agency().kind) is not None and not each.published for each in asked)


def _asked(session: Session, place: Partnership, query: dict[str, Any], kinds: list[Kind]) -> Asked:
    if not kinds:
        raise NotFound(ABSENT)
    first, last = query["first"], query["last"]
    if first and last and (first.kind != last.kind or last.starts_on < first.starts_on):
        raise Refusal(400, "Name two periods of one kind, the earlier one first.")
    span = first or last
    if span and span.kind not in kinds:
        raise Refusal(400, f"This measure is worked out by {', '.join(kinds).replace('_', ' ')}.")
    if query["by"] in (AGENCY, AGENCY_KIND):
        raise Refusal(400, "A key reads one agency, so there is nothing to break down by agency.")
    return Asked(
        kind=span.kind if span else kinds[0],
        first=first.starts_on if first else None,
        last=last.ends_on if last else None,
        by=query["by"] or None,
        agency_id=caller.agency_id(),
        area_id=_area(session, place, query["area"]) if query["area"] else None,
    )


def _area(session: Session, place: Partnership, code: str) -> int:
    if code == NOT_KNOWN:
        return AREA_NOT_KNOWN
    found = session.scalar(select(Area.id).where(Area.partnership_id == place.id, Area.code == code))
    if found is None:
        raise Refusal(
            400, f"{place.name} has no area of that code. Its areas are at /api/v1/partnerships/{place.code}."
        )
    return found
