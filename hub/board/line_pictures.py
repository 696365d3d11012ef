"""Pictures above a table of lines: a funnel where the lines have a denominator, small charts where they are counts.

Takes points that have passed the disclosure gate, and draws nothing that the table behind does not show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from textwrap import shorten

from markupsafe import Markup

from hub.board.chart_funnel import FunnelChart
from hub.board.chart_inputs import figure
from hub.board.charts import funnel_svg, spark_svg
from hub.board.funnels import WORDS, Judged, judged
from hub.definitions.model import WITHIN
from hub.measures.model import AGENCY, AGENCY_KIND, Measure, Point
from hub.periods import Period
from hub.statistics.funnel import Area, Category

FUNNELLED = (AGENCY, "area", "team")
PICTURED = (*FUNNELLED, AGENCY_KIND)
FEWEST = 3
MOST_CHARTS = 24
WHOLE = ("value", "nil")


@dataclass(frozen=True)
class JudgedLine:
    name: str
    part: int
    of: int
    value: str
    word: str


@dataclass(frozen=True)
class FunnelShown:
    """`rows` is its table; `words` its text alternative."""

    period: Period
    chart: Markup
    words: str
    rows: tuple[JudgedLine, ...]


@dataclass(frozen=True)
class SmallChart:
    name: str
    chart: Markup
    latest: str


@dataclass(frozen=True)
class SmallCharts:
    words: str
    charts: tuple[SmallChart, ...]


def funnel_of(
    measure: Measure, by: str, points: Sequence[Point], names: Mapping[str, str]
) -> FunnelShown | None:
    """The newest period in which at least three lines are whole; None for counts, which have no denominator."""
    if by not in FUNNELLED or measure.kind not in ("percent", "rate", "mean"):
        return None
    whole = [
        point
        for point in points
        if point.state in WHOLE and point.denominator and point.numerator is not None
        and not (measure.kind == "percent" and point.numerator > point.denominator)
    ]  # fmt: skip
    periods = {point.period for point in whole}
    enough = [one for one in periods if sum(point.period == one for point in whole) >= FEWEST]
    if not enough:
        return None
    period = max(enough, key=lambda one: one.starts_on)
    shown = [point for point in whole if point.period == period]
    areas = [Area(names.get(p.lines[by], p.lines[by]), p.numerator, p.denominator) for p in shown]
    kind = "proportion" if measure.kind == "percent" else "rate"
    found = judged(areas, kind, 100 if measure.kind == "percent" else measure.per)  # type: ignore[arg-type]
    if not found.level:
        return None
    words = _funnel_words(measure, period, found)
    chart = FunnelChart(
        id=f"{measure.id.lower()}-{by}",
        title=f"{measure.name}, {period.name}, by {by}",
        unit="%" if measure.unit.startswith("%") else measure.unit,
        judged=found,
        short=tuple(shorten(area.name, 24, placeholder="…") for area in areas),
        of="out of, each",
        words=words,
        decimals=measure.places,
    )
    rows = tuple(
        JudgedLine(area.name, point.numerator or 0, point.denominator or 0, _number(measure, point.value), _word(category))
        for area, point, category in zip(areas, shown, found.categories, strict=True)
    )  # fmt: skip
    return FunnelShown(period, funnel_svg(chart), words, rows)


def _word(category: object) -> str:
    return WORDS[category] if isinstance(category, Category) else "not compared"


def _funnel_words(measure: Measure, period: Period, found: Judged) -> str:
    pairs = list(zip(found.funnel.points, found.categories, strict=True))
    outside = [
        f"{point.name} is {_word(category)}, {_number(measure, point.value)}"
        for point, category in pairs
        if isinstance(category, Category) and category is not Category.NOT_SIGNIFICANT
    ]
    unlike = "; ".join(outside) if outside else "None lies further from it than chance allows for its size"
    how = " The spread between them is allowed for." if found.is_widened else ""
    warned = " ".join(found.spread.warnings) if found.spread is not None else ""
    return (
        f"{period.name}: {len(pairs)} together {_number(measure, found.level)}. {unlike}.{how} The lines hold 95% and 99.8% of "
        f"what chance alone would give. {warned}"
    ).strip()


def _number(measure: Measure, value: float | None) -> str:
    return figure(value or 0.0, measure.places, "%" if measure.unit.startswith("%") else "")


def small_charts(
    measure: Measure, by: str, months: Sequence[Period], points: Sequence[Point], names: Mapping[str, str]
) -> SmallCharts | None:
    """A run chart for each line over the months of the table, with its median: areas and teams all on the same scale.

    Bodies are of all sizes: on the scale of a police force every trust would lie flat, and nobody could see which went quiet.
    """
    if by not in PICTURED or measure.kind != "count" or len(months) < FEWEST:
        return None
    whole = {(p.lines[by], p.period): p.value for p in points if p.state in WHOLE and p.value is not None}
    codes = sorted({code for code, _ in whole}, key=lambda code: names.get(code, code))
    if len(codes) < 2:
        return None
    shown = sorted(months, key=lambda one: one.starts_on)
    alike = by not in (AGENCY, AGENCY_KIND)
    highest = max(whole.values()) or 1.0
    charts = []
    for code in codes[:MOST_CHARTS]:
        values = [whole.get((code, one)) for one in shown]
        known = [value for value in values if value is not None]
        if not known:
            continue
        middle, last = median(known), max(i for i, value in enumerate(values) if value is not None)
        latest = f"{figure(values[last] or 0.0, 0)} in {shown[last].name}; median {figure(middle, 1).removesuffix('.0')}"
        name = names.get(code, code)
        lowest, most = figure(min(known), 0), figure(max(known), 0)
        words = f"{name}: {latest}; from {lowest} to {most} in {len(known)} of {len(shown)} months."
        latest = latest if alike else f"{latest}, highest {most}"
        scale = (0.0, highest if alike else max(known) or 1.0)
        charts.append(SmallChart(name, spark_svg(values, words, scale=scale, level=middle), latest))
    left = f" The first {MOST_CHARTS} of {len(codes)} are drawn." if len(codes) > MOST_CHARTS else ""
    return SmallCharts(
        f"Each from nought to {figure(highest, 0) if alike else 'its own highest month'}, {shown[0].name} to {shown[-1].name}; the thin line is its median, a month that "
        f"is not wholly in is a gap.{left} The table behind them all follows.",
        tuple(charts),
    )


def adds_up_words(
    measure: Measure, by: str, points: Sequence[Point], whole: Mapping[Period, Point], withheld: str | None
) -> str:
    """Whether the lines of the newest whole month add up to the whole place, and why not where they do not."""
    whole = {period: point for period, point in whole.items() if point.state in WHOLE}
    known = [point for point in points if point.numerator is not None and point.period in whole]
    if by not in PICTURED or not known or measure.kind not in ("count", "percent", "mean", "rate"):
        return ""
    period = max((point.period for point in known), key=lambda one: one.starts_on)
    lines, total = (
        sum(point.numerator or 0 for point in known if point.period == period),
        whole[period].numerator,
    )
    if total is None:
        return ""
    over = "" if measure.kind == "count" else " counted above the line"
    if lines == total:
        return f"In {period.name} the lines add up to the whole place: {figure(total, 0)}{over}."
    source = measure.sources[measure.usual]
    why = "not every return was sent with this table"
    if by in measure.numerators_by_breakdown:
        why = f"this table counts {' + '.join(measure.numerator_of(source, by)).replace('_', ' ')}, which is something else"
    elif withheld:
        why = "lines that are not shown alone, and what came from no agency, are in the whole alone"
    elif by == AGENCY_KIND:
        why = "what came from no agency that takes part, and what is not shown alone, is in the whole alone"
    elif by == "area":
        why = "what is of no area, or was sent without areas, is in the whole alone"
    return f"In {period.name} the lines add up to {figure(lines, 0)} and the whole place is {figure(total, 0)}{over}: {why}."


def add_up_within_words(
    measure: Measure,
    by: str,
    outer: str,
    points: Sequence[Point],
    outers: Sequence[Point],
    names: Mapping[str, str],
) -> str:
    """How much of each outer line its own lines hold: of an area, its teams. `names` are those of the outer lines."""
    whole = {
        (p.lines[outer], p.period): p.numerator
        for p in outers
        if p.state in WHOLE and p.numerator is not None
    }
    own: dict[tuple[str, Period], list[int | None]] = {}
    for point in points:
        code, within, _ = point.lines[by].partition(WITHIN)
        if within and (code, point.period) in whole:
            own.setdefault((code, point.period), []).append(point.numerator)
    held = {key: sum(part or 0 for part in parts) for key, parts in own.items() if None not in parts}
    if not held or measure.kind not in ("count", "percent", "mean", "rate"):
        return ""
    period = max((one for _, one in held), key=lambda one: one.starts_on)
    told = [
        (names.get(code, code), lines, whole[code, one])
        for (code, one), lines in held.items()
        if one == period
    ]
    lines = "; ".join(f"{name} {figure(part, 0)} of {figure(of, 0)}" for name, part, of in sorted(told))
    over = "" if measure.kind == "count" else ", counted above the line"
    left = "" if all(part == of for _, part, of in told) else f" What is of no {by} is in its {outer} alone."
    return f"In {period.name} the lines hold of each {outer}{over}: {lines}.{left}"
