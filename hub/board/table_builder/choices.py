"""What a reader chooses of the table builder, read from an address and written into one.

Names and codes are the hub's own, so that an address can be read and typed. What cannot be shown is said and nothing is
guessed; only periods of another kind than the chosen one are taken for those that contain their first day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from hub.errors import WrongUsage
from hub.measures.model import Measure
from hub.periods import Kind, Period, containing, parse, preceding

Axis = Literal["measure", "line", "period"]
AXES: tuple[Axis, ...] = get_args(Axis)
KINDS: tuple[Kind, ...] = ("month", "quarter", "term", "academic_year", "financial_year")
USUAL_PERIODS: Mapping[Kind, int] = {"month": 13, "quarter": 8, "term": 6}  # five years of the others
MOST_MEASURES = 12
MOST_PERIODS = 120
MOST_CELLS = 3_000
EARLIEST, LATEST = 1990, 2200


@dataclass(frozen=True)
class Choices:
    """One table: which measures, broken down by what, over which periods, of whom, and how it is laid out."""

    measures: tuple[Measure, ...]
    kind: Kind
    first: Period
    last: Period
    by: str = ""
    area: str = ""
    agency_kind: str = ""
    total: bool = False
    rows: Axis = "measure"
    columns: Axis = "period"
    chart: bool = False

    def as_query(self) -> dict[str, str | list[str]]:
        """The names and values of an address that shows the same table; what is usual is left out."""
        written: dict[str, str | list[str]] = {
            "measure": [measure.id for measure in self.measures],
            "by": self.by,
            "period": self.kind,
            "from": self.first.code,
            "to": self.last.code,
            "area": self.area,
            "kind": self.agency_kind,
            "total": "yes" if self.total else "",
            "rows": "" if self.rows == "measure" else self.rows,
            "columns": "" if self.columns == "period" else self.columns,
            "show": "chart" if self.chart else "",
        }
        return {name: value for name, value in written.items() if value}


@dataclass(frozen=True)
class Offer:
    """What there is to choose from, as at the moment that is read."""

    measures: Mapping[str, Measure]
    breakdowns: Callable[[Measure], Sequence[str]]
    areas: Mapping[str, str]
    agency_kinds: Sequence[str]


def newest(kind: Kind, today: date) -> Period:
    """The last period of a kind that was over on a day."""
    return preceding(containing(today, kind))


def read(given: Mapping[str, Sequence[str]], offer: Offer, today: date) -> tuple[Choices | None, list[str]]:
    """The choice that an address holds, and what is wrong with it. Without a measure nothing is chosen yet."""
    ids = list(dict.fromkeys(given.get("measure", ())))
    unknown = [id for id in ids if id not in offer.measures]
    faults = [f"There is no measure “{id[:40]}”. Choose from the list." for id in unknown[:3]]
    if len(ids) > MOST_MEASURES:
        faults.append(
            f"{len(ids)} measures are chosen. A table takes at most {MOST_MEASURES}: leave some out."
        )
    measures = tuple(offer.measures[id] for id in ids if id in offer.measures)[:MOST_MEASURES]
    if not measures:
        return None, faults
    say = faults.append
    kind = _kind(_one(given, "period"), measures, say)
    first, last = _span(given, kind, today, say)
    by, agency_kind = _one(given, "by"), _one(given, "kind")
    if agency_kind and agency_kind not in offer.agency_kinds:
        say("No agency of that kind takes part. Choose a kind from the list.")
        agency_kind = ""
    by = by or ("agency" if agency_kind else "")
    if by and not any(by in offer.breakdowns(measure) for measure in measures):
        say(
            f"None of these measures is broken down by {by[:40].replace('_', ' ')}. Choose another breakdown."
        )
    if agency_kind and by != "agency":
        say("A kind of agency can be chosen where the lines are agencies: break the table down by agency.")
    area = _one(given, "area")
    if area and area not in offer.areas:
        say("There is no area of that code here. Choose one from the list.")
    choices = Choices(
        measures=measures,
        kind=kind,
        first=first,
        last=last,
        by=by,
        area=area,
        agency_kind=agency_kind,
        total=_one(given, "total") == "yes",
        rows=_axis(given, "rows", "measure", say),
        columns=_axis(given, "columns", "period", say),
        chart=_one(given, "show") == "chart",
    )
    return choices, faults


def _one(given: Mapping[str, Sequence[str]], name: str) -> str:
    values = given.get(name) or ("",)
    return values[-1].strip()


def _kind(asked: str, measures: Sequence[Measure], say: Callable[[str], None]) -> Kind:
    kinds = [kind for kind in KINDS if any(kind in measure.sources for measure in measures)]
    usual = next(kind for kind in KINDS if kind in measures[0].sources)
    if not asked:
        return usual
    found = next((kind for kind in kinds if kind == asked), None)
    if found is None:
        say(
            "These measures are not worked out by that kind of period. They are by "
            f"{', '.join(kind.replace('_', ' ') for kind in kinds)}."
        )
    return found or usual


def _span(
    given: Mapping[str, Sequence[str]], kind: Kind, today: date, say: Callable[[str], None]
) -> tuple[Period, Period]:
    last = _period(_one(given, "to"), kind, say) or newest(kind, today)
    first = _period(_one(given, "from"), kind, say)
    if first is None:
        first = last
        for _ in range(USUAL_PERIODS.get(kind, 5) - 1):
            first = preceding(first)
    if last < first:
        say(f"The table would end with {last.name}, before it begins with {first.name}. Turn them round.")
        return first, first
    if _apart(first, last) >= MOST_PERIODS:
        say(
            f"That is more than {MOST_PERIODS} periods, which is the most. Begin later or take longer periods."
        )
        return last, last
    return first, last


def _period(code: str, kind: Kind, say: Callable[[str], None]) -> Period | None:
    if not code:
        return None
    try:
        day = parse(code[:40]).starts_on
    except WrongUsage as error:
        say(error.sentence)
        return None
    if not EARLIEST <= day.year <= LATEST:
        say(f"Name a period between {EARLIEST} and {LATEST}.")
        return None
    return containing(day, kind)


def _apart(first: Period, last: Period) -> int:
    """Roughly how many periods lie between two: exact enough to stop before walking them."""
    days = (first.ends_on - first.starts_on).days + 1
    return (last.ends_on - first.ends_on).days // max(days, 1)


def _axis(given: Mapping[str, Sequence[str]], name: str, usual: Axis, say: Callable[[str], None]) -> Axis:
    asked = _one(given, name) or usual
    found = next((axis for axis in AXES if axis == asked), None)
    if found is None:
        say("Rows and columns are measures, lines or periods.")
    return found or usual
