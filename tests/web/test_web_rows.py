"""Rows that hold words on pages: a school lists what it buys, its governors sign, the data team says what it thinks."""

import re

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from hub.app import create_app
from hub.calendar.due import due_items
from hub.config import from_environment
from hub.db import make_engine, open_session
from hub.definitions.catalogue import shipped
from hub.facts.models import RegisterCell, Words
from hub.partners.models import Person
from hub.partners.queries import partnership
from hub.web.present_rows import JudgedTable, Sum, without_single_prices
from tests.clients import Browser, browser_of
from tests.example_world import CODE
from tests.web.conftest import CheckerInProcess, words

SCHOOL, YEAR = "990001", "AY2013-14"


class Hub:
    """The example as its people use it."""

    def __init__(self, url: str) -> None:
        config = from_environment({"HUB_DATABASE_URL": url, "HUB_SECRET_KEY": "s" * 40, "HUB_DEMO": "1"})
        self.app = create_app(config, make_engine(url))
        self.app.extensions["hub_checker"] = CheckerInProcess()

    def as_person(self, name: str) -> Browser:
        with open_session(self.app.extensions["hub_engine"]) as session:
            person = session.scalars(select(Person).where(Person.email == f"{name}@example.org")).one()
        return browser_of(self.app, person)

    def item(self, return_code: str, agency: str, period: str) -> int:
        with open_session(self.app.extensions["hub_engine"]) as session:
            place = partnership(session, CODE)
            found = due_items(session, place.id, return_code=return_code)
            return next(i.id for i in found if (i.agency.code, i.period.code) == (agency, period))


@pytest.fixture
def hub(example_copy: str) -> Hub:
    return Hub(example_copy)


def hidden(page: TestResponse) -> dict[str, str]:
    """The hidden fields of the last form of a page, the form's own key among them."""
    form = re.findall(r'<form method="post".*?</form>', page.text, re.S)[-1]
    tags = re.findall(r'<input type="hidden"[^>]*>', form)
    return {re.findall(r'name="([^"]*)"', tag)[0]: re.findall(r'value="([^"]*)"', tag)[0] for tag in tags}


def answer(cells: dict[str, str]) -> dict[str, str]:
    total = {
        "leads": "2",
        "leads_trained": "2",
        "audit_approved": "1",
        "contracts": "1",
        "yearly_cost": "900.00",
    }
    row = {"service": "none-of-these", "provider": "Open Door Counselling", "purpose": "counselling"} | cells
    return {f"{YEAR}.total..{name}": text for name, text in total.items()} | {
        f"{YEAR}.contract.1.{name}": text for name, text in (row | {"yearly_cost": "900.00"}).items()
    }


def test_a_school_lists_a_service_and_the_data_team_judges_it(hub: Hub) -> None:
    page = hub.as_person("steward").get(f"/run/{CODE}/rows/school-safeguarding?only=none")
    assert page.status_code == 200
    listed = words(page.text)
    assert "Not judged yet" in listed and "Inside the arrangements" in listed
    one = re.search(rf'href="(/run/{CODE}/rows/[0-9]+/contract/[0-9a-z-]+)"', page.text)
    assert one, listed
    steward = hub.as_person("steward")
    form = hidden(steward.get(one[1]))
    said = steward.post(one[1], data=form | {"judgement": "outside", "why": "No agreement on worries."})
    assert said.status_code == 303, words(said.text)
    assert "“No agreement on worries.”" in words(steward.get(one[1]).text)
    late = hub.as_person("steward.deputy")
    conflict = late.post(
        one[1], data=hidden(late.get(one[1])) | {"seen": form["seen"], "judgement": "inside", "why": "x"}
    )
    assert conflict.status_code == 409
    assert "judged this row meanwhile" in words(conflict.text)


def test_a_judgement_needs_an_answer_a_reason_and_nobodys_number(hub: Hub) -> None:
    steward = hub.as_person("steward")
    page = steward.get(f"/run/{CODE}/rows/section-11")
    one = re.search(rf'href="(/run/{CODE}/rows/[0-9]+/standard/[a-z-]+)"', page.text)
    assert one
    for changed, sentence in (
        ({"judgement": "7", "why": "x"}, "Choose one of the answers"),
        ({"judgement": "2", "why": " "}, "Say why in a few words"),
        ({"judgement": "2", "why": "about 943 476 5919"}, "hold what looks like"),
    ):
        refused = steward.post(one[1], data=hidden(steward.get(one[1])) | changed)
        assert refused.status_code == 409
        assert sentence in words(refused.text)


def test_the_form_takes_words_and_shows_them_again(hub: Hub) -> None:
    school = hub.as_person(f"school.{SCHOOL}")
    number = hub.item("school-safeguarding", SCHOOL, YEAR)
    page = school.get(f"/submissions/{number}/answer")
    assert "Service 1" in words(page.text)
    assert '<option value="counselling">' in page.text
    assert "What the partnership says" not in words(page.text)
    missing = hub.as_person("school.990002").get(f"/submissions/{number}/answer")
    assert missing.status_code == 404


def test_what_a_school_typed_is_signed_by_digest_and_kept_beside(hub: Hub) -> None:
    school, governors = hub.as_person("school.990007"), hub.as_person("governors.990007")
    number = hub.item("school-safeguarding", "990007", YEAR)
    path = f"/submissions/{number}/answer"
    saved = school.post(path, data=hidden(school.get(path)) | answer({"begins_on": "1 Sept 2013"}))
    assert saved.status_code == 303
    found = words(school.get(saved.location).text)
    assert "cannot be read as a date" in found
    saved = school.post(path, data=hidden(school.get(path)) | answer({"begins_on": "2013-09-01"}))
    assert "Nothing was found" in words(school.get(saved.location).text)
    shown = school.get(path).text
    assert 'value="Open Door Counselling"' in shown and 'value="2013-09-01"' in shown
    sent = school.post(f"/submissions/{number}/send", data=hidden(school.get(f"/submissions/{number}")))
    assert sent.status_code == 303, words(sent.text)
    sign = governors.get(f"/submissions/{number}/sign")
    assert "Open Door Counselling" in words(sign.text)
    forms = [
        form for form in re.findall(r'<form method="post".*?</form>', sign.text, re.S) if "digest" in form
    ]
    tags = re.findall(r'<input type="hidden"[^>]*>', forms[0])
    fields = {re.findall(r'name="([^"]*)"', t)[0]: re.findall(r'value="([^"]*)"', t)[0] for t in tags}
    signed = governors.post(f"/submissions/{number}/sign", data=fields)
    assert signed.status_code == 303, words(signed.text)
    with open_session(hub.app.extensions["hub_engine"]) as session:
        kept = session.scalars(
            select(Words.body)
            .join(RegisterCell, RegisterCell.words_id == Words.id)
            .where(Words.body == "Open Door Counselling")
        ).all()
    assert kept == ["Open Door Counselling"]


@pytest.mark.parametrize(
    ("agencies", "money"), [((7, 5, 0), ["£70", "£50", "£0"]), ((7, 4, 0), ["", "", ""])]
)
def test_no_single_schools_price_can_be_worked_out(agencies: tuple[int, ...], money: list[str]) -> None:
    definition = shipped().latest("school-safeguarding")
    sums = tuple(Sum(f"line {count}", count, f"£{count}0" if count else "£0", count) for count in agencies)
    table = JudgedTable(definition, definition.breakdown("contract"), {}, (), sums)
    assert [each.pounds for each in without_single_prices(table, 5).sums] == money
    assert [each.rows for each in without_single_prices(table, 5).sums] == list(agencies)
