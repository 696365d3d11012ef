"""Explain this change: what a figure of the whole place moved by, agency by agency, and why.

The change runs in steps: the earlier period as known then, as known later (what came late, what was corrected), as the
measure is defined later, and then the later period (agencies in only one of the two, questions that were changed, and the rest:
real change). The parts of all steps add up to the whole exactly (hub/statistics/change). A part can give a number away that the
whole hides, so parts of schools are told together or not at all, and the figures are those that outsiders read (measures/waiting).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy.orm import Session

from hub.board.chart_inputs import figure as number
from hub.board.point_words import value_words
from hub.facts.moments import AsAt
from hub.measures.compute import Reading
from hub.measures.load import measure_as_at
from hub.measures.model import Asked, Measure, Point
from hub.measures.profiles import chosen
from hub.measures.protect import Audience, hidden_from, protect
from hub.measures.signers import POPULATION
from hub.measures.steps import FORMS, Side, split, standings_of
from hub.partners.models import Partnership
from hub.partners.names import names_as_at
from hub.periods import Period, containing
from hub.statistics.change import Cause, Change, Part
from hub.statistics.not_computed import NotComputed

WORDS = {
    Cause.LATE: "Late arrivals: returns that were not in for one of the two",
    Cause.CORRECTION: "Corrections of what was signed",
    Cause.DEFINITION: "Changed definitions: what is counted is not the same",
    Cause.MEMBERS: "Agencies whose figures are in only one of the two",
    Cause.REAL: "Real change: the same agencies, counting the same",
}
NO_SPLIT = {
    "share": "A share is read line by line, so there is no one figure of the whole place whose change could be split.",
    "gap": "A gap between two sides is read agency by agency, so there is no one figure whose change could be split.",
    "on_time": "This counts returns and not what they say: what came in between two moments is listed return by return.",
    "corrected": "This counts corrections: what was corrected between two moments is listed return by return.",
    "attendance": "This counts who came to meetings, and is no sum of what agencies send.",
    "of_due": "This is a share of all that owe a return, whoever sent one, so what did not come is part of the figure.",
}
JUDGED = "Not split: it rests on what the partnership says of each answer, which is read of several agencies together."
UNEVEN = (
    "Not split: the agencies’ signed figures do not add up to the whole, so parts of it would not either."
)
MOST_PERIODS = 120
SCHOOLS = "Schools, read together"
TOGETHER = "All causes together: one by one, their numbers are small enough to point to a child"
SUMS = "Each agency’s part is its own difference."
QUOTIENTS = (
    "A quotient has no one way to be split. Here the numerator and the denominator are moved in either order and the mean of both is "
    "taken: each agency’s part is what its numbers above the line moved the figure by, and what its numbers below the line did. "
    "Before rounding the parts equal the whole."
)


@dataclass(frozen=True)
class Told:
    """One of the two figures."""

    period: Period
    at: AsAt
    value: str
    over: str


@dataclass(frozen=True)
class CauseRow:
    words: str
    amount: str
    agencies: int | None  # how many; of schools that are read together nobody is told


@dataclass(frozen=True)
class AgencyRow:
    """One agency's part for one cause. `above` and `below` are told of quotients alone."""

    agency: str
    cause: str
    above: str
    below: str
    amount: str


@dataclass(frozen=True)
class Explained:
    """`absent` says why there is no split; `how` how there is one."""

    earlier: Told | None = None
    later: Told | None = None
    change: str = ""
    unit: str = ""
    causes: tuple[CauseRow, ...] = ()
    rows: tuple[AgencyRow, ...] = ()
    how: str = ""
    quotient: bool = False
    absent: str = ""


def explain(
    session: Session, partnership: Partnership, code: str, earlier: Side, later: Side, audience: Audience
) -> Explained:
    """The change of a measure between two periods, or of one period between two moments, in parts."""
    definitions = [measure_as_at(session, code, side.at.moment) for side in (earlier, later)]
    refused = _cannot(definitions, earlier, later)
    if refused:
        return Explained(absent=refused)
    sides = (earlier, later)
    whole = [Reading(session, partnership, side.at) for side in sides]
    readings = whole if audience.exact else [reading.outside for reading in whole]
    points: list[Point] = []
    for reading, definition, side in zip(readings, definitions, sides, strict=True):
        found = _shown(reading, definition, side.period, audience)
        if isinstance(found, str):
            return Explained(absent=found)
        points.append(found)
    hidden = hidden_from(audience, readings[0].cells.schools)
    standings = standings_of(readings, definitions, earlier, later)
    if not standings:
        return Explained(absent=UNEVEN)
    told = [
        Told(side.period, side.at, value_words(definition, point), point.coverage.words)
        for side, definition, point in zip(sides, definitions, points, strict=True)
    ]
    if not all(each.adds_up for each in standings):
        return Explained(told[0], told[1], absent=UNEVEN)
    fewest = chosen("partnership", partnership.disclosure_partnership).fewest_schools
    if 0 < len(hidden & {code for each in standings for code in each.by_agency}) < fewest:
        few = f"Not split: it is of fewer than {fewest} schools, whose numbers could be worked out from the parts."
        return Explained(told[0], told[1], absent=few)
    answer = split(session, standings, definitions[1], later.period.kind)
    if isinstance(answer, NotComputed):
        return Explained(told[0], told[1], absent=f"Not split: {answer.reason}.")
    return _described(session, definitions[1], told, answer, hidden)


