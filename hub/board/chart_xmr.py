"""The layout of an XmR or run chart: every coordinate and path text, ready for the template.

A line never bridges a gap; limits stop at a rebase and the figures run on; each kind of special cause has its own
shape; a period without a figure is a cross on the axis, an incomplete one a ring at what is known so far.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from hub.board.chart_inputs import XmrChart, figure
from hub.board.chart_scale import (
    DOT,
    LINE,
    WIDTH,
    Axis,
    Place,
    across,
    axis_for,
    broken_path,
    line_path,
    marks_path,
    places,
    room_for,
    spread,
    tick_positions,
    tick_texts,
)
from hub.board.chart_words import expected_range, lettered_notes, line_decimals, xmr_words
from hub.statistics.xmr import Segment

# Ordinary figures first, so that the others lie over them: (class, mark relative to its centre, word in the key).
_MARKS = (
    ("common", DOT, ""),
    ("improvement", "m-5-5h10v10h-10z", "improvement"),
    ("concern", "m0-7l7 7-7 7-7-7z", "concern"),
    ("neutral", "m0-7l7 12h-14z", "change"),
    ("partial", "m-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z", "incomplete"),
    ("absent", "m-4-4l8 8m0-8l-8 8", "no figure"),
)


@dataclass(frozen=True, slots=True)
class EndLabel:
    """What is named at the right edge of the chart; `word` is left out on narrow screens."""

    word: str
    text: str
    value: float
    css: str


@dataclass(frozen=True, slots=True)
class Marks:
    """All marks of one kind as one path, with the kind's sample and word in the key."""

    css: str
    path: str
    word: str
    word_x: float


def xmr_drawing(chart: XmrChart) -> dict[str, object]:
    """Everything that chart_xmr.svg.jinja draws."""
    labels = _end_labels(chart)
    notes = lettered_notes(chart)
    kinds = {_kind(chart, i) for i in range(len(chart.periods))}
    key_height = LINE if kinds - {"common"} else 0
    top = 12 + key_height + (LINE if notes else 0)
    axis = axis_for(_drawn_values(chart), top=top, bottom=top + 200, decimals=chart.decimals)
    left = room_for(tick_texts(axis, chart.unit)) + 10
    right = (
        WIDTH - 12 - room_for((label.word + label.text for label in labels), (label.text for label in labels))
    )
    xs = places(len(chart.periods), left + 8, right - 8)
    half = (xs[1] - xs[0]) / 2 if len(xs) > 1 else 8
    heights = spread([axis.y(label.value) for label in labels], gap=LINE, low=top + 4, high=axis.bottom)
    note_xs = sorted(xs[note.position] for note in chart.notes)
    letter_xs = spread(note_xs, gap=20, low=left, high=right)
    return {
        "words": xmr_words(chart),
        "height": axis.bottom + 34,
        "axis": axis,
        "left": left,
        "right": right,
        "ticks": list(zip(tick_texts(axis, chart.unit), map(axis.y, axis.ticks), strict=True)),
        "periods": [(xs[i], chart.periods[i].short) for i in tick_positions(len(xs), 5)],
        "lines": [_segment_lines(chart, segment, axis, xs) for segment in chart.xmr.segments],
        "target": across(left, right, axis, chart.xmr.parameters.target),
        "path": line_path(_path_places(chart, axis, xs)),
        "rebases": [
            xs[segment.start] - half
            for segment in chart.xmr.segments
            if segment.start and segment.start not in chart.breaks
        ],
        "breaks": [xs[place] - half for place in chart.breaks],
        "figures": broken_path(_figure_places(chart, axis, xs), chart.breaks),
        "marks": list(_marks(chart, axis, xs)),
        "notes": list(zip((letter for letter, _ in notes), note_xs, letter_xs, strict=True)),
        "note_y": 20 + key_height,
        "labels": list(zip(labels, heights, strict=True)),
    }


def _kind(chart: XmrChart, position: int) -> str:
    """Which mark a period gets."""
    point = chart.xmr.points[position]
    if point.value is not None:
        return point.variation.split("_", maxsplit=1)[0]
    return "absent" if chart.periods[position].at_least is None else "partial"


def _drawn_values(chart: XmrChart) -> Iterator[float]:
    yield from (point.value for point in chart.xmr.points if point.value is not None)
    yield from (period.at_least for period in chart.periods if period.at_least is not None)
    for segment in chart.xmr.segments:
        yield from expected_range(chart, segment) or ()
    if chart.xmr.parameters.target is not None:
        yield chart.xmr.parameters.target
    if chart.path is not None:
        yield from (value for value in chart.path.values if value is not None)


def _end_labels(chart: XmrChart) -> list[EndLabel]:
    """The last segment's lines, the target, and the latest figure wherever it lies."""
    unit = "%" if chart.unit == "%" else ""
    labels = []
    for segment in chart.xmr.segments[-1:]:
        told = expected_range(chart, segment) or ()
        labels += [("upper ", limit, "limit") for limit in told[1:]] + [
            ("lower ", limit, "limit") for limit in told[:1]
        ]
        if segment.mean is not None and segment.n_points > 1:
            labels.append(("mean ", segment.mean, "mean"))
    if chart.xmr.parameters.target is not None:
        labels.append(("target ", chart.xmr.parameters.target, "target"))
    if chart.path is not None and chart.path.values[-1] is not None:
        labels.append(("path ", chart.path.values[-1], "path"))
    known = [point.value for point in chart.xmr.points if point.value is not None]
    labels += [("latest ", value, "latest") for value in known[-1:]]
    finer = line_decimals(chart)
    return [
        EndLabel(word, figure(value, finer if css in ("limit", "mean") else chart.decimals, unit), value, css)
        for word, value, css in labels
    ]


def _segment_lines(chart: XmrChart, segment: Segment, axis: Axis, xs: list[float]) -> dict[str, str]:
    """Mean and limits of one segment, half a period wider than its figures; a single figure has no line."""
    half = (xs[1] - xs[0]) / 2 if len(xs) > 1 else 8
    start = max(xs[segment.start] - half, xs[0] - 8)
    end = min(xs[segment.stop - 1] + half, xs[-1] + 8)
    limits = expected_range(chart, segment) or ()
    return {
        "mean": across(start, end, axis, segment.mean) if segment.n_points > 1 else "",
        "limits": "".join(across(start, end, axis, limit) for limit in limits),
    }


def _figure_places(chart: XmrChart, axis: Axis, xs: list[float]) -> list[Place | None]:
    pairs = zip(xs, chart.xmr.points, strict=True)
    return [None if point.value is None else (x, axis.y(point.value)) for x, point in pairs]


def _path_places(chart: XmrChart, axis: Axis, xs: list[float]) -> list[Place | None]:
    values = chart.path.values if chart.path is not None else ()
    return [None if value is None else (x, axis.y(value)) for x, value in zip(xs, values, strict=False)]


def _marks(chart: XmrChart, axis: Axis, xs: list[float]) -> Iterator[Marks]:
    found: dict[str, list[Place]] = {}
    for i, (x, period, point) in enumerate(zip(xs, chart.periods, chart.xmr.points, strict=True)):
        known = period.at_least if point.value is None else point.value
        found.setdefault(_kind(chart, i), []).append((x, axis.bottom - 6 if known is None else axis.y(known)))
    key_x = 12.0
    for css, mark, word in _MARKS:
        if css not in found:
            continue
        sample = marks_path([(key_x, 12)], mark) if word else ""
        yield Marks(css, sample + marks_path(found[css], mark), word, key_x + 13)
        key_x += room_for([word]) + 32 if word else 0
