"""What a chart shows, in plain sentences: its text alternative, and the words beside it.

The sentences come from the same frozen values as the drawing, so that the two can never say different things.
"""

from itertools import groupby

from hub.board.chart_inputs import ABSENT, NOW, BarChart, LineChart, Period, Series, XmrChart, figure
from hub.statistics.special_causes import Label
from hub.statistics.xmr import Assurance, Segment, Variation

CAUSES = {
    Label.ABOVE_UPPER: "above the upper limit",
    Label.BELOW_LOWER: "below the lower limit",
    Label.TREND_UP: "seven or more rising in a row",
    Label.TREND_DOWN: "seven or more falling in a row",
    Label.TWO_OF_THREE_ABOVE: "two of three close to the upper limit",
    Label.TWO_OF_THREE_BELOW: "two of three close to the lower limit",
    Label.SHIFT_ABOVE: "seven or more in a row above the average",
    Label.SHIFT_BELOW: "seven or more in a row below the average",
}


MOST_ABSENCES_TOLD = 6


def xmr_words(chart: XmrChart) -> str:
    """What an XmR or run chart shows."""
    if not chart.xmr.n_points:
        return f"There are no figures yet. {_absences(chart)}".strip()
    sentences = [
        _latest(chart),
        _special_causes(chart),
        _target(chart),
        _path(chart),
        _rebases(chart),
        _absences(chart),
    ]
    return " ".join(filter(None, [*sentences, *_warnings(chart)]))


def lettered_notes(chart: XmrChart) -> list[tuple[str, str]]:
    """The letter that stands in the drawing for each note, and its words with the period."""
    notes = sorted(chart.notes, key=lambda note: note.position)
    return [(chr(65 + i % 26), f"{chart.periods[n.position].name}: {n.text}") for i, n in enumerate(notes)]


def expected_range(chart: XmrChart, segment: Segment) -> tuple[float, float] | None:
    """The limits as they are told: what is never below zero is not expected below zero, nor a share above the whole."""
    if segment.limits is None:
        return None
    lower, upper = segment.limits.lower, segment.limits.upper
    values = [point.value for point in chart.xmr.points if point.value is not None]
    if min(values) >= 0:
        lower = max(lower, 0.0)
    if chart.most is not None and max(values) <= chart.most:
        upper = min(upper, chart.most)
    return lower, upper


def line_decimals(chart: XmrChart) -> int:
    """Decimals of mean and limits: one more than the figures have where these are small."""
    largest = max((abs(point.value) for point in chart.xmr.points if point.value is not None), default=0.0)
    return chart.decimals + (largest < 10)


def variation_words(variation: Variation | None) -> str:
    """The variation icon in words."""
    if variation is None:
        return "no figures"
    word, _, side = variation.partition("_")
    if word == "common":
        return "no significant change"
    return (
        f"special cause: {'change' if word == 'neutral' else word}, {'higher' if side == 'high' else 'lower'}"
    )


def assurance_words(assurance: Assurance | None) -> str:
    """The assurance icon in words; nothing where there is none."""
    return {
        None: "",
        Assurance.PASSING: "consistently meets the target",
        Assurance.FAILING: "consistently misses the target",
        Assurance.HIT_OR_MISS: "meets or misses the target by chance",
    }[assurance]


def bar_words(chart: BarChart) -> str:
    """What a bar chart shows: the authority's own figure and place, the references, who has no figures."""
    shown = [bar for bar in chart.bars if bar.value is not None]
    compared = [bar.value for bar in shown if bar.value is not None and bar.kind != "reference"]
    sentences = []
    for bar in shown:
        if bar.kind == "own" and bar.value is not None:
            place = sum(value > bar.value for value in compared) + 1
            sentences.append(
                f"{bar.name}: {figure(bar.value, chart.decimals, chart.unit)}, "
                f"{_ordinal(place)} highest of the {len(compared)} authorities with figures here."
            )
    references = [
        f"{b.name} {figure(b.value, chart.decimals)}"
        for b in shown
        if b.kind == "reference" and b.value is not None
    ]
    if references:
        sentences.append(f"{_listed(references)}.")
    absent = sorted((b.absent, b.name) for b in chart.bars if b.value is None)
    for reason, group in groupby(absent, key=lambda pair: pair[0]):
        sentences.append(f"{reason[:1].upper()}{reason[1:]}: {_listed([name for _, name in group])}.")
    return " ".join(sentences) or "There are no figures."


