"""A large file's own page as people meet it, without scripts and with them."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest

from hub.submissions import upload_jobs
from tests.browser.conftest import OpenPage, Site
from tests.web.conftest import CheckerInProcess
from tests.web.test_web_upload import csv_of

pytestmark = pytest.mark.browser

PICTURES = os.environ.get("HUB_PICTURES")  # a folder for whoever wants to look at the pages


def upload(page: Any, content: bytes) -> None:
    page.goto("/upload")
    page.check("[value=referrals]")
    page.set_input_files(
        "input[type=file]", {"name": "figures.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.click("text=Upload and check")
    page.wait_for_url("**/upload/*")


def looked_at(page: Any, name: str) -> None:
    """axe finds nothing, and nothing is wider than the window."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}.png"), full_page=True)


@pytest.mark.parametrize("scripts", [False, True])
def test_a_large_file_says_how_far_it_is_and_what_became_of_it(
    site: Site, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, scripts: bool
) -> None:
    monkeypatch.setattr(upload_jobs, "LARGE_ROWS", 3)
    page = open_page("sub.rxt", scripts=scripts)
    upload(page, csv_of("2015-03", "2015-04"))
    assert "It waits for the files before it" in page.inner_text("main")
    if scripts:
        looked_at(page, "reading")
    worker = threading.Thread(
        target=upload_jobs.do_next, args=(site.engine, CheckerInProcess()), kwargs={"secret_key": "k" * 40}
    )
    worker.start()
    worker.join()
    if not scripts:
        page.click("text=See how far it is now")
    page.wait_for_selector("text=2 returns in the file")
