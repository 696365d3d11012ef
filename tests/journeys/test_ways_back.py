"""A return that comes back with a reason, a correction that the Board can read, and a school's own few steps.

Told in a browser without scripts, so that whatever works here works everywhere.
"""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from hub.calendar.models import DueItem
from hub.db import make_engine, open_session
from hub.facts.models import Revision
from hub.partners.models import Agency
from tests.example_world import CODE
from tests.journeys.conftest import Server, sign_in

pytestmark = pytest.mark.browser

TITLE = "Referrals made to the front door, April 2015"
BEHIND = f"/partnerships/{CODE}/measures/RF01/2015-04"
TOTAL = "[id='2015-04-total--referrals_made']"
LINES = (TOTAL, "[id='2015-04-setting-maternity-referrals_made']", "[id='2015-04-category-neglect-referrals_made']",
         "[id='2015-04-area-south-referrals_made']")  # fmt: skip


def fill_in(page: Page, number: int, *, asked: str = "Nothing was found") -> None:
    for box in LINES:
        if not page.is_visible(box):  # a table that may be left out is folded until it holds something
            page.locator("details", has=page.locator(box)).locator("summary").first.click()
        page.fill(box, str(number))
    page.click("button:has-text('Save and check')")
    assert asked in page.inner_text("main")


def send(page: Page) -> None:
    page.click("button:has-text('Send for sign-off')")
    assert "waiting for signature" in page.inner_text("main")


def sign(page: Page, server: Server) -> None:
    page.goto(server.url)
    page.click(f"text={TITLE}")
    page.click("text=Look at it and sign")
    page.click("button:has-text('Sign for')")
    assert page.inner_text("h1") == "Receipt"


def test_sent_back_with_a_reason_and_corrected_after_signing(chromium: Browser, server: Server) -> None:
    analyst, manager, member = (
        sign_in(chromium, server, name, scripts=False) for name in ("analyst.ryw", "manager.ryw", "member")
    )
    analyst.click(f"text={TITLE}")
    submission = analyst.url
    analyst.goto(f"{submission}/answer")
    fill_in(analyst, 9000, asked="in April 2014 (signed by ")
    for box in analyst.locator("textarea").all():  # far from last year, and round hundreds everywhere
        box.fill("All clinics sent their lists at once.")
    analyst.click("button:has-text('Save explanations')")
    send(analyst)
    manager.goto(f"{submission}/sign")
    assert "the period before was 143, now it would be 9000" in manager.inner_text("main")
    manager.fill("textarea", "Is this the year instead of the month?")
    manager.click("button:has-text('Send back')")

    analyst.goto(server.url)
    assert "Is this the year instead of the month?" in analyst.inner_text("main")
    analyst.goto(f"{submission}/answer")
    fill_in(analyst, 104)
    send(analyst)
    sign(manager, server)
    member.goto(server.url + BEHIND)
    row = member.locator("tr", has_text="(RYW)")
    assert row.locator("td").nth(1).inner_text() == "104"

    analyst.goto(f"{submission}/ask")
    analyst.fill("#until_on", "2015-06-30")
    analyst.fill("textarea", "Two clinics sent their April list late.")
    analyst.click("button:has-text('Ask')")
    manager.goto(submission)
    manager.click("a:has-text('Reopening a signed return')")
    manager.click("button:has-text('Agree')")
    analyst.goto(f"{submission}/answer")
    fill_in(analyst, 108)
    member.reload()
    assert row.locator("td").nth(1).inner_text() == "104"  # what is signed stands until it is superseded
    send(analyst)
    sign(manager, server)
    member.reload()
    assert row.locator("td").nth(1).inner_text() == "108"
    assert "2: Two clinics sent their April list late." in row.inner_text()


def a_school_that_owes_a_term(database: str) -> str:
    """The address name of the school whose return for a past term never came."""
    with open_session(make_engine(database)) as session:
        signed = select(Revision.due_item_id).where(Revision.return_code == "referrals")
        owing = select(DueItem.agency_id).where(
            DueItem.return_code == "referrals",
            DueItem.id.not_in(signed),
            DueItem.due_on < date(2015, 5, 18),
        )
        code = session.scalars(
            select(Agency.code).where(Agency.kind == "school", Agency.id.in_(owing)).order_by(Agency.code)
        ).first()
    assert code is not None
    return code


def test_a_school_answers_and_signs_in_five_steps(chromium: Browser, server: Server) -> None:
    page = sign_in(chromium, server, f"school.{a_school_that_owes_a_term(server.database)}", scripts=False)
    page.click("main a:has-text('Referrals made') >> nth=0")
    page.click("a:has-text('Fill in')")
    for box in page.locator("main input[inputmode]").all():
        box.fill("2")
    page.click("button:has-text('Save and check')")
    page.click("text=Look at it and sign")
    page.click("button:has-text('Sign for')")
    assert page.inner_text("h1") == "Receipt"
