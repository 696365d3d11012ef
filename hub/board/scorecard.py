"""The scorecard: a row for each chosen measure, the same for the partnership, an area or a team, on one sheet.

A row holds the target that an agreement in force sets, the latest figure and that of the same month (quarter, year) a year
before, the line of thirteen of them, the chart's icon and over whom. Icon and line come from the same points as the measure's own
chart; every series has passed the disclosure gate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup
from sqlalchemy.orm import Session

from hub import periods
from hub.agreements.model import Agreement
from hub.board.changed import SHAPES, newest_words
from hub.board.chart_words import variation_words
from hub.board.charts import spark_svg
from hub.board.compared import NOBODY, differ, like_for_like, like_words
from hub.board.notes import Note, breaks_of, limits_of, notes_as_at
from hub.board.panel import NOTHING_YET, nothing_yet
from hub.board.point_words import value_words
from hub.board.targets import targets_as_at
from hub.board.view import MONTHS_SHOWN, View, first_shown, narrowed
from hub.errors import UnknownDefinition
from hub.facts.moments import AsAt
from hub.measures.compute import Reading
from hub.measures.load import measures_as_at
from hub.measures.model import Asked, Measure, Point
from hub.measures.protect import Audience, hidden_from
from hub.partners.models import Partnership

USUAL = (
    "FD01",
    "FD03",
    "FD04",
    "RF02",
    "RF08",
    "AS01",
    "SD02",
    "CP01",
    "CP02",
    "CP03",
    "CP05",
    "CP08",
    "FD08",
)
PERIODS = 13
OF_RETURNS = ("on_time", "corrected")  # they count returns, so that other returns are no other agencies
KINDS = ("count", "percent", "rate", "mean", "of_due", "attendance", *OF_RETURNS)
LONG_SHOWN = 120  # months of quarters and years, as on a measure's own page


@dataclass(frozen=True)
class Row:
    """One measure. `absent` says why there is nothing to show."""

    measure: Measure
    target: str
    latest: str = ""
    period: periods.Period | None = None
    year_before: str = ""
    over_before: str = ""
    line: Markup | None = None
    word: str = ""
    shape: str = ""
    tone: str = ""
    over: str = ""
    received: int = 0
    due: int = 0
    provisional: str = ""
    like: str = ""  # like for like with the same period last year, where not the same returns are in
    absent: str = ""


def scorecard(
    session: Session,
    partnership: Partnership,
    at: AsAt,
    audience: Audience,
    view: View,
    ids: Sequence[str] = USUAL,
    *,
    may_read: Callable[[Agreement], bool] = lambda _agreement: False,
) -> list[Row]:
    """The rows in the order asked, with targets of the agreements that the reader may open. A measure that is not counted for the area or team says so instead of being left out."""
    reading = Reading(session, partnership, at)
    known = measures_as_at(session, at.moment)
    chosen = [known[id] for id in ids if id in known]
    area_id = reading.cells.area_id(view.area) if view.area else None
    first = {
        each.usual: first_shown(at, MONTHS_SHOWN if each.usual == "month" else LONG_SHOWN, view)
        for each in chosen
    }
    if not view.team:
        for kind, begins in first.items():
            reading.prefetch(chosen, Asked(kind, begins, view.last, area_id=area_id))
    hidden = hidden_from(audience, reading.cells.schools)
    targets = targets_as_at(session, at, may_read)
    notes = notes_as_at(session, at)
    rows = []
    for measure in chosen:
        target = "; ".join(dict.fromkeys(each.words for each in targets.get(measure.id, ())))
        try:
            series = narrowed(reading, measure, audience, view, first=first[measure.usual])
        except UnknownDefinition as error:
            rows.append(Row(measure, target, absent=error.sentence))
            continue
        points = [point for point in series.points if point.state != "not_due"]
        nothing = series.withheld or _nothing(reading, measure, points)
        row = _row(measure, target, points, nothing, notes)
        rows.append(replace(row, like=_like(reading, measure, points, row.period, hidden, view, area_id)))
    return rows


def _nothing(reading: Reading, measure: Measure, points: Sequence[Point]) -> str:
    """Why a row has no figure to judge: a first period may be in as yet in part alone."""
    if not points:
        return nothing_yet(reading, measure)
    if points[-1].value is None:
        return NOTHING_YET
    return newest_words(measure, points[-1])


def can_be_chosen(session: Session, at: AsAt) -> dict[str, list[Measure]]:
    """Measures of one figure a period, which is what a scorecard may hold, by how often it comes."""
    found: dict[str, list[Measure]] = {}
    for measure in measures_as_at(session, at.moment).values():
        if measure.kind in KINDS:
            found.setdefault(measure.usual, []).append(measure)
    return found


def _row(measure: Measure, target: str, points: Sequence[Point], nothing: str, notes: Sequence[Note]) -> Row:
    tested = [point.value if point.state in ("value", "nil") else None for point in points]
    known = [place for place, value in enumerate(tested) if value is not None]
    if not known:
        return Row(measure, target, absent=nothing)
    limits = limits_of(measure, points, notes)
    latest, newest = points[known[-1]], points[-1]
    year_before = next((each for each in points if each.period == periods.a_year_before(latest.period)), None)
    shape, tone = SHAPES[(limits.variation or "common").partition("_")[0]]
    shown = points[-PERIODS:]
    return Row(
        measure=measure,
        target=target,
        latest=value_words(measure, latest),
        period=latest.period,
        year_before=value_words(measure, year_before) if year_before else "no figure",
        over_before=year_before.coverage.words if year_before else "",
        line=spark_svg(tested[-PERIODS:], _line_words(measure, shown), breaks_of(shown)),
        word=variation_words(limits.variation),
        shape=shape,
        tone=tone,
        over=latest.coverage.words,
        received=latest.coverage.received,
        due=latest.coverage.due,
        provisional="" if newest is latest else newest_words(measure, newest),
    )


def _like(
    reading: Reading,
    measure: Measure,
    points: Sequence[Point],
    period: periods.Period | None,
    hidden: frozenset[str],
    view: View,
    area_id: int | None,
) -> str:
    """The latest figure and that of a year before over the agencies in both; "" where the same returns are in."""
    by_period = {point.period: point for point in points}
    before = by_period.get(periods.a_year_before(period)) if period else None
    if period is None or before is None or before.value is None or measure.kind in OF_RETURNS:
        return ""
    if not differ(before, by_period[period]):
        return ""
    if view.team or measure.judged:
        return NOBODY
    found = like_for_like(reading, measure, before.period, period, hidden, area_id)
    return like_words(reading.session, measure, found) if found else NOBODY


def _line_words(measure: Measure, points: Sequence[Point]) -> str:
    values = [(point, point.value) for point in points if point.state in ("value", "nil")]
    if not values:
        return f"{measure.name}: no figure in this time."
    low, high = (
        min(values, key=lambda each: each[1] or 0)[0],
        max(values, key=lambda each: each[1] or 0)[0],
    )
    gaps = len(points) - len(values)
    broken = "".join(f"; counts something else from {points[i].period.name}" for i in breaks_of(points))
    return (
        f"{measure.name}, {points[0].period.name} to {points[-1].period.name}: from {value_words(measure, values[0][0])} "
        f"to {value_words(measure, values[-1][0])}; lowest {value_words(measure, low)} in {low.period.name}, highest "
        f"{value_words(measure, high)} in {high.period.name}"
        + broken
        + (f"; {gaps} without a whole figure." if gaps else ".")
    )
