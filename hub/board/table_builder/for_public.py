"""The gate of a table that is published: what any outsider may read, in the public profile.

A measure is judged over every table of it that the public can be given, whichever is asked, so that two published tables
tell no more together than each does alone, and beside what was given of it before as at other moments. Tables of two things
at once, and of agencies put together, are not given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from hub.board import tables
from hub.board.table_builder.build import LINE_BY_LINE, Built, Part, build
from hub.board.table_builder.choices import Choices
from hub.board.table_builder.released import Given
from hub.errors import UnknownDefinition
from hub.measures.audience import is_published
from hub.measures.compute import Reading
from hub.measures.model import AGENCY, AGENCY_KIND, Asked, Measure, Point, Series
from hub.measures.profiles import chosen
from hub.measures.protect import ANYBODY, Audience, protect
from hub.measures.public import told_of
from hub.measures.public_lines import OF_RETURNS, Judged, judge, lines_as_public
from hub.measures.published_before import HELD, Counts, standing
from hub.measures.sides import AREA
from hub.periods import Period

OUTSIDERS = Audience()


class PublicGate:
    """Series by series, for one table."""

    def __init__(self, reading: Reading, choices: Choices) -> None:
        self._reading, self._choices = reading, choices
        self._judgements: dict[str, Judged] = {}

    def __call__(self, series: Series) -> Series:
        measure = series.measure
        is_of_lines = bool(series.by or self._choices.area)
        if is_published(self._reading.session, measure, self._choices.kind):
            return protect(series, OUTSIDERS)
        if not is_of_lines:
            return protect(series, ANYBODY)
        if self._choices.by and self._choices.by not in self._given(measure):
            raise UnknownDefinition("This breakdown is not part of the public profile.")
        shown = protect(series, OUTSIDERS)
        return lines_as_public(shown, self._judged(measure))

    def _judged(self, measure: Measure) -> Judged:
        if measure.id not in self._judgements:
            self._judgements[measure.id] = self._judge(measure)
        return self._judgements[measure.id]

    def _judge(self, measure: Measure) -> Judged:
        if measure.kind in OF_RETURNS or measure.kind in LINE_BY_LINE:
            return Judged()
        found = []
        for by in self._given(measure):
            try:
                found.append(self._read(measure, by))
            except UnknownDefinition:
                continue  # the denominator is not counted by this breakdown, so it is no table
        return judge(self._read(measure, None), found)

    def _read(self, measure: Measure, by: str | None) -> Series:
        choices = self._choices
        asked = Asked(kind=choices.kind, first=choices.first.starts_on, last=choices.last.ends_on, by=by)
        return protect(self._reading.series(measure, asked), OUTSIDERS)

    def _given(self, measure: Measure) -> list[str]:
        """The breakdowns that the public can be given: one thing at a time."""
        if measure.reads_no_return:
            return [AGENCY]
        source = measure.sources[measure.usual]
        crossed = {
            each.name
            for each in (
                *self._reading.cells.definition(source.return_code).breakdowns,
                *self._reading.cells.definition(source.counted_below).breakdowns,
            )
            if each.within
        }
        together = {AGENCY_KIND, *self._reading.groups(measure)}
        return [
            by for by in tables.breakdowns(self._reading, measure) if by not in crossed and by not in together
        ]


def built_for_anybody(reading: Reading, choices: Choices, given: Mapping[str, Sequence[Given]]) -> Built:
    """The table for anybody; `given` is, measure by measure, what anybody was given before."""
    newest = build(reading, choices, PublicGate(reading, choices))
    as_given = {
        each.as_known: Reading(reading.session, reading.partnership, each.as_known)
        for of_measure in given.values()
        for each in of_measure
    }
    parts = []
    for part in newest.parts:
        before = [
            each
            for each in given.get(part.measure.id, ())
            if each.first_on <= choices.last.ends_on and choices.first.starts_on <= each.last_on
        ]
        readings = [*(as_given[each.as_known] for each in before), reading]
        parts.append(_beside(part, before, readings, choices) if before else part)
    cells = {
        (part.measure.id, point.lines.get(choices.by, ""), point.period.code): point
        for part in parts
        if part.series is not None
        for point in part.series.points
    }
    return replace(newest, parts=tuple(parts), cells=cells)


def _beside(
    part: Part,
    before: Sequence[Given],
    readings: Sequence[Reading],
    choices: Choices,
) -> Part:
    """One measure with each period as it was given, where it may not be given otherwise. `readings` are those of `before`, and now's."""
    measure = part.measure
    if (
        measure.kind in OF_RETURNS
        or part.series is None
        or is_published(readings[-1].session, measure, choices.kind)
    ):
        return part
    lines = {"", choices.by or (AREA if choices.area else ""), *(each.by for each in before)}
    spans = [
        *((each.first_on, each.last_on) for each in before),
        (choices.first.starts_on, choices.last.ends_on),
    ]
    versions = [
        {
            period: counts
            for period, counts in _counts(each, measure, choices, lines).items()
            if first <= period.starts_on and period.ends_on <= last
        }
        for each, (first, last) in zip(readings, spans, strict=True)
    ]
    asked_for, profile = versions[-1].keys(), chosen("public", readings[-1].partnership.disclosure_public)
    stands = {period: number for period, number in standing(versions, profile).items() if period in asked_for}
    held = sorted({number for number in stands.values() if number < len(before)})
    if not held:
        return part
    shown = {number: _points(readings[number], measure, choices) for number in held}
    shown[len(before)] = part.series.points
    points = [
        point
        for number, found in sorted(shown.items())
        for point in found
        if stands.get(point.period, len(before)) == number
    ]
    order = {
        line: place for place, line in enumerate(dict.fromkeys(tuple(each.lines.values()) for each in points))
    }
    points.sort(key=lambda point: (order[tuple(point.lines.values())], point.period.starts_on))
    words = " ".join(each for each in (part.series.withheld, HELD) if each)
    return replace(part, series=replace(part.series, points=tuple(points), withheld=words), absent=words)


def _points(reading: Reading, measure: Measure, choices: Choices) -> tuple[Point, ...]:
    """Of one measure alone: the others of the table need not be built again."""
    alone = replace(choices, measures=(measure,))
    (part,) = build(reading, alone, PublicGate(reading, alone)).parts
    return part.series.points if part.series else ()


def _counts(reading: Reading, measure: Measure, choices: Choices, lines: set[str]) -> Mapping[Period, Counts]:
    """Period → every count of the whole and of the lines that somebody may take from a table."""
    found: dict[Period, dict[tuple[str, ...], tuple[int, ...]]] = {}
    for by in sorted(lines):
        asked = Asked(
            kind=choices.kind, first=choices.first.starts_on, last=choices.last.ends_on, by=by or None
        )
        try:
            series = protect(reading.series(measure, asked), OUTSIDERS)
        except UnknownDefinition:
            continue
        for point in series.points:
            if point.numerator is not None:
                found.setdefault(point.period, {})[by, point.lines.get(by, "")] = told_of(series, point)
    return found
