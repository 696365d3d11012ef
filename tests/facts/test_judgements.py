"""What the partnership says of a row: dated, added and never edited, the last one as at a moment stands."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from hub.errors import Conflict
from hub.facts.judgements import judge, judgements_as_at
from hub.facts.models import Judgement
from tests.ledger_world import World, due_item, make_world

MAY = datetime(2014, 5, 12, 9, tzinfo=UTC)
JUNE = MAY + timedelta(days=30)


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


def say(
    session: Session, world: World, answer: str, *, at: datetime, seen: int = 0, by: str = "ann"
) -> Judgement:
    row = (due_item(session, world, "RYW", "2014-04"), "contract", "1")
    person = world.people[by].id
    return judge(
        session, row, partnership_id=world.partnership.id, judgement=answer, why=f"{answer} for a reason",
        person_id=person, at=at, seen=seen,
    )  # fmt: skip


def said(session: Session, world: World, moment: datetime) -> list[tuple[str, str, str]]:
    item = due_item(session, world, "RYW", "2014-04")
    found = judgements_as_at(session, world.partnership.id, moment, due_item_ids=[item])
    return [(each.judgement, each.why, each.person) for each in found.get((item, "contract", "1"), [])]


def test_the_last_one_stands_and_the_past_reads_as_it_was(session: Session, world: World) -> None:
    first = say(session, world, "to-be-discussed", at=MAY)
    say(session, world, "outside", at=JUNE, seen=first.id, by="bob")
    assert said(session, world, JUNE - timedelta(seconds=1)) == [
        ("to-be-discussed", "to-be-discussed for a reason", "Ann")
    ]
    assert [answer for answer, _, _ in said(session, world, JUNE)] == ["to-be-discussed", "outside"]
    assert said(session, world, MAY - timedelta(days=1)) == []


def test_who_did_not_see_the_last_one_is_told_whose_it_is(session: Session, world: World) -> None:
    say(session, world, "inside", at=MAY)
    with pytest.raises(Conflict, match="Ann judged this row meanwhile"):
        say(session, world, "outside", at=JUNE, by="bob")


def test_a_judgement_is_never_edited(session: Session, world: World) -> None:
    say(session, world, "inside", at=MAY)
    with pytest.raises(DBAPIError, match="history is never changed"), session.begin_nested():
        session.execute(update(Judgement).values(judgement="outside"))
