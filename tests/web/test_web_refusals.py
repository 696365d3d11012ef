"""What goes wrong around a request: the checker busy, methods that are not there, and what a web process must not load."""

import subprocess
import sys

from flask import Flask
from sqlalchemy import Engine

from hub.definitions.model import Definition
from hub.errors import Busy
from hub.intake.table import Received
from hub.validation.outcome import Outcome, Scope
from tests.factories import World
from tests.web.conftest import SignIn, words
from tests.web.test_web_journey import boxes, item

HEAVY = ("pandas", "great_expectations", "scipy", "openpyxl", "authlib", "requests")


class BusyChecker:
    def check(self, received: Received, definition: Definition, scope: Scope) -> Outcome:
        raise Busy("The checks are busy, so nothing was saved. Wait a minute and send it again.")


def test_a_busy_checker_is_said_and_nothing_is_saved(
    app: Flask, signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    number, browser = item(web_engine, world), signed_in("sub.rxt")
    browser.get(f"/submissions/{number}/answer")
    app.extensions["hub_checker"] = BusyChecker()
    answer = browser.post(f"/submissions/{number}/answer", boxes(12, 7))
    assert answer.status_code == 503
    assert "nothing was saved" in words(answer.text)
    assert answer.headers["X-Request-Id"] in answer.text
    assert "saved the form" not in words(browser.get(f"/submissions/{number}").text)


def test_a_form_without_its_token_changes_nothing(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    number, browser = item(web_engine, world), signed_in("sub.rxt")
    answer = browser.client.post(f"/submissions/{number}/answer", data=boxes(12, 7))
    assert answer.status_code == 403
    assert "not started" in words(browser.get(f"/submissions/{number}").text)


def test_visiting_a_forms_address_is_not_an_error_of_ours(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    number = item(web_engine, world)
    answer = signed_in("sub.rxt").get(f"/submissions/{number}/send")
    assert answer.status_code == 405
    assert "This address takes a form" in words(answer.text)


def test_alive_and_ready(signed_in: SignIn) -> None:
    browser = signed_in(None)
    assert browser.get("/healthz").text == "alive\n"
    assert browser.get("/readyz").json == {"database": True, "migrations": True, "checker": True}


def test_a_web_process_starts_without_what_is_heavy(sqlite_url: str) -> None:
    code = (
        "import sys\n"
        "from hub.app import create_app\n"
        "from hub.config import from_environment\n"
        f"app = create_app(from_environment({{'HUB_SECRET_KEY': 'k' * 40, 'HUB_DATABASE_URL': {sqlite_url!r}}}))\n"
        "assert app.test_client().get('/privacy').status_code == 200\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
