"""Matters from their first difference to their end, on both engines. April: 64 sent, 50 logged, 4 apart allowed.

5% of 64 is 3.2, so 4; February to April is 164 against 150, 14 apart where 9 may be (5% of 164 is 8.2).
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from hub.comparison import say
from hub.comparison.matrix import compared
from hub.comparison.matters import matter, matters, papers
from hub.comparison.model import Asked
from hub.comparison.terms import store_terms
from hub.errors import Conflict, NotAllowed, NotReady
from hub.facts.moments import as_at
from hub.partners.areas import areas_known
from hub.periods import parse
from hub.statistics.reconcile import State
from tests.comparison.sides_world import (
    gap,
    make_sides,
    now,
    one,
    sign_april_by_area,
    sign_logged,
    sign_sent,
    speaker,
)
from tests.databases import Filled, NewDatabase
from tests.factories import World, read_world


@pytest.fixture
def new_database(filled: Filled) -> NewDatabase:
    """Each test's database holds what both sides have signed."""
    return filled(make_sides)


@pytest.fixture
def world(session: Session) -> World:
    return read_world(session)


def test_a_query_is_a_matter_that_nobody_had_to_open(session: Session, world: World) -> None:
    (found,) = matters(session, now(session, world), gap(session))
    assert (found.sender.code, found.month.code, found.standing) == ("RXT", "2015-04", "open")
    assert (found.cell.sent, found.cell.logged, found.cell.state) == (64, 50, State.QUERY)
    assert one(session, world, "2015-03").standing == "none"
    assert matters(session, now(session, world), gap(session), sender_ids=[world.agencies["RR1"].id]) == []


def test_it_closes_when_both_sides_have_signed_the_same_note(session: Session, world: World) -> None:
    here = world.partnership
    say.explain(session, here, speaker(session, world, "sub.rxt", "sent"), reason="lost", words="")
    note = "Fourteen forms went to an old fax number."
    noted = say.write_note(session, here, speaker(session, world, "sub.rxt", "sent"), words=note)
    assert (noted.standing, noted.waits_for) == ("open", {"logged"})
    agreed = say.agree(session, here, speaker(session, world, "sgn.330", "logged"))
    assert agreed.standing == "agreed"
    assert [(each.kind, each.side) for each in agreed.said] == [
        ("explained", "sent"),
        ("noted", "sent"),
        ("agreed", "logged"),
    ]
    assert {each.person for each in agreed.signatures} == {"SUB of rxt", "SGN of 330"}
    with pytest.raises(NotReady, match="settled"):
        say.explain(session, here, speaker(session, world, "sub.rxt", "sent"), reason="lost", words="")


def test_a_note_of_the_data_team_waits_for_both(session: Session, world: World) -> None:
    here = world.partnership
    steward = speaker(session, world, "stw.testshire", "partnership")
    assert say.write_note(session, here, steward, words="Forms and children.").waits_for == {"sent", "logged"}
    with pytest.raises(NotAllowed, match="signed by the two sides"):
        say.agree(session, here, speaker(session, world, "stw.testshire", "partnership"))
    say.agree(session, here, speaker(session, world, "sgn.rxt", "sent"))
    assert one(session, world).standing == "open"
    with pytest.raises(NotReady, match="Your side has signed"):
        say.agree(session, here, speaker(session, world, "sub.rxt", "sent"))
    with pytest.raises(NotAllowed, match="Another person"):
        say.agree(session, here, speaker(session, world, "sgn.rxt", "logged"))
    assert say.agree(session, here, speaker(session, world, "sub.330", "logged")).standing == "agreed"


def test_it_closes_when_a_correction_takes_the_difference_away(session: Session, world: World) -> None:
    here = world.partnership
    say.explain(session, here, speaker(session, world, "sub.330", "logged"), reason="lost", words="")
    before = as_at(session, here)
    sign_logged(session, world, "2015-04", {"RXT": 63}, at=before.moment + timedelta(seconds=1))
    after = one(session, world)
    assert (after.cell.logged, after.standing) == (63, "gone")
    (then,) = matters(session, replace(before), gap(session))
    assert (then.cell.logged, then.standing) == (50, "open")
    with pytest.raises(NotReady, match="do not differ by more"):
        say.explain(session, here, speaker(session, world, "sub.330", "logged"), reason="lost", words="")


def test_a_correction_that_leaves_a_difference_reopens_an_agreed_matter(
    session: Session, world: World
) -> None:
    here = world.partnership
    say.write_note(session, here, speaker(session, world, "sub.rxt", "sent"), words="Fourteen were lost.")
    say.agree(session, here, speaker(session, world, "sub.330", "logged"))
    sign_sent(session, world, "2015-04", 70)
    found = one(session, world)
    assert (found.standing, found.note_is_about_other_totals) == ("open", True)
    with pytest.raises(NotReady, match="corrected after the note"):
        say.agree(session, here, speaker(session, world, "sub.330", "logged"))


def test_a_later_month_that_makes_it_good_closes_it(session: Session, world: World) -> None:
    sign_sent(session, world, "2015-03", 64)
    sign_sent(session, world, "2015-04", 50)
    assert one(session, world, "2015-03").standing == "open"
    sign_sent(session, world, "2015-04", 36)
    # February to April: 150 against 150.
    assert one(session, world, "2015-03").cell.state is State.TIMING
    assert one(session, world, "2015-03").cell.note == "even over February 2015 to April 2015"
    assert matters(session, now(session, world), gap(session)) == []


