"""Windows open, close and lock; every refusal says what shut it, who agreed, when it ends and what to do. And waivers."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.calendar.due import period_id
from hub.calendar.local import store_calendar
from hub.calendar.models import DueItem
from hub.clock import parse_moment, real_now
from hub.errors import NotReady
from hub.facts.models import RevisionWaiver
from hub.intake.table import Received
from hub.partners.models import Partnership
from hub.periods import parse
from hub.submissions import drafts, requests, sign_off, windows
from hub.submissions.requests import Wish
from hub.submissions.scope import scope_for
from hub.validation.run import check
from tests.submissions.submission_world import Desk, outcome, read_desk, rechecks

JUNE_END = date(2015, 6, 30)


@pytest.fixture
def desk(session: Session) -> Desk:
    return read_desk(session)


def agree(
    session: Session, desk: Desk, wish: Wish, *, by: str = "stw.testshire", to: str = "mgr.testshire"
) -> int:
    asked = requests.ask(session, desk.actor(session, by), desk.world.partnership, wish)
    requests.answer(session, desk.actor(session, to), asked.id, "granted")
    return asked.id


def lock(session: Session, until: date | None = JUNE_END) -> Wish:
    return Wish(
        kind="lock",
        reason="The year is closed.",
        until_on=until,
        period_id=period_id(session, parse("2015-04")),
    )


def item(session: Session, desk: Desk, period: str = "2015-04") -> DueItem:
    return session.scalars(select(DueItem).where(DueItem.id == desk.world.item(session, "RXT", period))).one()


def why(session: Session, desk: Desk, period: str = "2015-04") -> tuple[str, str]:
    one = item(session, desk, period)
    window = windows.windows(session, desk.world.partnership, [one])[one.id]
    return window.state, window.why


def test_a_return_opens_the_day_after_its_period(session: Session, desk: Desk) -> None:
    desk.world.partnership.clock_at = parse_moment("2015-04-30T12:00:00+01:00")
    session.flush()
    assert why(session, desk) == (
        "not-yet-open",
        "April 2015 is not over yet: this return opens on 1 May 2015. Come back then.",
    )
    assert why(session, desk, "2015-03") == ("open", "")


def test_a_lock_names_who_agreed_until_when_and_what_to_do(session: Session, desk: Desk) -> None:
    number = agree(session, desk, lock(session))
    assert why(session, desk, "2015-03") == ("open", "")
    words = (
        "April 2015 is locked until 30 June 2015. STW of testshire set the lock and MGR of testshire agreed to it: “The year is "
        "closed.”. To send or change figures before then, ask for an exception, or for a signed return to be reopened, on this "
        "return’s page."
    )
    assert why(session, desk) == ("closed", words)
    submitter = desk.actor(session, "sub.rxt")
    drafts.save(session, submitter, outcome(desk, "12"), channel="form")
    with pytest.raises(NotReady, match="April 2015 is locked until 30 June 2015"):
        sign_off.send(session, submitter, desk.due_item_id)
    found = scope_for(session, desk.world.definitions["referrals"], due_item_ids=[desk.due_item_id])
    rows = ({"agency": "RXT", "period": "2015-04", "breakdown": "total", "code": "", "referrals_made": "1"},)
    said = check(Received("json", rows=rows), desk.world.definitions["referrals"], found).findings
    assert [one.message for one in said if one.code == "period-closed"] == [
        f"{words} Until then, leave this row out."
    ]
    requests.end(session, desk.actor(session, "stw.testshire"), number, words="Opened again.")
    assert sign_off.send(session, submitter, desk.due_item_id).status == "sent"


def test_a_lock_that_comes_between_sending_and_signing_stops_the_signature(
    session: Session, desk: Desk
) -> None:
    submitter = desk.actor(session, "sub.rxt")
    drafts.save(session, submitter, outcome(desk, "12"), channel="form")
    sign_off.send(session, submitter, desk.due_item_id)
    checked = sign_off.prepare(session, desk.due_item_id, rechecks(desk))
    agree(session, desk, lock(session, None))
    with pytest.raises(NotReady, match="is locked until the data team lifts it"):
        sign_off.sign(session, desk.actor(session, "sgn.rxt"), checked, shown_digest=checked.digest)


def test_the_calendar_closes_a_window_and_an_exception_opens_it(
    session: Session, desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "calendar.yaml"
    path.write_text("calendar: testshire\ncloses: [{return: referrals, working_days: 5}]\n", encoding="utf-8")
    store_calendar(session, path, now=real_now())
    state, words = why(session, desk, "2015-03")  # due 23 April, five working days: 30 April
    assert state == "closed" and words.startswith("March 2015 closed for this return on 30 April 2015")
    assert why(session, desk) == ("open", "")
    march = desk.world.item(session, "RXT", "2015-03")
    wish = Wish(kind="exception", reason="A new system.", until_on=date(2015, 5, 29), due_item_id=march)
    agree(session, desk, wish, by="sub.rxt")
    assert why(session, desk, "2015-03") == ("open", "")
    desk.world.partnership.clock_at = parse_moment("2015-05-30T12:00:00+01:00")
    session.flush()
    assert why(session, desk, "2015-03")[0] == "closed"


def test_a_reopening_ends_and_what_was_signed_stands(session: Session, desk: Desk) -> None:
    submitter = desk.actor(session, "sub.rxt")
    drafts.save(session, submitter, outcome(desk, "12"), channel="form")
    sign_off.send(session, submitter, desk.due_item_id)
    checked = sign_off.prepare(session, desk.due_item_id, rechecks(desk))
    sign_off.sign(session, desk.actor(session, "sgn.rxt"), checked, shown_digest=checked.digest)
    wish = Wish(
        kind="reopening", reason="Two late.", until_on=date(2015, 5, 29), due_item_id=desk.due_item_id
    )
    agree(session, desk, wish, by="sub.rxt", to="sgn.rxt")
    drafts.save(session, submitter, outcome(desk, "14"), channel="form")
    desk.world.partnership.clock_at = parse_moment("2015-05-30T12:00:00+01:00")
    session.flush()
    with pytest.raises(NotReady, match="opened for correction until 29 May 2015, and that day has passed"):
        sign_off.send(session, submitter, desk.due_item_id)
    again = Wish(
        kind="reopening", reason="Two late.", until_on=date(2015, 6, 5), due_item_id=desk.due_item_id
    )
    agree(session, desk, again, by="sub.rxt", to="stw.testshire")
    assert sign_off.send(session, submitter, desk.due_item_id).status == "sent"


# --- waivers


ROWS = (
    ("total", "", "12"),
    ("setting", "emergency-department", "20"),
    ("setting", "maternity", "2"),
)


def findings(session: Session, desk: Desk, agency: str = "RXT") -> set[str]:
    """The codes of what the check says of a table whose settings add to more than its total."""
    rows = tuple(
        {"agency": agency, "period": "2015-04", "breakdown": table, "code": code, "referrals_made": text}
        for table, code, text in ROWS
    )
    scope = scope_for(
        session,
        desk.world.definitions["referrals"],
        due_item_ids=[desk.world.item(session, agency, "2015-04")],
    )
    return {
        one.code
        for one in check(Received("json", rows=rows), desk.world.definitions["referrals"], scope).findings
    }


def waiver(desk: Desk, rule: str, until: date = JUNE_END) -> Wish:
    return Wish(
        kind="waiver",
        reason="One child may be counted in two settings until July.",
        until_on=until,
        agency_id=desk.world.agencies["RXT"].id,
        return_code="referrals",
        rule=rule,
    )


def test_a_waiver_turns_one_rule_off_for_one_agency_for_a_while(session: Session, desk: Desk) -> None:
    rules = {rule.code for rule in desk.world.definitions["referrals"].rules}
    (rule,) = [
        code for code in findings(session, desk) & rules if "sum" in code or "add" in code or "total" in code
    ][:1]
    agree(session, desk, waiver(desk, rule))
    assert rule not in findings(session, desk)
    assert rule in findings(session, desk, "RR1")
    desk.world.partnership.clock_at = parse_moment("2015-07-01T12:00:00+01:00")
    session.flush()
    assert rule in findings(session, desk)


def test_a_waiver_is_recorded_with_the_revision(session: Session, desk: Desk) -> None:
    number = agree(session, desk, waiver(desk, "referrals-settings-total"))
    submitter = desk.actor(session, "sub.rxt")
    drafts.save(session, submitter, outcome(desk, "12"), channel="form")
    sign_off.send(session, submitter, desk.due_item_id)
    checked = sign_off.prepare(session, desk.due_item_id, rechecks(desk))
    receipt = sign_off.sign(session, desk.actor(session, "sgn.rxt"), checked, shown_digest=checked.digest)
    kept = session.scalars(select(RevisionWaiver)).all()
    assert [(one.revision_id, one.request_id, one.rule) for one in kept] == [
        (receipt.revision_id, number, "referrals-settings-total")
    ]


def test_a_waiver_that_ends_between_the_check_and_the_signature_means_checking_again(
    session: Session, desk: Desk
) -> None:
    number = agree(session, desk, waiver(desk, "referrals-settings-total"))
    submitter = desk.actor(session, "sub.rxt")
    drafts.save(session, submitter, outcome(desk, "12"), channel="form")
    sign_off.send(session, submitter, desk.due_item_id)
    checked = sign_off.prepare(session, desk.due_item_id, rechecks(desk))
    requests.end(session, desk.actor(session, "stw.testshire"), number, words="No longer needed.")
    with pytest.raises(sign_off.Moved):
        sign_off.sign(session, desk.actor(session, "sgn.rxt"), checked, shown_digest=checked.digest)


def test_partnerships_keep_their_own_locks(session: Session, desk: Desk) -> None:
    agree(session, desk, lock(session))
    elsewhere: Partnership = desk.world.elsewhere
    theirs = session.scalars(select(DueItem).where(DueItem.partnership_id == elsewhere.id)).all()
    states = {window.state for window in windows.windows(session, elsewhere, theirs).values()}
    assert states == {"open"}
