"""A promise to do better than a baseline by the end: pooled over the last few periods, so that one good month is not enough.

Before the end the latest run of periods is read against the straight way from the baseline to the target: on it or
better is on track, better than the baseline alone is amber, no better is red.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import fields, validate

from hub.agreements.figures import Figures, figures
from hub.agreements.judging import Said, as_verdict, at_the_end, not_due, over_words, silence, wilson
from hub.agreements.look import Look
from hub.agreements.model import Agreement, Commitment
from hub.agreements.terms import Fault, OfMeasure, amount, measure_faults, wanted
from hub.agreements.verdict import Verdict
from hub.measures.model import Measure
from hub.statistics.outturn import Colour


class Terms(OfMeasure):
    better = fields.String(required=True, validate=validate.OneOf(("higher", "lower")))
    target = fields.Float(load_default=None, allow_none=True)  # else anything better than the baseline
    periods = fields.Integer(load_default=3, strict=True, validate=validate.Range(min=1, max=12))


def faults(
    agreement: Agreement, commitment: Commitment, terms: Mapping[str, Any], measures: Mapping[str, Measure]
) -> Iterator[Fault]:
    yield from measure_faults(agreement, commitment, terms, measures)
    if commitment.baseline is None:
        yield "baseline", "a trend says what it is to beat: give a baseline with its value."
    elif terms["target"] is not None and not _beats(
        terms["target"], commitment.baseline.value, terms["better"]
    ):
        yield "target", "is no better than the baseline."


def aims(terms: Mapping[str, Any]) -> dict[str, tuple[float, str]]:
    return {} if terms["target"] is None else {"target": (terms["target"], terms["better"])}


def judge(look: Look, commitment: Commitment, party: str, terms: Mapping[str, Any]) -> Verdict:
    found = figures(look, commitment, party, wanted(terms))
    said = not_due(found) or _said(commitment, found, terms)
    return as_verdict(look, commitment, party, said, terms["target"], found)


def _said(commitment: Commitment, found: Figures, terms: Mapping[str, Any]) -> Said:
    latest = found.shown[-terms["periods"] :]
    if not latest or any(gap > latest[0].period for gap in found.gaps):
        return (
            silence(found, found.gaps) if found.gaps else Said("cannot tell", "There were no cases so far.")
        )
    value = found.over(latest)
    if value is None or commitment.baseline is None:
        return Said("cannot tell", "There were no cases in the latest periods.")
    if found.measure.kind in ("count", "amount", "net"):
        value /= len(latest)  # a baseline is of one period
    base, unit = commitment.baseline.value, found.measure.unit
    goal = terms["target"] if terms["target"] is not None else base
    since = f" of {commitment.baseline.period}" if commitment.baseline.period else ""
    said = (
        f"{found.measure.name}: {amount(value, unit)} {over_words(latest)}, against the baseline{since} "
        f"of {amount(base, unit)}"
    )
    if terms["target"] is not None:
        said += f" and a target of {amount(goal, unit)}"
    interval = wilson(found, latest)
    beats = _beats(value, base, terms["better"])
    if latest[-1].period == found.periods[-1]:
        met = beats and (value == goal or _beats(value, goal, terms["better"]))
        return at_the_end(value, goal, f"{said}.", met=met, interval=interval)
    along = (found.periods.index(latest[-1].period) + 1) / len(found.periods)
    expected = base + (goal - base) * along
    on_the_way = beats and (value == expected or _beats(value, expected, terms["better"]))
    colour: Colour = "green" if on_the_way else "amber" if beats else "red"
    tail = "" if on_the_way else f" That is {colour}."
    return Said(
        "on track" if on_the_way else "at risk",
        f"{said}, {amount(expected, unit)} by now.{tail}"
        if terms["target"] is not None
        else f"{said}.{tail}",
        value=value,
        expected=expected,
        colour=colour,
        interval=interval,
    )


def _beats(value: float, other: float, better: str) -> bool:
    return value > other if better == "higher" else value < other
