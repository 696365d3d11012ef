"""Typed text is blanked after its years, by two persons and a logged job alone; digests still verify."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml
from sqlalchemy import String, select
from sqlalchemy.orm import Session

import hub.models
import hub.partners
from hub.audit.canonical import digest_of
from hub.audit.models import RetentionRun
from hub.calendar.models import Request
from hub.errors import Conflict, NotAllowed, NotReady
from hub.facts.models import Words
from hub.facts.verify import ledger_faults
from hub.partners import retention
from hub.partners.models import Grant
from hub.partners.people_models import Nomination
from hub.partners.retention_due import classes
from hub.partners.sharing_models import SharingAcceptance
from hub.post.models import Letter, Notice
from tests.factories import World, make_world

OLD, YOUNG = (
    datetime(2012, 5, 17, 12, tzinfo=UTC),
    datetime(2012, 5, 18, 12, tzinfo=UTC),
)  # today: 18 May 2015


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


def says(session: Session, world: World, text: str, *moments: datetime) -> int:
    """Words that a request of each moment gives as its reason."""
    words = Words(partnership_id=world.partnership.id, digest=digest_of(text), body=text)
    session.add(words)
    session.flush()
    for at in moments:
        session.add(
            Request(
                partnership_id=world.partnership.id,
                kind="lock",
                from_on=date(2012, 4, 1),
                until_on=None,
                reason_id=words.id,
                asked_by=world.people["stw.testshire"].id,
                asked_at=at,
            )
        )
    session.flush()
    return words.id


def body(session: Session, world: World, words: int) -> str | None:
    session.expire_all()
    return session.get_one(Words, (world.partnership.id, words)).body


def asks(session: Session, world: World, kind: str, class_code: str, **more: int) -> int:
    change = retention.ask(
        session,
        world.partnership,
        person_id=world.people["stw.testshire"].id,
        kind=kind,
        class_code=class_code,
        years=more.get("years"),
        reason="As our schedule says.",
    )
    return change.id


def agrees(session: Session, world: World, number: int, by: str = "mgr.testshire") -> None:
    retention.decide(session, world.partnership, number, "agreed", person_id=world.people[by].id)


def due(session: Session, world: World, code: str) -> int:
    (kept,) = [
        each for each in retention.schedule(session, world.partnership) if each.text_class.code == code
    ]
    return kept.due


def test_every_text_that_points_to_words_has_a_class() -> None:
    pointing = {
        (table.name, key.parent.name)
        for table in hub.models.metadata.tables.values()
        for constraint in table.foreign_key_constraints
        if constraint.referred_table.name == "words"
        for key in constraint.elements
        if key.parent.name != "partnership_id"
    }
    declared = {
        (where.table, column) for each in classes() for where in each.words for column in where.columns
    }
    assert declared == pointing


def test_every_column_of_text_has_a_class_or_a_reason_to_have_none() -> None:
    texts = {
        (table.name, column.name)
        for table in hub.models.metadata.tables.values()
        for column in table.c
        if isinstance(column.type, String) and not column.foreign_keys
    }
    cleared = {
        (where.table, column) for each in classes() for where in each.columns for column in where.columns
    }
    read = yaml.safe_load((Path(hub.partners.__file__).parent / "retention.yaml").read_text(encoding="utf-8"))
    kept = [
        (table, column)
        for group in read["kept"]
        for table, columns in group["columns"].items()
        for column in columns
    ]
    assert len(kept) == len(set(kept)) and not cleared & set(kept)
    assert texts == cleared | set(kept)


def letter(session: Session, world: World, number: int, made_at: datetime, **more: object) -> Letter:
    """A letter to RXT's submitter that tells of this partnership."""
    made = Letter(
        id=number,
        message_id=f"<{number}@example.org>",
        recipient="person:1",
        to_address="sub.rxt@example.org",
        reply_to="data@example.org",
        subject="A subject",
        body="Dear Ann Example,",
        **({"state": "sent", "made_at": made_at, "next_at": made_at} | more),
    )
    session.add(made)
    session.flush()
    notice = Notice(
        partnership_id=world.partnership.id,
        kind="test",
        occasion=f"test:{number}",
        made_at=made_at,
        letter_id=number,
        why="",
    )
    session.add(notice)
    session.flush()
    return made


