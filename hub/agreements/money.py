"""What an agreement says of money: each contribution as instalments by quarter, and their sums.

Every amount is in pence. A year's amount is split into whole pence over the months in which the party pays, by the
largest remainder, so that the parts always make the whole. Nothing here reads a database.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from hub.agreements.model import Contribution
from hub.periods import Period, between, containing, parse

PENCE = 100


@dataclass(frozen=True)
class Instalment:
    """What one party owes to one service for one quarter."""

    service: str
    payer: str
    quarter: Period
    pence: int


def begins(contribution: Contribution) -> date:
    """The first day for which the party pays."""
    return contribution.begins_on or parse(contribution.year).starts_on


def ends(contribution: Contribution) -> date:
    """The last day for which the party pays."""
    return contribution.ends_on or parse(contribution.year).ends_on


def in_money(contributions: Iterable[Contribution], year: Period) -> list[Contribution]:
    """The contributions of a year that are amounts of money."""
    return [
        each
        for each in contributions
        if each.means == "money" and each.amount is not None and each.year == year.code
    ]


def pence_of(contribution: Contribution) -> int:
    """What the party is committed to."""
    return int((contribution.amount or 0) * PENCE)


def pledges(contributions: Iterable[Contribution], year: Period) -> dict[tuple[str, str], int]:
    """(service, payer) → the pence that a party pledged for a year, committed since or not."""
    found: dict[tuple[str, str], int] = {}
    for each in contributions:
        if each.pledged is not None and each.year == year.code:
            key = each.service, each.payer
            found[key] = found.get(key, 0) + int(each.pledged * PENCE)
    return found


def instalments(contributions: Iterable[Contribution], year: Period) -> list[Instalment]:
    """Every quarter's instalment of the year's contributions, in the agreement's order."""
    return [
        Instalment(each.service, each.payer, quarter, pence)
        for each in in_money(contributions, year)
        for quarter, pence in _by_quarter(each)
    ]


def _by_quarter(contribution: Contribution) -> list[tuple[Period, int]]:
    first, last = begins(contribution), ends(contribution)
    months = between(containing(first, "month"), containing(last, "month"))
    quarters = between(containing(first, "quarter"), containing(last, "quarter"))
    weights = [
        sum(quarter.starts_on <= month.starts_on <= quarter.ends_on for month in months)
        for quarter in quarters
    ]
    return list(zip(quarters, split(pence_of(contribution), weights), strict=True))


def split(whole: int, weights: Sequence[int]) -> list[int]:
    """Whole parts in proportion to weights, largest remainder first; they add to the whole exactly."""
    over = sum(weights)
    parts = [whole * weight // over for weight in weights]
    by_remainder = sorted(range(len(parts)), key=lambda n: (-(whole * weights[n] % over), n))
    for number in by_remainder[: whole - sum(parts)]:
        parts[number] += 1
    return parts


def year_of(day: date) -> Period:
    return containing(day, "financial_year")
