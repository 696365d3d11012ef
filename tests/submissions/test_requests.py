"""What two persons agree to: who may ask and answer, in what order of days, and that both are kept."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from hub.calendar.agreed import agreed_as_at, due_days
from hub.calendar.models import Request
from hub.clock import parse_moment
from hub.errors import Conflict, NotAllowed, NotReady
from hub.facts.moments import as_at
from hub.facts.verify import ledger_faults
from hub.partners.models import Grant
from hub.partners.policy import actor_for
from hub.submissions import drafts, events, requests, sign_off
from hub.submissions.requests import Wish
from tests.submissions.submission_world import Desk, outcome, read_desk, rechecks

# Today is Monday 18 May 2015; April's referrals are due on the 15th working day of May: Friday 22 May (4 May was a
# bank holiday), March's were due on 23 April.
DUE, LATER = date(2015, 5, 22), date(2015, 5, 29)


@pytest.fixture
def desk(session: Session) -> Desk:
    return read_desk(session)


def wish(
    desk: Desk, kind: str = "extension", *, until: date | None = LATER, reason: str = "Staff are ill."
) -> Wish:
    return Wish(kind=kind, reason=reason, until_on=until, due_item_id=desk.due_item_id)  # type: ignore[arg-type]


def ask(session: Session, desk: Desk, name: str = "sub.rxt", *, of: Wish | None = None) -> Request:
    return requests.ask(session, desk.actor(session, name), desk.world.partnership, of or wish(desk))


def test_more_time_is_asked_by_one_and_granted_by_another(session: Session, desk: Desk) -> None:
    asked = ask(session, desk)
    home = desk.world.partnership.id
    assert due_days(session, home) == {}
    with pytest.raises(
        NotReady, match=r"SUB of rxt asked for more time on 18 May 2015\. It waits for a second person"
    ):
        ask(session, desk, "sgn.rxt")
    granted = requests.answer(session, desk.actor(session, "mgr.testshire"), asked.id, "granted")
    assert due_days(session, home) == {desk.due_item_id: LATER}
    assert due_days(session, home, position=granted.position - 1) == {}
    (kept,) = agreed_as_at(session, home)
    assert (kept.standing, kept.until_on, kept.answered_at) == ("granted", LATER, granted.at)
    assert not list(ledger_faults(session))


def test_whoever_asks_cannot_grant_not_even_in_the_database(session: Session, desk: Desk) -> None:
    asked = ask(session, desk, "stw.testshire")
    with pytest.raises(NotAllowed, match="You asked for this yourself"):
        requests.answer(session, desk.actor(session, "stw.testshire"), asked.id, "granted")
    with pytest.raises(DBAPIError, match="two_persons"), session.begin_nested():
        session.execute(
            text(
                "INSERT INTO request_answers (partnership_id, id, request_id, asked_by, number, kind, person_id, at, position)"
                " SELECT partnership_id, 1, id, asked_by, 1, 'granted', asked_by, asked_at, 1 FROM requests"
            )
        )
    with pytest.raises(DBAPIError), session.begin_nested():  # nor by naming another asker than there was
        session.execute(
            text(
                "INSERT INTO request_answers (partnership_id, id, request_id, asked_by, number, kind, person_id, at, position)"
                f" SELECT partnership_id, 1, id, {desk.world.people['sub.rxt'].id}, 1, 'granted', asked_by, asked_at, 1"
                " FROM requests"
            )
        )


def test_nobody_grants_more_time_to_their_own_agency(session: Session, desk: Desk) -> None:
    asked = ask(session, desk)
    steward = desk.world.people["stw.testshire"]
    mine = session.get_one(
        Grant, session.query(Grant.id).filter_by(person_id=desk.world.people["rdr.rxt"].id).scalar()
    )
    session.add(
        Grant(
            person_id=steward.id,
            role="RDR",
            agency_id=desk.world.agencies["RXT"].id,
            from_at=mine.from_at,
            until_at=mine.until_at,
        )
    )
    session.flush()
    with pytest.raises(NotAllowed, match="for your own agency"):
        requests.answer(session, actor_for(session, steward.id), asked.id, "granted")


def test_an_extension_is_before_the_day_and_an_exception_after_it(session: Session, desk: Desk) -> None:
    with pytest.raises(NotReady, match=r"due on 22 May 2015\. Until then, ask for more time"):
        ask(session, desk, of=wish(desk, "exception"))
    with pytest.raises(NotReady, match="Ask for a later day than that"):
        ask(session, desk, of=wish(desk, until=DUE))
    march = desk.world.item(session, "RXT", "2015-03")
    late = Wish(kind="extension", reason="Late.", until_on=LATER, due_item_id=march)
    with pytest.raises(NotReady, match=r"It was due on 23 April 2015\. After that day, ask for an exception"):
        ask(session, desk, of=late)
    with pytest.raises(NotReady, match="has passed"):
        ask(
            session,
            desk,
            of=Wish(kind="exception", reason="Late.", until_on=date(2015, 5, 1), due_item_id=march),
        )
    asked = ask(session, desk, of=Wish(kind="exception", reason="Late.", until_on=LATER, due_item_id=march))
    requests.answer(session, desk.actor(session, "stw.testshire"), asked.id, "granted")
    assert due_days(session, desk.world.partnership.id) == {}  # what is late stays late


def test_an_extension_that_nobody_granted_in_time_is_too_late(session: Session, desk: Desk) -> None:
    asked = ask(session, desk)
    desk.world.partnership.clock_at = parse_moment("2015-05-23")
    session.flush()
    with pytest.raises(NotReady, match="more time is agreed before that day"):
        requests.answer(session, desk.actor(session, "mgr.testshire"), asked.id, "granted")


def test_of_two_answers_the_second_is_told_of_the_first(session: Session, desk: Desk) -> None:
    asked = ask(session, desk)
    with pytest.raises(NotReady, match="Say why you refuse"):
        requests.answer(session, desk.actor(session, "mgr.testshire"), asked.id, "refused")
    requests.answer(session, desk.actor(session, "mgr.testshire"), asked.id, "refused", words="Not again.")
    with pytest.raises(Conflict, match="MGR of testshire refused this on 18 May 2015 at 09:00"):
        requests.answer(session, desk.actor(session, "stw.testshire"), asked.id, "granted")
    assert due_days(session, desk.world.partnership.id) == {}
    again = ask(session, desk)
    requests.take_back(session, desk.actor(session, "sub.rxt"), again.id)
    assert [each.standing for each in agreed_as_at(session, desk.world.partnership.id)] == [
        "refused",
        "withdrawn",
    ]


def test_a_moment_before_the_granting_knows_nothing_of_it(session: Session, desk: Desk) -> None:
    here = desk.world.partnership
    asked = ask(session, desk)
    here.clock_at = parse_moment("2015-05-19T12:00:00+01:00")
    session.flush()
    requests.answer(session, desk.actor(session, "mgr.testshire"), asked.id, "granted")
    before, after = (as_at(session, here, parse_moment(day)).position for day in ("2015-05-18", "2015-05-19"))
    assert due_days(session, here.id, position=before) == {}
    assert due_days(session, here.id, position=after) == {desk.due_item_id: LATER}


def test_a_waiver_ends_early_with_a_reason(session: Session, desk: Desk) -> None:
    waiver = Wish(
        kind="waiver",
        reason="The new system counts from July.",
        until_on=date(2015, 6, 30),
        agency_id=desk.world.agencies["RXT"].id,
        return_code="referrals",
        rule="referrals-round-hundreds",
    )
    asked = ask(session, desk, of=waiver)
    requests.answer(session, desk.actor(session, "mgr.testshire"), asked.id, "granted")
    with pytest.raises(NotReady, match="Say why it ends"):
        requests.end(session, desk.actor(session, "stw.testshire"), asked.id, words=" ")
    requests.end(session, desk.actor(session, "stw.testshire"), asked.id, words="It counts already.")
    (kept,) = agreed_as_at(session, desk.world.partnership.id, kinds=["waiver"])
    assert kept.standing == "ended" and not kept.holds_on(date(2015, 5, 20))


def test_a_signed_return_is_reopened_by_the_second_person(session: Session, desk: Desk) -> None:
    actor = desk.actor(session, "sub.rxt")
    with pytest.raises(NotReady, match="Nothing has been entered yet"):
        ask(session, desk, of=wish(desk, "reopening"))
    drafts.save(session, actor, outcome(desk, "12"), channel="form")
    sign_off.send(session, actor, desk.due_item_id)
    checked = sign_off.prepare(session, desk.due_item_id, rechecks(desk))
    sign_off.sign(session, desk.actor(session, "sgn.rxt"), checked, shown_digest=checked.digest)
    asked = ask(session, desk, of=wish(desk, "reopening", reason="Two came late."))
    assert events.standing(session, desk.due_item_id).status == "signed"
    requests.answer(session, desk.actor(session, "sgn.rxt"), asked.id, "granted")
    at = events.standing(session, desk.due_item_id)
    assert (at.status, at.last.kind if at.last else "") == ("draft", "reopened")
    assert sign_off._reason(session, at.item) == "Two came late."
