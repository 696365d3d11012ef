"""An itemised budget in an agreement: what each item costs in each year, how sure that is, and who pays or was asked.

What is neither funded nor asked for is unfunded; nobody writes that number, it is what is left (hub.board.budget).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from marshmallow import Schema, fields, validate

from hub.errors import WrongUsage
from hub.periods import parse

_TEXT = validate.Length(min=1, max=500, error="has from 1 to 500 characters.")
_POUNDS: dict[str, Any] = {
    "validate": validate.Range(min=0, max=Decimal(999_999_999), error="is no amount of pounds.")
}


@dataclass(frozen=True)
class BudgetYear:
    """What an item costs in a financial year, in pounds: the central estimate, and a range where one is written."""

    year: str
    central: Decimal
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True)
class Funding:
    """A part that somebody pays, or was asked for. `of` is a party's code, or the name of another body."""

    year: str
    amount: Decimal
    state: Literal["funded", "asked"]
    of: str
    on: date | None = None  # when it was asked


@dataclass(frozen=True)
class BudgetItem:
    """One line of the budget. `within` is how far it may vary, in per cent either way."""

    id: str
    title: str
    nature: Literal["one-off", "base"]
    status: Literal["provisional", "confirmed"]
    years: tuple[BudgetYear, ...]
    within: Decimal | None = None
    funding: tuple[Funding, ...] = ()
    source: str | None = None


class _YearSchema(Schema):
    year = fields.String(required=True)
    central = fields.Decimal(required=True, **_POUNDS)
    low = fields.Decimal(load_default=None, allow_none=True, **_POUNDS)
    high = fields.Decimal(load_default=None, allow_none=True, **_POUNDS)


class _FundingSchema(Schema):
    year = fields.String(required=True)
    amount = fields.Decimal(required=True, **_POUNDS)
    state = fields.String(required=True, validate=validate.OneOf(("funded", "asked")))
    of = fields.String(required=True, validate=_TEXT)
    on = fields.Date(load_default=None, allow_none=True)


class BudgetItemSchema(Schema):
    id = fields.String(required=True, validate=validate.Regexp(r"[A-Za-z0-9][A-Za-z0-9-]{0,59}\Z"))
    title = fields.String(required=True, validate=_TEXT)
    nature = fields.String(required=True, validate=validate.OneOf(("one-off", "base")))
    status = fields.String(required=True, validate=validate.OneOf(("provisional", "confirmed")))
    within = fields.Decimal(
        load_default=None,
        allow_none=True,
        validate=validate.Range(min=0, max=100, error="is a share from 0 to 100."),
    )
    years = fields.List(fields.Nested(_YearSchema), required=True, validate=validate.Length(min=1, max=20))
    funding = fields.List(fields.Nested(_FundingSchema), load_default=list, validate=validate.Length(max=100))
    source = fields.String(load_default=None, allow_none=True, validate=_TEXT)


def budget_item(loaded: Mapping[str, Any]) -> BudgetItem:
    """An item of what the schema loaded."""
    rest = {name: value for name, value in loaded.items() if name not in ("years", "funding")}
    return BudgetItem(
        years=tuple(BudgetYear(**year) for year in loaded["years"]),
        funding=tuple(Funding(**each) for each in loaded["funding"]),
        **rest,
    )


Fault = tuple[tuple[str | int, ...], str]


def faults(budget: Iterable[BudgetItem]) -> Iterator[Fault]:
    """Where the items contradict themselves: place in the file, and a sentence."""
    seen: set[str] = set()
    for number, item in enumerate(budget):
        place = ("budget", number)
        if item.id in seen:
            yield (*place, "id"), f"“{item.id}” is given twice."
        seen.add(item.id)
        yield from (((*place, *where), cause) for where, cause in _faults_of_item(item))


def _faults_of_item(item: BudgetItem) -> Iterator[Fault]:
    counted = Counter(year.year for year in item.years)
    for number, year in enumerate(item.years):
        place = ("years", number)
        if not _is_financial(year.year):
            yield (*place, "year"), f"“{year.year}” is not a financial year. Write it as FY2014-15."
        elif counted[year.year] > 1:
            yield (*place, "year"), f"{year.year} is given twice."
        if item.within is not None and (year.low is not None or year.high is not None):
            yield place, "give either “within” for the item or low and high for the year."
        if not (year.low or 0) <= year.central or (year.high is not None and year.high < year.central):
            yield place, "low, central and high are out of order."
        paid = sum((each.amount for each in item.funding if each.year == year.year), Decimal(0))
        if paid > year.central:
            yield place, f"more is funded and asked for in {year.year} than it costs."
        if any(_more_than_pence(each) for each in (year.central, year.low, year.high) if each is not None):
            yield place, "has more than two decimals."
    for number, each in enumerate(item.funding):
        place = ("funding", number)
        if each.year not in counted:
            yield (*place, "year"), f"the item has no cost in “{each.year}”."
        if _more_than_pence(each.amount):
            yield (*place, "amount"), "has more than two decimals."
        if (each.state == "asked") != (each.on is not None):
            yield (*place, "on"), "say when it was asked for; what is funded has no such day."


def _is_financial(code: str) -> bool:
    try:
        return parse(code).kind == "financial_year"
    except WrongUsage:
        return False


def _more_than_pence(amount: Decimal) -> bool:
    return amount != amount.quantize(Decimal("0.01"))
