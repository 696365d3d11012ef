"""Pages of the Board drawn again before their next reader: who comes after a signature reads them without working anything out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from hub.db import transaction as written
from hub.facts import recalled
from hub.web import drawn_ahead
from tests.example_world import CODE, signs_again

OVERVIEW = f"/partnerships/{CODE}/board"
MEASURE = f"/partnerships/{CODE}/measures/FD03"
THEN = f"{OVERVIEW}?as_at=2015-10-01"
AS_REMEMBERED = (
    40  # statements of a page whose parts are remembered; to work the overview out takes some hundred
)


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    asked: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    engine = app.extensions["hub_engine"]
    event.listen(engine, "before_cursor_execute", count)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", count)


def sign(app: Flask, contacts: int) -> None:
    with written(app.extensions["hub_engine"]) as session:
        cells = [(2, "2016-03", "total", "", "contacts", contacts, "value")]
        signs_again(session, ("front-door", "330", "2016-03"), cells, by=("analyst.rxt", "manager.rxt"))


def drawn(app: Flask) -> set[str]:
    return {page.address for page in drawn_ahead.of(app).draw()}


def test_who_comes_after_a_signature_reads_what_was_drawn_meanwhile(
    app: Flask, as_: Callable[[str], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    readers, pages = [as_("member"), as_("manager.rxt")], (OVERVIEW, MEASURE, THEN)
    monkeypatch.setattr(drawn_ahead.of(app), "_most", len(readers) * len(pages))

    def read() -> dict[tuple[str, int], str]:
        answers = {(page, number): one.get(page) for page in pages for number, one in enumerate(readers)}
        assert {answer.status_code for answer in answers.values()} == {200}
        return {each: answer.text for each, answer in answers.items()}

    recalled.forget()
    before = read()
    assert drawn(app) == set(pages)
    assert not drawn(app), "nothing was written since"
    sign(app, 4711)
    assert drawn(app) == set(pages)
    with counted(app) as asked:
        ahead = read()
    assert len(asked) < len(ahead) * AS_REMEMBERED, asked
    recalled.forget()
    assert ahead == read()
    assert {page for page, number in ahead if ahead[page, number] != before[page, number]} == {
        OVERVIEW,
        MEASURE,
    }


def test_a_process_draws_ahead_until_it_is_ended(
    app: Flask, as_: Callable[[str], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawn_ahead, "LOOK_SECONDS", 0.05)
    draw, done = drawn_ahead.Ahead.draw, SimpleQueue[str]()

    def noted(ahead: drawn_ahead.Ahead) -> Iterator[drawn_ahead.Page]:
        for page in draw(ahead):
            done.put(page.address)
            yield page

    monkeypatch.setattr(drawn_ahead.Ahead, "draw", noted)
    recalled.forget()
    member, ended = as_("member"), threading.Event()
    assert member.get(MEASURE).status_code == 200
    keeping = threading.Thread(target=drawn_ahead.keep, args=(app, ended))
    keeping.start()
    try:
        assert done.get(timeout=60) == MEASURE
        sign(app, 4712)
        assert done.get(timeout=60) == MEASURE
    finally:
        ended.set()
        keeping.join(60)
    assert not keeping.is_alive()
    with counted(app) as asked:
        assert "4,712" in member.get(MEASURE).text
    assert len(asked) < AS_REMEMBERED, asked


def test_whoever_opens_the_overview_goes_on_to_its_measures_as_far_as_there_is_room(
    app: Flask, as_: Callable[[str], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawn_ahead.of(app), "_most", 3)
    member = as_("member")
    assert member.get(OVERVIEW).status_code == 200
    assert drawn(app) == {OVERVIEW}
    led_to = drawn(app)
    assert len(led_to) == 2 and all("/measures/" in address for address in led_to)
    for page in (MEASURE, THEN):
        assert member.get(page).status_code == 200
    assert member.get(f"/partnerships/{CODE}/measures/none-such").status_code == 404
    assert drawn(app) == {MEASURE, THEN}, "what somebody asked for comes first"
    sign(app, 4713)
    assert drawn(app) == {OVERVIEW, MEASURE, THEN}
