"""Answers given again: acts on a draft leave them, since nobody else reads it; a signature makes those of its ledger anew."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from hub.audit.chain import record
from hub.db import open_session, transaction
from hub.facts import recalled
from hub.facts.moments import as_at
from hub.partners.models import Partnership
from hub.partners.queries import partnership
from hub.submissions import drafted, drafts, sign_off
from tests.factories import make_world
from tests.submissions.submission_world import make_desk, outcome, rechecks


def test_whoever_works_at_a_draft_costs_the_boards_readers_nothing(session: Session) -> None:
    desk = make_desk(session)
    place, number = desk.world.partnership, desk.due_item_id
    submitter, signer = desk.actor(session, "sub.rxt"), desk.actor(session, "sgn.rxt")
    worked_out = 0

    def work() -> int:
        nonlocal worked_out
        worked_out += 1
        return worked_out

    def answer() -> int:
        session.commit()
        return recalled.recalled(as_at(session, place), "a test", work)

    recalled.forget()
    assert (answer(), answer()) == (1, 2), "without a chain nothing says what was written"
    drafts.save(session, submitter, outcome(desk, "12"), channel="csv")
    assert (answer(), answer()) == (3, 3)
    drafts.save(session, submitter, outcome(desk, "14"), channel="csv")
    sign_off.send(session, submitter, number)
    sign_off.withdraw(session, submitter, number)
    sign_off.send(session, submitter, number)
    assert answer() == 3
    checked = sign_off.prepare(session, number, rechecks(desk))
    shown = drafted.read(session, place.id, number)
    assert shown is not None
    sign_off.sign(session, signer, checked, shown_digest=shown.digest)
    assert (answer(), answer()) == (4, 4)


@pytest.mark.parametrize("published", [False, True])
def test_what_one_partnership_signs_tells_another_nothing_but_what_is_published(
    session: Session, monkeypatch: pytest.MonkeyPatch, published: bool
) -> None:
    desk = make_desk(session)
    elsewhere = partnership(session, "elsewhere")
    drafts.save(session, desk.actor(session, "sub.rxt"), outcome(desk, "12"), channel="csv")
    sign_off.send(session, desk.actor(session, "sub.rxt"), desk.due_item_id)
    session.commit()

    def told() -> list[tuple[str, int]]:
        session.commit()
        known = [as_at(session, each) for each in (desk.world.partnership, elsewhere)]
        return [(each.told, each.newest) for each in known]

    own, others = told()
    if published:
        real = sign_off.definition_of_version
        monkeypatch.setattr(
            sign_off, "definition_of_version", lambda *asked: replace(real(*asked), published=True)
        )
    checked = sign_off.prepare(session, desk.due_item_id, rechecks(desk))
    shown = drafted.read(session, desk.world.partnership.id, desk.due_item_id)
    assert shown is not None
    sign_off.sign(session, desk.actor(session, "sgn.rxt"), checked, shown_digest=shown.digest)
    assert told()[0] != own
    assert (told()[1] != others) is published


@pytest.mark.parametrize(
    ("action", "own", "others"),
    [
        ("challenge:asked", True, False),
        ("measure-note:event", True, False),
        ("grant:approve", True, True),
        ("draft:write", False, False),
    ],
)
def test_what_persons_do_in_one_partnership_tells_another_nothing_but_what_may_reach_it(
    session: Session, action: str, own: bool, others: bool
) -> None:
    desk = make_desk(session)
    elsewhere = partnership(session, "elsewhere")
    record(session, actor="operator", action="load", subject="a test")
    session.commit()

    def told() -> list[str]:
        session.commit()
        return [as_at(session, each).told for each in (desk.world.partnership, elsewhere)]

    before = told()
    record(
        session, actor="operator", action=action, subject="a test", partnership_id=desk.world.partnership.id
    )
    after = told()
    assert [one != other for one, other in zip(before, after, strict=True)] == [own, others]


def test_what_a_reader_found_before_somebody_acted_is_not_remembered_as_known_afterwards(
    engine: Engine,
) -> None:
    def renamed(name: str) -> None:
        with transaction(engine) as session:
            session.get_one(Partnership, place).name = name
            record(session, actor="operator", action="partnership:change", subject="a test")

    def its_name(session: Session, here: Partnership) -> str:
        return recalled.recalled(as_at(session, here), "its name", lambda: here.name)

    with transaction(engine) as session:
        place = make_world(session).partnership.id
    renamed("Before")
    recalled.forget()
    with open_session(engine) as reader:
        found = reader.get_one(Partnership, place)  # as a view finds it, before it asks as at when
        renamed("After")
        assert its_name(reader, found) == "Before"
    with open_session(engine) as session:
        assert its_name(session, session.get_one(Partnership, place)) == "After"
