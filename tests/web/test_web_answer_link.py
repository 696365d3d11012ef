"""A school's person answers the mail's link: one page, one signature, no password; and what such a link does not open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, select, update

from hub import db
from hub.calendar.models import DueItem
from hub.clock import real_now
from hub.partners.models import Person
from hub.post.models import AnswerLink, Letter, Notice
from hub.submissions import answer_links
from hub.submissions.queries import my_list
from tests.databases import ENGINES
from tests.factories import World
from tests.web.conftest import Browser, words

SECRET = "k" * 40
MONTHS = ("2015-01", "2015-02", "2015-03")
BOTH = pytest.mark.parametrize("web_engine", ENGINES, indirect=True)


@dataclass
class Mailed:
    engine: Engine
    item: int
    link: int
    path: str

    def status(self) -> str:
        with db.open_session(self.engine) as session:
            return my_list(session, None, due_item_ids=[self.item])[0].status

    def write(self, statement: object) -> None:
        with db.transaction(self.engine) as session:
            session.execute(statement)  # type: ignore[call-overload]


def link_to(engine: Engine, world: World, name: str, agency: str, period: str) -> Mailed:
    with db.transaction(engine) as session:
        item = world.item(session, agency, period)
        link = answer_links.link_for(session, world.people[name].id, item, now=real_now())
        path = f"/answer/{answer_links.token(link.id, secret_key=SECRET)}"
        return Mailed(engine, item, link.id, path)


@pytest.fixture
def mailed(web_engine: Engine, world: World) -> Mailed:
    return link_to(web_engine, world, "sgn.990001", "990001", "AY2014-15T2")


@pytest.fixture
def visitor(app: Flask) -> Browser:
    return Browser(app.test_client())


def boxes(browser: Browser, path: str, *numbers: str) -> dict[str, object]:
    names = [name for name in browser.fields(path) if "." in name]
    assert len(names) == len(MONTHS)
    return dict(zip(names, numbers, strict=True))


@BOTH
def test_the_link_leads_to_the_boxes_and_one_button_signs(mailed: Mailed, visitor: Browser) -> None:
    page = visitor.get(mailed.path)
    assert page.status_code == 200
    text = words(page.text)
    assert "Elm Road School (invented)" in text
    assert "I confirm that these figures" in text
    assert "Sign out" not in text  # nobody is signed in
    answer = visitor.post(mailed.path, boxes(visitor, mailed.path, "2", "0", "3"), action=mailed.path)
    done = visitor.follow(answer)
    assert "Signed" in words(done.text)
    assert mailed.status() == "signed"
    with db.open_session(mailed.engine) as session:
        kinds = session.scalars(select(Notice.kind).where(Notice.due_item_id == mailed.item)).all()
    assert kinds == ["signed"]  # the receipt


def test_a_nil_return_is_one_tick(mailed: Mailed, visitor: Browser) -> None:
    visitor.get(mailed.path)
    visitor.post(mailed.path, {"none_in_blanks": "yes"}, action=mailed.path)
    with db.open_session(mailed.engine) as session:
        (listed,) = my_list(session, None, due_item_ids=[mailed.item])
    assert (listed.status, listed.nil) == ("signed", True)


def test_it_works_for_one_signature(mailed: Mailed, visitor: Browser, app: Flask) -> None:
    visitor.get(mailed.path)
    form = visitor.fields(mailed.path) | {"none_in_blanks": "yes"}
    assert visitor.client.post(mailed.path, data=form).status_code == 303
    assert (
        visitor.client.post(mailed.path, data=form).status_code == 303
    )  # a double click leads to the same page
    with db.open_session(mailed.engine) as session:
        (listed,) = my_list(session, None, due_item_ids=[mailed.item])
        assert session.get_one(AnswerLink, mailed.link).used_at is not None
    assert listed.revisions == 1
    mailed.write(update(DueItem).values(due_on=None))
    thief = Browser(app.test_client())
    assert 'name="none_in_blanks"' not in thief.get(mailed.path).text


def test_opening_the_link_changes_nothing(mailed: Mailed, visitor: Browser) -> None:
    """Mail programs open links before people do."""
    for _ in range(3):
        assert visitor.get(mailed.path).status_code == 200
    assert mailed.status() == "not-started"


def test_an_error_keeps_what_was_typed_and_signs_nothing(mailed: Mailed, visitor: Browser) -> None:
    visitor.get(mailed.path)
    answer = visitor.post(mailed.path, boxes(visitor, mailed.path, "two", "0", "3"), action=mailed.path)
    assert answer.status_code == 422
    assert 'value="two"' in answer.text
    assert mailed.status() == "draft"
    visitor.page = answer
    visitor.post(mailed.path, boxes(visitor, mailed.path, "2", "0", "3"), action=mailed.path)
    assert mailed.status() == "signed"


def test_a_blank_month_is_asked_about_and_explained_on_the_same_page(
    mailed: Mailed, visitor: Browser
) -> None:
    visitor.get(mailed.path)
    visitor.page = answer = visitor.post(
        mailed.path, boxes(visitor, mailed.path, "2", "", "3"), action=mailed.path
    )
    assert answer.status_code == 422
    explaining = {name: "The book of that month was lost." for name in _explained(answer.text)}
    assert explaining
    visitor.post(mailed.path, explaining, action=mailed.path)
    assert mailed.status() == "signed"


def _explained(html: str) -> set[str]:
    return {part.split('"')[0] for part in html.split('name="')[1:] if part.startswith("explain-")}


def test_words_that_point_to_a_person_are_refused(mailed: Mailed, visitor: Browser) -> None:
    visitor.get(mailed.path)
    answer = visitor.post(
        mailed.path,
        boxes(visitor, mailed.path, "2", "0", "3") | {"explain-x": "NHS number 943 476 5919"},
        action=mailed.path,
    )
    assert answer.status_code == 409
    assert mailed.status() == "not-started"


def test_a_link_out_of_date_offers_a_new_one_to_the_known_address(mailed: Mailed, visitor: Browser) -> None:
    mailed.write(update(AnswerLink).values(expires_at=real_now() - timedelta(seconds=1)))
    page = visitor.get(mailed.path)
    assert "This link is out of date" in words(page.text)
    done = visitor.follow(visitor.post(f"{mailed.path}/again", action=f"{mailed.path}/again"))
    assert "A new link is on its way" in words(done.text)
    visitor.post(f"{mailed.path}/again", action=f"{mailed.path}/again")
    with db.open_session(mailed.engine) as session:
        notices = session.scalars(select(Notice).where(Notice.kind == "answer-link")).all()
    assert len(notices) == 1  # one in ten minutes, however often it is asked


@pytest.mark.parametrize("wrong", ["0-00", "x", "9" * 30, "9" * 19 + "-0", "1-" + "0" * 64])
def test_a_link_that_was_never_given_out_opens_nothing(visitor: Browser, wrong: str) -> None:
    assert visitor.get(f"/answer/{wrong}").status_code == 404


def test_a_signature_that_needs_a_second_factor_is_never_given_by_a_link(
    web_engine: Engine, world: World, visitor: Browser
) -> None:
    trust = link_to(web_engine, world, "sgn.rxt", "RXT", "2015-04")
    assert visitor.get(trust.path).status_code == 404


def test_a_link_of_somebody_else_or_of_who_left_opens_nothing(
    web_engine: Engine, world: World, mailed: Mailed, visitor: Browser
) -> None:
    other = link_to(web_engine, world, "sub.rxt", "990001", "AY2014-15T2")
    assert visitor.get(other.path).status_code == 404
    mailed.write(
        update(Person).where(Person.id == world.people["sgn.990001"].id).values(disabled_at=real_now())
    )
    assert visitor.get(mailed.path).status_code == 404


def test_no_table_holds_a_link(mailed: Mailed, visitor: Browser) -> None:
    visitor.get(mailed.path)
    mac = mailed.path.rpartition("-")[2]
    with db.open_session(mailed.engine) as session:
        for table in db.Base.metadata.sorted_tables:
            assert mac not in repr(session.execute(select(table)).all())
        assert not session.scalars(select(Letter)).all()
