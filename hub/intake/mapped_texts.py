"""Texts of a mapped table, column by column: which rows a rule applies to, and what a cell says in the return's terms."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from hub.definitions.mapping_model import MISSING, Conditions
from hub.definitions.model import ANSWERS
from hub.intake.headings import plain

Texts = npt.NDArray[np.object_]
Mask = npt.NDArray[np.bool_]
Source = Mapping[str, Texts]  # comparable heading → the column's texts

_MARKS = {state: mark for mark, state in ANSWERS.items()} | {MISSING: ""}


def mended(texts: Texts, change: Callable[[str], str]) -> Texts:
    """Every text changed; each different one is looked at once."""
    changed = {text: change(text) for text in dict.fromkeys(texts)}
    return np.array([changed[text] for text in texts], dtype=object)


def rows_where(source: Source, where: Conditions, count: int) -> Mask:
    """The rows in which every column of the conditions holds one of its texts, whatever the capitals."""
    hit = np.ones(count, dtype=bool)
    for column, wanted in where.items():
        folded = {text.casefold() for text in wanted}
        hit &= np.array([text.casefold() in folded for text in source[plain(column)]], dtype=bool)
    return hit


def cell_of(text: str, symbols: Mapping[str, str]) -> str | None:
    """The text as a cell of the return: a number, a mark of a state, or blank. None where it is none of them."""
    state = symbols.get(text.casefold())
    if state is not None:
        return _MARKS[state]
    if text == "" or text in ANSWERS:
        return text
    number = text.replace(",", "") if _is_grouped(text) else text
    return number if number.isascii() and number.replace(".", "", 1).isdigit() else None


def _is_grouped(text: str) -> bool:
    """1,234 and 1,234,567, as publishers write thousands."""
    first, *rest = text.split(",")
    return bool(rest) and 1 <= len(first) <= 3 and all(len(group) == 3 for group in rest)