def test_letters_lose_their_names_but_what_waits_and_what_is_shared(session: Session, world: World) -> None:
    """A year is the class's; today is 18 May 2015."""
    old = letter(session, world, 1, datetime(2014, 5, 17, 12, tzinfo=UTC))
    letter(session, world, 2, datetime(2014, 5, 18, 12, tzinfo=UTC))
    letter(session, world, 3, datetime(2014, 5, 17, tzinfo=UTC), state="waiting")
    letter(session, world, 4, datetime(2014, 5, 17, tzinfo=UTC), partnerships=2)
    assert due(session, world, "letters") == 2, "an address and a text; there is no fault"
    agrees(session, world, asks(session, world, "run", "letters"))
    session.expire_all()
    assert (old.to_address, old.body, old.subject) == ("", "", "A subject")
    kept = session.scalars(select(Letter.id).where(Letter.body != "").order_by(Letter.id)).all()
    assert kept == [2, 3, 4]


def test_nominations_go_years_after_the_role(session: Session, world: World) -> None:
    for name, ended in (("sub.rxt", 2008), ("sub.rr1", 2009), ("sub.rel", 2008)):
        held = session.scalars(select(Grant).where(Grant.person_id == world.people[name].id)).one()
        held.until_at = datetime(ended, 5, 17, 12, tzinfo=UTC)
        asked = {"nominated_by": "Ann Example", "reference": "letter 12", "asked_at": OLD}
        session.add(Nomination(grant_id=held.id, **asked))
    session.flush()
    assert due(session, world, "nominations") == 2, "RXT’s; RR1’s is younger, REL is another partnership’s"
    agrees(session, world, asks(session, world, "run", "nominations"))
    session.expire_all()
    assert sorted(each.nominated_by or "" for each in session.scalars(select(Nomination))) == [
        "",
        "Ann Example",
        "Ann Example",
    ]


def test_what_is_old_is_blanked_by_two_persons_and_still_verifies(session: Session, world: World) -> None:
    old, young = says(session, world, "We moved.", OLD), says(session, world, "Ill.", YOUNG)
    both = says(session, world, "Said twice.", OLD, YOUNG)
    assert due(session, world, "agreed") == 1, "what something younger says too stays"
    number = asks(session, world, "run", "agreed")
    with pytest.raises(NotAllowed):
        agrees(session, world, number, "stw.testshire")
    assert body(session, world, old) == "We moved."
    agrees(session, world, number)
    assert [body(session, world, each) for each in (old, young, both)] == [None, "Ill.", "Said twice."]
    with pytest.raises(Conflict):
        agrees(session, world, number)
    run = session.scalars(select(RetentionRun)).one()
    assert run.ended_at is not None and run.asked_by != run.agreed_by
    assert retention.runs(session, world.partnership.id)[0].blanked == 1
    assert not list(ledger_faults(session))
    assert due(session, world, "agreed") == 0


def test_years_are_data_and_a_hold_stops_the_job(session: Session, world: World) -> None:
    words = says(session, world, "Ill.", YOUNG)
    years = asks(session, world, "years", "agreed", years=2)
    assert due(session, world, "agreed") == 0, "until another person agrees"
    agrees(session, world, years)
    assert due(session, world, "agreed") == 1
    asks(session, world, "hold", retention.ALL)
    assert due(session, world, "agreed") == 0
    agrees(session, world, asks(session, world, "run", retention.ALL))
    assert body(session, world, words) == "Ill."
    release = asks(session, world, "release", retention.ALL)
    assert due(session, world, "agreed") == 0, "a release waits for another person"
    agrees(session, world, release)
    agrees(session, world, asks(session, world, "run", retention.ALL))
    assert body(session, world, words) is None
    for faulty in (
        {"kind": "years", "class_code": "agreed", "years": 0},
        {"kind": "release", "class_code": "agreed"},
    ):
        with pytest.raises(NotReady):
            asks(session, world, **faulty)  # type: ignore[arg-type]


def test_names_in_an_ended_acceptance_are_blanked(session: Session, world: World) -> None:
    accepted = session.scalars(
        select(SharingAcceptance).where(SharingAcceptance.agency_id == world.agencies["RXT"].id)
    ).one()
    accepted.withdrawn_by, accepted.withdrawn_at = (
        world.people["sgn.rxt"].id,
        datetime(2008, 5, 17, tzinfo=UTC),
    )
    session.flush()
    assert due(session, world, "sharing") == 2
    agrees(session, world, asks(session, world, "run", "sharing"))
    session.expire_all()
    assert (accepted.officer, accepted.guardian, accepted.guardian_post) == (None, None, "caldicott-guardian")