def test_it_reads_as_at_a_moment(session: Session, world: World) -> None:
    here = world.partnership
    say.explain(session, here, speaker(session, world, "sub.rxt", "sent"), reason="unit", words="By family.")
    (found,) = matters(session, now(session, world), gap(session))
    assert [(each.reason, each.words, each.sent, each.logged) for each in found.said] == [
        ("unit", "By family.", 64, 50)
    ]
    (earlier,) = matters(session, as_at(session, here, datetime(2015, 5, 10, tzinfo=UTC)), gap(session))
    assert earlier.said == ()


def test_whoever_comes_second_is_told_who_was_first(session: Session, world: World) -> None:
    here = world.partnership
    late = speaker(session, world, "sub.330", "logged")
    say.explain(session, here, speaker(session, world, "sub.rxt", "sent"), reason="unit", words="")
    with pytest.raises(Conflict, match="SUB of rxt explained it on 18 May 2015"):
        say.write_note(session, here, late, words="Another unit.")
    seen = speaker(session, world, "sub.330", "logged")
    sign_sent(session, world, "2015-04", 70)
    with pytest.raises(Conflict, match="total was corrected"):
        say.explain(session, here, seen, reason="unit", words="")


@pytest.mark.parametrize(
    ("reason", "words", "complaint"),
    [("", "", "Choose why"), ("other", " ", "in words"), ("lost", "x" * 1001, "at most 1,000")],
)
def test_an_explanation_says_something(
    session: Session, world: World, reason: str, words: str, complaint: str
) -> None:
    with pytest.raises(NotReady, match=complaint):
        say.explain(
            session,
            world.partnership,
            speaker(session, world, "sub.rxt", "sent"),
            reason=reason,
            words=words,
        )


def test_each_total_names_the_return_that_it_stands_in(session: Session, world: World) -> None:
    council = world.partnership.council_agency_id
    assert council is not None
    found = papers(
        session,
        now(session, world),
        gap(session),
        sender_id=world.agencies["RXT"].id,
        council_id=council,
        month=parse("2015-04"),
    )
    assert found["sent"].due_item_id == world.item(session, "RXT", "2015-04")
    assert (found["logged"].agency, found["logged"].signed_by) == ("Testshire Council", "SGN of 330")


def test_what_was_said_is_never_changed(session: Session, world: World) -> None:
    say.explain(
        session, world.partnership, speaker(session, world, "sub.rxt", "sent"), reason="unit", words=""
    )
    with pytest.raises(DBAPIError, match="history"):
        session.execute(text("UPDATE matter_events SET reason = 'lost'"))


def test_a_pair_that_counts_in_two_units_cannot_be_compared(
    session: Session, world: World, tmp_path: Path
) -> None:
    terms = tmp_path / "comparison.yaml"
    terms.write_text(
        "comparison: RF04\npartnership: testshire\nsince: 2015-03\n"
        "pairs: [{sender: RXT, unit: {sent: form}, why: One form for a family.}]\n",
        encoding="utf-8",
    )
    store_terms(session, terms, now=datetime(2015, 4, 1, tzinfo=UTC))
    found = one(session, world)
    assert (found.cell.letter, found.cell.in_words) == ("–", "cannot compare")
    assert found.cell.note == "one side counts forms, the other children"
    assert matters(session, now(session, world), gap(session)) == []


def test_a_matter_can_be_about_one_area(session: Session, world: World) -> None:
    """South: 40 sent, 27 logged, 2 apart allowed (5% of 40). East: 24 and 23 agree. March has no areas to even out with."""
    sign_april_by_area(session, world)
    areas = {
        area.code: area for area in areas_known(session, world.partnership.id, now(session, world).moment)
    }
    april = parse("2015-04")
    states = {}
    for code, area in areas.items():
        asked = Asked(april.starts_on, april.ends_on, area_id=area.id)
        (row,) = compared(session, now(session, world), gap(session), asked).rows  # the others count no areas
        (cell,) = row.cells
        states[code] = cell and (cell.sent, cell.logged, cell.state)
    assert states == {"south": (40, 27, State.QUERY), "east": (24, 23, State.AGREES)}
    march = parse("2015-03")
    before = Asked(march.starts_on, march.ends_on, area_id=areas["south"].id)
    assert compared(session, now(session, world), gap(session), before).rows == ()
    assert [each.place for each in matters(session, now(session, world), gap(session))] == [""]

    found = matter(
        session, now(session, world), gap(session), world.agencies["RXT"].id, april, area=areas["south"]
    )
    assert found is not None and (found.standing, found.sequence) == ("open", 0)
    whole = speaker(session, world, "sub.rxt", "sent")
    here = replace(whole, area=areas["south"], totals="40/27")
    said = say.explain(session, world.partnership, here, reason="lost", words="One clinic's forms.")
    assert (said.area, said.said[0].sent, said.said[0].logged) == (areas["south"], 40, 27)
    assert one(session, world).sequence == 0, "nothing was said of the whole"
    with pytest.raises(Conflict, match="explained it"):
        say.explain(session, world.partnership, here, reason="unit", words="")
    every = matters(session, now(session, world), gap(session))
    assert [(each.place, each.standing) for each in every] == [("", "open"), ("south", "open")]
