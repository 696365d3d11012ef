"""Looked-after children, as the council counts them. Levels and shares are invented."""

from __future__ import annotations

from collections.abc import Iterator

from hub.periods import Period
from hub.seed.example.invention import AREAS, ETHNIC_GROUPS, count_near, drifting, some, split, wobble
from hub.seed.example.told import Row, Told, row

# For each year from 2012-13 on.
_CHILDREN = (1860, 1830, 1890, 1830, 1810)
_ELSEWHERE = (0.31, 0.33, 0.34, 0.33, 0.32)
_REVIEWED = (0.91, 0.85, 0.84, 0.92, 0.95)
_ASSESSED = (0.82, 0.76, 0.79, 0.87, 0.90)
AGES = {"unborn": 0.0, "under-1": 0.06, "1-to-4": 0.17, "5-to-9": 0.20, "10-to-15": 0.36, "16-and-17": 0.21}
_PARENTS = {
    "placed_out_of_area": "looked_after",
    "reviews_in_time": "reviews_due",
    "health_assessments_in_time": "health_assessments_due",
}


def rows(agency: str, month: Period) -> Iterator[Row]:
    """The council's return for a month."""
    name = f"looked after {month.code}"
    children = round(drifting(_CHILDREN, month) * wobble(name, 0.006))
    reviews = count_near(children * 0.17, f"{name} reviews")
    assessments = count_near(children * 0.1, f"{name} health")
    whole = {
        "looked_after": children,
        "placed_out_of_area": some(children, _ELSEWHERE, month, name="looked after elsewhere"),
        "reviews_due": reviews,
        "reviews_in_time": some(reviews, _REVIEWED, month, name="looked after reviewed"),
        "health_assessments_due": assessments,
        "health_assessments_in_time": some(assessments, _ASSESSED, month, name="looked after assessed"),
    }
    yield row(agency, month, "total", "", whole)
    for code, figures in split(whole, AREAS, name, parents=_PARENTS).items():
        yield row(agency, month, "area", code, figures)
    of_children = {"looked_after": children}
    for table, shares in (("age_band", AGES | {"not-known": 0.0}), ("ethnic_group", ETHNIC_GROUPS)):
        for code, figures in split(of_children, shares, f"{name} {table}", parents={}).items():
            yield row(agency, month, table, code, figures)


TOLD = Told(rows=rows)
