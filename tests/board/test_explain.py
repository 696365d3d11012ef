"""Explain this change, on a ledger made by hand (RF01, referrals made).

            February          March       between the two months
    RYW     5, corrected to 6     9       real +3
    RQ3     4, came late          3       real −1
    ENN     2                     7       asked by a new version in March: definition +5
    NEW     nothing asked         8       joined: +8
    LAT     asked, never came     1       late +1

February was 7 on 15 March and is 12 since: late +4, corrected +1. March is 28.
"""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from hub.board.compared import Compared, compared
from hub.board.explain import (
    SCHOOLS,
    WORDS,
    Explained,
    explain,
)
from hub.board.view import View
from hub.config import shipped as shipped_folder
from hub.definitions.canonical import as_json, digest_of
from hub.definitions.catalogue import shipped
from hub.definitions.models import DefinitionVersion
from hub.facts.moments import as_at
from hub.measures.compute import Reading
from hub.measures.load import measure_as_at, publish_measures
from hub.measures.models import MeasureVersion
from hub.measures.protect import OPERATOR, Audience
from hub.measures.steps import Side
from hub.periods import month
from hub.statistics.change import Cause
from hub.submissions.history import sign_history
from tests.ledger_world import RETURN, World, due_item, make_world, signing

KNOWN = datetime(2012, 4, 1, tzinfo=UTC)
THEN, NOW = datetime(2014, 3, 15, tzinfo=UTC), datetime(2014, 5, 1, tzinfo=UTC)
FEBRUARY, MARCH = month(2014, 2), month(2014, 3)


@pytest.fixture
def world(session: Session) -> World:
    made = make_world(session, agencies=("RYW", "RQ3", "ENN", "NEW", "LAT"))
    publish_measures(session, shipped_folder("schemas") / "measures.yaml", now=KNOWN)

    def sign(agency: str, period: str, count: int, day: datetime, reason: str | None = None) -> None:
        lines = {("total", ""): count}
        sign_history(session, [signing(session, made, agency, period, lines, at=day, reason=reason)])

    march, april = datetime(2014, 3, 10, 9, tzinfo=UTC), datetime(2014, 4, 10, 9, tzinfo=UTC)
    sign("RYW", "2014-02", 5, march)
    sign("ENN", "2014-02", 2, march)
    sign("RYW", "2014-02", 6, datetime(2014, 3, 20, 9, tzinfo=UTC), "One was left out")
    sign("RQ3", "2014-02", 4, datetime(2014, 3, 25, 9, tzinfo=UTC))
    due_item(session, made, "LAT", "2014-02")
    for agency, count in (("RYW", 9), ("RQ3", 3), ("NEW", 8), ("LAT", 1)):
        sign(agency, "2014-03", count, april)
    made.definition_version_id = new_version(session, 2, "Counts advice as well.")
    sign("ENN", "2014-03", 7, april)
    return made