def _cannot(definitions: Sequence[Measure], earlier: Side, later: Side) -> str:
    """Why a measure has no change to split, as a sentence; "" where it has."""
    before, after = definitions
    if after.judged:
        return JUDGED
    if after.kind in NO_SPLIT:
        return NO_SPLIT[after.kind]
    if before.kind != after.kind or before.per != after.per or before.unit != after.unit:
        return f"Not split: it was measured in {before.unit} then and is in {after.unit} since; the two are not subtracted."
    if earlier.period.kind != later.period.kind:
        return "Not split: choose two periods of the same length."
    for definition, side in zip(definitions, (earlier, later), strict=True):
        if side.period.kind not in definition.sources:
            return f"{definition.name} is not worked out for {side.period.name}."
    return ""


def _shown(reading: Reading, definition: Measure, period: Period, audience: Audience) -> Point | str:
    """The figure as the audience may read it, or why there is none."""
    asked = Asked(kind=period.kind, first=period.starts_on, last=period.ends_on)
    series = protect(reading.series(definition, asked), audience)
    found = next((point for point in series.points if point.period == period), None)
    if found is None and series.withheld:
        return series.withheld
    if found is None or found.value is None:
        why = value_words(definition, found) if found else "nothing was known"
        day = reading.at.today
        return f"There is no figure for {period.name} as known on {day.day} {day:%B %Y}: {why}."
    return found


def _described(
    session: Session, definition: Measure, told: Sequence[Told], answer: Change, hidden: frozenset[str]
) -> Explained:
    """The parts in words, the largest first; those of schools that are not shown alone as one."""
    at, quotient = told[1].at, FORMS[definition.kind] == "quotient"
    alone = [part for part in answer.parts if part.body not in hidden]
    schools = [part for part in answer.parts if part.body in hidden]
    names = names_as_at(session, at.today, at.moment, codes={part.body for part in alone})
    names[POPULATION] = "Children who live in the place"
    places = 0 if definition.kind == "count" else 2
    rows = [
        (abs(part.amount), _row(names.get(part.body, part.body), WORDS[part.cause], [part], places))
        for part in alone
    ]
    if schools:
        rows.append((abs(_sum(schools)), _row(SCHOOLS, TOGETHER, schools, places)))
    rows.sort(key=lambda pair: (-pair[0], pair[1].agency))
    causes = [
        _cause(WORDS[cause], [part for part in alone if part.cause == cause], places) for cause in Cause
    ]
    if schools:
        causes.append(CauseRow(f"{SCHOOLS}. {TOGETHER}", signed(_sum(schools), places), None))
    return Explained(
        told[0],
        told[1],
        change=signed(answer.whole, places),
        unit="percentage points" if definition.kind == "percent" else definition.unit,
        causes=tuple(causes),
        rows=tuple(row for _, row in rows),
        how=QUOTIENTS if quotient else SUMS,
        quotient=quotient,
    )


def _row(agency: str, cause: str, parts: Sequence[Part], places: int) -> AgencyRow:
    above = sum((part.above for part in parts), Fraction(0))
    below = sum((part.below for part in parts), Fraction(0))
    return AgencyRow(
        agency, cause, signed(above, places), signed(below, places), signed(above + below, places)
    )


def _cause(words: str, parts: Sequence[Part], places: int) -> CauseRow:
    return CauseRow(words, signed(_sum(parts), places), len({part.body for part in parts} - {POPULATION}))


def _sum(parts: Sequence[Part]) -> Fraction:
    return sum((part.amount for part in parts), Fraction(0))


def signed(amount: Fraction, places: int) -> str:
    """A difference with its sign, as it is read."""
    text = number(float(amount), places)
    return f"+{text}" if amount > 0 and text.strip("0.") else text


class Known(NamedTuple):
    """The periods that a measure has figures for, and the two newest whole ones."""

    periods: tuple[Period, ...]
    before: Period
    after: Period


def periods_of(session: Session, partnership: Partnership, at: AsAt, definition: Measure) -> Known:
    last = containing(at.today, definition.usual)
    found: tuple[Period, ...] = ()
    if definition.kind in FORMS and not definition.judged:
        series = Reading(session, partnership, at).series(
            definition, Asked(definition.usual, last=last.ends_on)
        )
        found = tuple(point.period for point in series.points if point.value is not None)[-MOST_PERIODS:]
        whole = [point.period for point in series.points if point.state in ("value", "nil")]
        last = (whole or [last])[-1]
    return Known(found, next((one for one in reversed(found) if one.starts_on < last.starts_on), last), last)
