"""A definition as components of an OpenAPI 3.1 document: one row of the return, and the body of a submission."""

from __future__ import annotations

import re
from typing import Any

from hub.definitions.as_table_schema import PERIOD_PATTERNS
from hub.definitions.model import ANSWERS, Definition, Figure
from hub.units import UNITS


def as_openapi(definition: Definition) -> dict[str, Any]:
    """Component schemas by name: `ReferralsRow` and `ReferralsBody`."""
    name = "".join(word.capitalize() for word in definition.code.split("-"))
    row = {
        "type": "object",
        "title": f"A row of “{definition.title}”",
        "description": definition.about,
        "properties": {
            "partnership": {
                "type": "string",
                "description": "The partnership's code; needed where the agency belongs to several.",
            },
            "agency": {"type": "string", "description": "The agency's national code."},
            "period": _period(definition),
            "breakdown": {
                "type": "string",
                "enum": [breakdown.name for breakdown in definition.breakdowns],
                "default": "total",
            },
            "code": {
                "type": "string",
                "default": "",
                "description": "The line of the breakdown; empty for the total.",
            },
            **{figure.name: _figure(figure) for figure in definition.figures},
        },
        "required": ["agency", "period"],
        "additionalProperties": False,
    }
    body = {
        "type": "object",
        "properties": {
            "rows": {
                "type": "array",
                "items": {"$ref": f"#/components/schemas/{name}Row"},
                "minItems": 1,
                "maxItems": 100_000,
            }
        },
        "required": ["rows"],
        "additionalProperties": False,
    }
    return {f"{name}Row": row, f"{name}Body": body}


def _period(definition: Definition) -> dict[str, Any]:
    patterns = dict.fromkeys(PERIOD_PATTERNS[owes.grain] for owes in definition.owes)
    return {"type": "string", "pattern": f"^({'|'.join(patterns)})$"}


def _figure(figure: Figure) -> dict[str, Any]:
    """A number as digits or as a JSON integer, an answer, or nothing."""
    if figure.in_words:
        return _words(figure)
    unit = UNITS[figure.unit]
    number = "[0-9]{1,9}" + (rf"(\.[0-9]{{1,{unit.places}}})?" if unit.places else "")
    marks = [re.escape(mark) for mark, state in ANSWERS.items() if state in figure.answers]
    texts = {"type": "string", "pattern": f"^({'|'.join([number, *marks])}{'' if figure.required else '|'})$"}
    if unit.places:
        numbers = {
            "type": "number",
            "minimum": figure.minimum / unit.per_unit,
            "maximum": figure.maximum / unit.per_unit,
        }
    else:
        numbers = {"type": "integer", "minimum": figure.minimum, "maximum": figure.maximum}
    nothing = [] if figure.required else [{"type": "null"}]
    return {"title": figure.title, "description": figure.description, "anyOf": [numbers, texts, *nothing]}


def _words(figure: Figure) -> dict[str, Any]:
    """Typed text with its longest form, a date, or a code."""
    form: dict[str, Any] = {"type": "string", "maxLength": figure.maximum if figure.unit == "text" else 40}
    if figure.unit == "date":
        form = {"type": "string", "pattern": "^([0-9]{4}-[0-9]{2}-[0-9]{2}|)$"}
    return {"title": figure.title, "description": figure.description, "anyOf": [form, {"type": "null"}]}
