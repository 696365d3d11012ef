"""The disclosure gate: every series that leaves for a person passes it with the person's audience (security.md P8).

Until breakdowns can be suppressed cell by cell, those by a personal characteristic and those at the level of one
school are withheld whole from readers outside the agency. Totals of an NHS body, police force, council or area show
exact, because a Board cannot act on what it cannot see.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from hub.measures.model import Series

PERSONAL = frozenset({"age_band", "ethnic_group", "category", "sex"})
MONEY_WITHHELD = (
    "Not shown: money is read by those who pay, host or deliver, the Board and the regional office."
)
WITHHELD = "Not shown: the numbers in this breakdown are small enough to point to a child."


@dataclass(frozen=True)
class Audience:
    """Who reads: `exact` for the partnership's data team; `agencies` are the reader's own, shown exact to them.

    `money`: they may read what each party pays.
    """

    exact: bool = False
    agencies: frozenset[str] = frozenset()
    money: bool = False


OPERATOR = Audience(exact=True, money=True)


def protect(
    series: Series, audience: Audience, *, schools: frozenset[str] = frozenset(), owner: str | None = None
) -> Series:
    """The series as the audience may see it. `schools` are the codes of schools; `owner` signed the figures, if one agency did."""
    if owner is not None and owner in audience.agencies:
        return series
    if series.finance and not audience.money:
        return replace(series, points=(), withheld=MONEY_WITHHELD)
    if audience.exact:
        return series
    if series.personal or series.by in PERSONAL:
        return replace(series, points=(), withheld=WITHHELD)
    hidden = schools - audience.agencies
    if series.by == "agency" and any(point.lines.get("agency") in hidden for point in series.points):
        kept = tuple(point for point in series.points if point.lines.get("agency") not in hidden)
        return replace(
            series,
            points=kept,
            withheld="Schools are not shown one by one: their numbers are small enough to point to a child.",
        )
    if owner in hidden:
        return replace(series, points=(), withheld=WITHHELD)
    return series
