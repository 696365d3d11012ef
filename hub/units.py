"""Units in which facts are stored: whole numbers of the smallest unit (design.md section 4, Values).

Three units are no numbers but words: typed text, a date, a code of a list. Their cells are signed with the rest and
never become facts.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Unit:
    """`per_unit` smallest units make one unit as people write it; `places` decimals are allowed in a cell."""

    code: str
    name: str
    per_unit: int
    places: int
    prefix: str = ""
    words: bool = False


UNITS: dict[str, Unit] = {
    "count": Unit("count", "number", 1, 0),
    "children": Unit("children", "children", 1, 0),
    "working_days": Unit("working_days", "working days", 1, 0),
    "pounds": Unit("pounds", "pounds", 100, 2, "£"),
    "posts": Unit("posts", "full-time equivalent posts", 100, 2),
    "text": Unit("text", "words", 1, 0, words=True),
    "date": Unit("date", "date", 1, 0, words=True),
    "code": Unit("code", "code of a list", 1, 0, words=True),
}


def to_text(value: int, unit: str) -> str:
    """A stored value as a person writes it: `to_text(123450, "pounds")` is "1,234.50" without its prefix."""
    definition = UNITS[unit]
    if definition.places == 0:
        return f"{value:,}"
    whole, rest = divmod(abs(value), definition.per_unit)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole:,}.{rest:0{definition.places}d}"


def in_words(value: int, unit: str) -> str:
    """A stored value with its unit as it stands alone: "1,234 children", "£1,234.50"; a plain number has none."""
    definition = UNITS[unit]
    text = f"{definition.prefix}{to_text(value, unit)}"
    return text if definition.prefix or unit == "count" else f"{text} {definition.name}"
