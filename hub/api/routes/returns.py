"""What is asked: the returns, and each one’s definition with the codes of its lists."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from marshmallow import Schema, fields

from hub.access import transaction
from hub.access.guard import Permission, requires
from hub.api.endpoint import endpoint
from hub.definitions import catalogue
from hub.definitions.as_schema import expected
from hub.definitions.model import AREAS_LIST, MEMBERS_LIST, Definition

blueprint = Blueprint("returns", __name__, url_prefix="/returns")


class ReturnListed(Schema):
    code = fields.String()
    version = fields.Integer()
    status = fields.String(metadata={"description": "draft or live"})
    title = fields.String()
    published = fields.Boolean(
        metadata={"description": "Figures that a publisher gives out; nobody owes them."}
    )


class ReturnList(Schema):
    """Every return in force."""

    items = fields.List(fields.Nested(ReturnListed))


class FigureRead(Schema):
    name = fields.String()
    title = fields.String()
    description = fields.String()
    unit = fields.String()
    required = fields.Boolean()
    expected = fields.String(metadata={"description": "What may stand in a cell, in words."})
    counted = fields.List(fields.String())
    not_counted = fields.List(fields.String())


class BreakdownRead(Schema):
    name = fields.String()
    title = fields.String()
    list = fields.String(metadata={"description": "The list of its codes; empty for the total."})
    figures = fields.List(fields.String())
    rows = fields.String(
        metadata={"description": "all: a row for each code; listed: a row left out stands for none"}
    )
    required = fields.Boolean()
    adds_up = fields.Boolean()


class OwedBy(Schema):
    kinds = fields.List(fields.String())
    frequency = fields.String()
    grain = fields.String()
    signatures = fields.Integer()
    breakdowns = fields.List(fields.String())
    figures = fields.List(fields.String())


class RuleRead(Schema):
    code = fields.String()
    severity = fields.String()
    why = fields.String()


class ReturnRead(ReturnListed):
    """A return’s definition. `areas` and `members` are lists of the partnership: see the partnership itself."""

    about = fields.String()
    statement = fields.String(metadata={"description": "The sentence that is signed."})
    owes = fields.List(fields.Nested(OwedBy))
    breakdowns = fields.List(fields.Nested(BreakdownRead))
    figures = fields.List(fields.Nested(FigureRead))
    rules = fields.List(fields.Nested(RuleRead))
    lists = fields.Dict(
        keys=fields.String(), values=fields.Dict(keys=fields.String(), values=fields.String())
    )


@blueprint.get("")
@requires(Permission.SUBMISSION_STATUS)
@endpoint(answer=ReturnList)
def returns() -> dict[str, Any]:
    """Every return in force"""
    return {"items": catalogue.definitions(transaction.reading())}


@blueprint.get("/<code>")
@requires(Permission.SUBMISSION_STATUS)
@endpoint(answer=ReturnRead, refusals=(404,))
def definition(code: str) -> dict[str, Any]:
    """A return’s definition: what to count, how, and what is checked"""
    found = catalogue.definition(transaction.reading(), code)
    own = {name: getattr(found, name) for name in ReturnRead().fields if hasattr(found, name)}
    figures = [
        {**{name: getattr(each, name, None) for name in FigureRead().fields}, "expected": expected(each)}
        for each in found.figures
    ]
    return {**own, "figures": figures, "lists": _lists(found)}


def _lists(definition: Definition) -> dict[str, dict[str, str]]:
    names = set(definition.lists) - {AREAS_LIST, MEMBERS_LIST}
    return {
        name: {item.code: item.title for item in catalogue.codelist(transaction.reading(), name).items}
        for name in sorted(names)
    }
