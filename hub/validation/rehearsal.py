"""Small checks, through every channel, so that whatever is imported or planned late is there before the first request."""

from __future__ import annotations

import csv
import io

from openpyxl import Workbook

from hub import periods
from hub.definitions.catalogue import shipped
from hub.definitions.model import KEY_COLUMNS, TOTAL, Definition
from hub.intake.table import Received
from hub.validation.outcome import Expected, Scope
from hub.validation.run import check
from hub.validation.tables import warm


def rehearse() -> None:
    """Judge an invented row of every shipped return, and read that of the first through every channel: they are the same for all."""
    for number, definition in enumerate(shipped().returns):
        warm(definition)
        scope = _scope(definition)
        for received in _rows(definition, scope)[: None if number == 0 else 1]:
            check(received, definition, scope)


def _scope(definition: Definition) -> Scope:
    owes = definition.owes[0]
    period = periods.containing(periods.parse("2014-09").starts_on, owes.frequency).code
    lists = {name: {"a": "A"} for name in definition.lists}
    return Scope((Expected(1, "here", "X", owes.kinds[0], period),), {"": lists}, today="2020-01-01")


def _rows(definition: Definition, scope: Scope) -> list[Received]:
    owes = definition.owes[0]
    period = periods.containing(periods.parse("2014-09").starts_on, owes.grain).code
    names = [*KEY_COLUMNS, *(figure.name for figure in definition.figures)]
    lines = [["here", "X", period, TOTAL, "", *("1" for _ in definition.figures)]]
    lines += [
        ["here", "X", period, one.name, "a", *("1,0" for _ in definition.figures)]
        for one in definition.breakdowns[1:]
    ]
    text = io.StringIO()
    csv.writer(text).writerows([names, *lines])
    book, content = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet("Data")
    for line in [names, *lines]:
        sheet.append(line)
    book.save(content)
    return [
        Received("form", rows=tuple(dict(zip(names, line, strict=True)) for line in lines)),
        Received("csv", "rehearsal.csv", text.getvalue().encode()),
        Received("xlsx", "rehearsal.xlsx", content.getvalue()),
    ]
