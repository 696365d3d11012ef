"""Cells of a column read: each different text once."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hub.definitions.model import ANSWERS, Figure
from hub.units import UNITS

MISSING = "missing"
UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Reading:
    """A number in the figure's smallest unit, or the state that stands in its place."""

    value: int | None
    state: str


def read_texts(texts: list[str], figure: Figure) -> list[Reading | None]:
    """What each text means; None where it is neither a number of the figure nor an answer that it allows."""
    return [_read(text, figure) for text in texts]


def _read(text: str, figure: Figure) -> Reading | None:
    if text in ANSWERS and ANSWERS[text] in figure.answers:
        state = ANSWERS[text]
        return Reading(0 if state == "nil" else None, state)
    unit = UNITS[figure.unit]
    pattern = r"[0-9]{1,9}" + (rf"(\.[0-9]{{1,{unit.places}}})?" if unit.places else "")
    if not re.fullmatch(pattern, text, re.ASCII):
        return None
    whole, _, rest = text.partition(".")
    value = int(whole) * unit.per_unit + (int(rest.ljust(unit.places, "0")) if rest else 0)
    return Reading(value, "value") if figure.minimum <= value <= figure.maximum else None
