"""A figure beside that of another period, over whom: like for like wherever not the same returns are in.

Both totals are always told with their returns and who is missing. Where these differ, what is compared is the figure of the
agencies that sent theirs for both periods; a change of totals over different agencies is never told as one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import periods
from hub.board.chart_inputs import figure
from hub.board.point_words import value_words
from hub.board.view import View, narrowed
from hub.errors import UnknownDefinition
from hub.measures.alike import Alike, alike
from hub.measures.compute import Reading
from hub.measures.coverage import named
from hub.measures.model import Measure, Point
from hub.measures.protect import Audience, hidden_from
from hub.measures.signers import Standing, standing
from hub.measures.steps import FORMS
from hub.partners.models import Agency
from hub.periods import Period

NOBODY = "Nobody’s figures can be told for both, so the two are not compared."
SCHOOLS_OUT = "; schools, of which not the same sent, are left out"


@dataclass(frozen=True)
class Compared:
    """One comparison. `like` is empty where the same returns are in; `change` where nothing can be compared."""

    words: str
    earlier: str
    later: str
    like: str
    change: str


def compared(reading: Reading, measure: Measure, audience: Audience, view: View) -> tuple[Compared, ...]:
    """The newest figure beside that of the period before it and of the same one a year before."""
    if measure.kind not in FORMS or measure.judged or view.agency or view.team:
        return ()
    try:
        series = narrowed(reading, measure, audience, view)
    except UnknownDefinition:
        return ()
    known = {point.period: point for point in series.points if point.value is not None}
    if not known:
        return ()
    latest = max(known.values(), key=lambda point: point.period.starts_on)
    before = periods.preceding(latest.period)
    year_before = periods.a_year_before(latest.period)
    word = measure.usual.replace("_", " ")
    others = {before: f"The {word} before"}
    others.setdefault(year_before, f"The same {word} a year before")
    hidden = hidden_from(audience, series.schools)
    return tuple(
        _beside(reading, measure, words, known[period], latest, view, hidden)
        for period, words in others.items()
        if period in known
    )


def _beside(
    reading: Reading,
    measure: Measure,
    words: str,
    earlier: Point,
    later: Point,
    view: View,
    hidden: frozenset[str],
) -> Compared:
    area_id = reading.cells.area_id(view.area) if view.area else None
    like, change = "", difference(measure, earlier.value or 0, later.value or 0)
    if differ(earlier, later):
        found = like_for_like(reading, measure, earlier.period, later.period, hidden, area_id)
        like = like_words(reading.session, measure, found) if found else NOBODY
        change = difference(measure, found.before, found.after) if found else ""
    told = [_told(reading, measure, point) for point in (earlier, later)]
    return Compared(f"{words}, {earlier.period.name}", told[0], told[1], like, change)


def differ(earlier: Point, later: Point) -> bool:
    """Whether two figures are over different returns, or lack some."""
    return "partial" in (earlier.state, later.state) or (
        (earlier.coverage.received, earlier.coverage.due) != (later.coverage.received, later.coverage.due)
    )


def like_for_like(
    reading: Reading,
    measure: Measure,
    before: Period,
    after: Period,
    hidden: frozenset[str],
    area_id: int | None = None,
) -> Alike | None:
    told = reading.outside if hidden else reading
    try:
        sides = [_standing(told, measure, period, area_id) for period in (before, after)]
    except UnknownDefinition:
        return None  # it is not counted by agency in an area
    earlier, later = sides
    return alike(earlier, later, measure, hidden) if earlier and later else None


def _standing(reading: Reading, measure: Measure, period: Period, area_id: int | None) -> Standing | None:
    """The newest figure stands beside several others."""
    what = "standing", reading.cells.outside, measure.id, period, area_id
    return reading.once(what, lambda: standing(reading, measure, period, area_id=area_id))


def _names(session: Session, codes: Collection[str]) -> list[str]:
    """The names of agencies, in the order of the alphabet."""
    return list(session.scalars(select(Agency.name).where(Agency.code.in_(codes)).order_by(Agency.name)))


def like_words(session: Session, measure: Measure, found: Alike) -> str:
    """Like for like in words: over whom, and what it was and is."""
    out = f"; without {named(_names(session, found.left_out))}" if found.left_out else ""
    schools = SCHOOLS_OUT if found.without_schools else ""
    many = len(found.agencies)
    return (
        f"{_number(measure, found.before)} then, {_number(measure, found.after)} now, over the {many} "
        f"{'agency' if many == 1 else 'agencies'} in both{out}{schools}"
    )


def _told(reading: Reading, measure: Measure, point: Point) -> str:
    """A total with over whom: "371, 7 of 9 returns; missing West Trust, East Trust"."""
    missing: Sequence[str] = ()
    if point.coverage.received < point.coverage.due:
        missing = _names(reading.session, reading.missing(measure.sources[measure.usual], point.period))
    lacking = f"; missing {named(missing)}" if missing else ""
    return f"{value_words(measure, point)}, {point.coverage.words}{lacking}"


def _number(measure: Measure, value: float) -> str:
    return figure(value, measure.places, "%" if measure.unit.startswith("%") else "")


def difference(measure: Measure, before: float, after: float) -> str:
    text = figure(after - before, measure.places)
    points = " percentage points" if measure.unit.startswith("%") else ""
    return (f"+{text}" if after > before and text != "0" else text) + points
