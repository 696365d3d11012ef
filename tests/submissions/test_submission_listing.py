"""Lists of due items with where each stands."""

from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from hub.submissions import listing
from hub.submissions.models import SubmissionEvent
from tests.factories import make_world


def test_a_due_item_without_events_is_not_started_and_overdue_after_its_day(session: Session) -> None:
    world = make_world(session)
    [line] = listing.lines(
        session, partnership_ids=[world.partnership.id], item_id=world.item(session, "RXT", "2015-03")
    )
    assert (line.status, line.sequence, line.revisions) == ("not-started", 0, 0)
    assert line.due_on == date(
        2015, 4, 23
    )  # 15 working days after 31 March, Good Friday and Easter Monday left out
    assert line.timeliness(date(2015, 4, 23)) == "due"
    assert line.timeliness(date(2015, 4, 24)) == "overdue"
    assert line.timeliness(date(2015, 3, 31)) == "not-yet"


def test_the_last_event_says_where_it_stands(session: Session) -> None:
    world = make_world(session)
    item = world.item(session, "RXT", "2015-03")
    for sequence, kind, status in ((1, "saved", "draft"), (2, "sent", "sent")):
        session.add(
            SubmissionEvent(
                partnership_id=world.partnership.id,
                due_item_id=item,
                sequence=sequence,
                kind=kind,
                status=status,
                at=datetime(2015, 4, sequence, tzinfo=UTC),
                person_id=world.people["sub.rxt"].id,
            )
        )
    session.flush()
    lines = listing.lines(
        session, partnership_ids=[world.partnership.id], agency_ids=[world.agencies["RXT"].id]
    )
    assert {line.period.code: line.status for line in lines}["2015-03"] == "sent"
    assert [line.status for line in lines].count("not-started") == len(lines) - 1
    assert all(line.agency.code == "RXT" for line in lines)