def line_words(chart: LineChart) -> str:
    """What a line chart shows: where each series began and ended, and the years without a figure."""
    return " ".join(_series_words(chart, series) for series in chart.series) or "There are no figures."


def _latest(chart: XmrChart) -> str:
    positions = [i for i, point in enumerate(chart.xmr.points) if point.value is not None]
    last = positions[-1]
    point = chart.xmr.points[last]
    segment = chart.xmr.segments[point.segment]
    value = point.value or 0.0
    name = chart.periods[last].name
    is_newest = last == len(chart.periods) - 1
    which = f"latest {chart.period_word}" if is_newest else f"latest {chart.period_word} with a figure"
    sentence = f"The {which}, {name}, is {figure(value, chart.decimals, chart.unit)}"
    told = expected_range(chart, segment)
    if told is None:
        return f"{sentence}. No range to expect can be given. {segment.no_limits_because}"
    place = {Label.ABOVE_UPPER: "above", Label.BELOW_LOWER: "below"}.get(point.label, "within")
    lower, upper = (figure(limit, line_decimals(chart)) for limit in told)
    return f"{sentence}, {place} the range expected from {_base(chart, segment)} ({lower} to {upper})."


def _base(chart: XmrChart, segment: Segment) -> str:
    word = chart.period_word
    if segment.n_base < segment.n_points:
        return f"the first {segment.n_base} {word}s from {chart.periods[segment.start].name}"
    if segment.start:
        return f"the {segment.n_base} {word}s since {chart.periods[segment.start].name}"
    n_periods = segment.stop - segment.start
    if segment.n_base < n_periods:
        return f"the {segment.n_base} figures of the last {n_periods} {word}s"
    return f"the last {n_periods} {word}s"


def _special_causes(chart: XmrChart) -> str:
    found = []
    # Neighbouring months on the same side are one change, whichever rules they meet.
    runs = groupby(enumerate(chart.xmr.points), key=lambda place: (place[1].variation, place[1].segment))
    for (variation, _), group in runs:
        members = list(group)
        causes = dict.fromkeys(CAUSES[point.label] for _, point in members if point.label in CAUSES)
        if causes:
            when = _span(chart, members[0][0], members[-1][0])
            found.append(f"{when}, {' and '.join(causes)}{_judgement(variation)}")
    if found:
        return f"Special causes: {'; '.join(found)}."
    return "No special causes." if any(segment.limits for segment in chart.xmr.segments) else ""


def _judgement(variation: Variation) -> str:
    word = variation.split("_", maxsplit=1)[0]
    return "" if word == "neutral" else f" ({word})"


def _target(chart: XmrChart) -> str:
    target = chart.xmr.parameters.target
    if target is None:
        return ""
    text = f"The target of {figure(target, chart.decimals, chart.unit)}"
    match chart.xmr.assurance:
        case Assurance.PASSING:
            return f"{text} will be met in every {chart.period_word} unless something changes."
        case Assurance.FAILING:
            return f"{text} will be missed in every {chart.period_word} unless something changes."
        case Assurance.HIT_OR_MISS:
            return f"{text} lies within the range expected: it will be met or missed by chance."
    return f"{text} is shown for comparison."


def _path(chart: XmrChart) -> str:
    """Where the agreed path runs over the periods shown, and whether the latest figure is on it."""
    if chart.path is None:
        return ""
    known = [(place, value) for place, value in enumerate(chart.path.values) if value is not None]
    if not known:
        return ""
    (first, start), (last, end) = known[0], known[-1]
    sentence = (
        f"The agreed path expects {figure(start, chart.decimals, chart.unit)} in {chart.periods[first].name}"
    )
    if first != last:
        sentence += f" and {figure(end, chart.decimals, chart.unit)} in {chart.periods[last].name}"
    place, value = [(i, p.value) for i, p in enumerate(chart.xmr.points) if p.value is not None][-1]
    keeps = chart.path.keeps(value, place)
    if keeps is None:
        return f"{sentence}."
    lies = "keeps to it" if keeps else "is above it" if chart.path.at_most else "is below it"
    return f"{sentence}; the latest figure {lies}."


