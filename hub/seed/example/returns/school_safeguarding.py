"""A school's year: its leads, its audit, and the services that it buys, some of them outside the arrangements."""

from __future__ import annotations

import random
from collections.abc import Iterator

from hub.periods import Period, parse
from hub.seed.example.invention import count_near
from hub.seed.example.told import Row, Told

OFFERS = (
    ("software", "Clearview School Records (invented)", 1150, "none-of-these"),
    ("counselling", "Open Door Counselling (invented)", 6400, "none-of-these"),
    ("training", "", 420, "training"),
    ("advice", "Safe Start Consultants (invented)", 2900, "none-of-these"),
    ("family-support", "Hand in Hand Family Work (invented)", 5200, "none-of-these"),
    ("other", "", 300, "lead-network"),
)


def rows(agency: str, year: Period) -> Iterator[Row]:
    draw = random.Random(f"bought {agency}")  # noqa: S311  (an invention, not a secret)
    bought = sorted(draw.sample(range(len(OFFERS)), draw.choice((0, 1, 1, 2, 2, 3))))
    leads = draw.choice((1, 2, 2, 3))
    contracts = [_contract(agency, year, number, which) for number, which in enumerate(bought, start=1)]
    approved = random.Random(f"audit {agency} {year.code}").random() < 0.9  # noqa: S311
    yield {
        "agency": agency,
        "period": year.code,
        "breakdown": "total",
        "code": "",
        "leads": str(leads),
        "leads_trained": str(max(0, leads - (draw.random() < 0.15))),
        "audit_approved": str(int(approved)),
        "contracts": str(len(contracts)),
        "yearly_cost": f"{sum(int(row['yearly_cost']) for row in contracts)}",
    }
    yield from contracts


def _contract(agency: str, year: Period, number: int, which: int) -> Row:
    purpose, provider, cost, service = OFFERS[which]
    return {
        "agency": agency,
        "period": year.code,
        "breakdown": "contract",
        "code": str(number),
        "service": service,
        "provider": provider,
        "purpose": purpose if provider else "",  # what is picked says both
        "yearly_cost": str(count_near(cost, f"{agency} {purpose} {year.code}")),
        "begins_on": f"{year.starts_on.year}-09-01",
        "ends_on": "" if provider else f"{year.ends_on.year}-08-31",
    }


TOLD = Told(
    rows=rows, begins=parse("2013-09"), silent=frozenset({("990007", "AY2013-14"), ("990021", "AY2013-14")})
)
