"""The one real Chromium of a run: two would fight over the event loop of their process. And axe, which looks for faults in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest

CHROMIUM = "/usr/bin/chromium"

AXE = "/axe.js"  # an address, so that the browser compiles it once for all pages
# Style sheets and films are not fetched a second time: no rule that is asked reads them.
LOOKED = """axe.run({resultTypes: ["violations"], preload: false}).then(found => found.violations)"""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class WithAxe:
    """An application with axe beside its pages.

    Its answers are read whole: a browser that goes on drops what still comes, and the server would leave an icon's file open.
    """

    app: WSGIApplication

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != AXE:
            answer = self.app(environ, start_response)
            try:
                return [b"".join(answer)]
            finally:
                getattr(answer, "close", lambda: None)()
        from axe_playwright_python.base import AXE_SCRIPT

        start_response("200 OK", [("Content-Type", "text/javascript"), ("Cache-Control", "max-age=3600")])
        return [AXE_SCRIPT.encode()]


def violations(page: Any) -> list[dict[str, Any]]:
    """What axe finds wrong with a page of an application `WithAxe`."""
    page.add_script_tag(url=AXE)
    found: list[dict[str, Any]] = page.evaluate(LOOKED)
    return found
