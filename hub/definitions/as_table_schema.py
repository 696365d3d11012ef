"""A definition as a Frictionless Table Schema, so that a partner can check a file with public tools.

The schema describes the file layout of the CSV template: names, types, lists and limits of each column. What one
cell says about another (sums, pairs) is in the definition's rules.
"""

from __future__ import annotations

import re
from typing import Any

from hub.definitions.layout import Lists
from hub.definitions.model import (
    ANSWERS,
    AREAS_LIST,
    KEY_COLUMNS,
    NOT_HELD,
    NOT_KNOWN,
    TOTAL,
    Definition,
    Figure,
)
from hub.units import UNITS

PERIOD_PATTERNS = {
    "month": "[0-9]{4}-(0[1-9]|1[0-2])",
    "quarter": "FY[0-9]{4}-[0-9]{2}Q[1-4]",
    "financial_year": "FY[0-9]{4}-[0-9]{2}",
    "term": "AY[0-9]{4}-[0-9]{2}T[1-3]",
    "academic_year": "AY[0-9]{4}-[0-9]{2}",
    "mid_year": "MY[0-9]{4}",
}


def as_table_schema(definition: Definition, *, lists: Lists | None = None) -> dict[str, Any]:
    """The descriptor. `lists` gives the codes of each list; without it codes are checked for their form alone."""
    grains = dict.fromkeys(owes.grain for owes in definition.owes)
    names = [breakdown.name for breakdown in definition.breakdowns]
    fields = [
        _text(
            "partnership",
            "Partnership",
            "The partnership's code. May be left out by agencies of one partnership.",
        ),
        {**_text("agency", "Agency", "The agency's national code."), "constraints": {"required": True}},
        {
            **_text("period", "Period", "The period that the row is about."),
            "constraints": {
                "required": True,
                "pattern": _any_of([PERIOD_PATTERNS[grain] for grain in grains]),
            },
        },
        {
            **_text("breakdown", "Breakdown", "“total”, or the table that the row is a line of."),
            "constraints": {"required": True, "enum": names},
        },
        _code(definition, lists),
        *(_figure(figure) for figure in definition.figures),
    ]
    return {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "name": f"{definition.code}-v{definition.version}",
        "title": definition.title,
        "description": definition.about,
        "fields": fields,
        "primaryKey": list(KEY_COLUMNS),
        "missingValues": [""],
    }


def _text(name: str, title: str, description: str) -> dict[str, Any]:
    return {"name": name, "title": title, "description": description, "type": "string"}


def _code(definition: Definition, lists: Lists | None) -> dict[str, Any]:
    field = _text("code", "Code", "The line of the breakdown; blank for the total.")
    wanted = [breakdown.list for breakdown in definition.breakdowns if breakdown.name != TOTAL]
    if any(breakdown.key for breakdown in definition.breakdowns):
        return field  # the rows of a register are named by the sender
    if lists is None or not all(name in lists for name in wanted):
        return field
    codes = dict.fromkeys(code for name in wanted for code in lists[name])
    if AREAS_LIST in wanted:
        codes |= {NOT_KNOWN: None}
    if any(breakdown.may_be_not_held for breakdown in definition.breakdowns):
        codes |= {NOT_HELD: None}
    return {**field, "constraints": {"enum": list(codes)}} if codes else field


def _figure(figure: Figure) -> dict[str, Any]:
    """A count is an integer where nothing else may stand; with other answers it is text of one of the allowed forms."""
    described = {"name": figure.name, "title": figure.title, "description": figure.description}
    if figure.in_words:
        limits: dict[str, Any] = {"maxLength": figure.maximum} if figure.unit == "text" else {}
        return {**described, "type": "date" if figure.unit == "date" else "string", "constraints": limits}
    unit = UNITS[figure.unit]
    marks = [mark for mark, state in ANSWERS.items() if state in figure.answers]
    constraints: dict[str, Any] = {"required": True} if figure.required else {}
    if not marks and not unit.places:
        return {
            **described,
            "type": "integer",
            "constraints": {**constraints, "minimum": figure.minimum, "maximum": figure.maximum},
        }
    number = "[0-9]{1,9}" + (rf"(\.[0-9]{{1,{unit.places}}})?" if unit.places else "")
    return {
        **described,
        "type": "string",
        "constraints": {**constraints, "pattern": _any_of([number, *map(re.escape, marks)])},
    }


def _any_of(patterns: list[str]) -> str:
    """In brackets, since checkers put ^ before a pattern and $ after it."""
    return f"({'|'.join(patterns)})"
