"""Browsers of the example's people at the real server (tests/served.py)."""

from __future__ import annotations

from playwright.sync_api import Browser, Page

from hub.seed.example.seed import PASSWORD
from tests.served import Server


def sign_in(browser: Browser, server: Server, name: str, *, scripts: bool = True) -> Page:
    page = browser.new_context(accept_downloads=True, java_script_enabled=scripts).new_page()
    page.goto(f"{server.url}/sign-in")
    page.fill("input[name=email]", f"{name}@example.org")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_load_state()
    return page
