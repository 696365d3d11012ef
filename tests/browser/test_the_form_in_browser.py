"""The form where scripts run: a word at a box as it is left, sums, pasting a column, and saving by itself over nobody."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from hub.db import open_session
from hub.submissions.models import Draft
from tests.browser.conftest import OpenPage, Site

pytestmark = pytest.mark.browser

TOTAL = "2015-04.total..referrals_made"

PASTE = """([box, text]) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def box(page: Any, name: str) -> Any:
    return page.locator(f'[name="{name}"]')


def drafted(site: Site) -> list[str]:
    with open_session(site.engine) as session:
        return list(session.scalars(select(Draft.document).where(Draft.id == site.item())))


def test_a_box_that_was_left_a_sum_and_a_pasted_column(site: Site, open_page: OpenPage) -> None:
    page = open_page("sub.rxt")
    page.goto(f"/submissions/{site.item()}/answer")
    box(page, TOTAL).fill("1,2")
    box(page, TOTAL).blur()
    page.wait_for_selector(".hub-live--error")
    assert "Write" in page.inner_text(".hub-live--error")
    box(page, TOTAL).fill("12")
    box(page, TOTAL).blur()
    page.wait_for_selector(".hub-live--error", state="detached")
    table = page.locator("table[data-hub-adds-up]").first
    first = table.locator("input").first
    first.evaluate(PASTE.replace("([box, text])", "(box, text)"), "5\n6\n")
    assert [table.locator("input").nth(at).input_value() for at in (0, 1)] == ["5", "6"]
    assert "the lines add to 11 of 12, 1 to go" in page.inner_text("[data-hub-sums] >> nth=0")
    assert drafted(site) == []  # nothing was saved by looking


def test_it_saves_by_itself_and_never_over_somebody_else(site: Site, open_page: OpenPage) -> None:
    page, other = open_page("sub.rxt"), open_page("sgn.rxt")
    for each in (page, other):
        each.goto(f"/submissions/{site.item()}/answer")
    save = "() => document.dispatchEvent(new Event('visibilitychange'))"
    hide = "() => Object.defineProperty(document, 'hidden', { value: true })"
    for each, number in ((page, "12"), (other, "99")):
        box(each, TOTAL).fill(number)
        each.evaluate(hide)
        each.evaluate(save)
        each.wait_for_selector("[data-hub-saved]:has-text('aved')")
    assert "Saved as a draft at" in page.inner_text("[data-hub-saved]")
    assert "Not saved by itself" in other.inner_text("[data-hub-saved]")
    assert "saved this return" in other.inner_text("[data-hub-saved]")
    (document,) = drafted(site)
    assert '"12"' in document and '"99"' not in document
    page.click("button:has-text('Save and check')")  # one's own saving is not taken for somebody else's
    assert page.url.endswith("done=checked")
