"""Refusals of the interface: RFC 9457 problem documents that carry the same findings as pages and workbooks.

The hub's own errors, raised low, get their status here. A foreign object and an absent one give the same bytes. Faults
of ours carry a reference by which the operator finds the log line, and nothing else (security.md T16).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, Response, g, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from hub import errors
from hub.access import guard
from hub.access.objects import ABSENT
from hub.access.references import reference
from hub.access.sessions import INTERFACE
from hub.partners.keys import PREFIX as KEY_PREFIX

LOG = logging.getLogger("hub.web.interface")
CONTENT_TYPE = "application/problem+json"

TITLES = {
    400: "The request was put wrongly",
    401: "A key is needed",
    403: "This key may not do this",
    404: "There is nothing here",
    405: "This address does not take that method",
    408: "The request took too long to arrive",
    409: "It cannot be done as things stand",
    413: "The request is too big",
    415: "The content is not JSON",
    422: "What was sent cannot be kept",
    429: "Too many requests",
    500: "Something went wrong on our side",
    503: "The hub is busy",
}
DETAILS = {
    400: "Read the description of the interface and send the request again.",
    401: "Send the agency’s key in the header “Authorization: Bearer …”. A key that was ended or is out of date opens nothing.",
    404: ABSENT,
    405: "The header “Allow” says which methods this address takes.",
    413: "A request may hold 10 MB and 100,000 rows. Send each submission by itself.",
    415: "Send UTF-8 JSON with the header “Content-Type: application/json”.",
    429: "Wait a quarter of an hour, then try again.",
    500: "Nothing was saved. Try again in a few minutes; if it fails again, tell the operator the reference.",
    503: "Nothing was saved. Try again in a minute.",
}
STATUS: dict[type[errors.HubError], int] = {
    guard.SignInNeeded: 401,
    guard.ProofNeeded: 401,
    errors.NotFound: 404,
    errors.UnknownDefinition: 404,
    errors.NotAllowed: 403,
    errors.NotReady: 409,
    errors.Conflict: 409,
    errors.Busy: 503,
    errors.WrongUsage: 400,
}
# Whose sentence is shown; an absent object and a foreign one read alike (P1), so 404 never quotes one.
QUOTED = frozenset({400, 403, 409, 503})


class Refusal(errors.HubError):
    """A request that is refused with findings: what is wrong at which place, as the interface's answers list them."""

    def __init__(self, status: int, detail: str, findings: Iterable[Mapping[str, Any]] = ()) -> None:
        self.status, self.findings = status, tuple(findings)
        super().__init__(detail)


def install(blueprint: Blueprint) -> None:
    blueprint.register_error_handler(errors.HubError, _hub_error)
    blueprint.register_error_handler(HTTPException, _http_error)
    blueprint.register_error_handler(OperationalError, _database_busy)
    blueprint.register_error_handler(Exception, _fault)


def problem(status: int, detail: str = "", findings: Iterable[Mapping[str, Any]] = ()) -> Response:
    title = TITLES.get(status) or TITLES[400 if status < 500 else 500]
    body: dict[str, Any] = {
        "type": f"urn:partnership-hub:problem:{status}",
        "title": title,
        "status": status,
        "detail": detail or DETAILS.get(status, ""),
        "findings": list(findings),
    }
    if status >= 500:
        body["reference"] = reference()
    answer = Response(json.dumps(body, ensure_ascii=False) + "\n", status, content_type=CONTENT_TYPE)
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="Partnership Hub"'
    return answer


def refuse_early() -> Response | None:
    """Before any view: an address or method that does not exist, and a key where logs and proxies could read it."""
    if not request.path.startswith(INTERFACE):
        return None
    if isinstance(request.routing_exception, HTTPException):
        return _http_error(request.routing_exception)
    if "\x00" in request.path:
        return problem(404)
    texts = [request.path, *(text for pair in request.args.items(multi=True) for text in pair)]
    if any(KEY_PREFIX in text for text in texts):
        return problem(
            400,
            "The address holds what looks like a key, and addresses are kept in logs. Have that key ended, "
            "make a new one and send it in the header “Authorization: Bearer …”.",
        )
    return None


def _hub_error(error: errors.HubError) -> Response:
    if isinstance(error, Refusal):
        return problem(error.status, error.sentence, error.findings)
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    if status == 500:
        return _fault(error)
    return problem(status, error.sentence if status in QUOTED else "")


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    answer = problem(status if status >= 400 else 404)
    kept = {"allow", "retry-after"}
    for name, value in error.get_headers():
        if name.lower() in kept:
            answer.headers[name] = value
    return answer


def _database_busy(error: OperationalError) -> Response:
    LOG.error("database", exc_info=error, extra={"detail": {"reference": g.get("reference")}})
    return problem(503)


def _fault(error: Exception) -> Response:
    answer = problem(500)
    LOG.error("fault", exc_info=error, extra={"detail": {"reference": g.reference}})
    return answer
