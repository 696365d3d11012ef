"""The list "lower than expected" as a page shows it: past the gate, with names instead of codes, and what each test rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from hub.definitions.catalogue import codelist
from hub.errors import UnknownDefinition
from hub.facts.moments import AsAt
from hub.measures.load import measures_as_at
from hub.measures.lower import Line, LowerThanExpected, lower_than_expected
from hub.measures.protect import Audience, hidden_from
from hub.partners.models import Partnership
from hub.partners.names import names_as_at
from hub.partners.queries import schools_ever
from hub.periods import Period

SCHOOLS_WITHHELD = (
    "Schools are tested, and not shown one by one: their numbers are small enough to point to a child."
)


@dataclass(frozen=True)
class Named:
    """A line with who it is about in words."""

    line: Line
    name: str
    measure_name: str


@dataclass(frozen=True)
class LowerPage:
    """`low` stands before the tested others, then what was not tested. `withheld` says whose lines are left out, if any are."""

    found: LowerThanExpected
    low: tuple[Named, ...]
    others: tuple[Named, ...]
    not_tested: tuple[Named, ...]
    withheld: str | None


def lower_page(
    session: Session, partnership: Partnership, at: AsAt, month: Period, audience: Audience
) -> LowerPage:
    """The month's list for an audience. q and the number expected by chance are over all that were tested, shown or not."""
    found = lower_than_expected(session, partnership, at, month)
    hidden = hidden_from(audience, schools_ever(session, partnership.id))
    shown = [line for line in found.lines if not (line.breakdown == "agency" and line.code in hidden)]
    named = _named(session, at, shown)
    return LowerPage(
        found=replace(found, lines=tuple(shown)),
        low=tuple(each for each in named if each.line.is_low),
        others=tuple(each for each in named if each.line.test is not None and not each.line.is_low),
        not_tested=tuple(each for each in named if each.line.test is None),
        withheld=SCHOOLS_WITHHELD if len(shown) < len(found.lines) else None,
    )


def _named(session: Session, at: AsAt, lines: Iterable[Line]) -> list[Named]:
    lines = list(lines)
    measures = measures_as_at(session, at.moment)
    codes = {line.code for line in lines if line.breakdown == "agency"}
    agencies = names_as_at(session, at.today, at.moment, codes=codes)
    sources = _titles(session, "sources")
    return [
        Named(line, agencies.get(line.code) or sources.get(line.code, line.code), measures[line.measure].name)
        for line in lines
    ]


def _titles(session: Session, name: str) -> dict[str, str]:
    try:
        return {item.code: item.title for item in codelist(session, name).items}
    except UnknownDefinition:
        return {}
