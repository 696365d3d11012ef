"""A promise that a measure reaches a level: over the whole time, in its last period, or in each period.

Of a count over the whole time the target is a total, reached along a profile; of a share it is the share of the
whole. Before the end green is on track, amber and red are at risk; at the end it is met or missed (methods.md
section 6, design.md section 4).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from marshmallow import fields, validate

from hub.agreements.figures import Figures, figures
from hub.agreements.judging import (
    Said,
    as_verdict,
    at_the_end,
    before_the_end,
    expected_by,
    not_due,
    over_words,
    silence,
    whatever,
    wilson,
)
from hub.agreements.look import Look
from hub.agreements.model import Agreement, Commitment
from hub.agreements.papers import periods_in
from hub.agreements.terms import Fault, OfMeasure, aim, amber_of, amount, direction_of, measure_faults, wanted
from hub.agreements.totals import total
from hub.agreements.verdict import Verdict
from hub.measures.model import Measure, Point

FLOWS = ("count", "amount", "net")  # what adds up over time; anything else is divided anew


class Terms(OfMeasure):
    direction = fields.String(required=True, validate=validate.OneOf(("at_least", "at_most", "within")))
    target = fields.Float(required=True)
    judged = fields.String(required=True, validate=validate.OneOf(("whole", "last", "each")))
    profile = fields.String(load_default="linear", validate=validate.OneOf(("linear", "seasonal", "agreed")))
    weights = fields.List(fields.Float(validate=validate.Range(min=0)), load_default=list)
    amber = fields.Float(load_default=None, allow_none=True, validate=validate.Range(min=0))


def faults(
    agreement: Agreement, commitment: Commitment, terms: Mapping[str, Any], measures: Mapping[str, Measure]
) -> Iterator[Fault]:
    yield from measure_faults(agreement, commitment, terms, measures)
    if (terms["profile"] == "linear") != (not terms["weights"]):
        yield "weights", "a seasonal or agreed profile gives a weight for each period, a linear one none."
    measure = measures.get(terms["measure"])
    if measure is not None and terms["weights"]:
        wanted_number = len(periods_in(agreement.span(commitment), measure.usual))
        if len(terms["weights"]) != wanted_number or not sum(terms["weights"]):
            yield "weights", f"has {len(terms['weights'])} weights; the promise has {wanted_number} periods."


def aims(terms: Mapping[str, Any]) -> dict[str, tuple[float, str]]:
    return {"target": (terms["target"], "higher" if terms["direction"] == "at_least" else "lower")}


def judge(look: Look, commitment: Commitment, party: str, terms: Mapping[str, Any]) -> Verdict:
    found = figures(look, commitment, party, wanted(terms))
    said = not_due(found) or _said(look, commitment, found, terms)
    return as_verdict(look, commitment, party, said, terms["target"], found)


def _said(look: Look, commitment: Commitment, found: Figures, terms: Mapping[str, Any]) -> Said:
    level = Level(commitment, found, terms, amber_of(look.agreement, terms["direction"], terms["amber"]))
    if terms["judged"] == "each":
        return level.each()
    if terms["judged"] == "last":
        return level.last()
    if found.measure.kind in FLOWS and terms["direction"] != "within":
        return total(found, terms, level.amber)
    return level.whole()


class Level:
    """A level that a measure is to reach, and what the figures so far say of it."""

    def __init__(
        self, commitment: Commitment, found: Figures, terms: Mapping[str, Any], amber: float
    ) -> None:
        self.commitment, self.found, self.amber = commitment, found, amber
        self.way, self.target = terms["direction"], float(terms["target"])

    def whole(self) -> Said:
        if self.found.gaps:
            return silence(self.found, self.found.gaps)
        value = self.found.over(self.found.shown)
        if value is None:
            return Said("cannot tell", "There were no cases in the periods so far.")
        said = f"{self._measured(value)} {over_words(self.found.shown)}"
        return self._graded(value, said, self.found.shown, is_final=self.found.is_complete)

    def last(self) -> Said:
        end = self.found.periods[-1]
        if self.found.shown and self.found.shown[-1].period == end:
            point = self.found.shown[-1]
            value = float(point.value or 0)
            return self._graded(value, f"{self._measured(value)} in {end.name}", [point], is_final=True)
        if end in self.found.empty:
            return Said("cannot tell", f"There were no cases in {end.name}.", is_final=True)
        later = [gap for gap in self.found.gaps if not self.found.shown or gap > self.found.shown[-1].period]
        if later:
            return silence(self.found, [end] if end in later else later)
        if not self.found.shown:
            return Said("cannot tell", "There were no cases in the periods so far.")
        point = self.found.shown[-1]
        value = float(point.value or 0)
        said = f"{self._measured(value)} in {point.period.name}, the latest that came"
        return self._graded(value, said, [point], is_final=False)

    def each(self) -> Said:
        short = [point for point in self.found.shown if not self._reaches(float(point.value or 0))]
        goal = aim(self.way, self.target, self.found.measure.unit)
        if short:
            names = ", ".join(point.period.name for point in short)
            worst = float(short[-1].value or 0)
            tail = whatever(self.found, self.found.gaps)
            return Said(
                "missed",
                f"Promised each time: {goal}. Not kept in {names}: {self._number(worst)} the last time{tail}.",
                value=worst,
                expected=self.target,
                colour="red",
                is_final=True,
            )
        if self.found.gaps:
            return silence(self.found, self.found.gaps)
        if not self.found.shown:
            return Said("cannot tell", "There were no cases in the periods so far.")
        latest = float(self.found.shown[-1].value or 0)
        complete = self.found.is_complete
        times = len(self.found.shown)
        counted = f"each of {times} {'period' if times == 1 else 'periods'}"
        return Said(
            "met" if complete else "on track",
            f"Promised each time: {goal}. Kept in {counted}; {self._number(latest)} in {self.found.shown[-1].period.name}.",
            value=latest,
            expected=self.target,
            colour="green",
            is_final=complete,
        )

    def _graded(self, value: float, said: str, points: Sequence[Point], *, is_final: bool) -> Said:
        unit = self.found.measure.unit
        interval = wilson(self.found, points)
        promised = f"{said}; {aim(self.way, self.target, unit)} is promised."
        if is_final:
            return at_the_end(value, self.target, promised, met=self._reaches(value), interval=interval)
        expected = expected_by(self.commitment, points[-1].period, self.target)
        if self.commitment.trajectory:
            promised = f"{promised[:-1]}, {self._number(expected)} by now."
        size = abs(value) if self.way == "within" else value
        graded = before_the_end(
            size, expected, promised, direction=direction_of(self.way), amber=self.amber, interval=interval
        )
        return replace(graded, value=value)

    def _reaches(self, value: float) -> bool:
        if self.way == "at_least":
            return value >= self.target
        return (abs(value) if self.way == "within" else value) <= self.target

    def _number(self, value: float) -> str:
        return amount(value, self.found.measure.unit)

    def _measured(self, value: float) -> str:
        name = self.found.measure.name
        return f"{name}: {self._number(value)}"
