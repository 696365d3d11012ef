"""A membership entered late, or ended for a day that is past, changes what is asked from then on, and no earlier page."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.calendar.due import make_due_items
from hub.calendar.models import DueItem
from hub.clock import now_for
from hub.config import shipped
from hub.errors import NotReady
from hub.facts.moments import AsAt, as_at
from hub.facts.verify import ledger_faults
from hub.measures.compute import measure
from hub.measures.coverage import collected, missing_agencies
from hub.measures.load import publish_measures
from hub.measures.model import Asked
from hub.partners import bring
from hub.partners.history_models import MembershipVersion
from hub.partners.membership_history import members_as_at
from hub.partners.models import Membership
from hub.periods import parse
from hub.post.models import Notice
from hub.submissions import drafts, sign_off, still_wanted
from hub.submissions.grid import grid_page, punctuality
from hub.submissions.pages import page
from hub.submissions.queries import my_list
from hub.submissions.reminders import remind
from hub.submissions.windows import check_open
from tests.databases import Filled, NewDatabase
from tests.factories import KNOWN_FROM
from tests.submissions.submission_world import Desk, make_desk, outcome, read_desk, rechecks

MARCH, APRIL = parse("2015-03"), parse("2015-04")
JUNE = datetime(2015, 6, 1, 9, tzinfo=UTC)


def sign_one(session: Session) -> None:
    """RXT has signed April 2015, so that there is history."""
    publish_measures(session, shipped("schemas") / "measures.yaml", now=KNOWN_FROM)
    desk = make_desk(session)
    actor = desk.actor(session, "sub.rxt")
    drafts.save(session, actor, outcome(desk, "12"), channel="form")
    sign_off.send(session, actor, desk.due_item_id)
    checked = sign_off.prepare(session, desk.due_item_id, rechecks(desk))
    sign_off.sign(session, desk.actor(session, "sgn.rxt"), checked, shown_digest=checked.digest)


@pytest.fixture
def new_database(request: pytest.FixtureRequest, filled: Filled, new_database: NewDatabase) -> NewDatabase:
    return filled(sign_one) if "desk" in request.fixturenames else new_database


@pytest.fixture
def desk(session: Session) -> Desk:
    """It is 1 June, all of April's returns have fallen due."""
    desk = read_desk(session)
    go_to(session, desk, JUNE)
    return desk


def go_to(session: Session, desk: Desk, moment: datetime) -> None:
    desk.world.partnership.clock_at = moment - (
        now_for(desk.world.partnership) - desk.world.partnership.clock_at
    )
    session.flush()


def membership(session: Session, desk: Desk, agency: str) -> Membership:
    return session.scalars(select(Membership).filter_by(agency_id=desk.world.agencies[agency].id)).one()


def leave(session: Session, desk: Desk, agency: str, last_on: date | None, seen: str = "") -> None:
    steward = desk.actor(session, "stw.testshire")
    bring.leave(session, steward, membership(session, desk, agency), last_on=last_on, seen=seen)


def join(session: Session, desk: Desk, code: str, since: str) -> None:
    here, text = (
        desk.world.partnership,
        f"code,kind,name,member_from\n{code},nhs_trust,A late trust,{since}\n",
    )
    brought, faults = bring.read(session, here, text, file="late.csv")
    assert not faults
    bring.bring(session, desk.actor(session, "stw.testshire"), here, brought)
    make_due_items(session, here, desk.world.definitions["referrals"], date(2015, 3, 1), date(2015, 4, 30))


def asked(session: Session, desk: Desk, at: AsAt) -> tuple[dict[str, tuple[int, int, int]], list[str]]:
    """What a page as at a moment says of March and April: due, fallen due and received of each, and who is missing in April."""
    found = {
        row.period.code: (row.due, row.fallen_due, row.received)
        for row in collected(session, at, "referrals")
    }
    return {code: found[code] for code in (MARCH.code, APRIL.code)}, missing_agencies(
        session, at, "referrals", APRIL
    )


# Monthly: two trusts and the force. Nobody but RXT has sent, and only April.
BEFORE = ({"2015-03": (3, 3, 0), "2015-04": (3, 3, 1)}, ["RR1", "20"])


