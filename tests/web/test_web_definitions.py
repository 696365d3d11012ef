"""Definitions are brought by page with the command line's own complaints; what is live waits for a second person."""

from __future__ import annotations

import io
from pathlib import Path

from sqlalchemy import Engine, select

from hub import db
from hub.definitions.models import DefinitionVersion
from tests.factories import World
from tests.web.conftest import Browser, SignIn, words

PATH = "/partnerships/testshire/run/definitions"
LIST = (
    "codelist: visit-places\nversion: 1\ntitle: Where a visit was\nsource: Agreed by the partnership.\n"
    "items:\n  - {code: home, title: At home}\n"
)
POPULATION = Path(__file__).parents[2] / "schemas" / "ons-population" / "v1.yaml"


def sends(browser: Browser, *files: tuple[str, str]) -> tuple[int, str]:
    browser.get(PATH)
    sent = [(io.BytesIO(text.encode()), name) for name, text in files]
    answer = browser.post(PATH, {"files": sent}, action=PATH)
    return answer.status_code, words(answer.text)


def versions(engine: Engine) -> set[tuple[str, str, int, str]]:
    with db.open_session(engine) as session:
        rows = session.scalars(select(DefinitionVersion))
        return {(row.kind, row.code, row.version, row.status) for row in rows}


def test_a_draft_is_tried_and_in_force_at_once(signed_in: SignIn, web_engine: Engine, world: World) -> None:
    steward, before = signed_in("stw.testshire"), versions(web_engine)
    status, page = sends(steward, ("places.yaml", LIST.replace("title: At home", "titel: At home")))
    assert status == 422 and "places.yaml, line 6:" in page and versions(web_engine) == before
    status, page = sends(steward, ("a.yaml", "just: something\n"), ("b.yaml", LIST))
    assert status == 422 and "a.yaml, line 1: is no return" in page and versions(web_engine) == before
    assert sends(steward, ("page.html", "<script>&x</script>: [\n"))[0] == 422
    assert sends(steward)[0] == 409
    assert sends(steward, ("places.yaml", LIST))[0] == 303
    assert versions(web_engine) - before == {("codelist", "visit-places", 1, "draft")}
    assert "Where a visit was" in words(steward.get(PATH).text)


def test_the_partnerships_calendar_is_brought_and_shown(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    steward, page = signed_in("stw.testshire"), "/partnerships/testshire/run/calendar"
    assert "No teaching dates yet" in words(steward.get(page).text)
    text = "calendar: testshire\nterms:\n  - {name: Summer term, from: 2015-04-13, until: 2015-07-20}\n"
    assert sends(steward, ("c.yaml", text.replace("testshire", "elsewhere")))[0] == 409, (
        "another partnership's"
    )
    status, said = sends(steward, ("c.yaml", text.replace("2015-07-20", "2015-04-01")))
    assert status == 422 and "c.yaml, line 3: ends before it begins" in said
    assert sends(steward, ("c.yaml", text))[0] == 303
    shown = words(steward.get(page).text)
    assert "Summer term: 13 April 2015 to 20 July 2015" in shown and "25 May 2015" in shown
    assert signed_in("stw.elsewhere").get(page).status_code == 404


def test_what_is_live_waits_for_the_business_manager(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    steward, manager = signed_in("stw.testshire"), signed_in("mgr.testshire")
    text = POPULATION.read_text(encoding="utf-8").replace("ons-population", "town-population")
    before = versions(web_engine)
    status, page = sends(steward, ("v1.yaml", text.replace("status: draft", "status: live")))
    assert status == 303, page
    assert versions(web_engine) == before
    shown = steward.get(PATH).text
    assert "The business manager approves it" in words(shown)
    page = manager.get(PATH).text
    approve = page[page.index(f"{PATH}/proposals/") :].split('"')[0]
    assert steward.client.post(approve, data=token_of(steward)).status_code == 403
    assert manager.post(approve, action=approve).status_code == 303
    assert versions(web_engine) - before == {("return", "town-population", 1, "live")}
    manager.get(PATH)
    assert manager.client.post(approve, data=token_of(manager)).status_code == 409, "decided already"


def token_of(browser: Browser) -> dict[str, str]:
    """The form token of a browser's session, from a page with a form."""
    page = browser.get("/account").text
    return {"csrf_token": page.split('name="csrf_token" value="')[1].split('"')[0], "form_key": "new"}
