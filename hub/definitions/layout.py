"""Which rows an agency is asked for, in the order in which form and template show them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import count, islice

from hub import periods
from hub.definitions.model import (
    AREAS_LIST,
    NOT_HELD,
    NOT_HELD_TITLE,
    NOT_KNOWN,
    TOTAL,
    WITHIN,
    Breakdown,
    Definition,
    Owes,
)
from hub.errors import NotFound, UnknownDefinition, WrongUsage
from hub.periods import Period

# The codes and titles of each list by its name, in order; `areas` and `members` as at the period.
Lists = Mapping[str, Mapping[str, str]]


REGISTER_ROWS = 5  # of a register, to begin with
SPARE_REGISTER_ROWS = 2  # below those that are filled in


@dataclass(frozen=True)
class Line:
    """A row of a breakdown; of the total, with an empty code."""

    code: str
    title: str


def owed_by(definition: Definition, kind: str) -> Owes:
    """What a kind of agency owes. Raises NotFound in words for a person."""
    owes = definition.owes_for(kind)
    if owes is None:
        raise NotFound(f"“{definition.title}” is not asked of this kind of agency.")
    return owes


def periods_in(owes: Owes, whole: Period) -> list[Period]:
    """The periods of the rows within one period of collection, or a longer one: the months of a term, of two years.

    Errors: WrongUsage where no period of a row fits into it.
    """
    fitting = [whole] if whole.kind == owes.grain else list(periods.within(whole, owes.grain))
    if not fitting:
        raise WrongUsage(
            f"{whole.code} is shorter than the {owes.frequency.replace('_', ' ')} that this return is collected for. "
            f"Write {periods.containing(whole.starts_on, owes.frequency).code}."
        )
    return fitting


def breakdowns_of(definition: Definition, owes: Owes) -> list[Breakdown]:
    """The tables that are owed, the total first."""
    return [breakdown for breakdown in definition.breakdowns if breakdown.name in owes.breakdowns]


def lines_of(
    definition: Definition, breakdown: Breakdown, lists: Lists, *, keys: Collection[str] = ()
) -> list[Line]:
    """A breakdown's lines: the codes of its list; where the child lives, `not-known` comes last, and after it “not held”.

    Of a register, the rows that the sender has named already (`keys`) and some more.
    """
    if breakdown.name == TOTAL:
        return [Line("", breakdown.title)]
    if breakdown.key:
        more = (str(number) for number in count(1) if str(number) not in keys)
        spare = max(SPARE_REGISTER_ROWS, REGISTER_ROWS - len(keys))
        return [Line(key, f"{breakdown.key} {key}") for key in (*keys, *islice(more, spare))]
    if breakdown.list not in lists:
        raise UnknownDefinition(
            f"The list “{breakdown.list}” of the table “{breakdown.title}” is not known here."
        )
    titles = dict(lists[breakdown.list])
    if breakdown.list == AREAS_LIST:
        titles.setdefault(NOT_KNOWN, "Area not known")
    if breakdown.within:
        titles = lying_within(breakdown, titles, lists[definition.breakdown(breakdown.within).list])
    lines = [Line(code, title) for code, title in titles.items()]
    if breakdown.may_be_not_held:
        lines.append(Line(NOT_HELD, NOT_HELD_TITLE))
    return lines


def lying_within(table: Breakdown, own: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    """The lines of a table that lie in lines of another: those that say so themselves, the rest in each of those lines
    that the table names."""
    placed = {code: title for code, title in own.items() if WITHIN in code}
    crossed = {code: title for code, title in own.items() if WITHIN not in code}
    return placed | {
        f"{line}{WITHIN}{code}": f"{outer}: {title}"
        for line, outer in other.items()
        if not table.in_lines or line in table.in_lines
        for code, title in crossed.items()
    }


def rows_of(
    definition: Definition,
    owes: Owes,
    whole: Period,
    lists: Lists,
    *,
    keys: Mapping[str, Collection[str]] | None = None,
) -> Iterator[tuple[Period, Breakdown, Line]]:
    """Every row that form and template show: for each period the total, then the lines of each breakdown.

    `keys` names, by register, the rows that the sender has already.
    """
    for period in periods_in(owes, whole):
        for breakdown in breakdowns_of(definition, owes):
            for line in lines_of(definition, breakdown, lists, keys=(keys or {}).get(breakdown.name, ())):
                yield period, breakdown, line
