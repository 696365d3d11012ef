"""What a change is made of: the difference of two figures, told as parts that add up to it exactly.

A figure is a sum over bodies, or one sum over another. Between two states of it each body's part of a sum is its own
difference; of a quotient N/D it is its numerator's difference × the mean of 1/D and 1/D′, and its denominator's × minus the mean
of N and N′ over D·D′. That is the only split in which neither side comes first, it is linear in the bodies, and in fractions
nothing is lost: the parts are the whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Literal

from hub.statistics.not_computed import NotComputed

METHOD = "exact split, both orders averaged"
Form = Literal["sum", "difference", "quotient"]


class Cause(StrEnum):
    """Why a body's figure is another one."""

    LATE = "late"
    CORRECTION = "correction"
    DEFINITION = "definition"
    MEMBERS = "members"
    REAL = "real"


@dataclass(frozen=True, slots=True)
class Sides:
    """What one body adds above the line and below it."""

    above: int = 0
    below: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """From one state of a figure to the next; bodies named in neither mapping changed for `usual`."""

    before: Mapping[str, Sides]
    after: Mapping[str, Sides]
    usual: Cause
    above: Mapping[str, Cause]
    below: Mapping[str, Cause]


@dataclass(frozen=True, slots=True)
class Part:
    """What one body moved the figure by, for one cause, through either side."""

    body: str
    cause: Cause
    above: Fraction
    below: Fraction

    @property
    def amount(self) -> Fraction:
        return self.above + self.below


@dataclass(frozen=True, slots=True)
class Change:
    method: str
    whole: Fraction
    parts: tuple[Part, ...]


def figure(state: Mapping[str, Sides], form: Form, scale: Fraction) -> Fraction | None:
    """The figure that a state gives; None where nothing is below the line."""
    above, below = _sums(state)
    if form == "sum":
        return scale * above
    if form == "difference":
        return scale * (above - below)
    return scale * above / below if below else None


def change(steps: Sequence[Step], form: Form, scale: Fraction) -> Change | NotComputed:
    """The parts of all steps together, by body and cause; each step starts where the one before it ended."""
    first, last = figure(steps[0].before, form, scale), figure(steps[-1].after, form, scale)
    moved: dict[tuple[str, Cause], tuple[Fraction, Fraction]] = {}
    for step in steps:
        weights = _weights(step, form, scale)
        if first is None or last is None or weights is None:
            return NotComputed(METHOD, "there were no cases to divide by at one of its steps")
        for body in sorted(step.before.keys() | step.after.keys()):
            was, now = step.before.get(body, Sides()), step.after.get(body, Sides())
            for cause, above, below in (
                (step.above.get(body, step.usual), weights[0] * (now.above - was.above), Fraction(0)),
                (step.below.get(body, step.usual), Fraction(0), weights[1] * (now.below - was.below)),
            ):
                known = moved.get((body, cause), (Fraction(0), Fraction(0)))
                moved[body, cause] = (known[0] + above, known[1] + below)
    assert first is not None and last is not None
    parts = tuple(
        Part(body, cause, above, below) for (body, cause), (above, below) in moved.items() if above or below
    )
    return Change(METHOD, last - first, parts)


def _weights(step: Step, form: Form, scale: Fraction) -> tuple[Fraction, Fraction] | None:
    """What one more above and one more below the line move the figure by."""
    if form == "sum":
        return scale, Fraction(0)
    if form == "difference":
        return scale, -scale
    (above, below), (above_after, below_after) = _sums(step.before), _sums(step.after)
    if not below or not below_after:
        return None
    return (
        scale * (Fraction(1, below) + Fraction(1, below_after)) / 2,
        -scale * Fraction(above + above_after, 2 * below * below_after),
    )


def _sums(state: Mapping[str, Sides]) -> tuple[int, int]:
    return sum(each.above for each in state.values()), sum(each.below for each in state.values())
