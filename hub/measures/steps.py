"""From one figure of a measure to another in steps, each of which changes one thing: what was known, how it is defined, the period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy.orm import Session

from hub.facts.moments import AsAt
from hub.measures.breaks import counts_differently
from hub.measures.compute import Reading
from hub.measures.model import Measure
from hub.measures.signers import Standing, standing
from hub.periods import Kind, Period
from hub.statistics.change import Cause, Change, Form, Step, change
from hub.statistics.not_computed import NotComputed

FORMS: dict[str, Form] = {
    "count": "sum",
    "amount": "sum",
    "net": "difference",
    "percent": "quotient",
    "mean": "quotient",
    "rate": "quotient",
}


@dataclass(frozen=True)
class Side:
    """A period as known at a moment."""

    period: Period
    at: AsAt


def scale_of(definition: Measure) -> Fraction:
    """What a sum or quotient is multiplied by to give the measure's figure."""
    if definition.kind == "count":
        return Fraction(1)
    if definition.kind == "percent":
        return Fraction(100)
    return Fraction(definition.per) if FORMS[definition.kind] == "quotient" else Fraction(1, definition.per)


def standings_of(
    readings: Sequence[Reading], definitions: Sequence[Measure], earlier: Side, later: Side
) -> list[Standing]:
    """The figure at each step: as known then, as known later, as defined later, in the later period. Empty where one has none."""
    found = [
        standing(readings[0], definitions[0], earlier.period),
        standing(readings[1], definitions[0], earlier.period),
        standing(readings[1], definitions[1], earlier.period),
        standing(readings[1], definitions[1], later.period),
    ]
    whole = [each for each in found if each is not None]
    return whole if len(whole) == len(found) else []


def _steps(session: Session, standings: Sequence[Standing], definition: Measure, kind: Kind) -> list[Step]:
    then, known_later, redefined, last = standings
    source = definition.sources[kind]
    # What was signed for the first time by the later moment came late.
    came = [
        dict.fromkeys(after.keys() - before.keys(), Cause.LATE)
        for before, after in ((then.above, known_later.above), (then.below, known_later.below))
    ]
    changed = [
        _between_periods(session, before, after, redefined.asked & last.asked, names)
        for before, after, names in (
            (redefined.above, last.above, source.numerator),
            (redefined.below, last.below, source.denominator),
        )
    ]
    return [
        Step(then.by_agency, known_later.by_agency, Cause.CORRECTION, came[0], came[1]),
        Step(known_later.by_agency, redefined.by_agency, Cause.DEFINITION, {}, {}),
        Step(redefined.by_agency, last.by_agency, Cause.REAL, changed[0], changed[1]),
    ]


def _between_periods(
    session: Session,
    before: Mapping[str, int],
    after: Mapping[str, int],
    asked: frozenset[str],
    names: Sequence[str],
) -> dict[str, Cause]:
    """Why agencies' figures of two periods cannot be compared: not in or not asked, or asked something else."""
    in_one = before.keys() ^ after.keys()
    found = {code: Cause.LATE if code in asked else Cause.MEMBERS for code in in_one}
    for code in before.keys() & after.keys():
        if counts_differently(session, before[code], after[code], names):
            found[code] = Cause.DEFINITION
    return found


def split(
    session: Session, standings: Sequence[Standing], definition: Measure, kind: Kind
) -> Change | NotComputed:
    return change(_steps(session, standings, definition, kind), FORMS[definition.kind], scale_of(definition))
