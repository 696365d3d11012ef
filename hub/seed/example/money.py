"""The example's invented money: who pays how much for which service in which quarter, and what each service does.

The amounts are those of the example's memoranda (`contributions:` in agreements/), in pence; a test compares the two.
The story: the MASH's health team runs below its plan while posts are vacant; one commissioner disputes its part in the
summer of 2015 and pays the arrears in the winter; one payment reaches the council a quarter late; health visiting
passes from NHS England to the council on 1 October 2015.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.periods import Period, containing, parse

PAYERS = ("330", "13P", "04X", "05L", "X24")
_MASH = {"13P": 6_600_000, "04X": 3_000_000, "05L": 1_200_000, "330": 1_200_000}  # 55, 25, 10 and 10%
_MASH_BEGINS = parse("FY2014-15Q2")
_THERAPY = {"04X": 4_800_000, "13P": 3_600_000, "330": 3_600_000}  # 40, 30 and 30%
_THERAPY_BEGINS = parse("FY2015-16Q2")
_COUNCIL_PAYS_VISITORS = parse("FY2015-16Q3")

# What each service was expected to do in a quarter, and how: (share of the plan delivered, of it spent, seen in time).
Worked = tuple[float, float, float]
_USUAL: Worked = (0.99, 1.0, 0.9)


@dataclass(frozen=True)
class Service:
    """`host` receives and keeps the money, `deliverer` does the work; `posts` are hundredths."""

    code: str
    host: str
    deliverer: str
    activity: int
    seen: int
    posts: int
    worked: Mapping[str, Worked]


SERVICES = {
    service.code: service
    for service in (
        Service(
            "mash-health-team",
            "330",
            "RYW",
            1_500,
            0,
            1_200,
            {
                "FY2014-15Q2": (0.78, 0.82, 0.0),
                "FY2014-15Q3": (0.94, 0.91, 0.0),
                "FY2014-15Q4": (1.02, 0.97, 0.0),
                "FY2015-16Q1": (0.98, 0.99, 0.0),
                "FY2015-16Q2": (0.93, 0.96, 0.0),
                "FY2015-16Q3": (1.01, 1.04, 0.0),
                "FY2015-16Q4": (1.03, 1.06, 0.0),
            },
        ),
        Service(
            "therapeutic-service",
            "04X",
            "RXT",
            300,
            60,
            900,
            {
                "FY2015-16Q2": (0.62, 0.70, 0.717),
                "FY2015-16Q3": (0.88, 0.93, 0.817),
                "FY2015-16Q4": (0.97, 0.99, 0.883),
            },
        ),
        Service("health-visiting", "RYW", "RYW", 90_000, 4_100, 30_400, {}),
        Service("school-nursing", "RYW", "RYW", 30_000, 900, 8_200, {}),
    )
}

# What was paid in a quarter in place of what was due.
PAID_OTHERWISE = {
    ("05L", "mash-health-team", "FY2015-16Q2"): 0,
    ("05L", "mash-health-team", "FY2015-16Q3"): 0,
    ("05L", "mash-health-team", "FY2015-16Q4"): 3_600_000,
    ("04X", "mash-health-team", "FY2014-15Q3"): 1_500_000,
    ("04X", "mash-health-team", "FY2014-15Q4"): 4_500_000,
}
# What reached the host in a quarter in place of what was paid: booked late, and £540 of it to another account.
RECEIVED_OTHERWISE = {
    ("13P", "mash-health-team", "FY2015-16Q1"): 3_300_000,
    ("13P", "mash-health-team", "FY2015-16Q2"): 9_846_000,
}
EXPLANATIONS = {
    "contributions-paid-off-due": "Disputed, or paid in another quarter than the one it fell due in; our finance lead has written to the host.",
    "joint-services-spent-off-plan": "Posts were vacant while the service was being built up.",
    "joint-services-forecast-off-budget": "Posts that were vacant in the first quarters will not be made up by March.",
    "joint-services-received-above-invoiced": "An instalment of the quarter before came in this one.",
}


def due(service: str, payer: str, quarter: Period) -> int:
    """A quarter's instalment, in pence."""
    if service == "mash-health-team":
        return _MASH.get(payer, 0) if quarter >= _MASH_BEGINS else 0
    if service == "therapeutic-service":
        return _THERAPY.get(payer, 0) if quarter >= _THERAPY_BEGINS else 0
    first_year = containing(quarter.starts_on, "financial_year").code == "FY2014-15"
    if service == "school-nursing":
        return (103_750_000 if first_year else 105_000_000) if payer == "330" else 0
    paying = "330" if quarter >= _COUNCIL_PAYS_VISITORS else "X24"
    return (490_000_000 if first_year else 510_000_000) if payer == paying else 0


def paid(service: str, payer: str, quarter: Period) -> int:
    return PAID_OTHERWISE.get((payer, service, quarter.code), due(service, payer, quarter))


def received(service: str, payer: str, quarter: Period) -> int:
    return RECEIVED_OTHERWISE.get((payer, service, quarter.code), paid(service, payer, quarter))


def cost(service: str, quarter: Period) -> int:
    """What the payers owe between them: the quarter's planned spend."""
    return sum(due(service, payer, quarter) for payer in PAYERS)


def worked(service: str, quarter: Period) -> Worked:
    return SERVICES[service].worked.get(quarter.code, _USUAL)


def spent(service: str, quarter: Period) -> int:
    return round(cost(service, quarter) * worked(service, quarter)[1])


def quarters_of(quarter: Period) -> list[Period]:
    """The four quarters of the quarter's year."""
    year = containing(quarter.starts_on, "financial_year").code
    return [parse(f"{year}Q{number}") for number in (1, 2, 3, 4)]
