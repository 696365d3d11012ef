"""Agencies and areas beside each other: funnels, small charts on one scale, and whether lines add up."""

import re
from dataclasses import replace

import pytest

from hub.board.funnels import judged
from hub.board.line_pictures import add_up_within_words, adds_up_words, funnel_of, small_charts
from hub.config import shipped
from hub.measures.load import read_measures
from hub.measures.model import Coverage, Point
from hub.periods import Period, month
from hub.statistics.funnel import Area

MEASURES = {each.id: each for each in read_measures(shipped("schemas") / "measures.yaml")}
MARCH = month(2015, 3)
NAMES = {"south": "South", "east": "East", "north": "North"}


def line(code: str, part: int, of: int | None = None, period: Period = MARCH, state: str = "value") -> Point:
    value = 100 * part / of if of else float(part)
    return Point(period, value, part, of, Coverage(1, 1), state, {"area": code})


def test_a_funnel_names_who_lies_outside_it() -> None:
    """20 + 25 + 35 of 80 + 80 + 160 are 25%: at 80 the 95% lines are 15.5% and 34.5%; 8 more in the east is outside."""
    points = [line("south", 12, 80), line("east", 33, 80), line("north", 35, 160)]
    found = funnel_of(MEASURES["FD04"], "area", points, NAMES)
    assert found is not None and found.period == MARCH
    assert found.words.startswith(
        "March 2015: 3 together 25.0%. South is lower, 15.0%; East is much higher, 41.2%."
    )
    assert [(row.name, row.part, row.of, row.word) for row in found.rows] == [
        ("South", 12, 80, "lower"),
        ("East", 33, 80, "much higher"),
        ("North", 35, 160, "not unlike"),
    ]
    assert found.words.split(".")[0] in str(found.chart) and ">East<" in str(found.chart)
    assert funnel_of(MEASURES["FD04"], "area", points[:2], NAMES) is None
    assert funnel_of(MEASURES["RF01"], "area", points, NAMES) is None
    lines = judged([Area("a", 20, 80), Area("b", 60, 240)], "proportion", 100).line(
        (80, 80), 0.95, upper=False
    )
    assert lines[0] == (80, pytest.approx(15.511, abs=1e-3))  # methods.md section 2


def test_a_funnel_is_drawn_where_its_figures_lie() -> None:
    """80 to 87% of about 700 each: an axis from nought to 200% would lay all of them on one line."""
    points = [line("south", 640, 800), line("east", 609, 700), line("north", 595, 700)]
    found = funnel_of(MEASURES["FD05"], "area", points, NAMES)
    assert found is not None
    ticks = re.findall(r">(\d+)%<", str(found.chart))
    assert ticks == ["75", "80", "85", "90"], ticks


def test_counts_stand_on_one_scale_and_say_whether_they_add_up() -> None:
    months = [month(2015, 1), month(2015, 2), MARCH]
    counts = {"south": (10, 20, 30), "east": (0, 1, 2)}
    points = [
        line(code, n, period=one) for code, own in counts.items() for one, n in zip(months, own, strict=True)
    ]
    measure = MEASURES["RF01"]
    found = small_charts(measure, "area", months, points, NAMES)
    assert found is not None and found.words.startswith("Each from nought to 30, January 2015 to March 2015")
    assert [(one.name, one.latest) for one in found.charts] == [
        ("East", "2 in March 2015; median 1"),
        ("South", "30 in March 2015; median 20"),
    ]
    assert "22.7" in str(found.charts[0].chart)  # 24 less 20 × 2/30: the east is low on the south's scale
    assert small_charts(MEASURES["FD04"], "area", months, points, NAMES) is None
    by_agency = [replace(point, lines={"agency": point.lines["area"]}) for point in points]
    found = small_charts(measure, "agency", months, by_agency, NAMES)
    assert found is not None and found.words.startswith("Each from nought to its own highest month, January")
    assert [one.latest for one in found.charts] == [
        "2 in March 2015; median 1, highest 2",
        "30 in March 2015; median 20, highest 30",
    ]
    # 24 less 20 × 2/2: bodies are of all sizes, so that a small one's fall is seen beside a large one.
    assert all('cy="4"' in str(one.chart) for one in found.charts)
    whole = {MARCH: line("", 32), month(2015, 4): line("", 5, state="partial")}
    assert adds_up_words(measure, "area", points, whole, None) == (
        "In March 2015 the lines add up to the whole place: 32."
    )
    whole[MARCH] = line("", 40)
    assert adds_up_words(measure, "area", points, whole, None).startswith(
        "In March 2015 the lines add up to 32 and the whole place is 40: what is of no area"
    )


def test_teams_say_how_much_of_each_area_they_hold() -> None:
    """30 + 12 of the south's 42; 7 of the east's 9. A team whose number is not shown tells nothing of the north."""
    teams = [
        Point(MARCH, float(part or 0), part, None, Coverage(1, 1), "value", {"team": code})
        for code, part in (
            ("south/a", 30),
            ("south/b", 12),
            ("east/a", 7),
            ("north/a", 5),
            ("north/b", None),
            ("", 1),
        )
    ]
    areas = [line("south", 42), line("east", 9), line("north", 20)]
    assert add_up_within_words(MEASURES["RF01"], "team", "area", teams, areas, NAMES) == (
        "In March 2015 the lines hold of each area: East 7 of 9; South 42 of 42. What is of no team is in its area alone."
    )
    assert add_up_within_words(MEASURES["RF01"], "team", "area", teams, [line("west", 1)], NAMES) == ""
