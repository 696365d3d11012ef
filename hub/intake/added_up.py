"""Rows of a mapped table that come to the same line: put together, and where the mapping says so added up.

A sum is a number only where all its parts are. What is missing is not nothing: a line with numbers and a blank among
its parts cannot be added, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation

import numpy as np
import numpy.typing as npt
import pandas as pd

from hub.definitions.model import ANSWERS, KEY_COLUMNS
from hub.intake.table import ROW_NO

NIL = next(mark for mark, state in ANSWERS.items() if state == "nil")

Read = dict[str, npt.NDArray[np.bool_]]  # figure → the rows that were given it by a column
Complain = Callable[[str, list[int]], None]  # a figure, and the rows of the file that cannot be added


def added_up(frame: pd.DataFrame, read: Read, *, add: bool, complain: Complain) -> tuple[pd.DataFrame, int]:
    """One row for each line, and how many rows were added to others.

    Rows that were given different figures of one line are put together in any case. Where two hold the same figure they
    are added, or without `add` left as they are, for the check to complain of.
    """
    again = frame.duplicated(list(KEY_COLUMNS), keep=False).to_numpy()
    if not again.any():
        return frame, 0
    figures = list(read)
    texts = {name: frame[name].to_numpy(dtype=object).copy() for name in figures}
    numbers = frame[ROW_NO].to_numpy()
    gone = np.zeros(len(frame), dtype=bool)
    added = 0
    same_line = frame.loc[again].groupby(list(KEY_COLUMNS), sort=False).indices.values()
    places_of = np.flatnonzero(again)
    for group in same_line:
        places = places_of[group]
        given = {name: places[read[name][places]] for name in figures}
        if not add and any(len(rows) > 1 for rows in given.values()):
            continue
        for name, rows in given.items():
            total = _sum([texts[name][row] for row in rows])
            if total is None:
                complain(name, [int(numbers[row]) for row in rows])
            texts[name][places[0]] = total or ""
        added += len(set(numbers[places].tolist())) - 1
        gone[places[1:]] = True
    for name in figures:
        frame[name] = pd.array(texts[name], dtype="str")
    return frame.loc[~gone].reset_index(drop=True), added


def _sum(parts: Sequence[str]) -> str | None:
    """The parts added; the text itself where all say the same of having no number; None where they cannot be added."""
    if len(parts) == 1 or (len(set(parts)) == 1 and not _is_number(parts[0])):
        return parts[0]
    if not parts:
        return ""
    if not all(part == NIL or _is_number(part) for part in parts):
        return None
    return str(sum((Decimal(0 if part == NIL else part) for part in parts), Decimal(0)))


def _is_number(text: str) -> bool:
    try:
        return text.isascii() and Decimal(text).is_finite()
    except InvalidOperation:
        return False
