"""A role that two persons gave is told by mail with a one-time link, once; who can sign in already gets none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from hub import db
from hub.calendar.models import DueItem
from hub.clock import real_now
from hub.errors import NotFound, NotReady
from hub.partners import grants, invitations
from hub.partners.grants import Asked
from hub.partners.models import Account, Grant, Invitation, Person
from hub.partners.policy import Place
from hub.post.models import Letter
from hub.submissions import post_round
from hub.submissions.invitations_by_mail import invite, invite_again, owed
from hub.web.present_people import INVITED, Row, in_force
from hub.web.present_people import invited as invited_rows
from tests.databases import ENGINES, NewDatabase
from tests.submissions.post_office import MONDAY, Office, open_office

NEW = "new@example.org"


@pytest.fixture(params=ENGINES)
def office(request: pytest.FixtureRequest, new_database: NewDatabase) -> Iterator[Office]:
    engine: Engine = db.make_engine(new_database(request.param))
    with open_office(engine) as made:
        yield made
    engine.dispose()


def give(session: Session, office: Office, *, email: str = NEW, approved: bool = True) -> Grant:
    """The data team proposes a submitter of RXT, whom the chief executive nominated; RXT's signatory approves."""
    asked = Asked(
        email=email,
        role="SUB",
        place=Place(agency_id=office.world.agencies["RXT"].id),
        name="New Colleague",
        nominated_by="Chief executive",
        reference="letter 12",
        nominated_on=date(2015, 5, 1),
    )
    grant = grants.propose(session, office.desk.actor(session, "stw.testshire"), asked, now=real_now())
    if approved:
        grants.approve(session, office.desk.actor(session, "sgn.rxt"), grant, now=real_now())
    return grant


def post(office: Office) -> post_round.Sent:
    """A round as the worker makes it."""
    with db.transaction(office.engine) as session:
        invite(session, now=real_now())
        assert owed(session, now=real_now()) == [], "told once"
    return office.round()


def invited(office: Office) -> list[tuple[str, str, str]]:
    """To whom, about what, with which text."""
    mails = [mail for mail in office.received.mails if str(mail["To"]) == NEW]
    return [(str(mail["To"]), str(mail["Subject"]), mail.get_content()) for mail in mails]


def test_an_approved_role_is_told_by_mail_with_a_link_that_works_once(office: Office) -> None:
    with db.transaction(office.engine) as session:
        give(session, office, approved=False)
    post(office)
    assert invited(office) == [], "nobody approved it yet"
    with db.transaction(office.engine) as session:
        grants.approve(
            session, office.desk.actor(session, "sgn.rxt"), grants.waiting_for(session)[0], now=real_now()
        )
    post(office)
    ((_, subject, text),) = invited(office)
    text = " ".join(text.split())
    assert subject == "Testshire (example): you are invited as Submitter"
    assert "Submitter at Testshire Mental Health Trust" in text
    assert "Nominated by Chief executive." in text
    assert "Asked for by STW of testshire, approved by SGN of rxt." in text
    assert (
        "Who sees what: - What your agency has not signed is seen by your agency’s own people alone" in text
    )
    assert "works once and ends on" in text and "data@testshire.example.org" not in text
    token = re.search(r"https://hub\.example\.org/invitation/(\S+)", text)
    assert token is not None
    with db.open_session(office.engine) as session:
        letter = session.scalars(select(Letter).where(Letter.to_address == NEW)).one()
        assert token[1] not in letter.body and "{invitation link" in letter.body
        assert all(token[1] not in str(vars(row)) for row in session.scalars(select(Invitation)))
    with db.transaction(office.engine) as session:
        link, person = invitations.find(session, token[1], now=real_now())
        assert person.email == NEW
        with pytest.raises(NotFound):
            invitations.find(session, token[1], now=real_now() + timedelta(days=7))
        invitations.spend(session, link, now=real_now())
        with pytest.raises(NotFound):
            invitations.find(session, token[1], now=real_now())
    post(office)
    assert len(invited(office)) == 1, "told once"


def test_every_attempt_carries_the_same_link_and_a_failure_is_seen(office: Office) -> None:
    office.received.answers += ["rcpt 450 busy"]
    with db.transaction(office.engine) as session:
        give(session, office)
        session.execute(update(DueItem).values(due_on=None))  # nothing else to tell
    assert post(office) == post_round.Sent(later=1)

    def said() -> str:
        with db.open_session(office.engine) as session:
            place, actor = (
                Place(agency_id=office.world.agencies["RXT"].id),
                office.desk.actor(session, "sgn.rxt"),
            )
            rows = in_force(session, actor, place, real_now() - timedelta(seconds=1))
            return next(row.invited for row in rows if row.person.email == NEW)

    assert said() == INVITED["waiting"]
    with db.open_session(office.engine) as session:
        first = session.scalars(select(Invitation)).all()
    office.retry_now()
    office.received.answers += ["rcpt 550 no such person"]
    assert post(office) == post_round.Sent(failed=1)
    assert said() == INVITED["failed"]
    with db.open_session(office.engine) as session:
        assert [row.id for row in session.scalars(select(Invitation))] == [row.id for row in first]


def test_who_signs_in_already_or_lost_the_role_is_not_invited(office: Office) -> None:
    with db.transaction(office.engine) as session:
        give(session, office, email="sub.rr1@example.org")
        ended = give(session, office)
        ended.ended_at = real_now()
    post(office)
    assert not [mail for mail in office.received.mails if "invited" in str(mail["Subject"])]


def test_an_invitation_waits_for_working_hours_and_falls_away_once_accepted(office: Office) -> None:
    office.at(MONDAY.replace(hour=19))
    with db.transaction(office.engine) as session:
        give(session, office)
    post(office)
    assert invited(office) == []
    with db.transaction(office.engine) as session:
        person = session.scalars(select(Person).where(Person.email == NEW)).one()
        session.add(Account(person_id=person.id, kind="local", created_at=real_now()))
    office.at(MONDAY + timedelta(days=1))
    post(office)
    assert not [mail for mail in office.received.mails if "invited" in str(mail["Subject"])]
    assert "it is done" in office.whys()


def test_one_that_nobody_accepted_is_sent_again_and_the_old_link_dies(office: Office) -> None:
    with db.transaction(office.engine) as session:
        grant = give(session, office)
    post(office)

    def links() -> list[str]:
        texts = " ".join(text for _, _, text in invited(office))
        return re.findall(r"/invitation/(\S+)", texts)

    def again() -> None:
        with db.transaction(office.engine) as session:
            steward = office.desk.actor(session, "stw.testshire")
            invite_again(session, steward, session.get_one(Grant, grant.id), now=real_now())

    def shown(later: timedelta) -> Row:
        with db.open_session(office.engine) as session:
            rows = invited_rows(session, office.desk.actor(session, "stw.testshire"), real_now() + later)
            return next(row for row in rows if row.person.email == NEW)

    (first,) = links()
    assert shown(timedelta()).invited.startswith("Invited by mail on ")
    assert "and not accepted" in shown(timedelta(days=8)).invited
    again()
    with pytest.raises(NotReady, match="waits to go out already"):
        again()
    post(office)
    _, second = links()
    with db.transaction(office.engine) as session:
        with pytest.raises(NotFound):
            invitations.find(session, first, now=real_now())
        assert invitations.find(session, second, now=real_now())[1].email == NEW
        session.add(Account(person_id=grant.person_id, kind="local", created_at=real_now()))
    with pytest.raises(NotReady, match="can sign in already"):
        again()
