"""Measures by kind of agency: agencies put together, through the same gate, adding up to the whole."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import select

from hub.measures.compute import Reading
from hub.measures.model import Asked, Series
from hub.measures.protect import OPERATOR, Audience, protect
from hub.partners.models import Agency
from tests.example_world import Example

MEMBER = Audience()
AUGUST_TO_JUNE = {"first": date(2014, 8, 1), "last": date(2015, 6, 30)}


def by_period(series: Series, by: str | None) -> dict[str, dict[str, int | None]]:
    found: dict[str, dict[str, int | None]] = defaultdict(dict)
    for point in series.points:
        found[point.period.code][point.lines[by] if by else ""] = point.numerator
    return found


def test_kinds_are_their_agencies_put_together_and_add_up_to_the_whole(example: Example) -> None:
    kinds = dict(example.session.execute(select(Agency.code, Agency.kind)).all())
    lines = by_period(example.series("RF01", by="agency", **AUGUST_TO_JUNE), "agency")
    found = by_period(example.series("RF01", by="agency_kind", **AUGUST_TO_JUNE), "agency_kind")
    wholes = by_period(example.series("RF01", **AUGUST_TO_JUNE), None)
    assert len(found) >= 9 and set(found["2014-11"]) == {"nhs_trust", "police", "school"}
    for month, own in found.items():
        sums: dict[str, int] = defaultdict(int)
        for code, count in lines[month].items():
            sums[kinds[code]] += count or 0
        assert {kind: count or 0 for kind, count in own.items()} == sums, month
        assert sum(sums.values()) == wholes[month][""], month


def test_schools_that_wait_in_the_whole_wait_in_their_line(example: Example) -> None:
    """At each moment the lines that a member reads come to the whole that they read: the difference tells nobody anything."""
    waited = 0
    for day in ("2015-01-16", "2015-01-20", "2015-01-22", "2015-02-27"):
        asked = {"first": date(2014, 9, 1), "last": date(2014, 12, 31)}
        series = example.series("RF01", day, by="agency_kind", **asked)
        told, exact = (by_period(protect(series, who), "agency_kind") for who in (MEMBER, OPERATOR))
        wholes = by_period(protect(example.series("RF01", day, **asked), MEMBER), None)
        for month, own in told.items():
            assert sum(count or 0 for count in own.values()) == (wholes[month][""] or 0), (day, month)
            waited += own.get("school") != exact[month]["school"]
    assert waited


def test_what_schools_are_not_asked_for_waits_for_none(example: Example) -> None:
    """Emergency departments are in trusts: over whom their number is has nothing to do with schools that wait."""
    reading = Reading(example.session, example.partnership, example.at("2014-09-20"))
    asked = Asked(first=date(2014, 4, 1), last=date(2014, 8, 31))
    totals, emergency = (
        {
            point.period: point.coverage
            for point in reading.outside.series(reading.measures[code], asked).points
        }
        for code in ("RF01", "RF10")
    )
    waited = [period for period, over in totals.items() if over.waiting]
    assert waited and all(emergency[period].waiting == 0 for period in waited)
    assert all(0 < over.received <= over.due for over in emergency.values())


def test_how_schools_send_is_told_of_them_as_one_and_points_to_no_child(example: Example) -> None:
    asked = {"first": date(2014, 11, 1), "last": date(2015, 1, 31)}
    one_by_one = protect(example.series("DQ01", by="agency", **asked), MEMBER)
    assert one_by_one.withheld == "Schools are not shown one by one: by kind of agency they are one line."
    assert "child" not in one_by_one.withheld
    put_together = protect(example.series("DQ01", by="agency_kind", **asked), MEMBER)
    assert "school" in {point.lines["agency_kind"] for point in put_together.points}


def test_schools_that_the_front_door_counts_are_not_put_together_for_others(example: Example) -> None:
    """Where one school alone made contact, their sum would be its number."""
    series = example.series("FD01", by="agency_kind", first=date(2014, 11, 1), last=date(2014, 11, 30))
    told, exact = protect(series, MEMBER), protect(series, OPERATOR)
    assert {point.lines["agency_kind"] for point in exact.points} - {
        point.lines["agency_kind"] for point in told.points
    } == {"school"}
    police = example.point("FD01", "2014-11", line=("agency", "20"))
    assert [p.numerator for p in told.points if p.lines["agency_kind"] == "police"] == [police.numerator]
