"""Cells that hold words: typed text, dates, codes of a list. They are judged as text and never become figures.

A code of the partnership's own list may stand for other words of its row (a service for its provider and its purpose):
those are then left blank. Whether a text points to a person was asked before, of the whole table
(hub.intake.personal_data).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from hub.definitions.as_schema import reads_as
from hub.definitions.model import Definition, Figure
from hub.findings import Finding
from hub.validation.outcome import Scope
from hub.validation.pen import Pen
from hub.validation.rows import Array, Rows
from hub.validation.wording import offers, say

Codes = Mapping[str, str]


def words_wrong(
    figure: Figure, definition: Definition, rows: Rows, pen: Pen, scope: Scope, *, absent: bool
) -> Iterator[Finding]:
    """What is wrong with one column of words. A blank is wrong only where the definition asks for the words."""
    texts = rows.frame[figure.name].to_numpy(dtype=object)
    asked = rows.by_line([figure.name in line.asked for line in rows.lines], bool)
    blank = texts == ""
    said = _said_by(figure, definition, rows, scope)
    yield from stray(figure, texts, np.flatnonzero(rows.kept & ~asked & ~blank), pen)
    yield from stray(figure, texts, np.flatnonzero(rows.kept & asked & ~blank & said), pen, code="words-said")
    yield from _unreadable(
        figure, texts, np.flatnonzero(rows.kept & asked & ~blank & ~said), rows, pen, scope
    )
    if figure.required and not absent:
        bare = np.flatnonzero(rows.kept & asked & blank & ~said)
        message = say("words-missing", figure=figure.title)
        yield from pen.each("words-missing", "error", figure.name, bare, [message] * len(bare))


def stray(
    figure: Figure, texts: Array, rows: Array, pen: Pen, *, code: str = "figure-not-asked"
) -> Iterator[Finding]:
    message = say(code, figure=figure.title)
    return pen.each(code, "error", figure.name, rows, [message] * len(rows), list(texts[rows]))


def _said_by(figure: Figure, definition: Definition, rows: Rows, scope: Scope) -> Array:
    """Rows in which a code of the partnership's own stands for the figure's words."""
    said = np.zeros(len(rows.frame), dtype=bool)
    partnership = _partnerships(rows)
    for column in definition.figures:
        picked = {
            (place, code)
            for place, lists in scope.said.items()
            for code, words in lists.get(column.list, {}).items()
            if figure.name in words
        }
        if picked:
            texts = rows.frame[column.name].to_numpy(dtype=object)
            pairs = zip(partnership, texts, strict=True)
            said |= np.fromiter((pair in picked for pair in pairs), dtype=bool, count=len(said))
    return said


def _partnerships(rows: Rows) -> Array:
    return rows.by_place([place.expected.partnership if place.expected else "" for place in rows.places])


def _codes(figure: Figure, scope: Scope, partnership: str) -> Codes:
    own = scope.lists.get(partnership, {}).get(figure.list)
    return own if own is not None else scope.lists.get("", {}).get(figure.list, {})


def _unreadable(
    figure: Figure, texts: Array, given: Array, rows: Rows, pen: Pen, scope: Scope
) -> Iterator[Finding]:
    positions: dict[str, list[int]] = defaultdict(list)
    partnership = _partnerships(rows)
    codes: dict[str, Codes] = {name: _codes(figure, scope, name) for name in set(partnership[given])}
    for row in given.tolist():
        if reads_as(texts[row], figure, codes[partnership[row]]) is None:
            positions[_WRONG[figure.unit]].append(row)
    for code, wrong in positions.items():
        messages = [
            say(
                code,
                text=texts[row],
                figure=figure.title,
                limit=figure.maximum,
                offer=offers(list(codes[partnership[row]]), texts[row]),
            )
            for row in wrong
        ]
        yield from pen.each(code, "error", figure.name, np.array(wrong), messages, list(texts[wrong]))


_WRONG = {"text": "text-too-long", "date": "date-malformed", "code": "words-not-in-list"}