def new_version(session: Session, number: int, description: str) -> int:
    """The same questions, but for a figure's description if one is given."""
    old = shipped().latest(RETURN)
    figures = tuple(replace(each, description=description or each.description) for each in old.figures)
    document = as_json(replace(old, version=number, title=f"{old.title} {number}", figures=figures))
    row = DefinitionVersion(
        kind="return", code=RETURN, version=number, status="draft", digest=digest_of(document), document=document,
        known_from=datetime(2014, 4, 1, tzinfo=UTC),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def _told(
    session: Session, world: World, earlier: object, later: object, audience: Audience = OPERATOR
) -> Explained:
    sides = [
        Side(period, as_at(session, world.partnership, moment))  # type: ignore[misc]
        for period, moment in (earlier, later)  # type: ignore[misc]
    ]
    return explain(session, world.partnership, "RF01", sides[0], sides[1], audience)


def _causes(found: Explained) -> dict[str, str]:
    return {row.words: row.amount for row in found.causes if row.amount != "0"}


def test_two_moments_two_months_and_both_at_once(session: Session, world: World) -> None:
    moved = _told(session, world, (FEBRUARY, THEN), (FEBRUARY, NOW))
    assert moved.earlier and moved.later and moved.earlier.value != moved.later.value
    assert moved.change == "+5"
    assert _causes(moved) == {WORDS[Cause.LATE]: "+4", WORDS[Cause.CORRECTION]: "+1"}
    assert [(row.agency, row.amount) for row in moved.rows] == [("Trust RQ3", "+4"), ("Trust RYW", "+1")]

    grown = _told(session, world, (FEBRUARY, NOW), (MARCH, NOW))
    assert grown.change == "+16"
    between = {
        WORDS[Cause.LATE]: "+1",
        WORDS[Cause.DEFINITION]: "+5",
        WORDS[Cause.MEMBERS]: "+8",
        WORDS[Cause.REAL]: "+2",
    }
    assert _causes(grown) == between
    assert {row.agency: row.amount for row in grown.rows} == {
        "Trust NEW": "+8", "Trust ENN": "+5", "Trust RYW": "+3", "Trust RQ3": "−1", "Trust LAT": "+1",
    }  # fmt: skip

    both = _told(session, world, (FEBRUARY, THEN), (MARCH, NOW))
    assert both.change == "+21"
    assert _causes(both) == {**between, WORDS[Cause.LATE]: "+5", WORDS[Cause.CORRECTION]: "+1"}
    # The other way round everything is undone.
    back = _told(session, world, (MARCH, NOW), (FEBRUARY, NOW))
    assert back.change == "−16" and _causes(back)[WORDS[Cause.MEMBERS]] == "−8"


def test_a_part_that_would_tell_one_schools_number_is_not_told(session: Session, world: World) -> None:
    reader = Audience()
    world.agencies["RQ3"].kind = "school"
    session.flush()
    moved = _told(session, world, (FEBRUARY, THEN), (FEBRUARY, NOW), reader)
    # The school's four wait to be told with others', so they stand in neither figure.
    assert (
        moved.earlier
        and moved.later
        and (moved.earlier.value, moved.later.value) == ("at least 7", "at least 8")
    )
    assert (
        moved.later.over
        == "2 of 4 returns, 1 more came and stay left out: too few children to be told apart from others"
    )
    assert moved.change == "+1" and _causes(moved) == {WORDS[Cause.CORRECTION]: "+1"}
    grown = _told(session, world, (FEBRUARY, NOW), (MARCH, NOW), reader)
    assert (
        SCHOOLS not in {row.agency for row in grown.rows} and grown.change == "+17"
    )  # 8 and 25, without its 4 and 3
    assert _told(session, world, (FEBRUARY, NOW), (MARCH, NOW)).change == "+16"  # the data team
    for agency in world.agencies.values():
        agency.kind = "school"
    session.flush()
    grown = _told(session, world, (FEBRUARY, NOW), (MARCH, NOW), reader)
    assert "There is no figure for February 2014" in grown.absent  # only three schools sent
    same = _told(session, world, (MARCH, NOW), (MARCH, NOW), reader)
    assert same.later and same.later.value == "28"  # all five did: 9 + 3 + 8 + 1 + 7


def test_what_has_no_split_says_why(session: Session, world: World) -> None:
    nothing = _told(session, world, (month(2013, 2), NOW), (MARCH, NOW))
    assert nothing.absent == "There is no figure for February 2013 as known on 1 May 2014: nothing was known."
    row = session.query(MeasureVersion).filter_by(code="RF01").one()
    document = row.document.replace('"unit":"referrals"', '"unit":"children"')
    assert document != row.document
    session.add(
        MeasureVersion(
            code="RF01",
            digest=digest_of(document),
            document=document,
            known_from=datetime(2014, 4, 1, tzinfo=UTC),
        )
    )
    session.flush()
    other = _told(session, world, (FEBRUARY, THEN), (MARCH, NOW))
    assert (
        other.absent
        == "Not split: it was measured in referrals then and is in children since; the two are not subtracted."
    )


def test_where_not_the_same_sent_the_same_are_compared(session: Session, world: World) -> None:
    """RYW, RQ3 and ENN sent both: 6 + 4 + 2 = 12, then 9 + 3 + 7 = 19. LAT’s February never came, NEW was not asked."""
    at = as_at(session, world.partnership, NOW)

    def beside(audience: Audience, schools: frozenset[str] = frozenset()) -> Compared:
        reading = Reading(session, world.partnership, at)
        reading.cells.schools = schools  # as if they were, and enough of them had sent to be told
        definition = measure_as_at(session, "RF01", at.moment)
        (found,) = compared(reading, definition, audience, View())
        return found

    found = beside(OPERATOR)
    assert found.words == "The month before, February 2014"
    assert found.earlier == "at least 12, 3 of 4 returns; missing Trust LAT"
    assert found.later == "28, 5 of 5 returns"
    assert found.like == "12 then, 19 now, over the 3 agencies in both; without Trust LAT, Trust NEW"
    assert found.change == "+7"
    # 28 less what is compared would be LAT’s one: then no school is compared.
    found = beside(Audience(), frozenset({"RQ31", "LAT1"}))
    assert (
        found.like
        == "8 then, 16 now, over the 2 agencies in both; without Trust NEW; schools, of which not the same sent, are left out"
    )
    assert beside(Audience(agencies=frozenset({"LAT1"})), frozenset({"RQ31", "LAT1"})).change == "+7"
    known = as_at(session, world.partnership, THEN)
    assert (
        compared(
            Reading(session, world.partnership, known),
            measure_as_at(session, "RF01", THEN),
            OPERATOR,
            View(),
        )
        == ()
    )
