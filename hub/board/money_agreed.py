"""What an agreement says of a year's money, as a page shows it: parties by services, shares, and how far an amount is off.

Every total is the sum of the cells above it, in pence, so that the parts make the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from hub.agreements import money
from hub.agreements.model import Agreement, Contribution, Service
from hub.agreements.money_signed import Amount, Reason
from hub.periods import Period, parse

VARIANCE = 10  # per cent away from what was agreed asks a reason, as the returns of money ask it


@dataclass(frozen=True)
class Cell:
    """What one party pays for one service in the year, and its share of that service."""

    pence: int
    percent: float | None


@dataclass(frozen=True)
class MatrixRow:
    service: Service
    cells: tuple[Cell | None, ...]
    pence: int


@dataclass(frozen=True)
class Matrix:
    """Parties by services. `totals` and `pence` are sums of the cells."""

    payers: tuple[tuple[str, str], ...]  # code, name
    rows: tuple[MatrixRow, ...]
    totals: tuple[Cell, ...]
    pence: int


@dataclass(frozen=True)
class Pledge:
    """What a party said it would give to a service in a year, beside what it is committed to."""

    service: Service
    name: str
    pledged: int
    committed: int

    @property
    def open(self) -> int:
        """What is pledged and not committed; nothing where a party is committed to more."""
        return max(0, self.pledged - self.committed)


@dataclass(frozen=True)
class Variance:
    """How far an amount is from what it is held against, in per cent; `asks` where that is more than a tenth."""

    percent: float | None
    asks: bool


def years_of(agreement: Agreement) -> tuple[Period, ...]:
    """The financial years for which the agreement has contributions, oldest first."""
    codes = sorted({each.year for each in agreement.contributions})
    return tuple(parse(code) for code in codes)


def matrix(agreement: Agreement, year: Period, names: dict[str, str]) -> Matrix:
    """Who pays for what in a year, as agreed."""
    agreed = _committed(agreement, year)
    payers = [code for code in agreement.party_codes if any(payer == code for _, payer in agreed)]
    rows = [
        _matrix_row(service, [agreed.get((service.id, payer), 0) for payer in payers])
        for service in agreement.services
        if any(of == service.id for of, _ in agreed)
    ]
    whole = sum(row.pence for row in rows)
    totals = [sum(cell.pence for row in rows if (cell := row.cells[n])) for n in range(len(payers))]
    return Matrix(
        payers=tuple((code, names.get(code, code)) for code in payers),
        rows=tuple(rows),
        totals=tuple(Cell(pence, _percent(pence, whole)) for pence in totals),
        pence=whole,
    )


def _committed(agreement: Agreement, year: Period) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for each in money.in_money(agreement.contributions, year):
        key = each.service, each.payer
        found[key] = found.get(key, 0) + money.pence_of(each)
    return found


def pledged(agreement: Agreement, year: Period, names: dict[str, str]) -> tuple[Pledge, ...]:
    """What was pledged for a year, in the agreement's order."""
    committed = _committed(agreement, year)
    said = money.pledges(agreement.contributions, year)
    return tuple(
        Pledge(
            service, names.get(payer, payer), said[service.id, payer], committed.get((service.id, payer), 0)
        )
        for service in agreement.services
        for payer in agreement.party_codes
        if (service.id, payer) in said
    )


def _matrix_row(service: Service, amounts: Sequence[int]) -> MatrixRow:
    whole = sum(amounts)
    cells = tuple(Cell(pence, _percent(pence, whole)) if pence else None for pence in amounts)
    return MatrixRow(service, cells, whole)


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


def variance(amount: Amount, against: int) -> Variance:
    """An amount beside what was agreed; nothing can be said while a quarter is not signed."""
    if not amount.whole or not amount.of:
        return Variance(None, asks=False)
    if not against:
        return Variance(None, asks=amount.value != 0)
    # Compared in whole pence: 10% exactly asks nothing.
    return Variance(
        100 * (amount.value - against) / against,
        asks=100 * abs(amount.value - against) > VARIANCE * against,
    )


def part_of_year(each: Contribution, year: Period) -> str:
    first, last = money.begins(each), money.ends(each)
    if (first, last) == (year.starts_on, year.ends_on):
        return ""
    return f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}"


def merged(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """The same words given for several quarters, said once, with the quarters by name."""
    found: dict[tuple[str, str], Reason] = {}
    for each in reasons:
        before = found.get((each.agency, each.words))
        quarter = parse(each.quarter).name
        found[each.agency, each.words] = replace(
            each, quarter=f"{before.quarter}, {quarter}" if before else quarter
        )
    return tuple(found.values())
