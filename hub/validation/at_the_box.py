"""What can be said of a form's boxes while it is being filled in: numbers that cannot be read, and what history asks.

Light enough for a web process: no table, no expectations. Whether the tables make sense is said when the form is saved,
by the whole check, with the same words for the same things.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hub.definitions.as_schema import read_figure
from hub.definitions.model import KEY_COLUMNS, Definition
from hub.findings import Severity
from hub.validation.history import beside, in_words, worst_first
from hub.validation.outcome import Scope
from hub.validation.plausible import Entry, Line
from hub.validation.wording import fault_in_number

Box = tuple[str, str, str, str]  # period, table, line and figure


def said_at_boxes(
    definition: Definition, rows: Iterable[Mapping[str, str]], scope: Scope, key: str
) -> dict[Box, tuple[Severity, str]]:
    """The one thing to say at each box that is filled in; nothing at those where nothing is."""
    now: dict[str, dict[Line, dict[str, Entry]]] = {}
    said: dict[Box, tuple[Severity, str]] = {}
    numbers = {figure.name: figure for figure in definition.figures if not figure.in_words}
    for row_no, row in enumerate(rows, start=1):
        line = (row["breakdown"], row["code"])
        for name in row.keys() - set(KEY_COLUMNS) & numbers.keys():
            text = row[name].strip()
            reading = read_figure(text, numbers[name]) if text else None
            if reading is not None:
                entries = now.setdefault(row["period"], {}).setdefault(line, {})
                entries[name] = Entry(row_no, reading.value, reading.state)
            elif text:
                said[row["period"], *line, name] = ("error", fault_in_number(text, numbers[name])[1])
    look = beside(definition, scope, key, now)
    for noticed in worst_first(look):
        if noticed.figure:
            place = (noticed.period.code, *noticed.line, noticed.figure)
            said.setdefault(place, (noticed.rule.severity, in_words(noticed, key, definition, scope)))
    return said
