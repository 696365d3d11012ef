"""What stands in reports, with figures worked out by hand: what moved since the last one, and what anybody may read of a year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from hub.board.group_list import SLIPS, group_list
from hub.board.packs.document import Document
from hub.board.packs.headings import Heading
from hub.board.packs.reported import FIRST, Drafted, build_annual, build_progress
from hub.clock import parse_moment
from hub.db import make_engine, open_session
from hub.facts.moments import as_at
from hub.measures.protect import Audience
from hub.meetings.read import Group
from hub.periods import parse
from tests.agreements.promised_world import Promised, make_promised
from tests.agreements.test_verdict_table import MONTHS, front_door, tell


@pytest.fixture
def world(sqlite_url: str) -> Iterator[Promised]:
    engine = make_engine(sqlite_url)
    with open_session(engine, writing=True) as session:
        made = make_promised(session)
        tell(made)
        yield made
    engine.dispose()


def rows(document: Document, section: str) -> list[tuple[str, ...]]:
    (found,) = [each for each in document.sections if each.code == section]
    return [row for block in found.blocks for row in block.rows]


def test_reports_tell_what_moved_and_leave_out_what_anybody_may_not_read(world: Promised) -> None:
    session, place = world.session, world.partnership
    shows = ("FD03", "FD07", "promises", "questions", "decisions", "attendance")
    drafted = Drafted("Progress report", (Heading("The front door", shows),), {1: "It moves.\n\nSlowly."})
    then, now = (as_at(session, place, parse_moment(day)) for day in ("2015-07-20", "2016-01-31"))

    first = build_progress(session, place, then, None, drafted)
    assert first.sections[0].blocks[0].text == FIRST
    report = build_progress(session, place, now, then, drafted)
    assert [block.text for block in report.sections[1].blocks[:2]] == ["It moves.", "Slowly."]
    moved = {row[0]: row[1:] for row in rows(report, "heading-1")}
    # In July 2015 the newest month was June with 90 of 100; in January 2016 it was December with 90 of 100.
    before, after = moved["Contacts decided within one working day"][:2]
    assert before.startswith("90.0% ") and ", June 2015; 1 of 1" in before
    assert after.startswith("90.0% ") and ", December 2015; 1 of 1" in after
    assert any(row[2:4] == ("on track", "missed") for row in rows(report, "heading-1") if len(row) == 5)
    # Of the leads' meetings since: 12 August RYW alone, 11 November all three.
    assert moved["Body RYW"] == ("2", "2", "0", "100%") and moved["Body 13P"] == ("2", "1", "0", "50%")
    assert report.agreements == {"kept"}

    # Found later: the report of January reads the same, whatever is corrected after it.
    world.signs(
        "330",
        "front-door",
        MONTHS[8],
        "2016-05-02",
        again="Found.",
        **front_door(8) | {"decided_in_1_day": 1},
    )
    assert build_progress(session, place, now, then, drafted) == report

    year = parse("FY2015-16")
    drafted = Drafted("Annual", (Heading("All", ("FD01", "FD03", "FD06", "FD07", "attendance")),), {})
    annual = build_annual(session, place, as_at(session, place, parse_moment("2016-05-01")), year, drafted)
    told = {row[0].partition(" ")[0]: row[1:] for row in rows(annual, "heading-1")}
    # Contacts: eleven months of 125 and one of 300 are 1,675.
    assert told["FD01"][1:] == ("1,675 contacts", "12 of 12 returns")
    # 12 × 100 decided; in one day 80+70+40+80+80+80+80+90+90+90+90+70 = 940: 78.3%.
    assert told["FD03"][1].startswith("78.3% ")
    # Sampled: 110, of them too early 12: rounded 110 and 10, 9.1%, where the exact share is 10.9%.
    assert told["FD07"][1].startswith("9.1% ")
    assert "nothing was received" in told["FD01"][0]
    assert annual.agreements == set()


def test_a_groups_list_names_the_promises_that_slip_since_it_met(world: Promised) -> None:
    at = as_at(world.session, world.partnership, parse_moment("2016-01-31"))
    leads = Group("leads", "Leads", "quarter", 2, ("330", "RYW", "13P"))
    found = group_list(world.session, world.partnership, leads, at, Audience(), lambda _: True)
    assert found.since == date(2015, 11, 11)
    then, now = world.verdicts("2015-11-11"), world.verdicts("2016-01-31")
    slipping = {key for key, verdict in now.items() if verdict.word in SLIPS}
    new = {key for key in slipping if then[key].word not in SLIPS}
    assert new and {(each.verdict.commitment, each.verdict.party) for each in found.slipping} == new
    assert found.slipping_before == len(slipping - new)
    nothing = group_list(world.session, world.partnership, leads, at, Audience(), lambda _: False)
    assert not nothing.slipping, "of agreements that the reader may not read nothing is told"
