"""What a sender may answer, and the words that lists and the grid have for where a return is."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from hub.clock import real_now
from hub.definitions.catalogue import definition_version_id
from hub.facts.ledger import Signing
from hub.submissions.history import sign_history
from hub.submissions.queries import grid, my_list, scope_for, timeline
from tests import factories
from tests.ledger_world import cells_of


def sign(
    session: Session, world: factories.World, agency: str, period: str, answer: int | str, at: datetime
) -> None:
    cells = cells_of(period, {("total", ""): answer})
    one = Signing(
        partnership_id=world.partnership.id,
        due_item_id=world.item(session, agency, period),
        definition_version_id=definition_version_id(session, world.definitions["referrals"]),
        rows=(
            {
                "row_no": "2",
                "period": period,
                "breakdown": "total",
                "code": "",
                "referrals_made": str(answer),
            },
        ),
        cells=cells,
        signed_by=world.people["sgn.rxt"].id,
        prepared_by=world.people["sub.rxt"].id,
        at=at,
        channel="csv",
        reason="Counted again.",
    )
    sign_history(session, [one])


def test_the_grid_has_a_word_for_every_return(session: Session) -> None:
    world = factories.read_world(session)
    in_time = datetime(2014, 5, 12, 9, tzinfo=UTC)  # April 2014 was due fifteen working days after its end
    sign(session, world, "RXT", "2014-04", 7, in_time)
    sign(session, world, "RXT", "2014-05", "nil", in_time + timedelta(days=30))
    sign(session, world, "RXT", "2014-07", 9, in_time + timedelta(days=90))
    sign(session, world, "RXT", "2014-06", 9, datetime(2014, 9, 1, 9, tzinfo=UTC))
    sign(session, world, "RXT", "2014-07", 8, in_time + timedelta(days=200))
    words = {
        period: listed.answer
        for (agency, period), listed in grid(session, world.partnership.id, return_code="referrals").items()
        if agency == "RXT"
    }
    assert words["2014-04"] == "on time"
    assert words["2014-05"] == "nil"
    assert words["2014-06"] == "late"
    assert words["2014-07"] == "corrected"
    assert words["2014-08"] == "missing"
    assert words["2015-04"] == "not due yet"  # due on 22 May; the partnership's today is the 18th


def test_imported_history_has_the_events_of_a_sign_off(session: Session) -> None:
    world = factories.read_world(session)
    at = datetime(2014, 5, 12, 9, tzinfo=UTC)
    for answer in (7, 7, 8):  # the second time changes nothing
        sign(session, world, "RXT", "2014-04", answer, at)
    happened = timeline(session, world.partnership.id, world.item(session, "RXT", "2014-04"))
    kinds = [event.kind for event in happened]
    assert kinds == ["uploaded", "sent", "signed", "reopened", "uploaded", "sent", "signed"]
    assert happened[3].words == "Counted again."
    (listed,) = my_list(session, None, due_item_ids=[world.item(session, "RXT", "2014-04")])
    assert (listed.status, listed.sequence, listed.revisions) == ("signed", 7, 2)


def test_a_scope_holds_what_the_agency_owes_and_the_partnerships_own_codes(session: Session) -> None:
    world = factories.read_world(session)
    world.partnership.clock_at, world.partnership.clock_set_at = factories.NOW, real_now()
    scope = scope_for(session, world.definitions["referrals"], agency_ids=[world.agencies["RXT"].id])
    assert {expected.agency for expected in scope.expected} == {"RXT"}
    assert (scope.default_partnership, scope.default_agency) == ("testshire", "RXT")
    assert scope.today == "2015-05-18"
    assert {expected.period for expected in scope.expected if expected.window == "open"} >= {
        "2014-04",
        "2015-04",
    }
    assert scope.lists["testshire"]["areas"] == {"east": "East", "south": "South", "not-known": "Not known"}
    assert "emergency-department" in scope.lists[""]["settings"]
    everybody = scope_for(session, world.definitions["front-door"], partnership_id=world.partnership.id)
    assert "RXT" in everybody.lists["testshire"]["members"]


def test_a_period_that_is_not_over_is_not_yet_open(session: Session) -> None:
    world = factories.read_world(session)
    world.partnership.clock_at = datetime(2015, 4, 20, 9, tzinfo=UTC)
    world.partnership.clock_set_at = real_now()
    session.flush()
    scope = scope_for(session, world.definitions["referrals"], agency_ids=[world.agencies["RXT"].id])
    windows = {expected.period: expected.window for expected in scope.expected}
    assert (windows["2015-03"], windows["2015-04"]) == ("open", "not-yet-open")


def test_a_code_that_only_some_kinds_of_agency_are_asked_for_is_offered_to_them_alone(
    session: Session,
) -> None:
    world = factories.read_world(session)
    definition = world.definitions["referrals"]
    trust = scope_for(session, definition, agency_ids=[world.agencies["RXT"].id])
    assert "maternity" in trust.lists[""]["settings"] and "custody" not in trust.lists[""]["settings"]
    everybody = scope_for(session, definition)
    assert "other" in everybody.lists[""]["settings"] and "maternity" in everybody.lists[""]["settings"]
