"""Children in each area, spread over the published estimate of the whole place."""

from __future__ import annotations

from collections.abc import Iterator

from hub.periods import Period, parse
from hub.seed.example.invention import AREAS, spread
from hub.seed.example.told import Row, Told

CHILDREN = {2012: 277_338, 2013: 281_019, 2014: 283_467, 2015: 285_934}  # as in population.csv


def rows(agency: str, year: Period) -> Iterator[Row]:
    children = CHILDREN[year.starts_on.year]
    yield _row(agency, year, "total", "", children)
    for area, part in zip(AREAS, spread(children, list(AREAS.values())), strict=True):
        yield _row(agency, year, "area", area, part)


def _row(agency: str, year: Period, breakdown: str, code: str, children: int) -> Row:
    place = {"agency": agency, "period": year.code, "breakdown": breakdown, "code": code}
    return place | {"children_0_17": str(children)}


TOLD = Told(rows=rows, begins=parse("MY2012"))
