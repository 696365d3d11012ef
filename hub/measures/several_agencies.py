"""A breakdown by a personal characteristic to which several agencies contribute: what others may read of it.

A line read before and after one agency signed would tell that agency's line, so a period is told once, as it was when
everybody who owes it had first signed; corrections show in the totals. Lines are read together until what is told is nought
or five and more not only of all agencies but of all without any one of them, since each can take its own away. The total
of each agency is known, so where the totals leave too little room for a small count of one of them, the period is not told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from hub.measures.small_numbers import Signed, read_together
from hub.periods import Period

OF_ALL = "all"
FIRST_TOLD = (
    "Each period is shown as it stood when every agency that owes it had first signed: a line that moves when one agency signs "
    "would tell that agency’s. A period is not shown until then, nor where the agencies’ totals would tell a small number."
)


class Row(NamedTuple):
    """One line of one agency as one revision gave it."""

    period: Period
    agency_id: int
    position: int
    line: str
    value: int


Lines = dict[int, dict[str, int]]  # agency → line → count


def first_whole(rows: Sequence[Row], owing: Mapping[Period, Collection[int]]) -> dict[Period, Lines]:
    """Each period as it stood when the last of those who owe it signed for the first time; without those that are not in."""
    by_period: dict[Period, list[Row]] = defaultdict(list)
    for row in rows:
        by_period[row.period].append(row)
    found: dict[Period, Lines] = {}
    for period, signed in by_period.items():
        first: dict[int, int] = {}
        for row in signed:
            first[row.agency_id] = min(row.position, first.get(row.agency_id, row.position))
        owed = owing.get(period, ())
        if owed and all(agency in first for agency in owed):
            found[period] = _as_at(signed, max(first[agency] for agency in owed))
    return found


def _as_at(signed: Sequence[Row], position: int) -> Lines:
    """Of each agency what its last revision up to a position said."""
    known = [row for row in signed if row.position <= position]
    last: dict[int, int] = {}
    for row in known:
        last[row.agency_id] = max(row.position, last.get(row.agency_id, row.position))
    lines: Lines = defaultdict(dict)
    for row in known:
        if row.position == last[row.agency_id]:
            lines[row.agency_id][row.line] = row.value
    return dict(lines)


def read_together_of(tables: Mapping[Period, Lines], fewest: int) -> dict[Period, frozenset[str]]:
    """The lines that are read together, of the periods that can be told at all."""
    signed = [Signed(period, _columns(lines)) for period, lines in tables.items()]
    together = read_together(signed, (), fewest)
    return {
        period: together[period]
        for period, lines in tables.items()
        if not _tells_of_one(lines, together[period], fewest)
    }


def summed(lines: Lines) -> dict[str, int]:
    """The lines of all agencies together."""
    sums: dict[str, int] = defaultdict(int)
    for own in lines.values():
        for line, count in own.items():
            sums[line] += count
    return dict(sums)


def _columns(lines: Lines) -> dict[str, dict[str, int]]:
    """Each line as all readers have it: of all agencies, and of all without one."""
    return {
        line: {
            OF_ALL: total,
            **{f"without {agency}": total - own.get(line, 0) for agency, own in lines.items()},
        }
        for line, total in summed(lines).items()
    }


def _tells_of_one(lines: Lines, together: Collection[str], fewest: int) -> bool:
    """Whether a reader can tell a small count of another agency closely: from what the lines and the agencies come to.

    A table of which both margins are known, and nothing else, leaves each cell between these bounds exactly. An agency
    whose total is small is taken as known line by line, so that what is left of a line is not thought to hide behind it.
    """
    places = [*((line,) for line in summed(lines) if line not in together), tuple(together)]
    totals = {agency: total for agency, own in lines.items() if (total := sum(own.values())) >= fewest}
    counts = {
        agency: [sum(lines[agency].get(line, 0) for line in place) for place in places] for agency in totals
    }
    whole = sum(totals.values())
    for number, place in enumerate(places):
        of_place = {agency: own[number] for agency, own in counts.items()}
        small = [
            agency for agency in totals if any(0 < lines[agency].get(line, 0) < fewest for line in place)
        ]
        if not small:
            continue
        rest, most = sum(of_place.values()), max(of_place.values())
        most_beside = max(totals[agency] - count for agency, count in of_place.items())
        for agency in small:
            total = totals[agency]
            # Whoever knows one agency's lines takes it out; nobody takes out more than the most, and few cells come near it.
            if not _narrow(total, rest - most, whole - most - most_beside, place, fewest):
                continue
            known = [(0, 0), *((of_place[each], totals[each]) for each in totals if each != agency)]
            if any(_narrow(total, rest - own, whole - all_own, place, fewest) for own, all_own in known):
                return True
    return False


def _narrow(total: int, line: int, whole: int, place: Sequence[str], fewest: int) -> bool:
    """Whether a cell of an agency's total and a line's lies too closely, or is known to be small: what others leave of a line may be
    small, though the line is not. Of several lines read together only the latter tells anything of one.
    """
    low, high = max(0, total - (whole - line)), min(total, line)
    return high < fewest or (len(place) == 1 and high - low < fewest - 1)
