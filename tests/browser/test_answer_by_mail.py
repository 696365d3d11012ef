"""A school's lead opens the mail's link and is done: the actions counted, without scripts and on a phone."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import pytest

from hub import db
from hub.clock import real_now
from hub.submissions import answer_links
from hub.submissions.queries import my_list
from tests.browser.conftest import OpenPage, Site
from tests.browsers import violations

pytestmark = pytest.mark.browser

SECRET = "k" * 40  # of the site


@dataclass
class Counted:
    """A browser page whose person's actions are counted: following the link, filling a box, ticking, clicking."""

    page: Any
    actions: int = 0

    def follow(self, path: str) -> None:
        self.actions += 1
        self.page.goto(path)

    def fill(self, label: str, number: str) -> None:
        self.actions += 1
        self.page.get_by_label(label).fill(number)

    def tick(self, label: str) -> None:
        self.actions += 1
        self.page.get_by_label(label).check()

    def click(self, name: str) -> None:
        self.actions += 1
        self.page.get_by_role("button", name=name).click()


def link(site: Site) -> tuple[int, str]:
    with db.transaction(site.engine) as session:
        item = site.world.item(session, "990001", "AY2014-15T2")
        made = answer_links.link_for(session, site.world.people["sgn.990001"].id, item, now=real_now())
        return item, f"/answer/{answer_links.token(made.id, secret_key=SECRET)}"


def assert_no_fault(page: Any, path: str) -> None:
    page.goto(path)
    assert not violations(page)


@pytest.mark.parametrize("nil", [False, True], ids=["three-months", "nil"])
def test_a_schools_lead_is_done_in_five_actions(site: Site, open_page: OpenPage, nil: bool) -> None:
    item, path = link(site)
    scripted = open_page(None)
    assert_no_fault(scripted, path)
    person = Counted(open_page(None, width=360, scripts=False))
    began = time.monotonic()
    person.follow(path)
    if nil:
        person.tick("In what I leave blank there were none")
    else:
        for month, number in (("January 2015", "2"), ("February 2015", "0"), ("March 2015", "1")):
            person.fill(f"Referrals made, All referrals made, {month}", number)
    person.click("Sign for Elm Road School (invented)")
    person.page.get_by_role("heading", name="Signed").wait_for()
    assert person.actions == (3 if nil else 5)
    assert time.monotonic() - began < 60
    with db.open_session(site.engine) as session:
        assert my_list(session, None, due_item_ids=[item])[0].status == "signed"
    assert_no_fault(scripted, path)
