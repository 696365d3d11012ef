"""The post: who is told what and when, what falls away because it is done, and sending that is tried again but counts once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from hub import db
from hub.calendar.local import store_calendar
from hub.calendar.models import DueItem
from hub.clock import real_now
from hub.partners.models import Agency, Grant, Partnership, Person
from hub.post import outbox
from hub.post.models import AgencyContact, Letter, Notice, PostChoice
from hub.submissions import correction_answers, corrections, drafts, post_round, requests, sign_off
from hub.submissions.reminders import remind, stage_on
from hub.submissions.requests import Wish
from tests.databases import ENGINES, NewDatabase
from tests.submissions.post_office import MONDAY, Office, open_office
from tests.submissions.submission_world import outcome, rechecks


@pytest.fixture
def office_engine(request: pytest.FixtureRequest, new_database: NewDatabase) -> Iterator[Engine]:
    """SQLite, unless a test asks for both engines."""
    made = db.make_engine(new_database(getattr(request, "param", "sqlite")))
    yield made
    made.dispose()


BOTH = pytest.mark.parametrize("office_engine", ENGINES, indirect=True)


@pytest.fixture
def office(office_engine: Engine) -> Iterator[Office]:
    with open_office(office_engine) as made:
        yield made


def test_the_stages_of_a_return_by_hand() -> None:
    """Due on Friday 22 May 2015; Monday 25 May is a bank holiday, so two working days later is Wednesday 27."""
    opens, due = date(2015, 5, 1), date(2015, 5, 22)
    told = {
        day: stage.kind if (stage := stage_on(date(2015, *day), opens_on=opens, due_on=due)) else ""
        for day in (
            (4, 30), (5, 1), (5, 14), (5, 15), (5, 21), (5, 22), (5, 26), (5, 27), (5, 31),
            (6, 1), (6, 7), (6, 8), (6, 22), (6, 23),
        )
    }  # fmt: skip
    assert told == {
        (4, 30): "",
        (5, 1): "opened",
        (5, 14): "opened",
        (5, 15): "due-soon",
        (5, 21): "due-soon",
        (5, 22): "due-today",
        (5, 26): "due-today",
        (5, 27): "overdue",
        (5, 31): "overdue",
        (6, 1): "long-overdue",
        (6, 7): "long-overdue",
        (6, 8): "escalated",
        (6, 22): "escalated",
        (6, 23): "",
    }


@BOTH
def test_a_return_is_reminded_of_until_it_goes_to_the_senior(office: Office) -> None:
    subject = "Testshire (example): Referrals made to the front door, April 2015, due 22 May 2015"
    office.write(
        AgencyContact.__table__.insert().values(  # type: ignore[attr-defined]
            partnership_id=office.world.partnership.id,
            id=1,
            agency_id=office.world.agencies["RXT"].id,
            kind="senior",
            name="The chief nurse",
            email="chief.nurse@example.org",
        )
    )
    preparer, signatory = "sub.rxt@example.org", "sgn.rxt@example.org"
    assert office.day(MONDAY) == [(preparer, subject)]
    assert office.day(MONDAY + timedelta(hours=1)) == []  # told once
    assert office.day(MONDAY + timedelta(days=4)) == [(preparer, subject)]
    both = [(signatory, f"{subject}: overdue"), (preparer, f"{subject}: overdue")]
    assert office.day(datetime(2015, 5, 27, 9, 0, tzinfo=UTC)) == both
    assert office.day(datetime(2015, 6, 1, 9, 0, tzinfo=UTC)) == both
    senior = [("chief.nurse@example.org", f"{subject}: not received")]
    assert office.day(datetime(2015, 6, 8, 9, 0, tzinfo=UTC)) == senior
    assert office.day(datetime(2015, 6, 15, 9, 0, tzinfo=UTC)) == []


SCHOOL = """
calendar: testshire
terms:
  - {name: Spring, from: 2015-01-05, until: 2015-03-27}
  - {name: Summer, from: 2015-04-13, until: 2015-07-21, breaks: [{from: 2015-05-25, until: 2015-05-29}]}
closes:
  - {return: referrals, working_days: 6}
