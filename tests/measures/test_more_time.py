"""More time that was agreed before the day moves it; what is agreed after the day does not (lists, coverage, on time)."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from hub.calendar.due import due_items
from hub.clock import parse_moment, real_now
from hub.facts.moments import as_at
from hub.facts.owed import owing
from hub.measures.compute import measure
from hub.measures.coverage import collected, collected_of_all, missing_agencies
from hub.measures.model import Asked
from hub.periods import parse
from hub.submissions import drafts, requests, sign_off
from hub.submissions.queries import Listed, my_list
from hub.submissions.requests import Wish
from tests.databases import Filled, NewDatabase
from tests.factories import make_measured
from tests.submissions.submission_world import Desk, outcome, read_desk, rechecks

APRIL = parse("2015-04")


@pytest.fixture
def new_database(filled: Filled) -> NewDatabase:
    return filled(make_measured)


@pytest.fixture
def desk(session: Session) -> Desk:
    """RXT owes April 2015 by 22 May; two weeks more were asked for on 18 May."""
    return read_desk(session)


def agree(session: Session, desk: Desk, kind: str, until: date) -> None:
    wish = Wish(kind=kind, reason="Staff are ill.", until_on=until, due_item_id=desk.due_item_id)  # type: ignore[arg-type]
    asked = requests.ask(session, desk.actor(session, "sub.rxt"), desk.world.partnership, wish)
    requests.answer(session, desk.actor(session, "mgr.testshire"), asked.id, "granted")


def go_to(session: Session, desk: Desk, moment: str) -> None:
    desk.world.partnership.clock_at = parse_moment(moment) - timedelta(minutes=5)
    session.flush()


def signed(session: Session, desk: Desk) -> None:
    actor = desk.actor(session, "sub.rxt")
    drafts.save(session, actor, outcome(desk, "12"), channel="form")
    sign_off.send(session, actor, desk.due_item_id)
    checked = sign_off.prepare(session, desk.due_item_id, rechecks(desk))
    sign_off.sign(session, desk.actor(session, "sgn.rxt"), checked, shown_digest=checked.digest)


def listed(session: Session, desk: Desk) -> Listed:
    return my_list(session, None, due_item_ids=[desk.due_item_id])[0]


def may(session: Session, desk: Desk) -> tuple[float | None, float | None]:
    """Of RXT's returns that fell due in May 2015, and in June 2015: how many were on time."""
    at = as_at(session, desk.world.partnership)
    series = measure(
        session, desk.world.partnership, at, "DQ01", Asked(agency_id=desk.world.agencies["RXT"].id)
    )
    found = {point.period.code: point.numerator for point in series.points}
    return found.get("2015-05"), found.get("2015-06")


def test_an_extension_moves_the_day_everywhere(session: Session, desk: Desk) -> None:
    here = desk.world.partnership
    agree(session, desk, "extension", date(2015, 6, 5))
    go_to(session, desk, "2015-05-26")
    assert (listed(session, desk).due_on, listed(session, desk).calendar_day) == (
        date(2015, 6, 5),
        date(2015, 5, 22),
    )
    assert listed(session, desk).answer == "not due yet"
    at = as_at(session, here)
    assert "RXT" not in missing_agencies(session, at, "referrals", APRIL)
    assert "RR1" in missing_agencies(session, at, "referrals", APRIL)
    rxt = desk.world.agencies["RXT"].id
    each = collected(session, at, "referrals", by_agency=True)
    of_one = collected_of_all(session, at, owing(session, at), agency_id=rxt)["referrals"]
    (april,) = [row for row in each if row.period == APRIL and row.agency_id == rxt]
    assert (april.due, april.fallen_due) == (1, 0)
    assert [row for row in of_one if row.period == APRIL] == [april]
    owed = [item.due_on for item in due_items(session, here.id, agency_ids=[rxt]) if item.period == APRIL]
    assert owed == [date(2015, 6, 5)]
    go_to(session, desk, "2015-06-05T23:59:58+01:00")
    signed(session, desk)
    assert (listed(session, desk).answer, listed(session, desk).late) == ("on time", False)
    go_to(session, desk, "2015-07-02")
    assert may(session, desk) == (None, 1)  # nothing else of RXT's was due in May


def test_an_exception_leaves_it_late(session: Session, desk: Desk) -> None:
    go_to(session, desk, "2015-05-26")
    assert listed(session, desk).answer == "missing"
    agree(session, desk, "exception", date(2015, 6, 5))
    now = listed(session, desk)
    assert (now.answer, now.exception_until, now.due_on) == ("missing", date(2015, 6, 5), date(2015, 5, 22))
    signed(session, desk)
    assert (listed(session, desk).answer, listed(session, desk).late) == ("late", True)
    go_to(session, desk, "2015-07-02")
    assert may(session, desk)[0] == 0


@pytest.mark.parametrize(
    ("moment", "answer"), [("2015-05-22T23:59:20+01:00", "on time"), ("2015-05-23T00:00:00+01:00", "late")]
)
def test_on_time_is_until_the_end_of_the_day_in_london(
    session: Session, desk: Desk, moment: str, answer: str
) -> None:
    desk.world.partnership.clock_at, desk.world.partnership.clock_set_at = parse_moment(moment), real_now()
    session.flush()
    signed(session, desk)
    assert listed(session, desk).answer == answer
