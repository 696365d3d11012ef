"""A chronology tells each figure as it was known, in the order in which it became known; a school's number cannot be read off it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest

from hub.board.chronology import Chronology, as_csv, chronology
from hub.clock import parse_moment
from hub.db import make_engine, open_session
from hub.errors import NotReady
from hub.facts.moments import as_at
from hub.measures.load import measure_as_at
from hub.measures.protect import OPERATOR, Audience
from tests.agreements.promised_world import Promised, make_promised
from tests.agreements.test_verdict_table import tell
from tests.example_world import Example

MEMBER = Audience()


def told(world: Promised, measure: str, since: str, until: str, audience: Audience = MEMBER) -> Chronology:
    at = as_at(world.session, world.partnership, parse_moment(until))
    earlier = as_at(world.session, world.partnership, parse_moment(since))
    return chronology(
        world.session,
        world.partnership,
        measure_as_at(world.session, measure, at.moment),
        earlier,
        at,
        audience,
    )


def figures(found: Chronology, month: str) -> list[tuple[str, str]]:
    return [
        (f"{each.at:%Y-%m-%d}", each.words)
        for each in found.entries
        if (each.kind, each.what) == ("figure", month)
    ]


@pytest.fixture
def world(sqlite_url: str) -> Iterator[Promised]:
    engine = make_engine(sqlite_url)
    with open_session(engine, writing=True) as session:
        made = make_promised(session)
        tell(made)
        yield made
    engine.dispose()


def test_a_chronology_tells_what_was_known_when(world: Promised) -> None:
    session = world.session
    year = told(world, "FD03", "2015-04-30", "2016-03-31")
    # June: 90 of 100 until January 2016, when 40 were found to have been decided in a day.
    june = figures(year, "June 2015")
    assert [day for day, _ in june] == ["2015-07-12", "2016-01-25"]
    assert june[0][1].startswith("90.0% ") and june[0][1].endswith("; 1 of 1 return")
    assert june[1][1].startswith("40.0% ") and "until then 90.0%" in june[1][1]
    (correction,) = [each for each in year.entries if each.kind == "correction"]
    assert correction.words.endswith("of Body 330, corrected: Counted twice.") and correction.by == "Bob"
    assert [day for day, _ in figures(year, "August 2015")] == ["2015-11-13"], "it came two months late"
    assert list(year.entries) == sorted(year.entries, key=lambda each: each.at)

    before = told(world, "FD03", "2015-04-30", "2016-01-24")
    assert before.entries == tuple(each for each in year.entries if each.at <= parse_moment("2016-01-24"))
    assert not told(world, "FD03", "2015-05-13", "2015-05-20").entries
    with pytest.raises(NotReady):
        told(world, "FD03", "2012-01-01", "2016-01-24")
    rows = list(
        csv.reader(
            io.StringIO(
                as_csv(
                    year,
                    world.partnership,
                    measure_as_at(session, "FD03", parse_moment("2016-03-31")),
                    as_at(session, world.partnership),
                )
            )
        )
    )
    assert len(rows) == 1 + len(year.entries)
    # April 2015: the trusts sent 12 and 20 in May; the school's return came on 18 September.
    seen = told(world, "RF01", "2015-04-30", "2015-12-31")
    member = figures(seen, "April 2015")
    team = figures(told(world, "RF01", "2015-04-30", "2015-12-31", OPERATOR), "April 2015")
    assert [day for day, _ in team] == ["2015-05-18", "2015-09-18"] and "32" in team[0][1]
    assert [day for day, _ in member] == ["2015-05-18"] and "32" in member[0][
        1
    ]  # the one school waits for others


def test_signals_questions_and_answers_stand_in_the_order_of_their_days(example: Example) -> None:
    """The fall of conferences in the example: seen on the day on which April 2013 was signed, asked about a year later."""
    session, place = example.session, example.partnership
    earlier, at = example.at("2013-05-01"), example.at("2014-07-31")
    found = chronology(session, place, measure_as_at(session, "CP02", at.moment), earlier, at, MEMBER)
    told = [(f"{each.at:%Y-%m-%d}", each.kind, each.what) for each in found.entries if each.kind != "figure"]
    assert told == [
        ("2013-05-15", "signal", "April 2013"),
        ("2014-05-20", "question", "Question 1"),
        ("2014-05-22", "question", "Question 1"),
        ("2014-05-23", "question", "Question 1"),
        ("2014-06-02", "answer", "Question 1"),
        ("2014-06-05", "question", "Question 1"),
        ("2014-07-29", "note", "28 July 2014"),
    ]
    assert found.entries[1].words == "special cause: change, lower. Below the lower limit."
    assert [each.at for each in found.entries] == sorted(each.at for each in found.entries)
