"""Racing people lose and double nothing: the loser is told, what is signed is what was shown (security.md R3, R4)."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine, func, select

from hub.db import open_session, transaction
from hub.errors import HubError
from hub.facts.models import Revision
from hub.submissions import drafted, drafts, events, sign_off
from hub.submissions.models import SubmissionEvent
from tests.submissions.submission_world import Desk, outcome, read_desk, rechecks, reopen

ROUNDS = 25


def signed_by(engine: Engine, desk: Desk, shown: str) -> str:
    with open_session(engine) as session:
        checked = sign_off.prepare(session, desk.due_item_id, rechecks(desk))
    with transaction(engine) as session:
        actor = desk.actor(session, "sgn.rxt")
        return sign_off.sign(session, actor, checked, shown_digest=shown).digest


def edited(engine: Engine, desk: Desk, total: str, seen: int) -> str:
    with transaction(engine) as session:
        actor = desk.actor(session, "sub.rxt")
        at = sign_off.withdraw(session, actor, desk.due_item_id, seen=seen)
        drafts.save(
            session, actor, outcome(desk, total), channel="form", seen={desk.due_item_id: at.sequence}
        )
    return "edited"


def sent_back(engine: Engine, desk: Desk, seen: int) -> str:
    with transaction(engine) as session:
        actor = desk.actor(session, "sgn.rxt")
        sign_off.send_back(session, actor, desk.due_item_id, reason="Look again.", seen=seen)
    return "sent back"


def at_once(*acts: Callable[[], str]) -> list[str | HubError]:
    """Run acts in threads that start together; an act gives its answer or the error that a person would read."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], str]) -> str | HubError:
        start.wait()
        try:
            return act()
        except HubError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def send_anew(engine: Engine, desk: Desk, total: str) -> tuple[str, int]:
    """Bring the submission to `sent` with a total; returns what a signatory is then shown."""
    with transaction(engine) as session:
        actor = desk.actor(session, "sub.rxt")
        at = events.standing(session, desk.due_item_id)
        if at.status == "sent":
            sign_off.withdraw(session, actor, desk.due_item_id)
        if at.status == "signed":
            reopen(session, desk, "Once more.")
        drafts.save(session, actor, outcome(desk, total), channel="form")
        now = sign_off.send(session, actor, desk.due_item_id)
        draft = drafted.read(session, desk.world.partnership.id, desk.due_item_id)
        assert draft is not None
        return draft.digest, now.sequence


def test_signing_editing_and_sending_back_at_once_leave_one_winner(engine: Engine) -> None:
    with transaction(engine) as session:
        desk = read_desk(session)
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    winners = []
    for number in range(ROUNDS):
        shown, seen = send_anew(engine, desk, str(1000 + number))
        other = str(5000 + number)
        acts: list[Callable[[], str]] = [
            lambda shown=shown: signed_by(engine, desk, shown),  # type: ignore[misc]
            lambda other=other, seen=seen: edited(engine, desk, other, seen),  # type: ignore[misc]
            lambda seen=seen: sent_back(engine, desk, seen),  # type: ignore[misc]
        ]
        chance.shuffle(acts)
        answers = at_once(*acts)
        won = [answer for answer in answers if isinstance(answer, str)]
        assert len(won) == 1, (seed, number, answers)
        winners.append(won[0])
        with open_session(engine) as session:
            status = events.standing(session, desk.due_item_id).status
            last = session.scalars(select(Revision).order_by(Revision.number.desc())).first()
        expected = {"edited": "draft", "sent back": "sent_back"}.get(won[0], "signed")
        assert status == expected, (seed, number)
        if expected == "signed":
            assert last is not None and last.digest == shown == won[0], (seed, number)
    with open_session(engine) as session:
        kinds = session.scalars(select(SubmissionEvent.kind).order_by(SubmissionEvent.sequence)).all()
        assert session.scalar(select(func.count()).select_from(Revision)) == kinds.count("signed")
    events.fold(kinds)


def test_a_double_click_signs_once_and_both_get_the_same_receipt(engine: Engine) -> None:
    with transaction(engine) as session:
        desk = read_desk(session)
    shown, _ = send_anew(engine, desk, "12")
    answers = at_once(*[lambda: signed_by(engine, desk, shown)] * 4)
    assert answers == [shown] * 4
    with open_session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Revision)) == 1


def test_two_people_saving_at_once_leave_one_and_tell_the_other(engine: Engine) -> None:
    with transaction(engine) as session:
        desk = read_desk(session)
        actor = desk.actor(session, "sub.rxt")
        (first,) = drafts.save(session, actor, outcome(desk, "10"), channel="form")

    def save(name: str, total: str) -> str:
        with transaction(engine) as session:
            drafts.save(
                session,
                desk.actor(session, name),
                outcome(desk, total),
                channel="form",
                seen={desk.due_item_id: first.sequence},
            )
        return total

    answers = at_once(lambda: save("sub.rxt", "11"), lambda: save("led.rxt", "12"))
    (kept,) = (answer for answer in answers if isinstance(answer, str))
    (told,) = (answer for answer in answers if isinstance(answer, HubError))
    assert "saved this return on 18 May 2015" in told.sentence
    with open_session(engine) as session:
        draft = drafted.read(session, desk.world.partnership.id, desk.due_item_id)
    assert draft is not None and draft.rows[0]["referrals_made"] == kept