def test_a_membership_ended_for_a_past_day_leaves_earlier_pages_as_they_were(
    session: Session, desk: Desk
) -> None:
    here = desk.world.partnership
    was = as_at(session, here)
    assert asked(session, desk, was) == BEFORE
    before = measure(session, here, was, "DQ01", Asked())
    go_to(session, desk, JUNE + timedelta(days=1))
    leave(session, desk, "RR1", date(2015, 3, 31))
    assert asked(session, desk, as_at(session, here)) == (
        {"2015-03": (3, 3, 0), "2015-04": (2, 2, 1)},
        ["20"],
    )
    assert asked(session, desk, was) == BEFORE
    assert measure(session, here, was, "DQ01", Asked()) == before
    assert measure(session, here, as_at(session, here), "DQ01", Asked()) != before
    again = as_at(session, here, JUNE + timedelta(hours=1))
    assert asked(session, desk, again) == BEFORE
    april = date(2015, 4, 15)
    assert "RR1" in {each.code for each in members_as_at(session, here.id, april, position=was.position)}
    now = as_at(session, here).position
    assert "RR1" not in {each.code for each in members_as_at(session, here.id, april, position=now)}
    assert list(ledger_faults(session)) == []


def test_an_end_that_is_taken_back_asks_again(session: Session, desk: Desk) -> None:
    here = desk.world.partnership
    leave(session, desk, "RR1", date(2015, 3, 31))
    ended = as_at(session, here)
    leave(session, desk, "RR1", None, seen="2015-03-31")
    assert asked(session, desk, as_at(session, here)) == BEFORE
    assert asked(session, desk, ended)[1] == ["20"]
    kept = session.scalars(select(MembershipVersion).order_by(MembershipVersion.position)).all()
    assert [(each.position, each.until_on) for each in kept] == [(0, None), (2, date(2015, 3, 31)), (3, None)]


def test_a_membership_entered_late_leaves_earlier_pages_as_they_were(session: Session, desk: Desk) -> None:
    here = desk.world.partnership
    was = as_at(session, here)
    go_to(session, desk, JUNE + timedelta(days=1))
    join(session, desk, "RYW", "2015-03-10")  # not a member on the first of March: owes nothing for it
    assert asked(session, desk, as_at(session, here)) == (
        {"2015-03": (3, 3, 0), "2015-04": (4, 4, 1)},
        ["RR1", "RYW", "20"],
    )
    assert asked(session, desk, was) == BEFORE
    assert asked(session, desk, as_at(session, here, JUNE + timedelta(hours=1))) == BEFORE
    assert list(ledger_faults(session)) == []


def test_what_was_signed_stays_in_what_a_total_is_over(session: Session, desk: Desk) -> None:
    leave(session, desk, "RXT", date(2015, 2, 28))
    found, missing = asked(session, desk, as_at(session, desk.world.partnership))
    assert (found, missing) == ({"2015-03": (2, 2, 0), "2015-04": (3, 3, 1)}, ["RR1", "20"])


def test_lists_grid_and_mail_follow(session: Session, desk: Desk) -> None:
    here, rr1 = desk.world.partnership, desk.world.agencies["RR1"].id
    item_id = desk.world.item(session, "RR1", "2015-04")
    remind(session, here)
    reminder = session.scalars(select(Notice).filter_by(due_item_id=item_id)).first()
    assert reminder is not None and still_wanted.why_not(session, [reminder]) == {}
    leave(session, desk, "RR1", date(2015, 3, 31))
    assert still_wanted.why_not(session, [reminder]) == {reminder.id: still_wanted.NOT_ASKED}
    periods = [
        item.period.code for item in my_list(session, [rr1], partnership_id=here.id, return_code="referrals")
    ]
    assert periods[-1] == "2015-03"
    assert [item.period.code for item in page(session, rr1, partnership_ids=[here.id], limit=50)][
        -1
    ] == "2015-03"
    grid = grid_page(session, here, "referrals", "month", periods_shown=2, agencies_shown=10)
    assert [(column.period.code, column.received, column.due) for column in grid.columns] == [
        ("2015-04", 1, 2),
        ("2015-03", 0, 3),
    ]
    assert {"2015-03"} == {column.period.code for column in grid.columns if (rr1, column.id) in grid.glances}
    (kept,) = [each for each in punctuality(session, here, since=date(2015, 5, 1)) if each.code == "20"]
    assert kept.due == 1
    assert "RR1" not in {each.code for each in punctuality(session, here, since=date(2015, 5, 1))}
    with pytest.raises(
        NotReady, match=r"no member of Testshire .* when that period began.*ask the Testshire data team"
    ):
        check_open(session, session.scalars(select(DueItem).filter_by(id=item_id)).one())


def test_before_anything_was_signed_there_is_nothing_to_repeat(session: Session) -> None:
    desk = make_desk(session)
    leave(session, desk, "RR1", date(2015, 3, 31))
    assert session.scalars(select(MembershipVersion)).all() == []
    assert as_at(session, desk.world.partnership).position == 0
