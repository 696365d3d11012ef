"""Whom the key speaks for, and what its partnerships call their areas and members."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from marshmallow import Schema, fields

from hub.access import transaction
from hub.access.guard import Permission, requires
from hub.api import caller
from hub.api.endpoint import endpoint
from hub.clock import today_for
from hub.partners.queries import areas_on, members_on

blueprint = Blueprint("agency", __name__)


class Named(Schema):
    code = fields.String()
    name = fields.String()


class Member(Named):
    kind = fields.String()


class PartnershipOfAgency(Named):
    illustrative = fields.Boolean(
        metadata={"description": "Its figures are invented and its clock is its own."}
    )
    today = fields.Date(
        metadata={"description": "The partnership’s today, which due days are compared with."}
    )


class AgencyOfKey(Member):
    """The agency that the key speaks for."""

    partnerships = fields.List(fields.Nested(PartnershipOfAgency))


class PartnershipRead(PartnershipOfAgency):
    """A partnership with the codes that rows of a return may use."""

    areas = fields.List(fields.Nested(Named))
    members = fields.List(fields.Nested(Member))


@blueprint.get("/agency")
@requires(Permission.SUBMISSION_STATUS)
@endpoint(answer=AgencyOfKey)
def agency() -> dict[str, Any]:
    """Whom this key speaks for"""
    own = caller.agency()
    return {
        "code": own.code,
        "name": own.name,
        "kind": own.kind,
        "partnerships": [_told(each) for each in caller.partnerships()],
    }


@blueprint.get("/partnerships/<partnership>")
@requires(Permission.SUBMISSION_STATUS, of="partnership")
@endpoint(answer=PartnershipRead, refusals=(404,))
def partnership(partnership: str) -> dict[str, Any]:
    """A partnership’s areas and members"""
    session, place = transaction.reading(), caller.partnership()
    today = today_for(place)
    return {
        **_told(place),
        "areas": areas_on(session, place.id, today),
        "members": members_on(session, place.id, today),
    }


def _told(place: Any) -> dict[str, Any]:
    return {
        "code": place.code,
        "name": place.name,
        "illustrative": place.illustrative,
        "today": today_for(place),
    }
