"""What changed? Every monthly measure's newest figure beside its own limits, the newest signals first.

The icon is that of the chart (hub/statistics/xmr), so that list and chart never differ; the sentence says since when,
by how the rule saw it, over whom. A month that is not wholly in is provisional, and gives no signal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hub import periods
from hub.board.chart_words import CAUSES, variation_words
from hub.board.notes import Note, limits_of, notes_as_at
from hub.board.point_words import value_words
from hub.board.view import MONTHS_SHOWN, View, first_shown, narrowed, prefetch
from hub.errors import UnknownDefinition
from hub.facts.recalled import recalled_each
from hub.measures.compute import Reading
from hub.measures.model import Measure, Point
from hub.measures.protect import Audience
from hub.statistics.xmr import Variation, Xmr

READ = ("count", "percent", "rate", "mean")
NOT_ASKED = "the return does not count it by this area or agency"
WITHHELD = "withheld"
NO_FIGURE = "no figure yet"
# The shape says what the word says; colour only repeats it.
SHAPES = {
    "common": ("dash", "none"),
    "improvement": ("tick", "good"),
    "concern": ("cross", "bad"),
    "neutral": ("arrow", "busy"),
}


@dataclass(frozen=True)
class Changed:
    """One measure's newest figure. `since` is where its signal began; `provisional` says what is not wholly in."""

    measure: Measure
    word: str
    shape: str
    tone: str
    value: str
    period: periods.Period
    over: str
    sentence: str
    since: periods.Period | None
    provisional: str
    before: periods.Period | None = None  # the last figure before the signal began
    has_range: bool = True  # whether enough figures have come to expect a range


@dataclass(frozen=True)
class WhatChanged:
    """Signals before what moves as it always did; `without` are measures that have no figure yet."""

    signals: tuple[Changed, ...]
    steady: tuple[Changed, ...]
    without: tuple[Measure, ...]


def what_changed(reading: Reading, audience: Audience, view: View, *, kind: str | None = None) -> WhatChanged:
    """Every monthly measure that the view can be asked by; `kind` leaves those that agencies of that kind send."""
    return changed_of_each(reading, audience, view, list(_chosen(reading, kind)))


def changed_of_each(
    reading: Reading, audience: Audience, view: View, chosen: Sequence[Measure]
) -> WhatChanged:
    """Those of some measures that the view can be asked by."""
    what = "changed of", audience, view
    rests = {measure.id: reading.rests_on(measure, measure.usual) for measure in chosen}
    by_id = {measure.id: measure for measure in chosen}
    looked = recalled_each(
        reading.at,
        what,
        rests,
        lambda ids: _looked_at(reading, audience, view, [by_id[each] for each in ids]),
    )
    found = [one for one in looked.values() if isinstance(one, Changed)]
    without = tuple(by_id[each] for each, one in looked.items() if one == NO_FIGURE)
    signals = [one for one in found if one.since is not None]
    signals.sort(key=lambda one: (one.since or one.period).starts_on, reverse=True)
    return WhatChanged(tuple(signals), tuple(one for one in found if one.since is None), without)


def _looked_at(
    reading: Reading, audience: Audience, view: View, measures: Sequence[Measure]
) -> dict[str, Changed | str]:
    first = first_shown(reading.at, MONTHS_SHOWN, view)
    prefetch(reading, measures, view)
    notes = notes_as_at(reading.session, reading.at)
    found: dict[str, Changed | str] = {}
    for measure in measures:
        try:
            series = narrowed(reading, measure, audience, view, first=first)
        except UnknownDefinition:
            found[measure.id] = NOT_ASKED
            continue
        points = [point for point in series.points if point.state != "not_due"]
        one = changed_of(measure, points, notes)
        found[measure.id] = one or (WITHHELD if series.withheld else NO_FIGURE)
    return found


def _chosen(reading: Reading, kind: str | None) -> Iterator[Measure]:
    for measure in reading.measures.values():
        if measure.kind not in READ or measure.usual != "month" or measure.judged:
            continue
        definition = reading.cells.definition(measure.sources["month"].return_code)
        owing = {each for owes in definition.owes for each in owes.kinds}
        if not definition.finance and not definition.published and (kind is None or kind in owing):
            yield measure


def changed_of(measure: Measure, points: Sequence[Point], notes: Sequence[Note]) -> Changed | None:
    """What the chart's icon says of a measure's newest figure; None where there is none."""
    limits = limits_of(measure, points, notes)
    newest = next((i for i in range(len(points) - 1, -1, -1) if limits.points[i].value is not None), None)
    if newest is None or limits.variation is None:
        return None
    point = points[newest]
    start = _run(limits, newest)
    word, shape_tone = variation_words(limits.variation), SHAPES[limits.variation.partition("_")[0]]
    since = points[start].period if limits.variation != Variation.COMMON_CAUSE else None
    earlier = [points[i].period for i in range(start) if limits.points[i].value is not None]
    after = points[-1]
    return Changed(
        measure=measure,
        word=word,
        shape=shape_tone[0],
        tone=shape_tone[1],
        value=value_words(measure, point),
        period=point.period,
        over=point.coverage.words,
        sentence=_sentence(limits, newest, start, points),
        since=since,
        before=earlier[-1] if since and earlier else None,
        has_range=limits.segments[limits.points[newest].segment].limits is not None,
        provisional="" if after is point else newest_words(measure, after),
    )


def newest_words(measure: Measure, point: Point) -> str:
    """A newest period that is not wholly in: its figure so far, or that there is none yet."""
    so_far = f"{value_words(measure, point)}, {point.coverage.words}"
    return f"{point.period.name}{'' if point.value is None else ' is provisional'}: {so_far}"


def _run(limits: Xmr, newest: int) -> int:
    """Where the signal that the newest figure belongs to began: the same change, whichever rules it meets."""
    kind, segment = limits.points[newest].variation, limits.points[newest].segment
    start = newest
    while start and (limits.points[start - 1].variation, limits.points[start - 1].segment) == (kind, segment):
        start -= 1
    return start


def _sentence(limits: Xmr, newest: int, start: int, points: Sequence[Point]) -> str:
    causes = list(
        dict.fromkeys(
            CAUSES[limits.points[i].label]
            for i in range(start, newest + 1)
            if limits.points[i].label in CAUSES
        )
    )
    segment = limits.segments[limits.points[newest].segment]
    if segment.limits is None:
        return segment.no_limits_because or ""
    if not causes:
        return "Moves within its own limits."
    when = "" if start == newest else f", since {points[start].period.name}"
    trial = " Trial limits." if segment.is_trial else ""
    return f"{' and '.join(causes).capitalize()}{when}.{trial}"
