"""Which line of which table a row gives: its breakdown and code against the definition and the lists of the scope.

Also what a table lacks: lines of a breakdown that must be complete, totals, months of a term, and lines given twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from hub import periods
from hub.definitions.layout import lying_within
from hub.definitions.model import (
    AREAS_LIST,
    MEMBERS_LIST,
    NOT_HELD,
    NOT_HELD_TITLE,
    NOT_KNOWN,
    REGISTER_KEY,
    TOTAL,
    Breakdown,
    Definition,
    Owes,
)
from hub.errors import UnknownDefinition
from hub.validation.outcome import Expected, Scope
from hub.validation.places import Fault
from hub.validation.wording import KINDS, offers, say

KIND_NAMES = {
    "council": "A council", "nhs_trust": "An NHS trust", "nhs_commissioner": "An NHS commissioner",
    "nhs_england": "NHS England", "police": "A police force", "school": "A school", "region": "A region", "nation": "A nation",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """`asked` are the figures that this line must carry; `usable` says that its cells may be judged and kept."""

    breakdown: str
    code: str
    asked: frozenset[str]
    optional: bool = False  # left out when all its cells are blank
    not_held: bool = False  # stands in place of its table's other lines
    fault: Fault | None = None

    @property
    def usable(self) -> bool:
        return self.fault is None


@dataclass(frozen=True)
class Lack:
    """Something that a submission should have held. `breakdown` is the table that is incomplete, where there is one."""

    code: str
    period: str
    message: str
    breakdown: str | None = None


def line_finder(
    definition: Definition, scope: Scope
) -> Callable[[Expected | None, Owes | None, str, str], Line]:
    """A function that judges (expected, owes, breakdown, code) as written."""
    known = {breakdown.name: breakdown for breakdown in definition.breakdowns}

    def find(expected: Expected | None, owes: Owes | None, name: str, code: str) -> Line:
        asked_for = list(owes.breakdowns) if owes else list(known)
        if not name and not code and asked_for == [TOTAL]:
            name = TOTAL  # nothing else can be meant where nothing else is asked
        if name not in known:
            problem = "breakdown-unknown" if name else "breakdown-missing"
            message = say(problem, text=name, offer=offers(asked_for, name), heading="breakdown")
            return Line("", code, frozenset(), fault=Fault(problem, "breakdown", message, name))
        breakdown = known[name]
        if expected is None or owes is None:
            return Line(name, code, frozenset())
        if name not in owes.breakdowns:
            message = say("breakdown-not-asked", text=name, kind=KIND_NAMES[expected.agency_kind])
            return Line(
                name, code, frozenset(), fault=Fault("breakdown-not-asked", "breakdown", message, name)
            )
        asked = frozenset(breakdown.figures) & frozenset(owes.figures)
        fault = _fault_in_code(breakdown, code, codes_of(definition, breakdown, scope, expected.partnership))
        not_held = breakdown.may_be_not_held and code == NOT_HELD
        optional = breakdown.rows == "listed" or not_held
        return Line(name, code, asked, optional=optional, not_held=not_held, fault=fault)

    return find


def _fault_in_code(breakdown: Breakdown, code: str, codes: Mapping[str, str]) -> Fault | None:
    if breakdown.name == TOTAL:
        return Fault("code-not-asked", "code", say("code-not-asked", text=code), code) if code else None
    if code in codes or (breakdown.key and re.fullmatch(REGISTER_KEY, code)):
        return None
    if breakdown.key:
        problem = "key-malformed" if code else "key-missing"
        return Fault(problem, "code", say(problem, text=code, key=breakdown.key), code)
    problem = "code-unknown" if code else "code-missing"
    message = say(problem, text=code, breakdown=breakdown.title, offer=offers(list(codes), code))
    return Fault(problem, "code", message, code)


def codes_of(
    definition: Definition, breakdown: Breakdown, scope: Scope, partnership: str
) -> Mapping[str, str]:
    """The codes that a breakdown's lines may have in a partnership, with their titles."""
    if breakdown.name == TOTAL or breakdown.key:
        return {}
    if breakdown.within:
        other = definition.breakdown(breakdown.within)
        return lying_within(
            breakdown,
            _codes_in_list(breakdown, scope, partnership),
            _codes_in_list(other, scope, partnership),
        )
    if breakdown.may_be_not_held:
        return {**_codes_in_list(breakdown, scope, partnership), NOT_HELD: NOT_HELD_TITLE}
    return _codes_in_list(breakdown, scope, partnership)


