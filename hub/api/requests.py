"""Reading a request: its query and its JSON body against closed schemas, every fault at its place, nothing half taken."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from flask import request
from marshmallow import Schema, ValidationError
from werkzeug.exceptions import UnsupportedMediaType

from hub.api.problems import Refusal
from hub.findings import Finding, Where

NOT_JSON = (
    "The body is not UTF-8 JSON that can be read. Send one JSON object as the interface’s description shows."
)


class _Malformed(ValueError):
    pass


def query(schema: type[Schema]) -> dict[str, Any]:
    """The query's names, each once."""
    given = {name: values[0] if len(values) == 1 else values for name, values in request.args.lists()}
    several = [name for name, value in given.items() if isinstance(value, list)]
    if several:
        faults = [
            _finding("named-twice", name, "This stands in the address twice. Name it once.")
            for name in several
        ]
        raise Refusal(400, "The address names something twice.", faults)
    try:
        return dict(schema().load(given))
    except ValidationError as error:
        raise Refusal(400, "The address asks for what is not understood.", _faults(error)) from error


def body(schema: type[Schema]) -> dict[str, Any]:
    """The body as the schema reads it."""
    if (
        request.mimetype != "application/json"
        or request.headers.get("Content-Encoding", "identity") != "identity"
    ):
        raise UnsupportedMediaType
    given = _parsed(request.get_data())
    if not isinstance(given, dict):
        raise Refusal(422, "Send one JSON object.")
    try:
        return dict(schema().load(given))
    except ValidationError as error:
        raise Refusal(422, "The body does not have the shape that is taken here.", _faults(error)) from error


def _parsed(content: bytes) -> Any:
    try:
        text = content.decode("utf-8-sig")
        read = json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_number)
        if "\\u" in text:  # an escape can stand for half a character, which no file or database holds
            json.dumps(read, ensure_ascii=False).encode()
    except _Malformed as error:
        raise Refusal(
            400, "An object names the same thing twice, so it is not clear what is meant. Name it once."
        ) from error
    except (ValueError, RecursionError) as error:
        raise Refusal(400, NOT_JSON) from error
    return read


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) < len(pairs):
        raise _Malformed
    return names


def _no_number(constant: str) -> NoReturn:
    raise ValueError(constant)


def _faults(error: ValidationError) -> list[dict[str, Any]]:
    messages = error.messages if isinstance(error.messages, Mapping) else {"": error.messages}
    return list(_placed(messages, ""))


def _placed(messages: Any, place: str) -> Iterator[dict[str, Any]]:
    """One finding for each message; the place is written `rows.3.period`."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            yield from _placed(inner, ".".join(filter(None, [place, "" if name == "_schema" else str(name)])))
        return
    for message in [messages] if isinstance(messages, str) else messages:
        yield _finding("not-taken", place, str(message))


def _finding(code: str, field: str, message: str) -> dict[str, Any]:
    shown = "".join(mark if mark.isprintable() else " " for mark in field)[:120] or None
    return {**Finding(code, "error", message, Where(field=shown)).as_json(), "key": None, "explanation": None}
