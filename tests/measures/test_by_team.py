"""The council's figures by team on the example: they add up to their area, and one area's teams can be read alone."""

from datetime import date

import pytest
from sqlalchemy import select

from hub.errors import UnknownDefinition
from hub.partners.models import Area
from tests.example_world import Example

QUARTER = {"kind": "quarter", "first": date(2015, 1, 1), "last": date(2015, 3, 31)}
MONTH = {"first": date(2015, 3, 1), "last": date(2015, 3, 31)}


def lines(example: Example, code: str, by: str, **asked: object) -> dict[str, tuple[int, int]]:
    points = example.series(code, by=by, **asked).points
    return {point.lines[by]: (point.numerator or 0, point.denominator or 0) for point in points}


@pytest.mark.parametrize(
    ("code", "asked"),
    [("WF06", QUARTER), ("WF07", QUARTER), ("WF08", QUARTER), ("AS01", MONTH), ("CP08", MONTH)],
)
def test_the_teams_of_an_area_add_up_to_it(example: Example, code: str, asked: dict[str, object]) -> None:
    areas, teams = lines(example, code, "area", **asked), lines(example, code, "team", **asked)
    assert {team.partition("/")[0] for team in teams} == {"south", "east", "north-west-central"}
    for area in ("south", "east", "north-west-central"):
        own = [both for team, both in teams.items() if team.startswith(f"{area}/")]
        assert len(own) > 1
        assert (sum(top for top, _ in own), sum(bottom for _, bottom in own)) == areas[area]


def test_one_areas_teams_are_read_alone(example: Example) -> None:
    south = example.session.scalars(select(Area.id).where(Area.code == "south")).one()
    alone = lines(example, "WF06", "team", area_id=south, **QUARTER)
    assert alone == {
        team: both
        for team, both in lines(example, "WF06", "team", **QUARTER).items()
        if team.startswith("south/")
    }
    with pytest.raises(UnknownDefinition, match="one-way"):
        example.series("WF03", by="grade", area_id=south, **QUARTER)


def test_there_are_no_teams_before_there_were_areas(example: Example) -> None:
    (point,) = example.series("AS01", by="team", first=date(2014, 9, 1), last=date(2014, 9, 30)).points
    assert (point.value, point.state, point.lines) == (None, "missing", {"team": ""})


def test_the_whole_is_as_it_was_without_teams(example: Example) -> None:
    total = example.point("AS01", "2015-03")
    areas = lines(example, "AS01", "area", **MONTH)
    assert (total.numerator, total.denominator) == tuple(map(sum, zip(*areas.values(), strict=True)))