def _codes_in_list(breakdown: Breakdown, scope: Scope, partnership: str) -> Mapping[str, str]:
    own = scope.lists.get(partnership, {}).get(breakdown.list)
    found = own if own is not None else scope.lists.get("", {}).get(breakdown.list)
    if breakdown.list == AREAS_LIST:
        return {NOT_KNOWN: "Not known", **(found or {})} if not found or NOT_KNOWN not in found else found
    if found is None and breakdown.list != MEMBERS_LIST:
        raise UnknownDefinition(
            f"The list “{breakdown.list}” of the table “{breakdown.name}” is not known here."
        )
    return found or {}


def lacks(
    definition: Definition,
    scope: Scope,
    expected: Expected,
    *,
    given: Mapping[str, Mapping[str, set[str]]],
    counted: Mapping[str, set[str]],
) -> Iterator[Lack]:
    """What a submission lacks. `given` holds its codes by period and breakdown; `counted` the figures whose total is above 0."""
    owes = definition.owes_for(expected.agency_kind)
    assert owes is not None  # place_rows refuses a scope in which it is
    whole = periods.parse(expected.period)
    wanted = [whole] if whole.kind == owes.grain else list(periods.within(whole, owes.grain))
    missing = [period for period in wanted if period.code not in given]
    if missing:
        names = ", ".join(period.name for period in missing)
        offer = f"{names} {'is' if len(missing) == 1 else 'are'}"
        yield Lack(
            "period-lines-missing",
            "",
            say(
                "period-lines-missing",
                offer=offer,
                kind=KINDS[owes.grain].split(" ", 1)[1],
                period=whole.name,
            ),
        )
    for period in wanted:
        if period.code not in given:
            continue
        for name in owes.breakdowns:
            breakdown = definition.breakdown(name)
            codes = codes_of(definition, breakdown, scope, expected.partnership)
            nothing = counted.get(period.code, set()).isdisjoint(breakdown.figures)
            lack = _lack(breakdown, period, codes, given[period.code].get(name), nothing=nothing)
            if lack:
                yield lack


def _lack(
    breakdown: Breakdown,
    period: periods.Period,
    codes: Mapping[str, str],
    given: set[str] | None,
    *,
    nothing: bool,
) -> Lack | None:
    if breakdown.name == TOTAL:
        message = say("total-missing", period=period.name, total=TOTAL, heading="breakdown")
        return None if given else Lack("total-missing", period.code, message)
    if breakdown.may_be_not_held and given and NOT_HELD in given:
        if given == {NOT_HELD}:
            return None
        message = say("table-held-and-not", breakdown=breakdown.title, period=period.name)
        return Lack("table-held-and-not", period.code, message, breakdown.name)
    if breakdown.rows == "listed":
        if given or nothing or not breakdown.required:
            return None
        message = say(
            "breakdown-without-lines",
            breakdown=breakdown.title,
            period=period.name,
            offer=offers(list(codes)) or f"{breakdown.key} 1, 2 and so on",
        )
        return Lack("breakdown-without-lines", period.code, message)
    left_out = [code for code in codes if code not in (NOT_KNOWN, NOT_HELD, *(given or ()))]
    if not left_out or (not given and not breakdown.required):
        return None
    if not given:
        message = say(
            "breakdown-without-lines", breakdown=breakdown.title, period=period.name, offer=offers(left_out)
        )
        return Lack("breakdown-without-lines", period.code, message)
    message = say("line-missing", breakdown=breakdown.title, period=period.name, offer=", ".join(left_out))
    return Lack("line-missing", period.code, message, breakdown.name)
