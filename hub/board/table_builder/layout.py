"""A built table laid out in rows and columns, every number in words: what is not there says why, and is never zero."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any, NamedTuple

from hub.board.point_words import value_words
from hub.board.table_builder.build import Built
from hub.board.table_builder.choices import AXES, Axis
from hub.measures.model import Measure, Point
from hub.periods import Period

NOT_DUE = "not due yet"
NO_FIGURE = "no figure"
HEADINGS = {"measure": "Measure", "line": "Line", "period": "Period"}


class Member(NamedTuple):
    """One place on an axis."""

    key: Any
    title: str


@dataclass(frozen=True)
class Laid:
    """Headings above, one or two beside, and the cells. `caption` names what every cell has in common."""

    caption: str
    row_headings: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    numbers: tuple[tuple[float | None, ...], ...]  # the same cells as numbers, for a workbook
    group: int  # rows that share their first heading

    def as_sheet(self) -> list[list[Any]]:
        """For a workbook: a number where the cell is one, else its words."""
        sheet: list[list[Any]] = [[*self.row_headings, *self.columns]]
        for (front, words), numbers in zip(self.rows, self.numbers, strict=True):
            cells = [word if number is None else number for word, number in zip(words, numbers, strict=True)]
            sheet.append([*front, *cells])
        return sheet


def laid_out(built: Built, today: date) -> Laid:
    """The table as the reader asked for it; an axis of one member stands in the caption, not beside each row."""
    members = {axis: _members(built, axis) for axis in AXES}
    across: Axis = _across(built)
    order = [built.choices.rows, *AXES]
    beside = list(
        dict.fromkeys(axis for axis in order if axis != across and members[axis] != [Member("", "")])
    )
    several = [axis for axis in beside if len(members[axis]) > 1]
    kept = several or beside[:1]
    common = [axis for axis in beside if axis not in kept]
    rows, numbers = [], []
    for front in product(*(members[axis] for axis in kept)):
        keys = dict(zip(kept, (member.key for member in front), strict=True))
        keys |= {axis: members[axis][0].key for axis in common}
        found = [_at(built, {"line": "", **keys, across: member.key}) for member in members[across]]
        rows.append(
            (
                tuple(member.title for member in front),
                tuple(_words(measure, point, period, today) for measure, point, period in found),
            )
        )
        numbers.append(tuple(_whole_number(point) for _, point, _ in found))
    titles = [members[axis][0].title for axis in common]
    return Laid(
        caption=", ".join(titles),
        row_headings=tuple(_heading(built, axis) for axis in kept),
        columns=tuple(member.title for member in members[across]),
        rows=tuple(rows),
        numbers=tuple(numbers),
        group=len(members[kept[1]]) if len(kept) > 1 else 1,
    )


def said(built: Built, today: date) -> dict[tuple[str, str, str], str]:
    """What the table says at each of its places."""
    measures = {measure.id: measure for measure in built.measures}
    periods = {period.code: period for period in built.periods}
    return {
        place: _words(measures[place[0]], point, periods[place[2]], today)
        for place, point in built.cells.items()
        if place[2] in periods
    }


def _across(built: Built) -> Axis:
    """Lines cannot stand across where nothing is broken down."""
    asked = built.choices.columns
    return "period" if asked == "line" and not built.choices.by else asked


def _members(built: Built, axis: Axis) -> list[Member]:
    if axis == "measure":
        return [Member(measure, f"{measure.name} ({measure.unit})") for measure in built.measures]
    if axis == "line":
        return [Member(code, name) for code, name in built.lines.items()]
    return [Member(period, period.name) for period in built.periods]


def _heading(built: Built, axis: Axis) -> str:
    return built.choices.by.replace("_", " ").capitalize() if axis == "line" else HEADINGS[axis]


def _at(built: Built, keys: dict[Axis, Any]) -> tuple[Measure, Point | None, Period]:
    measure, period = keys["measure"], keys["period"]
    return measure, built.cells.get((measure.id, keys["line"], period.code)), period


def _words(measure: Measure, point: Point | None, period: Period, today: date) -> str:
    if point is None:
        return NOT_DUE if period.ends_on >= today else NO_FIGURE
    words = value_words(measure, point)
    if point.state == "nil":
        return f"{words} (none, affirmed)"
    if point.state == "partial" and point.value is not None:
        over = f"{point.coverage.received} of {point.coverage.due}"
        return (
            f"{words} ({over} in)"
            if point.coverage.received < point.coverage.due
            else f"{words} (incomplete)"
        )
    return words


def _whole_number(point: Point | None) -> float | None:
    """The number where it needs no word beside it."""
    if point is None or point.value is None or point.state not in ("value", "nil"):
        return None
    return round(point.value, 6)