"""


def load_calendar(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "calendar.yaml"
    file.write_text(SCHOOL)
    with db.transaction(office.engine) as session:
        store_calendar(session, file, now=datetime(2015, 1, 1, tzinfo=UTC))


def test_schools_get_no_mail_in_their_holidays(office: Office, tmp_path: Path) -> None:
    """The week of 25 May is the summer half-term: what comes up in it waits until Monday 1 June."""
    load_calendar(office, tmp_path)
    with db.transaction(office.engine) as session:
        term = office.world.item(session, "990001", "AY2014-15T2")
        session.execute(update(DueItem).where(DueItem.id == office.desk.due_item_id).values(due_on=None))
        session.execute(update(DueItem).where(DueItem.id == term).values(due_on=date(2015, 5, 28)))
    (first,) = office.day(MONDAY + timedelta(days=3))
    assert first[0] == "sgn.990001@example.org"
    assert office.day(datetime(2015, 5, 28, 9, 0, tzinfo=UTC)) == []
    ((to, subject),) = office.day(datetime(2015, 6, 1, 8, 0, tzinfo=UTC))
    assert to == "sgn.990001@example.org"
    assert subject.endswith("due 28 May 2015: overdue")


def test_a_closing_window_is_told_and_a_closed_one_reminds_nobody(office: Office, tmp_path: Path) -> None:
    """Due on 22 May, closed six working days later, on Tuesday 2 June: told two working days before, on 29 May."""
    load_calendar(office, tmp_path)
    office.day(datetime(2015, 5, 27, 9, 0, tzinfo=UTC))
    told = office.day(datetime(2015, 5, 29, 9, 0, tzinfo=UTC))
    assert [(to, subject.rpartition(": ")[2]) for to, subject in told] == [
        ("sgn.rxt@example.org", "closing"),
        ("sub.rxt@example.org", "closing"),
    ]
    assert office.day(datetime(2015, 6, 3, 9, 0, tzinfo=UTC)) == []
    assert "it cannot be answered now" in office.whys()


def test_without_a_named_senior_the_data_team_is_told(office: Office) -> None:
    told = office.day(datetime(2015, 6, 8, 9, 0, tzinfo=UTC))
    assert [recipient for recipient, _ in told] == ["stw.testshire@example.org"]


def test_a_copied_mailbox_gets_each_thing_once(office: Office) -> None:
    with db.transaction(office.engine) as session:
        rxt = office.world.agencies["RXT"].id
        session.add(
            AgencyContact(
                partnership_id=office.world.partnership.id,
                agency_id=rxt,
                kind="copy",
                name="Safeguarding office",
                email="safeguarding@example.org",
            )
        )
        session.add(_grant("SUB", office.world.people["sgn.rxt"].id, rxt))
    told = office.day(MONDAY)
    assert [recipient for recipient, _ in told] == [
        "safeguarding@example.org",
        "sgn.rxt@example.org",
        "sub.rxt@example.org",
    ]


def _grant(role: str, person_id: int, agency_id: int) -> Grant:
    return Grant(
        person_id=person_id,
        role=role,
        agency_id=agency_id,
        from_at=real_now() - timedelta(days=1),
        until_at=real_now() + timedelta(days=9),
    )


@pytest.mark.parametrize(
    ("moment", "why"),
    [
        (datetime(2015, 5, 16, 9, 0, tzinfo=UTC), "a Saturday"),
        (datetime(2015, 5, 25, 9, 0, tzinfo=UTC), "a bank holiday"),
        (datetime(2015, 5, 18, 6, 59, tzinfo=UTC), "07:59 in London"),
        (datetime(2015, 5, 18, 17, 0, tzinfo=UTC), "18:00 in London"),
    ],
)
def test_no_mail_outside_working_hours(office: Office, moment: datetime, why: str) -> None:
    assert office.day(moment) == [], why
    assert office.day(datetime(2015, 5, 26, 7, 0, tzinfo=UTC)) != []  # 08:00 on the next working day


@BOTH
def test_nobody_is_reminded_of_what_is_done(office: Office) -> None:
    """The reminder is made, then the return is signed: looked at again when it would go, it falls away."""
    office.at(datetime(2015, 5, 17, 9, 0, tzinfo=UTC))  # a Sunday
    office.round()
    _save_and_send(office)
    _sign(office)
    told = office.day(MONDAY)
    assert [subject.rpartition(": ")[2] for _, subject in told] == ["signed"]
    assert "it is done" in office.whys()


def test_a_letter_that_failed_is_looked_at_again_before_the_next_attempt(office: Office) -> None:
    office.received.answers.append("rcpt 450 later")
    assert office.round() == post_round.Sent(later=1)
    _save_and_send(office)
    _sign(office)
    office.retry_now()
    office.day(MONDAY + timedelta(hours=1))
    assert "dropped" in office.states()


def _save_and_send(office: Office) -> None:
    with db.transaction(office.engine) as session:
        preparer = office.desk.actor(session, "sub.rxt")
        drafts.save(session, preparer, outcome(office.desk, "30"), channel="form")
        sign_off.send(session, preparer, office.desk.due_item_id)


def _sign(office: Office) -> None:
    with db.transaction(office.engine) as session:
        checked = sign_off.prepare(session, office.desk.due_item_id, rechecks(office.desk))
        sign_off.sign(session, office.desk.actor(session, "sgn.rxt"), checked, shown_digest=checked.digest)


def test_the_signatory_is_told_what_waits_and_the_preparer_what_came_back(office: Office) -> None:
    office.day(MONDAY)
    _choose(office, digest=False)
    _save_and_send(office)
    hour = timedelta(hours=1)
    (waits,) = office.day(MONDAY + hour)
    assert waits[0] == "sgn.rxt@example.org"
    assert waits[1].endswith("due 22 May 2015: waits for your signature")
    assert f"/submissions/{office.desk.due_item_id}/sign" in office.received.mails[0].get_content()
    with db.transaction(office.engine) as session:
        sign_off.send_back(
            session,
            office.desk.actor(session, "sgn.rxt"),
            office.desk.due_item_id,
            reason="Seven of 41 lack a setting",
        )
    (back,) = office.day(MONDAY + 2 * hour)
    assert back[0] == "sub.rxt@example.org"
    assert back[1].endswith("sent back")
    text = office.received.mails[0].get_content().replace(str(office.desk.due_item_id), "")
    assert "Seven" not in text
    assert "41" not in text  # mail carries no figures, nor words that may hold some


def _choose(office: Office, *, digest: bool) -> None:
    with db.transaction(office.engine) as session:
        for name in ("sub.rxt", "sgn.rxt"):
            session.add(PostChoice(person_id=office.world.people[name].id, digest=digest))


def test_one_digest_a_day_however_much_happens(office: Office) -> None:
    office.day(MONDAY)
    _save_and_send(office)
    assert [to for to, _ in office.day(MONDAY + timedelta(hours=1))] == ["sgn.rxt@example.org"]
    with db.transaction(office.engine) as session:
        sign_off.send_back(
            session, office.desk.actor(session, "sgn.rxt"), office.desk.due_item_id, reason="Look again"
        )
    assert office.day(MONDAY + timedelta(hours=2)) == []  # the preparer had this day's mail
    assert [to for to, _ in office.day(MONDAY + timedelta(days=1))] == ["sub.rxt@example.org"]


def test_a_digest_of_several_says_how_many_and_when_the_first_is_due(office: Office) -> None:
    with db.transaction(office.engine) as session:
        march = office.world.item(session, "RXT", "2015-03")
        session.execute(update(DueItem).where(DueItem.id == march).values(due_on=date(2015, 5, 20)))
    assert office.day(MONDAY) == [
        ("sub.rxt@example.org", "Testshire (example): 2 returns, the first due 20 May 2015")
    ]
    text = office.received.mails[0].get_content()
    assert text.index("March 2015") < text.index("April 2015")


def test_more_time_moves_the_reminders(office: Office) -> None:
    office.at(datetime(2015, 5, 17, 9, 0, tzinfo=UTC))
    office.round()
    wish = Wish(
        kind="extension",
        reason="Staff are ill.",
        until_on=date(2015, 6, 5),
        due_item_id=office.desk.due_item_id,
    )
    with db.transaction(office.engine) as session:
        place = session.get_one(Partnership, office.world.partnership.id)
        asked = requests.ask(session, office.desk.actor(session, "sub.rxt"), place, wish)
        requests.answer(session, office.desk.actor(session, "mgr.testshire"), asked.id, "granted")
    told = office.day(MONDAY)
    assert [subject[-15:] for _, subject in told] == ["due 5 June 2015"]  # opened, with its new day
    assert "the due date moved" in office.whys()
    assert office.day(datetime(2015, 5, 28, 9, 0, tzinfo=UTC)) == []
    told = office.day(datetime(2015, 5, 29, 9, 0, tzinfo=UTC))
    assert [subject[-15:] for _, subject in told] == ["due 5 June 2015"]


def test_who_left_is_told_nothing(office: Office) -> None:
    office.at(datetime(2015, 5, 17, 9, 0, tzinfo=UTC))
    office.round()
    person = office.world.people["sub.rxt"].id
    office.write(update(Person).where(Person.id == person).values(disabled_at=real_now()))
    assert office.day(MONDAY) == []


@BOTH
def test_the_notice_stands_or_falls_with_the_act(office: Office) -> None:
    with db.open_session(office.engine, writing=True) as session:
        preparer = office.desk.actor(session, "sub.rxt")
        drafts.save(session, preparer, outcome(office.desk, "30"), channel="form")
        sign_off.send(session, preparer, office.desk.due_item_id)
        assert _notices(session, "sent") == 1
        session.rollback()
        assert _notices(session, "sent") == 0


def _notices(session: Session, kind: str) -> int:
    return len(session.scalars(select(Notice).where(Notice.kind == kind)).all())


def test_a_letter_whose_taking_over_was_not_heard_is_sent_again_under_the_same_id(office: Office) -> None:
    """The line is cut after DATA: the receiver has it and the hub cannot know. The second copy carries the same id."""
    office.received.answers.append("cut")
    assert office.round() == post_round.Sent(later=1)
    assert office.round() == post_round.Sent()  # not before its time
    office.retry_now()
    assert office.round() == post_round.Sent(sent=1)
    ids = {str(mail["Message-ID"]) for mail in office.received.mails}
    assert len(office.received.mails) == 2
    assert len(ids) == 1


def test_back_off_grows_and_ends_in_a_failure_that_can_be_sent_again(office: Office) -> None:
    office.received.answers += ["rcpt 450 busy"] * (len(outbox.BACK_OFF) + 1)
    waits = []
    office.round()
    for _ in outbox.BACK_OFF:
        with db.open_session(office.engine) as session:
            letter = session.scalars(select(Letter)).one()
            waits.append(round((letter.next_at - real_now()).total_seconds() / 60))
        office.retry_now()
        office.round()
    assert waits == [1, 5, 15, 60, 120, 240, 480, 480, 960]
    assert office.states() == ["failed"]
    with db.transaction(office.engine) as session:
        letter_id = session.scalars(select(Letter.id)).one()
        assert outbox.again(session, letter_id, now=real_now())
        assert not outbox.again(session, letter_id, now=real_now())
    assert office.round() == post_round.Sent(sent=1)


def test_a_refusal_for_good_is_not_tried_again(office: Office) -> None:
    office.received.answers.append("rcpt 550 no such person")
    assert office.round() == post_round.Sent(failed=1)
    with db.open_session(office.engine) as session:
        letter = session.scalars(select(Letter)).one()
    assert letter.state == "failed"
    assert letter.fault == "The mail server answered 550: no such person"


def test_a_sender_that_died_leaves_its_letter_to_the_next(office: Office) -> None:
    with db.transaction(office.engine) as session:
        remind(session, session.get_one(Partnership, office.world.partnership.id))
        post_round.gather(session, office.config)
    with db.transaction(office.engine) as session:
        assert outbox.claim(session, now=real_now()) is not None
    assert office.round() == post_round.Sent()  # leased to somebody
    office.write(update(Letter).values(leased_until=real_now() - timedelta(seconds=1)))
    assert office.round() == post_round.Sent(sent=1)


@BOTH
def test_two_rounds_at_once_send_each_letter_once(office: Office) -> None:
    """A second round runs while the first one's mail is being taken over."""
    office.received.before_answer = lambda: office_round.append(office.round())
    office_round: list[post_round.Sent] = []
    assert office.round() == post_round.Sent(sent=1)
    assert office_round == [post_round.Sent()]
    assert len(office.received.mails) == 1


