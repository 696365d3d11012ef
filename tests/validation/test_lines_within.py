"""Lines that lie in lines of another table: teams of an area; they add up to it, or the sender is asked why not."""

from dataclasses import replace

import pytest

from hub.definitions.catalogue import shipped
from hub.definitions.layout import lying_within
from hub.definitions.model import Breakdown
from hub.intake.table import Received
from hub.validation.outcome import Expected, Outcome, Scope
from hub.validation.run import check

RETURN = shipped().latest("workforce")
EVERYWHERE = {
    name: {item.code: item.title for item in shipped().codelists[name].items}
    for name in RETURN.lists
    if name in shipped().codelists
}
TEAMS = {
    "south/one": "South: Team one",
    "south/two": "South: Team two",
    "east/one": "East: Team one",
}
SCOPE = Scope(
    expected=(Expected(7, "here", "330", "council", "FY2014-15Q3"),),
    lists={
        "": EVERYWHERE,
        "here": {"areas": {"south": "South", "east": "East", "not-known": "Not known"}, "teams": TEAMS},
    },
    today="2015-05-18",
    default_partnership="here",
    default_agency="330",
)
COUNTED = ("cases", "case_holders", "over_limit", "supervision_due", "supervision_in_time")


def row(breakdown: str, code: str, counts: tuple[int, ...]) -> dict[str, str]:
    figures = dict(zip(COUNTED, map(str, counts), strict=True))
    if breakdown != "team":
        figures |= dict.fromkeys(("posts", "vacant", "filled", "agency_staff"), "0")
    if breakdown == "total":
        figures |= dict.fromkeys(("joiners", "leavers", "mash_agreed", "mash_filled"), "0")
    return {"agency": "330", "period": "FY2014-15Q3", "breakdown": breakdown, "code": code, **figures}


PLACES = [
    row("total", "", (180, 10, 3, 30, 20)),
    row("area", "south", (100, 6, 2, 18, 12)),
    row("area", "east", (80, 4, 1, 12, 8)),
]
GRADES = [
    {"agency": "330", "period": "FY2014-15Q3", "breakdown": "grade", "code": code}
    | dict.fromkeys(("posts", "vacant", "filled", "agency_staff", "joiners", "leavers"), "0")
    for code in EVERYWHERE["social-work-grades"]
]
SOUTH = [row("team", "south/one", (60, 4, 1, 12, 8)), row("team", "south/two", (40, 2, 1, 6, 4))]


def checked(rows: list[dict[str, str]]) -> Outcome:
    return check(Received("form", rows=(*rows, *GRADES)), RETURN, SCOPE)


def test_teams_that_add_to_their_area_are_asked_nothing_and_another_area_may_leave_them_out() -> None:
    assert [one.code for one in checked([*PLACES, *SOUTH]).findings] == []
    assert [one.code for one in checked(PLACES).findings] == []


def test_what_is_in_no_team_is_asked_about_at_the_area_by_name() -> None:
    (asked,) = checked([*PLACES, SOUTH[0], row("team", "south/two", (38, 2, 1, 6, 4))]).findings
    assert (asked.code, asked.severity) == ("workforce-teams-and-area-differ", "query")
    assert (asked.where.row, asked.where.field, asked.value) == (2, "cases", "100")
    assert asked.message.startswith(
        "The teams of “South” add to 98 for “Children allocated to a worker” in October to December 2014, "
        "but the area has 100."
    )


def test_teams_above_their_area_are_asked_about_even_where_one_is_blank() -> None:
    above = [
        row("team", "south/one", (101, 6, 2, 18, 12)),
        row("team", "south/two", (0, 0, 0, 0, 0)) | {"cases": ""},
    ]
    found = [(one.code, one.where.field) for one in checked([*PLACES, *above]).findings]
    assert ("workforce-teams-and-area-differ", "cases") in found
    below = [row("team", "south/one", (50, 6, 2, 18, 12)), above[1]]
    assert "workforce-teams-and-area-differ" not in {one.code for one in checked([*PLACES, *below]).findings}


@pytest.mark.parametrize("code", ["south", "north/one", "south/three", "south/"])
def test_a_team_that_the_partnership_does_not_list_is_refused(code: str) -> None:
    found = checked([*PLACES, row("team", code, (1, 1, 0, 1, 1))]).findings
    assert ("code-unknown", "error") in {(one.code, one.severity) for one in found}


def test_the_area_is_known_from_the_line() -> None:
    assert RETURN.area_of("team", "south/one") == "south"
    assert RETURN.area_of("area", "east") == "east"
    assert RETURN.area_of("grade", "social-worker") == ""


def test_lines_that_name_no_other_stand_in_each_of_them() -> None:
    own, other = {"south": "South", "east": "East"}, {"RQ3": "Hospital", "20": "Police"}
    crossed = Breakdown("agency_area", "", "areas", (), within="agency")
    of_the_hospital = {"RQ3/south": "Hospital: South", "RQ3/east": "Hospital: East"}
    assert lying_within(crossed, own, other) == of_the_hospital | {
        "20/south": "Police: South",
        "20/east": "Police: East",
    }
    assert lying_within(replace(crossed, in_lines=("RQ3",)), own, other) == of_the_hospital
    assert lying_within(crossed, TEAMS, own) == TEAMS


def test_a_scope_travels_with_what_codes_say() -> None:
    scope = replace(SCOPE, said={"here": {"teams": {"south/one": {"provider": "x"}}}})
    assert Scope.from_json(scope.as_json()) == scope
