"""The interface’s own description."""

from __future__ import annotations

import json

from flask import Blueprint, Response, current_app

from hub.access import transaction
from hub.access.guard import public
from hub.api import spec
from hub.definitions import catalogue

blueprint = Blueprint("description", __name__)


@blueprint.get("/openapi.json")
@public("the description of the interface; holds no figures")
def openapi() -> Response:
    """This document"""
    document = spec.document(current_app, catalogue.definitions(transaction.reading()))
    return Response(json.dumps(document, ensure_ascii=False) + "\n", content_type="application/json")
