"""What the agency owes, and where each answer is."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint
from marshmallow import Schema, fields

from hub.access import transaction
from hub.access.guard import Permission, requires
from hub.api import caller, cursors, shapes
from hub.api.endpoint import endpoint
from hub.api.fields import PeriodCode, Text
from hub.api.problems import Refusal
from hub.submissions import pages

blueprint = Blueprint("due_items", __name__)


class Asked(cursors.Page):
    returns = Text(longest=60, load_default=None, data_key="return", says="Only this return.")
    first = PeriodCode(named="from", says="Periods that start with this one or later.")
    last = PeriodCode(named="to", says="Periods that end with this one or earlier.")


class DueItems(Schema):
    """Due items by due day."""

    items = fields.List(fields.Nested(shapes.DueItem))
    next = fields.String(
        allow_none=True, metadata={"description": "The cursor of the next page; null on the last."}
    )


@blueprint.get("/due-items")
@requires(Permission.SUBMISSION_STATUS)
@endpoint(query=Asked, answer=DueItems)
def due_items(query: dict[str, Any]) -> dict[str, Any]:
    """What the agency owes, by due day, a page at a time"""
    first, last = query["first"], query["last"]
    found = pages.page(
        transaction.reading(),
        caller.agency_id(),
        partnership_ids=[each.id for each in caller.partnerships()],
        return_code=query["returns"],
        first=first.starts_on if first else None,
        last=last.ends_on if last else None,
        after=_after(query["cursor"]),
        limit=query["limit"] + 1,
    )
    shown = found[: query["limit"]]
    more = len(found) > len(shown)
    ends = cursors.write(str(shown[-1].calendar_day), shown[-1].due_item_id) if more else None
    return {"items": [shapes.due_item(each) for each in shown], "next": ends}


def _after(cursor: str) -> tuple[date, int] | None:
    place = cursors.read(cursor, (str, int))
    if place is None:
        return None
    try:
        return date.fromisoformat(place[0]), place[1]
    except ValueError as error:
        raise Refusal(400, cursors.UNKNOWN) from error