def test_an_illustrative_partnerships_letters_are_shown_and_never_sent(office: Office) -> None:
    office.write(update(Partnership).values(illustrative=True))
    assert office.round() == post_round.Sent()
    assert office.states() == ["shown"]
    assert not office.received.mails


def test_without_an_address_for_answers_nothing_goes(office: Office) -> None:
    office.write(update(Partnership).values(contact_email=""))
    assert office.round() == post_round.Sent()
    assert office.states() == ["failed"]


def test_names_cannot_add_lines_to_a_mail(office: Office) -> None:
    office.write(
        update(Partnership).values(name="Testshire\r\nBcc: everybody@example.org"),
        update(Agency).values(name="A trust {answer link 1}"),
    )
    assert office.round() == post_round.Sent(sent=1)
    (mail,) = office.received.mails
    assert mail["Bcc"] is None
    assert "(no link)" in mail.get_content()


def test_a_correction_that_is_asked_is_told_in_a_mail_of_its_own_without_the_figure(office: Office) -> None:
    """Single mails: each thing goes by itself; the subject says what it is about, answers reach the data team."""
    _choose(office, digest=False)
    _save_and_send(office)
    _sign(office)
    office.day(MONDAY)
    with db.transaction(office.engine) as session:
        corrections.ask(
            session,
            office.desk.actor(session, "stw.testshire"),
            office.desk.due_item_id,
            place=corrections.Place(period="2015-04", breakdown="total", code="", figure="referrals_made"),
            reason="other",
            words="The front door logged 41.",
        )
    subject = (
        "Testshire (example): Referrals made to the front door, April 2015, due 22 May 2015: correction asked"
    )
    assert office.day(MONDAY + timedelta(hours=1)) == [
        ("sgn.rxt@example.org", subject),
        ("sub.rxt@example.org", subject),
    ]
    for mail in office.received.mails:
        text = mail.get_content().replace(str(office.desk.due_item_id), "")
        assert "41" not in text
        assert "30" not in text
        assert mail["Reply-To"] == office.world.partnership.contact_email
        assert office.world.partnership.contact_name in text


