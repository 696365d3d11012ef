"""The due list grows by itself, and begins where nobody is late already."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.calendar.ahead import keep_ahead
from hub.calendar.models import DueItem
from hub.clock import real_now
from hub.definitions import catalogue
from hub.definitions.models import PeriodRow
from hub.partners.models import Agency, Membership, Partnership


@pytest.fixture
def example(session: Session) -> Partnership:
    """A council, a trust and a school; today is Monday 18 May 2015."""
    files = catalogue.shipped()
    asked = tuple(each for each in files.returns if each.code in ("referrals", "front-door"))
    catalogue.publish(session, replace(files, returns=asked), now=datetime(2015, 5, 1, tzinfo=UTC))
    made = Partnership(code="example", name="Example", illustrative=True)
    made.clock_at, made.clock_set_at = datetime(2015, 5, 18, 9, tzinfo=UTC), real_now()
    session.add(made)
    session.flush()
    for code, kind in (("330", "council"), ("RQ3", "nhs_trust"), ("100001", "school")):
        join(session, made, code, kind)
    return made


def join(session: Session, partnership: Partnership, code: str, kind: str) -> None:
    agency = Agency(code=code, kind=kind, name=code)
    session.add(agency)
    session.flush()
    session.add(Membership(partnership_id=partnership.id, agency_id=agency.id, from_on=date(2013, 4, 1)))
    session.flush()


def due(session: Session) -> set[tuple[str, str, str]]:
    rows = session.execute(
        select(Agency.code, DueItem.return_code, PeriodRow.code)
        .join(Agency, Agency.id == DueItem.agency_id)
        .join(PeriodRow, PeriodRow.id == DueItem.period_id)
    )
    return {(agency, code, period) for agency, code, period in rows}


def test_what_is_asked_of_a_single_day_of_the_year_begins_like_any_other(
    session: Session, example: Partnership
) -> None:
    asked = [each for each in catalogue.shipped().returns if each.code == "area-population"]
    catalogue.publish(
        session, replace(catalogue.shipped(), returns=tuple(asked)), now=datetime(2015, 5, 1, tzinfo=UTC)
    )
    keep_ahead(session)
    # 30 June 2014 is due by 31 May 2015, 30 June 2013 was a year earlier; today lies before 30 June 2015.
    assert {each for each in due(session) if each[1] == "area-population"} == {
        ("330", "area-population", "MY2014"),
        ("330", "area-population", "MY2015"),
    }


def test_a_return_begins_with_what_is_not_past_its_day(session: Session, example: Partnership) -> None:
    assert keep_ahead(session) == 4
    # April 2015: the council's was due on 15 May, the tenth working day after it (4 May is a holiday); a trust's is on 22 May.
    assert due(session) == {
        ("330", "front-door", "2015-05"),
        ("RQ3", "referrals", "2015-04"),
        ("RQ3", "referrals", "2015-05"),
        ("100001", "referrals", "AY2014-15T3"),
    }


def test_doing_it_again_makes_nothing_and_time_makes_the_next(session: Session, example: Partnership) -> None:
    before = keep_ahead(session)
    assert keep_ahead(session) == 0
    example.clock_at = datetime(2015, 7, 1, 9, tzinfo=UTC)
    session.flush()
    assert keep_ahead(session) == 4  # June and July of the council and the trust
    assert len(due(session)) == before + 4


def test_who_joins_later_owes_from_the_latest_period_on(session: Session, example: Partnership) -> None:
    keep_ahead(session)
    join(session, example, "RXK", "nhs_trust")
    assert keep_ahead(session) == 1
    assert ("RXK", "referrals", "2015-05") in due(session)


def test_drafts_are_not_asked_of_real_partnerships(session: Session, example: Partnership) -> None:
    example.illustrative, example.clock_at, example.clock_set_at = False, None, None
    session.flush()
    assert keep_ahead(session) == 0
