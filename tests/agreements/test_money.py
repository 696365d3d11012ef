"""Money of an agreement: instalments that make the whole, budgets, contracts beside one another; figures by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.agreements import money, money_budget
from hub.agreements.load import read_agreement
from hub.agreements.model import Activity, Agreement, Contribution, Service
from hub.agreements.money_budget import BudgetItem, BudgetYear, Funding
from hub.agreements.money_outside import (
    Contract,
    bought_outside,
    funded_twice,
    overlapping,
    same_name,
    same_provider,
)
from hub.agreements.money_signed import Amount
from hub.board.budget import budget_of
from hub.board.money_agreed import matrix, variance
from hub.config import shipped
from hub.periods import parse
from hub.seed.example import money as invented

YEAR = parse("FY2015-16")


def contribution(amount: str, **more: object) -> Contribution:
    return Contribution(service="team", payer="13P", year="FY2015-16", amount=Decimal(amount), **more)  # type: ignore[arg-type]


def by_quarter(each: Contribution) -> list[tuple[str, int]]:
    return [(part.quarter.code, part.pence) for part in money.instalments([each], YEAR)]


def test_a_year_is_paid_in_four_parts_and_the_odd_pence_come_first() -> None:
    assert by_quarter(contribution("264000.00")) == [(f"FY2015-16Q{n}", 6_600_000) for n in (1, 2, 3, 4)]
    assert by_quarter(contribution("100.01")) == [
        ("FY2015-16Q1", 2501),
        ("FY2015-16Q2", 2500),
        ("FY2015-16Q3", 2500),
        ("FY2015-16Q4", 2500),
    ]


def test_what_is_pledged_is_not_owed() -> None:
    rows = [
        contribution("48000", pledged=Decimal("60000")),
        Contribution("team", "05L", "FY2015-16", pledged=Decimal("0.10")),
    ]
    assert sum(part.pence for part in money.instalments(rows, YEAR)) == 4_800_000
    assert money.pledges(rows, YEAR) == {("team", "13P"): 6_000_000, ("team", "05L"): 10}


def test_a_part_of_a_year_is_paid_by_its_months() -> None:
    # From 1 August: two months of the second quarter, three of each after it.
    found = by_quarter(contribution("80.00", begins_on=date(2015, 8, 1)))
    assert found == [("FY2015-16Q2", 2000), ("FY2015-16Q3", 3000), ("FY2015-16Q4", 3000)]
    assert by_quarter(contribution("10200000.00", ends_on=date(2015, 9, 30))) == [
        ("FY2015-16Q1", 510_000_000),
        ("FY2015-16Q2", 510_000_000),
    ]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["13P", "04X", "330"]),
            st.sampled_from(["team", "visits"]),
            st.integers(0, 10**11),
            st.integers(0, 11),
            st.integers(0, 11),
        ),
        max_size=12,
    )
)
def test_parts_make_the_whole_however_they_are_cut(rows: list[tuple[str, str, int, int, int]]) -> None:
    months = [date(2015 + (n + 3) // 12, (n + 3) % 12 + 1, 1) for n in range(12)]
    contributions = tuple(
        Contribution(
            service=service,
            payer=payer,
            year="FY2015-16",
            amount=Decimal(pence) / 100,
            begins_on=months[min(first, last)],
            ends_on=parse(f"{months[max(first, last)]:%Y-%m}").ends_on,
        )
        for payer, service, pence, first, last in rows
    )
    whole = sum(pence for _, _, pence, _, _ in rows)
    parts = money.instalments(contributions, YEAR)
    assert sum(part.pence for part in parts) == whole
    assert all(part.pence >= 0 for part in parts)
    shown = matrix(agreement(contributions), YEAR, {})
    assert (
        sum(row.pence for row in shown.rows)
        == sum(cell.pence for cell in shown.totals)
        == shown.pence
        == whole
    )
    for row in shown.rows:
        assert sum(cell.pence for cell in row.cells if cell) == row.pence
        assert not row.pence or abs(sum(cell.percent or 0 for cell in row.cells if cell) - 100) < 1e-6


def agreement(contributions: tuple[Contribution, ...] = (), budget: tuple[BudgetItem, ...] = ()) -> Agreement:
    services = tuple(
        Service(
            id=code,
            title=code.title(),
            lead="13P",
            host="330",
            providers=("RYW",),
            basis="section-75",
            pooled=True,
            begins_on=date(2015, 4, 1),
            activity=Activity(100, "contacts"),
        )
        for code in ("team", "visits")
    )
    from hub.agreements.model import Party

    return Agreement(
        code="one", version=1, status="signed", kind="mou", partnership="somewhere", title="One",
        begins_on=date(2015, 4, 1), ends_on=date(2016, 3, 31),
        parties=tuple(Party(code) for code in ("13P", "04X", "330")), clauses=(), commitments=(),
        services=services, contributions=contributions, budget=budget,
    )  # fmt: skip


def test_ten_per_cent_exactly_asks_nothing_and_a_penny_more_does() -> None:
    assert not variance(Amount(5_940_000, (), 1), 6_600_000).asks
    assert variance(Amount(5_939_999, (), 1), 6_600_000).asks
    assert not variance(Amount(7_260_000, (), 1), 6_600_000).asks
    assert variance(Amount(7_260_001, (), 1), 6_600_000).asks
    assert variance(Amount(1, (), 1), 0).asks and variance(Amount(1, (), 1), 0).percent is None
    # A quarter that was not signed is no nought.
    lacking = variance(Amount(0, ("FY2015-16Q1",), 1), 6_600_000)
    assert lacking.percent is None and not lacking.asks


def test_the_examples_returns_owe_what_its_memoranda_say() -> None:
    """hub/seed/example/money.py and agreements/ are two places that say one thing."""
    for path, year in (
        ("birmingham-nhs-2014-15/v1.yaml", "FY2014-15"),
        ("birmingham-nhs-2015-16/v2.yaml", "FY2015-16"),
    ):
        read = read_agreement(shipped("agreements") / path)
        agreed: dict[tuple[str, str, str], int] = {}
        for part in money.instalments(read.contributions, parse(year)):
            key = part.service, part.payer, part.quarter.code
            agreed[key] = agreed.get(key, 0) + part.pence
        services = {each.service for each in read.contributions}
        told = {
            (service, payer, quarter.code): due
            for service in services
            for payer in invented.PAYERS
            for quarter in invented.quarters_of(parse(f"{year}Q1"))
            if (due := invented.due(service, payer, quarter))
        }
        assert told == {key: pence for key, pence in agreed.items() if pence}


def item(**more: object) -> BudgetItem:
    whole: dict[str, object] = {
        "id": "B1", "title": "Change", "nature": "one-off", "status": "provisional",
        "years": (BudgetYear("FY2014-15", Decimal("14000000")),),
    }  # fmt: skip
    return BudgetItem(**(whole | more))  # type: ignore[arg-type]


def test_a_budget_shows_its_range_and_what_nobody_pays_for() -> None:
    asked = Funding("FY2014-15", Decimal("2000000"), "asked", "Department for Education", date(2014, 12, 1))
    paid = Funding("FY2014-15", Decimal("9000000.50"), "funded", "330")
    base = item(id="B2", nature="base", within=None, years=(
        BudgetYear("FY2014-15", Decimal(6), Decimal(5), Decimal(8)), BudgetYear("FY2015-16", Decimal(7))))  # fmt: skip
    shown = budget_of(agreement(budget=(item(within=Decimal(15), funding=(asked, paid)), base)))
    one_off, staying = shown.parts
    # £14m within 15%: £11.9m to £16.1m; £9,000,000.50 funded, £2m asked for, £2,999,999.50 left.
    assert one_off.items[0].years[0].amounts == (
        1_190_000_000, 1_400_000_000, 1_610_000_000, 900_000_050, 200_000_000, 299_999_950,
    )  # fmt: skip
    assert [line.amounts for line in staying.items[0].years] == [
        (500, 600, 800, 0, 0, 600),
        (700, 700, 700, 0, 0, 700),
    ]
    for part in shown.parts:
        for total in part.totals:
            lines = [line for each in part.items for line in each.years if line.year == total.year]
            assert total.amounts == tuple(sum(line.amounts[n] for line in lines) for n in range(6))
            assert total.amounts[1] == sum(total.amounts[3:])


@pytest.mark.parametrize(
    ("wrong", "place", "cause"),
    [
        ({"years": (BudgetYear("2014-15", Decimal(1)),)}, ("budget", 0, "years", 0, "year"), "not a financial year"),
        ({"years": (BudgetYear("FY2014-15", Decimal(1)),) * 2}, ("budget", 0, "years", 0, "year"), "given twice"),
        ({"years": (BudgetYear("FY2014-15", Decimal(1), Decimal(2)),)}, ("budget", 0, "years", 0), "out of order"),
        ({"within": Decimal(5), "years": (BudgetYear("FY2014-15", Decimal(1), Decimal(1)),)}, ("budget", 0, "years", 0), "give either"),
        ({"years": (BudgetYear("FY2014-15", Decimal("1.005")),)}, ("budget", 0, "years", 0), "two decimals"),
        ({"funding": (Funding("FY2014-15", Decimal(14_000_001), "funded", "330"),)}, ("budget", 0, "years", 0), "more is funded"),
        ({"funding": (Funding("FY2016-17", Decimal(1), "funded", "330"),)}, ("budget", 0, "funding", 0, "year"), "no cost"),
        ({"funding": (Funding("FY2014-15", Decimal(1), "asked", "DfE"),)}, ("budget", 0, "funding", 0, "on"), "when it was asked"),
    ],
)  # fmt: skip
def test_a_budget_that_contradicts_itself_is_refused_at_its_place(
    wrong: dict[str, object], place: tuple[object, ...], cause: str
) -> None:
    found = list(money_budget.faults([item(**wrong)]))
    assert any(where == place and cause in words for where, words in found), found


def contract(agency: str, provider: str = "Open Door Ltd.", **more: object) -> Contract:
    whole: dict[str, object] = {
        "agency": agency, "agency_name": agency, "school": True, "period": "AY2014-15", "row": "1", "submission": 1,
        "provider": provider, "purpose": "counselling", "offered": "none-of-these", "pence": 640_000,
        "begins_on": date(2014, 9, 1), "ends_on": date(2015, 8, 31), "judged": "",
    }  # fmt: skip
    return Contract(**(whole | more))  # type: ignore[arg-type]


def test_one_provider_under_several_contracts_at_one_time_is_asked_about() -> None:
    assert same_name("Open Door Ltd.") == same_name("OPEN DOOR  Limited (invented)") == "open door"
    first, second = (
        contract("A"),
        contract("B", "open door limited", begins_on=date(2015, 8, 31), ends_on=date.max),
    )
    later = contract("C", begins_on=date(2013, 9, 1), ends_on=date(2014, 8, 31))
    other = contract("D", purpose="training")
    (asked,) = same_provider([first, second, later, other])
    assert [each.agency for each in asked.contracts] == ["A", "B"] and asked.pence == 1_280_000
    assert [len(group) for group in overlapping([first, second, later])] == [1, 2]
    # Two contracts of one agency are its own affair.
    assert same_provider([first, contract("A", row="2")]) == []


def test_a_price_for_what_an_agreement_pays_for_is_asked_about() -> None:
    paying = agreement()
    names = {"RYW": "Community Healthcare NHS Trust"}
    same = contract("A", "", offered="team")
    given = contract("B", "Community Healthcare")
    before = contract("C", "", offered="team", ends_on=date(2015, 3, 31))
    free = contract("D", "", offered="team", pence=None)
    found = funded_twice([same, given, before, free], [paying], names)
    by_service = {each.about: [one.agency for one in each.contracts] for each in found}
    assert by_service == {"team": ["A", "B"], "visits": ["B"]}
    # On the partnership's list, of no agreement, and priced: asked about without a service beside it.
    (listed,) = funded_twice([contract("E", "", offered="training")], [paying], names)
    assert listed.about == "training" and listed.service is None


def test_outside_is_what_was_judged_so_or_nobody_has_read() -> None:
    rows = [
        contract("A", judged="outside"),
        contract("B"),
        contract("C", judged="inside"),
        contract("D", offered="training"),
    ]
    (asked,) = bought_outside(rows)
    assert [each.agency for each in asked.contracts] == ["A", "B"]
