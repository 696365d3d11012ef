"""The pages as people meet them: by keyboard, without scripts, on a narrow screen, printed, and with assistive technology."""

from __future__ import annotations

from typing import Any

import pytest

from hub import db
from hub.clock import real_now
from hub.partners import passwords, sign_ins
from hub.partners.models import Account
from tests.browser.conftest import PASSWORD, OpenPage, Site
from tests.browsers import violations

pytestmark = pytest.mark.browser

TOTAL = "2015-04-total--referrals_made"


def paths(site: Site) -> list[str]:
    """Pages of a submitter."""
    own = f"/submissions/{site.item()}"
    return ["/", own, f"{own}/answer", f"{own}/findings", "/upload", "/returns", "/returns/referrals", "/account",
            "/privacy", "/accessibility", "/no-such-page"]  # fmt: skip


def fill_in(page: Any, site: Site, *, mistaken: bool = False) -> None:
    page.goto(f"/submissions/{site.item()}/answer")
    for box, number in (
        (TOTAL, "1,200" if mistaken else "12"),
        ("2015-04-setting-maternity-referrals_made", "12"),
        ("2015-04-category-neglect-referrals_made", "12"),
    ):
        page.fill(f"[id='{box}']", number)
    page.click("text=Save and check")


def sign_off(site: Site, open_page: OpenPage, *, scripts: bool = True) -> Any:
    """From the form to the receipt, by two people; returns the receipt's page."""
    submitter, signatory = (open_page(name, scripts=scripts) for name in ("sub.rxt", "sgn.rxt"))
    fill_in(submitter, site)
    submitter.click("text=Send for sign-off")
    assert "waiting for signature" in submitter.inner_text("main")
    signatory.goto("/")
    signatory.click("text=Referrals made to the front door, April 2015")
    signatory.click("text=Look at it and sign")
    signatory.click("text=Sign for Testshire Mental Health Trust")
    assert "Receipt" in signatory.inner_text("h1")
    return signatory


def test_the_whole_way_without_scripts(site: Site, open_page: OpenPage) -> None:
    receipt = sign_off(site, open_page, scripts=False)
    assert "SGN of rxt" in receipt.inner_text("main")
    assert not receipt.is_visible("text=Print this page")


def test_no_page_breaks_the_policy_or_asks_anybody_else(site: Site, open_page: OpenPage) -> None:
    page = open_page("sub.rxt")
    complaints: list[str] = []
    foreign: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on(
        "request",
        lambda request: None if request.url.startswith(site.address) else foreign.append(request.url),
    )
    for path in paths(site):
        page.goto(path)
    assert not [text for text in complaints if "404" not in text and "Password forms" not in text]
    assert not foreign


@pytest.mark.parametrize("width", [1100, 320])
def test_axe_finds_nothing(site: Site, open_page: OpenPage, width: int) -> None:
    page = open_page("sub.rxt", width=width)
    fill_in(page, site, mistaken=True)
    for path in paths(site):
        page.goto(path)
        assert not [(fault["id"], fault["nodes"][0]["html"]) for fault in violations(page)], path


def test_nothing_runs_off_a_narrow_screen(site: Site, open_page: OpenPage) -> None:
    submitter = open_page("sub.rxt", width=320)
    fill_in(submitter, site, mistaken=True)
    team = open_page("stw.testshire", width=320)
    for page, path in [(submitter, path) for path in paths(site)] + [(team, "/")]:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") == 320, path


def test_the_form_by_keyboard_alone(site: Site, open_page: OpenPage) -> None:
    page = open_page("sub.rxt")
    page.goto(f"/submissions/{site.item()}/answer")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == TOTAL:
            break
    page.keyboard.type("12")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/findings**")
    assert "What the check found" in page.inner_text("h1")


def test_a_receipt_prints_without_the_furniture(site: Site, open_page: OpenPage) -> None:
    receipt = sign_off(site, open_page)
    receipt.emulate_media(media="print")
    assert not receipt.is_visible("text=Print this page")
    assert not receipt.is_visible("nav")
    assert "Illustrative" in receipt.inner_text("body")
    assert receipt.pdf().startswith(b"%PDF")


def test_answers_outlive_the_sign_in(site: Site, open_page: OpenPage) -> None:
    page, person = open_page("sub.rxt"), site.world.people["sub.rxt"]
    page.goto(f"/submissions/{site.item()}/answer")
    page.fill(f"[id='{TOTAL}']", "4711")
    with db.transaction(site.engine) as session:
        sign_ins.end(session, person.id, now=real_now())
        account = session.query(Account).filter_by(person_id=person.id).one()
        account.password_hash = passwords.hashed(PASSWORD)
    page.click("text=Save and come back later")
    assert "Sign in" in page.inner_text("h1")
    page.fill("#email", person.email)
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.click("text=Send my answers now")
    assert "4711" in page.inner_text("main")