def _rebases(chart: XmrChart) -> str:
    starts = [segment.start for segment in chart.xmr.segments if segment.start]
    asked = [chart.periods[start].name for start in starts if start not in chart.breaks]
    broken = [chart.periods[start].name for start in chart.breaks]
    anew = f"The range was worked out anew from {_listed(asked)}." if asked else ""
    other = (
        f"A new definition counts something else from {_listed(broken)}: what lies before is neither joined to it nor "
        "judged with it."
        if broken
        else ""
    )
    return f"{anew} {other}".strip()


def _absences(chart: XmrChart) -> str:
    sentences = []
    pairs = zip(chart.periods, chart.xmr.points, strict=True)
    gaps = [(i, period) for i, (period, point) in enumerate(pairs) if point.value is None]
    if len([period for _, period in gaps if period.at_least is not None]) > MOST_ABSENCES_TOLD:
        return f"{_many_incomplete(chart, gaps)}"
    # Consecutive periods in the same state share a number, so that a year of silence is one phrase.
    runs = groupby(
        enumerate(gaps), key=lambda item: (item[1][0] - item[0], item[1][1].state, item[1][1].at_least)
    )
    for (_, state, at_least), group in runs:
        members = [place for _, (place, _) in group]
        when = _span(chart, members[0], members[-1])
        if at_least is not None:
            sentences.append(
                f"{when} is incomplete: at least {figure(at_least, chart.decimals, chart.unit)}."
            )
        else:
            sentences.append(
                f"No figure for {when} ({ABSENT[state]})." if state in ABSENT else f"No figure for {when}."
            )
    return " ".join(sentences)


def _many_incomplete(chart: XmrChart, gaps: list[tuple[int, Period]]) -> str:
    """A page of "incomplete" helps nobody: how many, and the latest one."""
    word = f"{chart.period_word}s"
    told = (
        f"{len(gaps)} of {len(chart.periods)} {word} are incomplete or without a figure, and are not tested."
    )
    latest = [period for _, period in gaps if period.at_least is not None][-1]
    at_least = figure(latest.at_least or 0.0, chart.decimals, chart.unit)
    return f"{told} The latest of them, {latest.name}, is at least {at_least}."


def _warnings(chart: XmrChart) -> tuple[str, ...]:
    """Those of the segment that the latest figure is judged by; older segments are history."""
    figures = [point for point in chart.xmr.points if point.value is not None]
    return chart.xmr.segments[figures[-1].segment].warnings


def _series_words(chart: LineChart, series: Series) -> str:
    known = [(p, v) for p, v in zip(chart.periods, series.values, strict=True) if v is not None]
    if not known:
        return f"{series.name}: no figures here."
    (first, start), (last, end) = known[0], known[-1]
    if len(known) == 1:
        text = f"{series.name}: {figure(end, chart.decimals, chart.unit)} {_when(last)}"
    else:
        text = (
            f"{series.name}: from {figure(start, chart.decimals, '%' if chart.unit == '%' else '')} in {first} "
            f"to {figure(end, chart.decimals, chart.unit)} {_when(last)}"
        )
    absent = [p for p, v in zip(chart.periods, series.values, strict=True) if v is None]
    return f"{text}; no figure for {_listed(absent)}." if absent else f"{text}."


def _when(name: str) -> str:
    return "now" if name == NOW else f"in {name}"


def _span(chart: XmrChart, first: int, last: int) -> str:
    start, end = chart.periods[first].name, chart.periods[last].name
    return start if first == last else f"{start} to {end}"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _ordinal(place: int) -> str:
    if place == 1:
        return "the"
    ending = "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"the {place}{ending}"
