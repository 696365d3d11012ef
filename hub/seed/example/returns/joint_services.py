"""What hosts and deliverers say of jointly commissioned services: money by whoever keeps it, work by whoever does it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from hub.periods import Period, parse
from hub.seed.example import money
from hub.seed.example.invention import wobble
from hub.seed.example.told import Row, Told

_MONEY = ("budget", "planned_spend", "spent", "expected_spend", "invoices_sent", "received")
_WORK = ("activity_planned", "activity", "seen", "seen_in_time", "posts_agreed", "posts_filled")
_WHOLE = ("activity_planned", "activity", "seen", "seen_in_time")
_FIGURES = (*_MONEY, *_WORK)
Line = Mapping[str, int]


def rows(agency: str, quarter: Period) -> Iterator[Row]:
    lines = {
        service.code: figures
        for service in money.SERVICES.values()
        if (figures := _line(agency, service, quarter))
    }
    if not lines:  # hosts and delivers nothing
        yield _row(agency, quarter, "total", "", dict.fromkeys(_FIGURES, "[nil]"))
        return
    said = [name for name in _FIGURES if any(name in line for line in lines.values())]
    total = {name: sum(line.get(name, 0) for line in lines.values()) for name in said}
    yield _row(agency, quarter, "total", "", _cells(total))
    for code, figures in lines.items():
        yield _row(agency, quarter, "service", code, _cells(figures))
    hosted = [code for code in lines if money.SERVICES[code].host == agency]
    for payer, (invoiced, received) in _by_payer(hosted, quarter).items():
        yield _row(
            agency,
            quarter,
            "payer",
            payer,
            _cells({"invoices_sent": invoiced, "received": received}, only=("invoices_sent", "received")),
        )


def _line(agency: str, service: money.Service, quarter: Period) -> dict[str, int]:
    """What of a service is this agency's to say; nothing before the service begins."""
    if not money.cost(service.code, quarter):
        return {}
    money_of = _money(service, quarter) if service.host == agency else {}
    return money_of | (_work(service, quarter) if service.deliverer == agency else {})


def _money(service: money.Service, quarter: Period) -> dict[str, int]:
    year = money.quarters_of(quarter)
    so_far = sum(money.spent(service.code, each) for each in year if each <= quarter)
    to_come = sum(money.cost(service.code, each) for each in year if each > quarter)
    return {
        "budget": sum(money.cost(service.code, each) for each in year),
        "planned_spend": money.cost(service.code, quarter),
        "spent": money.spent(service.code, quarter),
        "expected_spend": so_far + to_come,
        "invoices_sent": sum(money.due(service.code, payer, quarter) for payer in money.PAYERS),
        "received": sum(money.received(service.code, payer, quarter) for payer in money.PAYERS),
    }


def _work(service: money.Service, quarter: Period) -> dict[str, int]:
    delivered, _, in_time = money.worked(service.code, quarter)
    seen = round(service.seen * delivered * wobble(f"seen {service.code} {quarter.code}", 0.03))
    filled = min(service.posts, round(service.posts * (0.62 + 0.36 * delivered) / 50) * 50)
    return {
        "activity_planned": service.activity,
        "activity": round(service.activity * delivered * wobble(f"work {service.code} {quarter.code}", 0.01)),
        "seen": seen,
        "seen_in_time": round(seen * in_time),
        "posts_agreed": service.posts,
        "posts_filled": filled,
    }


def _by_payer(services: list[str], quarter: Period) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for service in services:
        for payer in money.PAYERS:
            invoiced = money.due(service, payer, quarter)
            received = money.received(service, payer, quarter)
            if invoiced or received:
                found[payer] = (found[payer][0] + invoiced, found[payer][1] + received)
    return found


def _cells(figures: Line, *, only: tuple[str, ...] = _FIGURES) -> dict[str, str]:
    """A figure that is another body's to say does not apply here."""
    return {name: "[z]" if name not in figures else _written(name, figures[name]) for name in only}


def _written(name: str, number: int) -> str:
    return str(number) if name in _WHOLE else f"{number / 100:.2f}"


def _row(agency: str, quarter: Period, breakdown: str, code: str, cells: Mapping[str, str]) -> Row:
    return {"agency": agency, "period": quarter.code, "breakdown": breakdown, "code": code, **cells}


TOLD = Told(rows=rows, begins=parse("2014-04"), explanations=money.EXPLANATIONS)
