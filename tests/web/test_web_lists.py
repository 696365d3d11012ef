"""The partnership's own lists on their pages, and where their lines are then asked for: teams, services that schools pick."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from hub.db import open_session
from hub.partners.local_code_models import LocalCode
from hub.partners.local_codes import local_lines
from hub.partners.queries import partnership
from tests.example_world import CODE
from tests.web.conftest import words
from tests.web.test_web_rows import SCHOOL, YEAR, Hub, answer, hidden

SERVICES, TEAMS = (
    f"/partnerships/{CODE}/run/lists/safeguarding-services",
    f"/partnerships/{CODE}/run/lists/teams",
)
SENDS_LATE = "990007"  # has signed nothing of that year
NEW = {
    "code": "young-carers",
    "title": "Young carers’ group",
    "provider": "Carers’ Centre (invented)",
    "purpose": "family-support",
    "from_on": "2013-09-01",
}


@pytest.fixture
def hub(example_copy: str) -> Hub:
    return Hub(example_copy)


def forms(page: str) -> list[dict[str, str]]:
    """The hidden fields of every form of a page."""
    found = []
    for form in re.findall(r'<form method="post".*?</form>', page, re.S):
        tags = re.findall(r'<input type="hidden"[^>]*>', form)
        found.append(
            {re.findall(r'name="([^"]*)"', tag)[0]: re.findall(r'value="([^"]*)"', tag)[0] for tag in tags}
        )
    return found


def test_a_school_picks_what_the_data_team_has_listed_and_types_nothing(hub: Hub) -> None:
    steward = hub.as_person("steward")
    page = steward.get(SERVICES)
    assert "School nursing" in words(page.text) and "Birmingham Community Healthcare" in words(page.text)
    added = steward.post(SERVICES, data=forms(page.text)[0] | NEW)
    assert added.status_code == 303, words(added.text)
    assert "Work with families" in words(steward.get(SERVICES).text), "the purpose is shown in words"
    number = hub.item("school-safeguarding", SENDS_LATE, YEAR)
    school = hub.as_person(f"school.{SENDS_LATE}")
    form = f"/submissions/{number}/answer"
    assert "Young carers’ group" in words(school.get(form).text)
    both = school.post(form, data=hidden(school.get(form)) | answer({"service": "young-carers"}))
    assert "is said by what you picked" in words(school.get(both.location).text)
    picked = answer({"service": "young-carers", "provider": "", "purpose": ""})
    saved = school.post(form, data=hidden(school.get(form)) | picked)
    assert "Nothing was found" in words(school.get(saved.location).text)
    bare = answer({"service": "none-of-these", "provider": "", "purpose": ""})
    saved = school.post(form, data=hidden(school.get(form)) | bare)
    assert "“Provider” is blank and must be given" in words(school.get(saved.location).text)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"code": "Young Carers"}, "small letters"),
        ({"title": ""}, "Give the line a name"),
        ({"purpose": ""}, "whoever picks the line is not asked for it"),
        ({"purpose": "chatting"}, "whoever picks the line is not asked for it"),
        ({"from_on": ""}, "since when"),
        ({"from_on": "May"}, "not a date"),
        ({"provider": "for 943 476 5919"}, "looks like"),
        ({"code": "training"}, "was changed meanwhile"),  # there is one, and the form saw none
    ],
)
def test_a_line_that_cannot_stand_is_refused_and_nothing_is_kept(
    hub: Hub, changed: dict[str, str], sentence: str
) -> None:
    steward = hub.as_person("steward")
    before = lines(hub)
    refused = steward.post(SERVICES, data=forms(steward.get(SERVICES).text)[0] | NEW | changed)
    assert refused.status_code == 409 and sentence in words(refused.text)
    assert lines(hub) == before


def lines(hub: Hub) -> list[tuple[str, str]]:
    with open_session(hub.app.extensions["hub_engine"]) as session:
        return [(row.code, row.title) for row in session.scalars(select(LocalCode).order_by(LocalCode.id))]


def test_a_team_that_ends_is_offered_no_more_and_its_first_name_stays_known(hub: Hub) -> None:
    steward = hub.as_person("steward")
    page = steward.get(TEAMS)
    form = next(each for each in forms(page.text) if each.get("code") == "south/assessment-2")
    change = {"title": "Assessment team two", "from_on": "2014-10-01", "until_on": "2014-12-31"}
    assert steward.post(TEAMS, data=form | change).status_code == 303
    again = hub.as_person("steward.deputy").post(TEAMS, data=form | change | {"title": "Other"})
    assert again.status_code in (403, 409), "whoever saw the earlier wording is told"
    council = hub.as_person("analyst.330")
    offered = {
        period: words(council.get(f"/submissions/{hub.item('workforce', '330', period)}/answer").text)
        for period in ("FY2014-15Q3", "FY2014-15Q4")
    }
    assert "South: Assessment team two" in offered["FY2014-15Q3"]
    assert "Assessment team two" not in offered["FY2014-15Q4"]
    with open_session(hub.app.extensions["hub_engine"]) as session:
        place = partnership(session, CODE)
        first = session.scalars(select(LocalCode).where(LocalCode.code == "south/assessment-2")).all()
        known = local_lines(session, place.id, "teams", moment=first[0].known_at)
    assert len(first) == 2 and "Assessment team 2" in {line.title for line in known}


def test_who_may_not_keep_the_lists_reads_or_sees_nothing(hub: Hub) -> None:
    manager = hub.as_person("board.manager")
    page = manager.get(TEAMS)
    assert page.status_code == 200 and "Add a line" not in words(page.text)
    assert hub.as_person(f"school.{SCHOOL}").get(TEAMS).status_code == 403
    assert hub.as_person("steward").get(f"/partnerships/{CODE}/run/lists/sources").status_code == 404


def test_the_data_team_says_which_school_is_of_which_type_and_area(hub: Hub) -> None:
    """A school is picked by its name and has one line; the measure's page then reads by type."""
    steward, schools = hub.as_person("steward"), f"/partnerships/{CODE}/run/lists/schools"
    page = steward.get(schools)
    assert "Cotteridge Vale Academy (invented) (990041)" in words(page.text)
    new = forms(page.text)[0] | {"code": "990041", "from_on": "2015-09-01", "type": "primary"}
    for wrong, sentence in (
        ({"area": "atlantis"}, "Say “Area”: numbers are read by it"),
        ({"area": "south", "code": "990099"}, "Choose one of the agencies"),
    ):
        refused = steward.post(schools, data=new | wrong)
        assert refused.status_code == 409 and sentence in words(refused.text)
    added = steward.post(schools, data=new | {"area": "south"})
    assert added.status_code == 303, words(added.text)
    assert "Add a line" not in words(steward.get(schools).text), "every school has one"
    read = words(steward.get(f"/partnerships/{CODE}/measures/QA02").text)
    assert "By type" in read and "Nursery" in read and "North, West and Central" in read
    bought = words(hub.as_person("chair").get(f"/partnerships/{CODE}/measures/SC02").text)
    assert "Inside or outside the arrangements" in bought and "To be discussed with the school" in bought
