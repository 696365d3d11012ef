"""The agency's own signed figures, one by one, as at any moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint
from marshmallow import Schema, fields, validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import transaction
from hub.access.guard import Permission, requires
from hub.api import caller, cursors
from hub.api.endpoint import endpoint
from hub.api.fields import Moment, PeriodCode, Text
from hub.api.problems import Refusal
from hub.definitions import catalogue
from hub.definitions.model import NOT_KNOWN, TOTAL
from hub.definitions.models import FigureRow
from hub.facts.models import AREA_BREAKDOWN, AREA_NOT_KNOWN, STATES, DimensionMember, Revision
from hub.facts.moments import AsAt, as_at
from hub.facts.queries import FactAsAt, facts_as_at
from hub.partners.models import Area
from hub.units import UNITS

blueprint = Blueprint("facts", __name__, url_prefix="/partnerships/<partnership>")


class Asked(cursors.Page):
    returns = Text(longest=60, load_default=None, data_key="return", says="Only this return.")
    first = PeriodCode(named="from", says="Periods that start with this one or later.")
    last = PeriodCode(named="to", says="Periods that end with this one or earlier.")
    as_at = Moment()


class Fact(Schema):
    """One signed figure. `value` is null unless the state gives a number; a blank is never zero."""

    returns = fields.String(data_key="return")
    period = fields.String()
    breakdown = fields.String()
    code = fields.String()
    figure = fields.String()
    unit = fields.String()
    value = fields.Float(allow_none=True)
    state = fields.String(validate=validate.OneOf(STATES))
    row = fields.Integer(metadata={"description": "The row of the signed document that it stands in."})
    submission = fields.Integer()
    revision = fields.Integer(metadata={"description": "Which signed version of the submission."})


class FactList(Schema):
    """Signed figures by period."""

    partnership = fields.String()
    illustrative = fields.Boolean()
    agency = fields.String()
    as_at = fields.DateTime()
    items = fields.List(fields.Nested(Fact))
    next = fields.String(allow_none=True)


@blueprint.get("/facts")
@requires(Permission.FIGURES_OWN, of="partnership")
@endpoint(query=Asked, answer=FactList, refusals=(404,))
def facts(partnership: str, query: dict[str, Any]) -> dict[str, Any]:
    """The agency’s own signed figures, a page at a time

    Pages of one list all read the ledger at the position of the first, whatever is signed meanwhile.
    """
    session, place = transaction.reading(), caller.partnership()
    at, after = _from(query["cursor"], as_at(session, place, query["as_at"]))
    figures = _figures(session, query["returns"])
    first, last = query["first"], query["last"]
    found = facts_as_at(
        session,
        at,
        list(figures),
        first=first.starts_on if first else None,
        last=last.ends_on if last else None,
        agency_ids=[caller.agency_id()],
        after=after,
        limit=query["limit"] + 1,
    )
    shown, more = found[: query["limit"]], len(found) > query["limit"]
    ends = cursors.write(at.position, shown[-1].starts_on.isoformat(), shown[-1].id) if more else None
    return {
        "partnership": place.code,
        "illustrative": place.illustrative,
        "agency": caller.agency().code,
        "as_at": at.moment,
        "items": _told(session, at, shown, figures),
        "next": ends,
    }


def _from(cursor: str, at: AsAt) -> tuple[AsAt, tuple[date, int] | None]:
    place = cursors.read(cursor, (int, str, int))
    if place is None:
        return at, None
    try:
        return replace(at, position=place[0]), (date.fromisoformat(place[1]), place[2])
    except ValueError as error:
        raise Refusal(400, cursors.UNKNOWN) from error


def _figures(session: Session, return_code: str | None) -> dict[int, FigureRow]:
    """Figures of returns that agencies send; published ones are read by no key."""
    codes = {each.code for each in catalogue.definitions(session) if not each.published}
    wanted = codes if return_code is None else codes & {return_code}
    rows = session.scalars(select(FigureRow).where(FigureRow.return_code.in_(wanted)))
    return {row.id: row for row in rows}


def _told(
    session: Session, at: AsAt, facts: Sequence[FactAsAt], figures: dict[int, FigureRow]
) -> list[dict[str, Any]]:
    sets = {fact.dimension_set_id for fact in facts}
    members = select(DimensionMember).where(DimensionMember.dimension_set_id.in_(sets))
    lines = {(each.dimension_set_id, each.dimension): each.code for each in session.scalars(members)}
    here = select(Area).where(Area.partnership_id == at.partnership_id)
    areas = {area.id: area.code for area in session.scalars(here)} | {AREA_NOT_KNOWN: NOT_KNOWN}
    wanted = {fact.revision_id for fact in facts}
    signed = select(Revision).where(Revision.partnership_id == at.partnership_id, Revision.id.in_(wanted))
    revisions = {revision.id: revision for revision in session.scalars(signed)}

    def one(fact: FactAsAt) -> dict[str, Any]:
        figure, revision = figures[fact.figure_id], revisions[fact.revision_id]
        code = areas[fact.area_id] if figure.breakdown == AREA_BREAKDOWN else ""
        if figure.breakdown not in (TOTAL, AREA_BREAKDOWN):
            code = lines[fact.dimension_set_id, figure.breakdown]
        return {
            "returns": figure.return_code,
            "period": fact.period,
            "breakdown": figure.breakdown,
            "code": code,
            "figure": figure.name,
            "unit": figure.unit,
            "value": None if fact.value is None else fact.value / UNITS[figure.unit].per_unit,
            "state": fact.state,
            "row": fact.row_no,
            "submission": revision.due_item_id,
            "revision": revision.number,
        }

    return [one(fact) for fact in facts]
