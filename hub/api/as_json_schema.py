"""A marshmallow schema as JSON Schema, for the OpenAPI document: requests closed, answers closed and complete."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, missing, validate

KINDS: tuple[tuple[type[fields.Field[Any]], dict[str, Any]], ...] = (
    (fields.DateTime, {"type": "string", "format": "date-time"}),
    (fields.Date, {"type": "string", "format": "date"}),
    (fields.Boolean, {"type": "boolean"}),
    (fields.Integer, {"type": "integer"}),
    (fields.Float, {"type": "number"}),
    (fields.String, {"type": "string"}),
)


def of_answer(schema: type[Schema]) -> dict[str, Any]:
    """Every key of the schema is there, and no other."""
    members = schema()._declared_fields
    names = {name: field.data_key or name for name, field in members.items()}
    described = {names[name]: of_field(field) for name, field in members.items()}
    optional = {names[name] for name, field in members.items() if field.metadata.get("optional")}
    return {
        "type": "object",
        **_said(schema),
        "properties": described,
        "required": [name for name in described if name not in optional],
        "additionalProperties": False,
    }


def of_request(schema: type[Schema]) -> dict[str, Any]:
    members = schema()._declared_fields
    required = [field.data_key or name for name, field in members.items() if field.required]
    return {
        "type": "object",
        **_said(schema),
        "properties": {field.data_key or name: of_field(field) for name, field in members.items()},
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def parameters(schema: type[Schema]) -> list[dict[str, Any]]:
    """The query's names."""
    return [
        {
            "name": field.data_key or name,
            "in": "query",
            "required": field.required,
            "schema": of_field(field),
        }
        for name, field in schema()._declared_fields.items()
    ]


def of_field(field: fields.Field[Any]) -> dict[str, Any]:
    if "schema" in field.metadata:
        return dict(field.metadata["schema"])
    found = _kind(field)
    described = {"description": field.metadata["description"]} if "description" in field.metadata else {}
    for rule in field.validators:
        if isinstance(rule, validate.OneOf):
            found = {**found, "enum": list(rule.choices)}
    if field.allow_none and "type" in found:
        found = {**found, "type": [found["type"], "null"]}
    return {
        **found,
        **described,
        **({} if field.load_default is missing else {"default": field.load_default}),
    }


def _kind(field: fields.Field[Any]) -> dict[str, Any]:
    if isinstance(field, fields.Nested):
        return of_answer(type(field.schema))
    if isinstance(field, fields.List):
        return {"type": "array", "items": of_field(field.inner)}
    if isinstance(field, fields.Dict):
        values = of_field(field.value_field) if field.value_field else {}
        return {"type": "object", "additionalProperties": values or True}
    return next(dict(schema) for kind, schema in KINDS if isinstance(field, kind))


def _said(schema: type[Schema]) -> dict[str, str]:
    return {"description": " ".join(schema.__doc__.split())} if schema.__doc__ else {}
