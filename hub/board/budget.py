"""The itemised budget of an agreement as its page shows it: one-off and base apart, and what nobody pays for yet.

`unfunded` is the central estimate less what is funded and what was asked for; sums are sums of the lines above them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from hub.agreements.model import Agreement
from hub.agreements.money_budget import BudgetItem, BudgetYear
from hub.periods import Period, parse

PARTS = (("one-off", "One-off"), ("base", "Staying in the base"))


@dataclass(frozen=True)
class Paying:
    state: str  # funded, asked
    of: str  # who pays, or who was asked: a party's code, or a name
    pence: int
    on: date | None


@dataclass(frozen=True)
class YearLine:
    """`amounts` are low, central, high, funded, asked and unfunded, in pence."""

    year: Period
    amounts: tuple[int, int, int, int, int, int]
    funding: tuple[Paying, ...] = ()


@dataclass(frozen=True)
class ItemLines:
    title: str
    status: str
    source: str
    years: tuple[YearLine, ...]


@dataclass(frozen=True)
class Part:
    title: str
    items: tuple[ItemLines, ...]
    totals: tuple[YearLine, ...]


@dataclass(frozen=True)
class Budget:
    parts: tuple[Part, ...]


def budget_of(agreement: Agreement) -> Budget:
    parts = []
    for nature, title in PARTS:
        items = tuple(_item(each) for each in agreement.budget if each.nature == nature)
        if items:
            parts.append(Part(title, items, _totals(items)))
    return Budget(tuple(parts))


def _item(item: BudgetItem) -> ItemLines:
    status = (
        item.status
        if item.within is None
        else f"{item.status}, within {item.within.normalize():f}% either way"
    )
    return ItemLines(item.title, status, item.source or "", tuple(_year(item, each) for each in item.years))


def _year(item: BudgetItem, year: BudgetYear) -> YearLine:
    central = _pence(year.central)
    off = (year.central * (item.within or 0) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    low = _pence(year.central - off if year.low is None else year.low)
    high = _pence(year.central + off if year.high is None else year.high)
    funding = tuple(
        Paying(each.state, each.of, _pence(each.amount), each.on)
        for each in item.funding
        if each.year == year.year
    )
    funded = sum(each.pence for each in funding if each.state == "funded")
    asked = sum(each.pence for each in funding if each.state == "asked")
    return YearLine(parse(year.year), (low, central, high, funded, asked, central - funded - asked), funding)


def _totals(items: Sequence[ItemLines]) -> tuple[YearLine, ...]:
    years = sorted({line.year for item in items for line in item.years}, key=lambda year: year.starts_on)
    return tuple(
        YearLine(year, _sum([line for item in items for line in item.years if line.year == year]))
        for year in years
    )


def _sum(lines: Sequence[YearLine]) -> tuple[int, int, int, int, int, int]:
    low, central, high, funded, asked, unfunded = (sum(line.amounts[n] for line in lines) for n in range(6))
    return low, central, high, funded, asked, unfunded


def _pence(pounds: Decimal) -> int:
    return int(pounds * 100)
