"""One number in words: with its unit, what it lacks, and why it may still move."""

from __future__ import annotations

from hub.board.chart_inputs import figure
from hub.measures.model import Measure, Point

STATE_WORDS = {
    "value": "",
    "nil": "none, affirmed by the agency",
    "partial": "incomplete",
    "missing": "not received",
    "not_due": "not due yet",
    "hidden": "hidden by its publisher",
    "not_available": "not available",
    "not_applicable": "not applicable",
}


def value_words(measure: Measure, point: Point) -> str:
    """A number as it is read, with what it lacks: "at least 371"."""
    if point.value is None:
        return point.reason or STATE_WORDS[point.state] or "no figure"
    number = figure(point.value, measure.places, unit_of(measure) if unit_of(measure) == "%" else "")
    return f"at least {number}" if point.state == "partial" and measure.kind == "count" else number


def provisional_words(point: Point) -> str:
    """Why a figure may still move; nothing where everybody is in, or never will be."""
    over = point.coverage
    if point.state != "partial":
        return ""
    if over.out:
        verb, lacks = (
            "is" if over.out == 1 else "are",
            "not confirmed" if over.of == "meeting" else "still out",
        )
        return f"Provisional: {over.out} of {over.due} {over.of}s {verb} {lacks}."
    if over.waiting:
        return "" if over.is_left_out else "Provisional: what came lately waits to be told with others."
    return "Provisional: not all that came has this figure."


def unit_of(measure: Measure) -> str:
    return "%" if measure.unit.startswith("%") else measure.unit
