"""What a view of the interface says about itself above its few lines: input, answer and refusals.

    @blueprint.get("/due-items")
    @requires(Permission.SUBMISSION_STATUS)
    @endpoint(query=Page, answer=DueItems)
    def due_items(query): ...

The same declaration reads the request, shapes the answer and writes the OpenAPI document, so that none can differ from
the others. A view that takes a body is a write: it counts once under its `Idempotency-Key`.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Response, request
from marshmallow import Schema
from sqlalchemy.exc import IntegrityError

from hub.access import transaction
from hub.access.once import Sent, earlier, earlier_after_clash, remember
from hub.api import requests
from hub.api.fields import Nothing
from hub.api.problems import Refusal
from hub.errors import Conflict, NotReady

KEY_HEADER = "Idempotency-Key"
OTHER_CONTENT = (
    "This Idempotency-Key was used before with another request. Nothing was done: send it under a new key."
)

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class File:
    """An answer that is no JSON."""

    content: bytes
    content_type: str
    name: str


@dataclass(frozen=True)
class Endpoint:
    """The declaration."""

    answer: type[Schema]
    query: type[Schema] = Nothing
    body: type[Schema] | None = None
    stores: bool = False
    refusals: tuple[int, ...] = ()
    files: tuple[str, ...] = ()


def endpoint(
    *,
    answer: type[Schema],
    query: type[Schema] = Nothing,
    body: type[Schema] | None = None,
    stores: bool = False,
    refusals: tuple[int, ...] = (),
    files: tuple[str, ...] = (),
) -> Callable[[View], Callable[..., Response]]:
    """`stores` marks a write: with it the request may carry an Idempotency-Key. `files` are the types of files that it
    may answer with instead of JSON."""
    declared = Endpoint(answer, query, body, stores, refusals, files)

    def wrap(view: View) -> Callable[..., Response]:
        @functools.wraps(view)
        def answered(**arguments: Any) -> Response:
            given: dict[str, Any] = {}
            asked = requests.query(declared.query)
            if declared.query is not Nothing:
                given["query"] = asked
            if declared.body is not None:
                given["body"] = requests.body(declared.body)
            act = functools.partial(view, **arguments, **given)
            if declared.stores:
                return _once(lambda: _text(declared, act()))
            said = act()
            return _file(said) if isinstance(said, File) else _answer(_text(declared, said))

        answered.hub_endpoint = declared  # type: ignore[attr-defined]
        return answered

    return wrap


def _text(declared: Endpoint, value: Any) -> str:
    """The answer as its schema shapes it: no key that is not in the schema ever leaves."""
    return json.dumps(declared.answer().dump(value), ensure_ascii=False) + "\n"


def _answer(text: str, status: int = 200) -> Response:
    return Response(text, status, content_type="application/json")


def _file(made: File) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
    return Response(made.content, content_type=made.content_type, headers=headers)


def _once(act: Callable[[], str]) -> Response:
    sent = _sent()
    if not sent.key:
        return _answer(act())
    if before := earlier(transaction.reading(), sent):
        return _answer(before.answer, before.status)
    try:
        text = act()
        remember(sent, status=200, answer=text)
    except (Conflict, NotReady, Refusal, IntegrityError):
        if before := earlier_after_clash(sent):
            return _answer(before.answer, before.status)
        raise
    return _answer(text)


def _sent() -> Sent:
    key = request.headers.get(KEY_HEADER, "")
    if KEY_HEADER in request.headers and not (0 < len(key) <= 200 and key.isascii() and key.isprintable()):
        raise Refusal(400, f"{KEY_HEADER} must be 1 to 200 ASCII characters, new for each write.")
    digest = hashlib.sha256(f"{request.method} {request.path}\n".encode() + request.get_data())
    return Sent(f"api {key}" if key else "", digest.hexdigest(), OTHER_CONTENT)