def test_who_answered_a_correction_is_told_no_more_of_it(office: Office) -> None:
    """Asked and answered “as it is” on a Sunday: who prepared it has done their part."""
    _save_and_send(office)
    _sign(office)
    office.day(MONDAY)
    office.at(datetime(2015, 5, 24, 9, 0, tzinfo=UTC))
    place = corrections.Place(period="2015-04", breakdown="total", code="", figure="referrals_made")
    item = office.desk.due_item_id
    with db.transaction(office.engine) as session:
        number = corrections.ask(
            session, office.desk.actor(session, "stw.testshire"), item, place=place, reason="differs"
        )
        said = [correction_answers.Answer(number, "", "We counted again.")]
        submitter = office.desk.actor(session, "sub.rxt")
        correction_answers.answer(session, submitter, item, said, outcome=None, channel="form")
    told = office.day(datetime(2015, 5, 26, 9, 0, tzinfo=UTC))  # Monday is a bank holiday
    assert [to for to, _ in told] == ["sgn.rxt@example.org"], "the signatory has still to sign"
    assert "it was answered" in office.whys()


def test_nobody_is_told_of_a_correction_that_is_signed_as_it_is(office: Office) -> None:
    _save_and_send(office)
    _sign(office)
    office.day(MONDAY)
    office.at(datetime(2015, 5, 24, 9, 0, tzinfo=UTC))  # a Sunday
    with db.transaction(office.engine) as session:
        item = office.desk.due_item_id
        place = corrections.Place(period="2015-04", breakdown="total", code="", figure="referrals_made")
        number = corrections.ask(
            session, office.desk.actor(session, "stw.testshire"), item, place=place, reason="differs"
        )
        said = [correction_answers.Answer(number, "", "We counted again.")]
        submitter, signatory = (office.desk.actor(session, name) for name in ("sub.rxt", "sgn.rxt"))
        correction_answers.answer(session, submitter, item, said, outcome=None, channel="form")
        correction_answers.sign_as_it_is(session, signatory, item, signatures=2)
    assert office.day(datetime(2015, 5, 26, 9, 0, tzinfo=UTC)) == []


def test_a_mailbox_that_is_copied_opens_nothing(office: Office) -> None:
    """It gets the reminder without a link to answer by, and its address is nobody's account."""
    with db.transaction(office.engine) as session:
        session.add(
            AgencyContact(
                partnership_id=office.world.partnership.id,
                agency_id=office.world.agencies["RXT"].id,
                kind="copy",
                name="Safeguarding office",
                email="safeguarding@example.org",
            )
        )
    office.day(MONDAY)
    (copy,) = (mail for mail in office.received.mails if mail["To"] == "safeguarding@example.org")
    text = copy.get_content()
    assert "/answer/" not in text
    assert "without a password" not in text
    assert "this mailbox is named for copies" in text
    with db.open_session(office.engine) as session:
        assert session.scalar(select(Person.id).where(Person.email == "safeguarding@example.org")) is None
