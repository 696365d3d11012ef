"""Which submission a row speaks for: its partnership, agency and period found among the due items of the scope.

A row that names somebody else's agency is answered like one that names none that exists (security.md P1).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from hub import periods
from hub.definitions.model import Definition, Owes
from hub.errors import WrongUsage
from hub.periods import Period
from hub.validation.outcome import Expected, Scope
from hub.validation.wording import KINDS, SHAPES, offers, say, shape_of_period

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell, before it is known in which rows."""

    code: str
    field: str
    message: str
    text: str


@dataclass(frozen=True)
class Place:
    """Where a row belongs. Without `expected` it belongs nowhere; a fault says why, or that the period is not open."""

    expected: Expected | None
    owes: Owes | None
    period: Period | None
    fault: Fault | None = None


@dataclass(frozen=True)
class Places:
    """`index` gives for each row of the table its place in `places`."""

    places: tuple[Place, ...]
    index: np.ndarray


def place_rows(frame: pd.DataFrame, definition: Definition, scope: Scope) -> Places:
    """Find each row's submission, each different (partnership, agency, period) once."""
    finder = _finder(definition, scope)
    groups = frame.groupby(["partnership", "agency", "period"], sort=False, observed=True)
    index = groups.ngroup().to_numpy()
    keys = frame.loc[
        ~frame.duplicated(["partnership", "agency", "period"]), ["partnership", "agency", "period"]
    ]
    return Places(tuple(finder(*key) for key in keys.itertuples(index=False, name=None)), index)


def _finder(definition: Definition, scope: Scope) -> Callable[[str, str, str], Place]:
    due: dict[str, dict[str, list[tuple[Period, Expected]]]] = defaultdict(lambda: defaultdict(list))
    for expected in scope.expected:
        due[expected.partnership][expected.agency].append((periods.parse(expected.period), expected))
    partnerships = list(due)
    homes: dict[str, list[str]] = defaultdict(list)  # agency → the partnerships that it owes the return to
    for home, bodies in due.items():
        for body in bodies:
            homes[body].append(home)
    today = date.fromisoformat(scope.today)

    def find(partnership: str, agency: str, text: str) -> Place:
        owes_to = homes.get(agency or scope.default_agency or "", partnerships)
        found = partnership or scope.default_partnership or (owes_to[0] if len(owes_to) == 1 else "")
        if found not in due:
            code = "partnership-unknown" if found else "partnership-missing"
            return _nowhere(code, "partnership", partnership, offer=offers(owes_to, found))
        owing = due[found]
        sole = next(iter(owing)) if len(owing) == 1 else ""
        body = agency or scope.default_agency or sole
        if body not in owing:
            code = (
                "agency-missing"
                if not body
                else "agency-not-in-partnership"
                if body in homes
                else "agency-unknown"
            )
            return _nowhere(code, "agency", body, offer=offers(list(owing), body), partnership=found)
        return _in_period(definition, owing[body], text, today)

    return find


def _in_period(
    definition: Definition, candidates: list[tuple[Period, Expected]], text: str, today: date
) -> Place:
    expected = candidates[0][1]
    owes = definition.owes_for(expected.agency_kind)
    if owes is None:
        raise WrongUsage(
            f"A {expected.agency_kind} does not owe {definition.code}, but {expected.key} is due."
        )
    if not text:
        return _nowhere("period-missing", "period", text, shape=SHAPES[owes.grain])
    try:
        period = periods.parse(text)
    except WrongUsage:
        return _nowhere("period-malformed", "period", text, shape=shape_of_period(owes.grain, text))
    if period.kind != owes.grain:
        shape = shape_of_period(owes.grain, text)
        return _nowhere(
            "period-of-another-kind",
            "period",
            text,
            kind=KINDS[period.kind],
            asked=KINDS[owes.grain],
            shape=shape,
        )
    early = period.starts_on > today and not definition.published
    due = next((item for whole, item in candidates if whole.contains(period)), None)
    if due is None:
        code = "period-in-future" if early else "period-not-asked"
        return _nowhere(
            code, "period", text, period=period.name, agency=expected.agency, partnership=expected.partnership
        )
    fault = None
    if early or (due.window != "open" and not definition.published):
        code = (
            "period-in-future"
            if early
            else "period-not-open"
            if due.window == "not-yet-open"
            else "period-closed"
        )
        fault = Fault(code, "period", say(code, period=period.name, why=due.why), text)
    return Place(due, owes, period, fault)


def _nowhere(code: str, field: str, text: str, **facts: object) -> Place:
    return Place(None, None, None, Fault(code, field, say(code, text=text, **facts), text))
