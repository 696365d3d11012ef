"""A pack is a function of its moment: what is corrected, asked or decided later leaves it, and it says who is missing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from hub.board.challenges.models import Challenge
from hub.board.packs.build import Material, build
from hub.board.packs.document import Document, from_json
from hub.board.packs.parts import DEFAULT
from hub.board.packs.read import pack, rebuilt
from hub.clock import parse_moment
from hub.facts.moments import AsAt, as_at
from hub.facts.words import keep_words
from hub.measures.coverage import named
from hub.meetings.read import meetings_as_at
from hub.meetings.told import Told, tell_meeting
from tests.agreements.promised_world import Promised, make_promised
from tests.agreements.test_verdict_table import MONTHS, front_door, tell
from tests.example_world import Example

PINNED = "2015-10-20"


def pack_of(world: Promised, at: AsAt) -> Document:
    (meeting,) = [
        each
        for each in meetings_as_at(world.session, world.partnership.id, at.moment)
        if each.group_code == "board"
    ]
    return build(Material(world.session, world.partnership, at, meeting), "Board", DEFAULT)


def cells(document: Document, section: str) -> list[tuple[str, ...]]:
    (found,) = [each for each in document.sections if each.code == section]
    return [row for block in found.blocks for row in block.rows]


def test_rebuilding_a_pack_gives_the_same_figures_whatever_was_corrected_since(session: Session) -> None:
    world = make_promised(session)
    tell(world)
    told = Told(
        "board", date(2015, 11, 1), 1, ["330"], ["330"], world.people["ann"], parse_moment("2015-10-01")
    )
    tell_meeting(session, world.partnership.id, told)
    at = as_at(session, world.partnership, parse_moment(PINNED))
    first = pack_of(world, at)
    months = [row for row in cells(first, "charts") if row[0] == "September 2015"]
    assert months, "the months of the front door stand in the pack"

    world.signs(
        "330",
        "front-door",
        MONTHS[5],
        "2015-11-02",
        again="Found later.",
        **front_door(5) | {"decided_in_1_day": 33},
    )
    world.reports("M1", "RYW", "2015-06-20", written="2015-11-03", confirmed="2015-11-04")
    session.flush()
    assert (
        pack_of(world, replace(as_at(session, world.partnership, at.moment), position=at.position)) == first
    )
    later = pack_of(world, as_at(session, world.partnership, parse_moment("2016-07-01")))
    assert (
        later.digest != first.digest
        and "33.0%" in str(cells(later, "charts"))
        and "33.0%" not in str(cells(first, "charts"))
    )
    assert from_json(first.as_json()) == first


def test_the_summary_is_read_aloud_in_two_minutes_and_names_who_is_missing(session: Session) -> None:
    world = make_promised(session)
    tell(world)
    told = Told(
        "board", date(2016, 6, 1), 1, ["330"], ["330"], world.people["ann"], parse_moment("2016-05-01")
    )
    tell_meeting(session, world.partnership.id, told)
    document = pack_of(world, as_at(session, world.partnership, parse_moment("2016-05-20")))
    summary = " ".join(block.text for block in document.sections[0].blocks)
    assert document.sections[0].code == "summary", "no answer is late, so nothing stands before it"
    assert summary.startswith("No question to the Board is open. Not everybody is in")
    assert len(summary.split()) <= 300, "150 words a minute"
    missing = {row[0]: row[4] for row in cells(document, "everybody-in")}
    names = next(names for names in missing.values() if names)
    assert re.match(r"Body (\w+) \(\1\)", names), "by name, with the code behind it"
    assert document.readable(lambda _: False).agreements == set()
    assert [row[0] for row in cells(document, "promises")], "what slips stands line by line"

    for number, about, subject in ((1, "free", ""), (2, "verdict", "kept/C1/RYW")):
        asked = Challenge(
            partnership_id=world.partnership.id, number=number, about=about, subject=subject,
            words_id=keep_words(session, world.partnership.id, f"Why {about}?"), asked_by=world.people["ann"],
            asked_at=parse_moment("2016-05-19"), position=0,
        )  # fmt: skip
        session.add(asked)
    session.flush()
    document = pack_of(world, as_at(session, world.partnership, parse_moment("2016-05-20")))
    assert "Why verdict?" in str(cells(document, "questions"))
    read = document.readable(lambda _: False)
    assert "Why free?" in read.as_json() and "Why verdict?" not in read.as_json()


def test_a_month_that_is_not_wholly_in_is_judged_nowhere_and_a_year_later_the_pack_is_made_alike(
    example: Example,
) -> None:
    """Frozen on 5 March 2015 with nine of fifty returns of January: the signal is that of December."""
    place = example.partnership
    frozen = pack(example.session, place.id, 4)
    document = rebuilt(example.session, place, frozen)
    assert frozen.seal and document == from_json(frozen.seal.document)
    said = [block.text for block in document.sections[0].blocks]
    assert "6 of 8 measures show a change beyond chance." in said
    made = next(text for text in said if text.startswith("Referrals made"))
    assert made.startswith("Referrals made: 1,515 referrals, December 2014, 50 of 50 returns. Special cause")
    assert "January 2015 is provisional: at least 1,652, 9 of 50 returns; missing West Midlands" in made
    (changed,) = [section for section in document.sections if section.code == "changed"]
    assert made in changed.blocks[0].items
    then = rebuilt(example.session, place, pack(example.session, place.id, 5))
    assert "Special cause: change, higher, December 2014" in str(cells(then, "heading-5"))


def test_a_sentence_names_eight_agencies_and_counts_the_rest() -> None:
    assert named(tuple("ABCDEFGH")) == "A, B, C, D, E, F, G, H"
    assert named(tuple("ABCDEFGHIJ")) == "A, B, C, D, E, F, G, H and 2 more"
