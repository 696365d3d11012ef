"""Like for like: two figures of a measure over the agencies that had sent theirs for both periods."""

from __future__ import annotations

from dataclasses import dataclass

from hub.measures.model import Measure
from hub.measures.signers import POPULATION, Standing
from hub.measures.steps import FORMS, scale_of
from hub.statistics.change import figure


@dataclass(frozen=True)
class Alike:
    """`agencies` are in both figures, `left_out` in one alone; schools that are not shown alone stand in neither list."""

    before: float
    after: float
    agencies: frozenset[str]
    left_out: frozenset[str]
    without_schools: bool


def alike(before: Standing, after: Standing, definition: Measure, hidden: frozenset[str]) -> Alike | None:
    """Both figures over the same agencies; None where there are none, or where the parts would not add up to the whole.

    `hidden` are schools that are not shown one by one. Where not the same of them sent, all are left out: else the whole less
    what is compared would tell the few that did.
    """
    if not (before.adds_up and after.adds_up):
        return None
    in_both, in_one = before.came & after.came, before.came ^ after.came
    without_schools = bool(in_one & hidden)
    if without_schools:
        in_both -= hidden
    kept = in_both | {POPULATION}
    figures = [
        figure(
            {code: own for code, own in each.by_agency.items() if code in kept},
            FORMS[definition.kind],
            scale_of(definition),
        )
        for each in (before, after)
    ]
    if not in_both or figures[0] is None or figures[1] is None:
        return None
    return Alike(float(figures[0]), float(figures[1]), in_both, in_one - hidden, without_schools)
