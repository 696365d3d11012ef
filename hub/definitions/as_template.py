"""A definition as a file to fill in, for one agency and period of collection: a workbook, or the same rows as CSV.

The agency's rows stand there already. Their cells hold what it has typed so far; beside each stands what it signed for
the period before, in columns that are shown and never read. The file says which template it is (`template_mark`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from hub.definitions.layout import Lists, owed_by, rows_of
from hub.definitions.model import KEY_COLUMNS, Definition
from hub.definitions.template_book import Column, Row, workbook
from hub.definitions.template_mark import TEMPLATE_COLUMN, in_words, signed_for
from hub.exports import safe_row
from hub.periods import Period

Format = Literal["xlsx", "csv"]
Cells = Mapping[tuple[str, str, str, str], str]  # period, breakdown, code and figure → text


@dataclass(frozen=True)
class Sender:
    """Who answers, and to whom; `lists` are those of that partnership.

    `typed` is what the agency entered so far, `signed` what it signed for the period of rows `before`, if it did.
    """

    partnership_code: str
    agency_code: str
    agency_kind: str
    lists: Lists
    typed: Cells = field(default_factory=dict)
    before: Period | None = None
    signed: Cells = field(default_factory=dict)

    def keys(self, definition: Definition) -> dict[str, tuple[str, ...]]:
        """The rows of each register that the agency named, this time or before."""
        named = list(dict.fromkeys((cell[1], cell[2]) for cell in (*self.typed, *self.signed)))
        registers = [each.name for each in definition.breakdowns if each.key]
        return {name: tuple(code for table, code in named if table == name) for name in registers}


def template(definition: Definition, sender: Sender, period: Period, *, format: Format) -> bytes:
    """The file for one agency and period of collection. Errors: NotFound where that kind of agency owes nothing."""
    owes = owed_by(definition, sender.agency_kind)
    columns = _columns(definition, owes.figures, sender.before)
    rows = list(_rows(definition, sender, period, columns))
    if format == "csv":
        return _csv(columns, rows)
    return workbook(definition, owes, rows=rows, columns=columns, lists=sender.lists)


def for_several(definition: Definition, senders: Sequence[Sender], period: Period) -> bytes:
    """One CSV for all of a person's bodies or partnerships, the rows of each below those of the one before.

    Errors: NotFound where one of them owes nothing.
    """
    asked = {name for each in senders for name in owed_by(definition, each.agency_kind).figures}
    columns = _columns(definition, asked, next((each.before for each in senders if each.before), None))
    return _csv(columns, [row for each in senders for row in _rows(definition, each, period, columns)])


def _columns(definition: Definition, asked: Collection[str], before: Period | None) -> list[Column]:
    """A column for each figure, and beside it one of what was signed, where anything was."""
    return [
        Column(figure, of)
        for figure in definition.figures
        if figure.name in asked
        for of in ((None, before) if before else (None,))
    ]


def _rows(definition: Definition, sender: Sender, period: Period, columns: Sequence[Column]) -> Iterator[Row]:
    """The agency's rows in the order of the form, then rows of its draft for which the form has no line."""
    owes = owed_by(definition, sender.agency_kind)
    keys = sender.keys(definition)
    asked = [
        (part.code, breakdown.name, line.code)
        for part, breakdown, line in rows_of(definition, owes, period, sender.lists, keys=keys)
    ]
    mark = in_words(definition, sender.agency_code, period)
    for place in dict.fromkeys([*asked, *(cell[:3] for cell in sender.typed)]):
        cells = [_text(sender, place, column) for column in columns]
        yield Row((sender.partnership_code, sender.agency_code, *place), tuple(cells), mark)


def _text(sender: Sender, place: tuple[str, str, str], column: Column) -> str:
    if column.signed_for is None:
        return sender.typed.get((*place, column.figure.name), "")
    if sender.before != column.signed_for:
        return ""
    return sender.signed.get((column.signed_for.code, *place[1:], column.figure.name), "")


def _csv(columns: Sequence[Column], rows: Sequence[Row]) -> bytes:
    """UTF-8 with the mark by which spreadsheets know it; headings are the names of the definition."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    names = [
        column.figure.name
        if column.signed_for is None
        else signed_for(column.signed_for.code, column.figure.name)
        for column in columns
    ]
    writer.writerow([*KEY_COLUMNS, *names, TEMPLATE_COLUMN])
    writer.writerows(safe_row([*row.keys, *row.cells, row.mark]) for row in rows)
    return text.getvalue().encode("utf-8-sig")
