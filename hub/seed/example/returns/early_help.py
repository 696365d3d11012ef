"""Early help, as the council and the trusts that lead it count it; the other trusts say nil."""

from __future__ import annotations

from collections.abc import Iterator

from hub.periods import Period, within
from hub.seed.example.invention import AREAS, COUNCIL, count_near, drifting, split
from hub.seed.example.told import Row, Told, row

# Assessments started in a month, in each year from 2012-13 on.
_LEADS = {
    COUNCIL: (118, 124, 171, 232, 240),
    "RYW": (34, 31, 44, 66, 70),
    "RXT": (6, 6, 8, 11, 12),
}
_COUNTED_BY_COUNCIL = {
    "council": 0.44,
    "school": 0.38,
    "general-practice": 0.03,
    "voluntary": 0.13,
    "other": 0.02,
}
_PLACES = AREAS | {"not-known": 0.03}


def rows(agency: str, quarter: Period) -> Iterator[Row]:
    """A quarter with its three months."""
    for month in within(quarter, "month"):
        yield from _of_a_month(agency, month)


def _of_a_month(agency: str, month: Period) -> Iterator[Row]:
    by_year = _LEADS.get(agency)
    if by_year is None:
        nil = dict.fromkeys(("started", "stepped_up", "stepped_down"), "[nil]")
        yield {"agency": agency, "period": month.code, "breakdown": "total", "code": ""} | nil
        return
    mean = drifting(by_year, month) * (0.72 if month.starts_on.month == 8 else 1)
    name = f"early help {agency} {month.code}"
    whole = {
        "started": count_near(mean, name),
        "stepped_up": count_near(mean * 0.11, f"{name} up"),
        "stepped_down": count_near(mean * 0.2, f"{name} down"),
    }
    yield row(agency, month, "total", "", whole)
    for code, figures in split(whole, _PLACES, name, parents={}).items():
        yield row(agency, month, "area", code, figures)
    if agency == COUNCIL:
        for code, figures in split(whole, _COUNTED_BY_COUNCIL, f"{name} leads", parents={}).items():
            yield row(agency, month, "lead", code, figures)


TOLD = Told(rows=rows)
