"""Escalations by who raised them, and reviewing officers' notices: a system that was ignored and is slowly answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hub.periods import Period, parse
from hub.seed.example.invention import AREAS, count_near, spread, within, wobble
from hub.seed.example.told import Row, Told

RAISES = {"20": 3.0, "RQ3": 4.0, "RR1": 3.0, "RYW": 6.0, "RXT": 2.0, "13P": 1.0}
NOTICES_IN_TIME = {2013: 0.31, 2014: 0.44, 2015: 0.68}
RESOLVED_IN_TIME = {2013: 0.52, 2014: 0.61, 2015: 0.74}


def rows(agency: str, quarter: Period) -> Iterator[Row]:
    def row(breakdown: str, code: str, figures: Mapping[str, int]) -> Row:
        return {"agency": agency, "period": quarter.code, "breakdown": breakdown, "code": code} | {
            figure: str(count) for figure, count in figures.items()
        }

    year = quarter.starts_on.year - (quarter.starts_on.month < 4)
    raised = {body: count_near(mean, f"escalated {body} {quarter.code}") for body, mean in RAISES.items()}
    others = count_near(3, f"escalated others {quarter.code}")
    resolved = RESOLVED_IN_TIME.get(year, 0.6) * wobble(f"resolved {quarter.code}", 0.1)
    in_time = {body: min(count, round(count * resolved)) for body, count in raised.items()}
    notices = count_near(44, f"notices {quarter.code}")
    answered = min(
        notices, round(notices * NOTICES_IN_TIME.get(year, 0.5) * wobble(f"answered {quarter.code}", 0.1))
    )
    yield row(
        "total",
        "",
        {
            "escalations": sum(raised.values()) + others,
            "escalations_in_time": sum(in_time.values()) + round(others * 0.5),
            "iro_notices": notices,
            "iro_notices_in_time": answered,
        },
    )
    for body, count in raised.items():
        if count:
            yield row("agency", body, {"escalations": count, "escalations_in_time": in_time[body]})
    places = {code: share for code, share in AREAS.items() if share}
    given = spread(notices, list(places.values()))
    for code, count, answers in zip(
        places, given, within(answered, given, f"answers {quarter.code}"), strict=True
    ):
        yield row("area", code, {"iro_notices": count, "iro_notices_in_time": answers})


TOLD = Told(rows=rows, begins=parse("2013-04"))
