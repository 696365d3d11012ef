"""Cells that hold words: typed text, dates, codes of a list. They are judged as text and never become figures.

Whether a text points to a person was asked before, of the whole table (hub.intake.personal_data).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

import numpy as np

from hub.definitions.as_schema import reads_as
from hub.definitions.model import Figure
from hub.findings import Finding
from hub.validation.pen import Pen
from hub.validation.rows import Array, Rows
from hub.validation.wording import offers, say


def words_wrong(
    figure: Figure, rows: Rows, pen: Pen, *, codes: Collection[str], absent: bool
) -> Iterator[Finding]:
    """What is wrong with one column of words. A blank is wrong only where the definition asks for the words."""
    texts = rows.frame[figure.name].to_numpy(dtype=object)
    asked = rows.by_line([figure.name in line.asked for line in rows.lines], bool)
    blank = texts == ""
    yield from stray(figure, texts, np.flatnonzero(rows.kept & ~asked & ~blank), pen)
    yield from _unreadable(figure, texts, np.flatnonzero(rows.kept & asked & ~blank), pen, codes)
    if figure.required and not absent:
        bare = np.flatnonzero(rows.kept & asked & blank)
        message = say("words-missing", figure=figure.title)
        yield from pen.each("words-missing", "error", figure.name, bare, [message] * len(bare))


def stray(
    figure: Figure, texts: Array, rows: Array, pen: Pen, *, code: str = "figure-not-asked"
) -> Iterator[Finding]:
    message = say(code, figure=figure.title)
    return pen.each(code, "error", figure.name, rows, [message] * len(rows), list(texts[rows]))


def _unreadable(
    figure: Figure, texts: Array, rows: Array, pen: Pen, codes: Collection[str]
) -> Iterator[Finding]:
    positions: dict[str, list[int]] = defaultdict(list)
    for row in rows.tolist():
        if reads_as(texts[row], figure, codes) is None:
            positions[_WRONG[figure.unit]].append(row)
    for code, wrong in positions.items():
        messages = [
            say(
                code,
                text=texts[row],
                figure=figure.title,
                limit=figure.maximum,
                offer=offers(list(codes), texts[row]),
            )
            for row in wrong
        ]
        yield from pen.each(code, "error", figure.name, np.array(wrong), messages, list(texts[wrong]))


_WRONG = {"text": "text-too-long", "date": "date-malformed", "code": "words-not-in-list"}
