"""The chronology's page: a question, its answer, a note and a decision stand in it in the order in which they came, and leave with it."""

from __future__ import annotations

import csv
import io

from sqlalchemy import Engine

from hub import db
from hub.config import shipped
from hub.measures.load import publish_measures
from tests.factories import KNOWN_FROM, World
from tests.web.conftest import SignIn, words
from tests.web.test_web_challenges import ask
from tests.web.test_web_meetings import HERE, act, keeps, plans

MEASURE = f"{HERE}/measures/RF01"


def test_what_was_asked_noted_and_decided_stands_in_its_order(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    with db.transaction(web_engine) as session:
        publish_measures(session, shipped("schemas") / "measures.yaml", now=KNOWN_FROM)
    team, member = signed_in("stw.testshire"), signed_in("brd.testshire")
    empty = member.get(f"{MEASURE}/chronology")
    assert "Nothing happened in this time" in words(empty.text)

    ask(member, "Who counts forms?", "?about=number&subject=RF01/2015-03")
    notes = f"{MEASURE}/notes"
    team.get(notes)
    noted = {"kind": "event", "on": "2015-04-01", "words": "Forms are counted anew."}
    assert team.post(notes, noted).status_code == 303
    keeps(team)
    meeting = plans(team, "2015-05-12", "2015-05-05")
    decided = {"words": "Count each child once.", "owner": "RXT", "due_on": "2015-06-30"}
    assert act(team, meeting, "decision", **decided, measure="XX99") == 404, "no such number"
    assert act(team, meeting, "decision", **decided, measure="RF01") == 303
    assert "About RF01" in words(member.get(meeting).text)

    page = words(member.get(f"{MEASURE}/chronology").text)
    places = [
        page.index(each)
        for each in ("Who counts forms?", "Forms are counted anew.", "Count each child once.")
    ]
    assert places == sorted(places)
    assert "Count each child once." not in words(member.get(f"{HERE}/measures/FD03/chronology").text)
    rows = list(csv.DictReader(io.StringIO(member.get(f"{MEASURE}/chronology.csv").text)))
    assert [row["kind"] for row in rows] == ["question", "note", "decision"]
    before = words(member.get(f"{MEASURE}/chronology?as_at=2015-05-01").text)
    assert "Who counts forms?" not in before
    assert "at most three years" in words(member.get(f"{MEASURE}/chronology?since=2009-01-01").text)
