"""The OpenAPI 3.1 document, made from the views’ own declarations and the definitions of the returns in force."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from flask import Flask
from marshmallow import Schema, fields
from werkzeug.routing import IntegerConverter, Rule

from hub.access.objects import LARGEST_NUMBER
from hub.api import as_json_schema
from hub.api.endpoint import KEY_HEADER, Endpoint
from hub.api.fields import Nothing
from hub.api.problems import CONTENT_TYPE, TITLES
from hub.api.shapes import Problem
from hub.definitions.as_openapi import as_openapi
from hub.definitions.model import Definition

ALWAYS = (400, 401, 403, 405, 500, 503)
ROW = "Row"
OWN_ROW = "OwnRow"
OF_A_BODY = (408, 413, 415, 422)
ABOUT = """\
Each agency’s own systems send figures, check them, send them for sign-off and read what the agency may read. A key \
speaks for one agency and can never sign: a signatory does that in the browser. Numbers in `seen` are the `sequence` \
that you saw last; if something happened since, the answer is 409 and nothing is overwritten. The schema of a row says \
what passes the check: rows that do not are kept as a draft with findings, and findings stop it from being sent.\
"""


def document(app: Flask, definitions: Sequence[Definition]) -> dict[str, Any]:
    """`definitions` give the rows of what agencies send; published returns are asked of nobody."""
    asked = [definition for definition in definitions if not definition.published]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Partnership Hub", "version": _version(), "description": ABOUT},
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "paths": {**_paths(app), **_signs_of_life()},
        "components": {
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An agency’s key, made by its signatory.",
                }
            },
            "responses": {
                f"Problem{status}": _problem(status) for status in sorted({*ALWAYS, *OF_A_BODY, 404, 409})
            },
            "schemas": {"Problem": as_json_schema.of_answer(Problem), **_components(app, asked)},
        },
    }


def _version() -> str:
    try:
        return version("partnership-hub")
    except PackageNotFoundError:
        return "0.1.0"


def _rules(app: Flask) -> Iterator[tuple[Rule, str, Any]]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: each.rule):
        if rule.rule.startswith("/api/"):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method.lower(), app.view_functions[rule.endpoint]


def _paths(app: Flask) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for rule, method, view in _rules(app):
        path = rule.rule
        for name in rule.arguments:
            path = path.replace(_written(rule, name), f"{{{name}}}")
        operation = _operation(rule, view)
        parameters = [_in_path(rule, name) for name in sorted(rule.arguments)]
        operation["parameters"] = [*parameters, *operation["parameters"]]
        paths.setdefault(path, {})[method] = operation
    return paths


def _written(rule: Rule, name: str) -> str:
    return f"<int:{name}>" if isinstance(rule._converters[name], IntegerConverter) else f"<{name}>"


def _in_path(rule: Rule, name: str) -> dict[str, Any]:
    number = {"type": "integer", "minimum": 0, "maximum": LARGEST_NUMBER}
    whole = isinstance(rule._converters[name], IntegerConverter)
    schema = number if whole else {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,60}$"}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _operation(rule: Rule, view: Any) -> dict[str, Any]:
    declared: Endpoint | None = getattr(view, "hub_endpoint", None)
    summary, _, rest = (view.__doc__ or "").partition("\n\n")
    operation: dict[str, Any] = {
        "operationId": rule.endpoint.rpartition(".")[2],
        "summary": " ".join(summary.split()),
        "parameters": [],
    }
    if rest.strip():
        operation["description"] = " ".join(rest.split())
    if declared is None:
        any_object = {"application/json": {"schema": {"type": "object"}}}
        answers = {"200": {"description": "The document", "content": any_object}}
        return {**operation, "security": [], "responses": {**answers, **_problems({400, 405, 500, 503})}}
    if declared.query is not Nothing:
        operation["parameters"] = as_json_schema.parameters(declared.query)
    statuses = {*ALWAYS, *declared.refusals}
    if declared.stores:
        operation["parameters"] = [*operation["parameters"], _key_header()]
        statuses |= {409}
    if declared.body is not None:
        schema = {"$ref": f"#/components/schemas/{declared.body.__name__}"}
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
        statuses |= set(OF_A_BODY)
    answer = {"$ref": f"#/components/schemas/{declared.answer.__name__}"}
    content = {"application/json": {"schema": answer}, **{kind: {} for kind in declared.files}}
    answers = {"200": {"description": "Done", "content": content}}
    return {**operation, "responses": {**answers, **_problems(statuses)}}


def _key_header() -> dict[str, Any]:
    return {
        "name": KEY_HEADER,
        "in": "header",
        "required": False,
        "description": "New for each write: the same request again under its key gets the same answer and does nothing more.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    }


def _problems(statuses: set[int]) -> dict[str, Any]:
    return {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in sorted(statuses)}


def _problem(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": TITLES[status], "content": {CONTENT_TYPE: {"schema": schema}}}


def _components(app: Flask, asked: Sequence[Definition]) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    for definition in asked:
        rows |= {name: each for name, each in as_openapi(definition).items() if name.endswith(ROW)}
    any_row = [{"$ref": f"#/components/schemas/{name}"} for name in (*rows, OWN_ROW)]
    components: dict[str, Any] = {
        **rows,
        OWN_ROW: {
            "type": "object",
            "description": "A row of the own system’s export, read by the `mapping` that is named beside the rows.",
            "additionalProperties": {"type": ["string", "integer", "null"]},
        },
        ROW: {"description": "A row of any return.", "anyOf": any_row},
    }
    for _, _, view in _rules(app):
        declared: Endpoint | None = getattr(view, "hub_endpoint", None)
        if declared is None:
            continue
        components[declared.answer.__name__] = as_json_schema.of_answer(declared.answer)
        if declared.body is not None:
            components |= _bodies(declared.body)
    return components


def _bodies(schema: type[Schema]) -> dict[str, Any]:
    """A request's schema, and those of the objects in its lists."""
    found = {schema.__name__: as_json_schema.of_request(schema)}
    for field in schema()._declared_fields.values():
        if isinstance(field, fields.List) and isinstance(field.inner, fields.Nested):
            found |= _bodies(type(field.inner.schema))
    return found


def _signs_of_life() -> dict[str, Any]:
    """Served beside the pages, for supervisors and proxies."""
    text = {"text/plain": {"schema": {"type": "string"}}}
    states = {"type": "object", "additionalProperties": {"type": "boolean"}}
    told = {"application/json": {"schema": states}}
    return {
        "/healthz": {
            "get": {
                "operationId": "healthz",
                "summary": "Whether the process is alive",
                "security": [],
                "responses": {"200": {"description": "It is alive", "content": text}},
            }
        },
        "/readyz": {
            "get": {
                "operationId": "readyz",
                "summary": "Whether the database, its migrations and the checker are ready",
                "security": [],
                "responses": {
                    "200": {"description": "All are", "content": told},
                    "503": {"description": "Not all are", "content": told},
                },
            }
        },
    }
