"""The gate of a table that is published: what any outsider may read, in the public profile.

A measure is judged over every table of it that the public can be given, whichever is asked, so that two published tables
tell no more together than each does alone. Tables of two things at once, and of agencies put together, are not given.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.board import tables
from hub.board.table_builder.build import LINE_BY_LINE
from hub.board.table_builder.choices import Choices
from hub.errors import UnknownDefinition
from hub.measures.audience import is_published
from hub.measures.compute import Reading
from hub.measures.model import Asked, Measure, Series
from hub.measures.protect import ANYBODY, Audience, protect
from hub.measures.public_lines import OF_RETURNS, Judged, judge, lines_as_public
from hub.measures.sides import AGENCY

OUTSIDERS = Audience()


class PublicGate:
    """Series by series, for one table."""

    def __init__(self, session: Session, reading: Reading, choices: Choices, schools: frozenset[str]) -> None:
        self._session, self._reading, self._choices, self._schools = session, reading, choices, schools
        self._judgements: dict[str, Judged] = {}

    def __call__(self, series: Series) -> Series:
        measure = series.measure
        is_of_lines = bool(series.by or self._choices.area)
        if is_published(self._session, measure, self._choices.kind):
            return protect(series, OUTSIDERS, schools=self._schools)
        if not is_of_lines:
            return protect(series, ANYBODY, schools=self._schools)
        if self._choices.by and self._choices.by not in self._given(measure):
            raise UnknownDefinition("This breakdown is not part of the public profile.")
        shown = protect(series, OUTSIDERS, schools=self._schools)
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
        return protect(self._reading.series(measure, asked), OUTSIDERS, schools=self._schools)

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
        grouped = self._reading.groups(measure)
        return [
            by for by in tables.breakdowns(self._reading, measure) if by not in crossed and by not in grouped
        ]
