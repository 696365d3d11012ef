"""The figures of a built table: one series for each measure, through the gate, put together by measure, line and period."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.board import tables
from hub.board.table_builder.choices import Choices
from hub.errors import UnknownDefinition
from hub.measures.compute import Reading
from hub.measures.model import AGENCY, Asked, Measure, Point, Series
from hub.measures.sides import AREA
from hub.partners.models import Agency
from hub.periods import Period, between

ALL = "all"
ALL_NAME = "All"
NOTHING_IN = "Nothing was received for these periods."
LINE_BY_LINE = ("gap", "share")  # kinds of measure that say nothing of the whole

Gate = Callable[[Series], Series]


@dataclass(frozen=True)
class Part:
    """One measure of the table. `absent` says why none or only some of its numbers are there."""

    measure: Measure
    series: Series | None
    absent: str = ""


@dataclass(frozen=True)
class Built:
    """The table before it is laid out: its lines and periods in order, and each number at its place."""

    choices: Choices
    parts: tuple[Part, ...]
    lines: Mapping[str, str]  # code → name; one line "" where nothing is broken down
    periods: tuple[Period, ...]
    cells: Mapping[tuple[str, str, str], Point]  # (measure, line, period), each by its code

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Those that have numbers to show."""
        return tuple(part.measure for part in self.parts if part.series and part.series.points)

    @property
    def size(self) -> int:
        return len(self.measures) * len(self.lines) * len(self.periods)


def build(reading: Reading, choices: Choices, gate: Gate, *, agency_id: int | None = None) -> Built:
    """The table as the gate lets it through; `agency_id` where one agency reads its own figures alone."""
    parts = tuple(_part(reading, measure, choices, gate, agency_id) for measure in choices.measures)
    shown = [part.series for part in parts if part.series is not None]
    return Built(
        choices=choices,
        parts=parts,
        lines=_lines(reading, choices, shown),
        periods=tuple(between(choices.first, choices.last)),
        cells={
            (series.measure.id, point.lines.get(choices.by, ""), point.period.code): point
            for series in shown
            for point in series.points
        },
    )


def _part(reading: Reading, measure: Measure, choices: Choices, gate: Gate, agency_id: int | None) -> Part:
    try:
        series = gate(_lines_of(reading, measure, choices, agency_id))
        if choices.agency_kind:
            series = _of_kind(reading.session, series, choices.agency_kind)
        if choices.total and choices.by and not choices.agency_kind and measure.kind not in LINE_BY_LINE:
            series = _with_total(series, gate(_whole(reading, measure, choices, agency_id)))
    except UnknownDefinition as error:
        return Part(measure, None, error.sentence)
    nothing = tables.NO_LINE if choices.by else NOTHING_IN
    return Part(measure, series, series.withheld or ("" if series.points else nothing))


def _lines_of(reading: Reading, measure: Measure, choices: Choices, agency_id: int | None) -> Series:
    if not choices.by:
        return _whole(reading, measure, choices, agency_id)
    if choices.by not in tables.breakdowns(reading, measure):
        raise UnknownDefinition(f"It is not broken down by {choices.by.replace('_', ' ')}.")
    asked = _asked(choices, by=choices.by, agency_id=agency_id)
    if not choices.area:
        return reading.series(measure, asked)
    area_id = _area_id(reading, choices.area)
    series = reading.series(measure, replace(asked, area_id=area_id))
    return _only(series, AREA, choices.area) if choices.by == AREA else series


def _whole(reading: Reading, measure: Measure, choices: Choices, agency_id: int | None) -> Series:
    """Of the whole place, or of the chosen area."""
    if measure.kind in LINE_BY_LINE:
        raise UnknownDefinition(f"It is read line by line: break it down by {measure.breakdown or AGENCY}.")
    if not choices.area:
        return reading.series(measure, _asked(choices, by=None, agency_id=agency_id))
    if AREA not in tables.breakdowns(reading, measure):
        raise UnknownDefinition("It is not counted by area.")
    asked = _asked(choices, by=AREA, agency_id=agency_id)
    series = reading.series(measure, replace(asked, area_id=_area_id(reading, choices.area)))
    whole = _only(series, AREA, choices.area)
    return replace(whole, by=None).narrowed(lambda points: (replace(point, lines={}) for point in points))


def _asked(choices: Choices, *, by: str | None, agency_id: int | None) -> Asked:
    return Asked(
        kind=choices.kind,
        first=choices.first.starts_on,
        last=choices.last.ends_on,
        by=by,
        agency_id=agency_id,
    )


def _area_id(reading: Reading, code: str) -> int | None:
    return reading.cells.area_id(code)


def _only(series: Series, by: str, code: str) -> Series:
    return series.narrowed(lambda points: (point for point in points if point.lines.get(by) == code))


def _of_kind(session: Session, series: Series, kind: str) -> Series:
    codes = {point.lines[AGENCY] for point in series.points}
    those = set(session.scalars(select(Agency.code).where(Agency.code.in_(codes), Agency.kind == kind)))
    return series.narrowed(lambda points: (point for point in points if point.lines[AGENCY] in those))


def _with_total(series: Series, whole: Series) -> Series:
    """The lines, then the whole that stands beside them: they need not add up to it."""
    total = (replace(point, lines={str(series.by): ALL}) for point in whole.points)
    return replace(series, points=(*series.points, *total))


def _lines(reading: Reading, choices: Choices, shown: Iterable[Series]) -> dict[str, str]:
    """The lines that have a number anywhere, in the order and words of their list."""
    if not choices.by:
        return {"": ""}
    names: dict[str, str] = {ALL: ALL_NAME}
    there: set[str] = set()
    for series in shown:
        there |= {point.lines[choices.by] for point in series.points}
        _, titles = tables.words(reading, series.measure, choices.by)
        names = {**titles, **names}
    known = {code: name for code, name in names.items() if code in there and code != ALL}
    strangers = {code: code for code in sorted(there - names.keys()) if code}
    return {**known, **strangers, **({ALL: ALL_NAME} if ALL in there else {})}


def state_notes(built: Built) -> Iterator[tuple[str, str]]:
    """Which measure has none or only some of its numbers, and why."""
    for part in built.parts:
        if part.absent:
            yield part.measure.name, part.absent
