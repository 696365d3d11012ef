"""What a reader of the Board's pages chose, and the series of it, through the disclosure gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from hub import periods
from hub.errors import UnknownDefinition
from hub.facts.moments import AsAt
from hub.measures.compute import Reading
from hub.measures.model import Asked, Measure, Series
from hub.measures.protect import Audience, protect

MONTHS_SHOWN = 36


@dataclass(frozen=True)
class View:
    """What the reader chose: one area, team or agency, or none; the last month shown."""

    area: str | None = None
    agency: str | None = None
    team: str | None = None
    until: periods.Period | None = None

    @property
    def last(self) -> date | None:
        return self.until.ends_on if self.until else None


def chosen_words(reading: Reading, view: View) -> str:
    """The name of the agency or area that the reader chose; what is typed in the address where nothing is called so."""
    if view.agency:
        known = reading.cells.agency_id(view.agency) is not None
        return reading.cells.named([view.agency])[0] if known else view.agency
    names = {each.code: each.name for each in reading.cells.areas_known}
    return view.team or names.get(view.area or "", view.area or "")


def first_shown(at: AsAt, months: int, view: View) -> date:
    """The first day of the months shown: whole financial years would hide the newest."""
    month = (view.until or periods.containing(at.today, "month")).starts_on
    index = month.year * 12 + month.month - 1 - months - 1
    return date(index // 12, index % 12 + 1, 1)


def prefetch(reading: Reading, measures: Sequence[Measure], view: View) -> None:
    """Read what charts of the months shown need in one go."""
    cells = reading.cells
    reading.prefetch(
        measures,
        Asked(
            first=first_shown(reading.at, MONTHS_SHOWN, view),
            last=view.last,
            by="agency" if view.agency else None,
            agency_id=cells.agency_id(view.agency) if view.agency else None,
            area_id=cells.area_id(view.area) if view.area and not view.agency else None,
        ),
    )


def narrowed(
    reading: Reading,
    measure: Measure,
    audience: Audience,
    view: View,
    *,
    first: date | None = None,
) -> Series:
    """The measure's usual series of the chosen area or agency, through the gate. Raises UnknownDefinition."""
    asked = Asked(kind=measure.usual, first=first, last=view.last)
    if view.agency is not None:
        own = replace(asked, by="agency", agency_id=reading.cells.agency_id(view.agency))
        whole = _only(reading.series(measure, own), "agency", view.agency)
        if not whole.points:
            raise UnknownDefinition(f"The return does not count this for {chosen_words(reading, view)}.")
        return protect(whole, audience, owner=view.agency)
    if measure.reads_no_return and (view.team or view.area):
        raise UnknownDefinition(
            f"{measure.name} is not of one area: it is read for the whole place, or for one agency."
        )
    if view.team is not None:
        series = reading.series(measure, replace(asked, by="team"))
        return protect(_only(series, "team", view.team), audience)
    if view.area is not None:
        lines = replace(asked, by="area", area_id=reading.cells.area_id(view.area))
        return protect(_only(reading.series(measure, lines), "area", view.area), audience)
    if measure.kind in ("gap", "share"):
        raise UnknownDefinition(f"{measure.name} is read line by line, and not for the whole place.")
    return protect(reading.series(measure, asked), audience)


def _only(series: Series, by: str, code: str) -> Series:
    return series.narrowed(lambda points: (point for point in points if point.lines.get(by) == code))
