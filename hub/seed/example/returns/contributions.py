"""What the payers say of their money for jointly commissioned services; the amounts are hub/seed/example/money.py's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hub.periods import Period, parse
from hub.seed.example import money
from hub.seed.example.told import Row, Told

# Posts lent at the payer's expense, in hundredths, and the agreed value of posts and rooms in a quarter, in pence.
IN_KIND = {("330", "mash-health-team"): (0, 1_275_000), ("13P", "mash-health-team"): (50, 687_500)}
_FIGURES = ("due", "invoiced", "paid", "forecast", "in_kind_posts", "in_kind_value")
_POSTS = "in_kind_posts"


def rows(agency: str, quarter: Period) -> Iterator[Row]:
    lines = {
        service: figures
        for service in money.SERVICES
        if any((figures := _line(agency, service, quarter)).values())
    }
    yield _row(
        agency,
        quarter,
        "total",
        "",
        {name: sum(line[name] for line in lines.values()) for name in _FIGURES},
    )
    for service, figures in lines.items():
        yield _row(agency, quarter, "service", service, figures)


def _line(agency: str, service: str, quarter: Period) -> dict[str, int]:
    due = money.due(service, agency, quarter)
    posts, value = IN_KIND.get((agency, service), (0, 0)) if due else (0, 0)
    return {
        "due": due,
        "invoiced": due,
        "paid": money.paid(service, agency, quarter),
        "forecast": sum(money.due(service, agency, each) for each in money.quarters_of(quarter)),
        _POSTS: posts,
        "in_kind_value": value,
    }


def _row(agency: str, quarter: Period, breakdown: str, code: str, figures: Mapping[str, int]) -> Row:
    cells = {name: f"{figures[name] / 100:.2f}" for name in _FIGURES}
    return {"agency": agency, "period": quarter.code, "breakdown": breakdown, "code": code} | cells


TOLD = Told(rows=rows, begins=parse("2014-04"), explanations=money.EXPLANATIONS)
