"""Two processes at the same return: each round both do something to what they last saw, and one of them comes second.

The story is checked afterwards: no history that could not have been, nothing signed twice or lost, and whoever came
second was told who was first and when.
"""

from __future__ import annotations

import multiprocessing
import random
import re
from dataclasses import dataclass
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import Any

from sqlalchemy import func, select

from hub.db import make_engine, open_session, transaction
from hub.errors import Conflict, HubError
from hub.facts.models import Revision
from hub.submissions import drafted, drafts, events, sign_off
from hub.submissions.models import SubmissionEvent
from tests.submissions.submission_world import Desk, outcome, rechecks, reopen

TOLD = re.compile(r"^(You \()?(SUB|SGN) of rxt\)? .* on \d+ [A-Z][a-z]+ \d{4} at \d\d:\d\d")
ACTS = {"sub.rxt": ("edit", "send", "withdraw"), "sgn.rxt": ("sign", "send_back")}


@dataclass(frozen=True)
class Answer:
    """What one process was answered in a round. `said` is empty where it was done."""

    round: int
    act: str
    said: str
    conflict: bool


def race(url: str, desk: Desk, *, rounds: int, seed: int) -> list[Answer]:
    """Run the rounds in two processes and check what they leave."""
    context = multiprocessing.get_context("spawn")
    start, answers = context.Barrier(2), context.Queue()
    processes = [
        context.Process(target=_contend, args=(url, desk, name, rounds, seed + number, start, answers))
        for number, name in enumerate(ACTS)
    ]
    for process in processes:
        process.start()
    found = [answers.get(timeout=120) for _ in range(2 * rounds)]
    for process in processes:
        process.join(timeout=60)
        assert process.exitcode == 0
    _check(url, desk, found, seed)
    return found


def _contend(
    url: str, desk: Desk, name: str, rounds: int, seed: int, start: Barrier, answers: Queue[Answer]
) -> None:
    engine, chance = make_engine(url), random.Random(seed)
    for number in range(rounds):
        start.wait()  # nobody looks while the other still acts
        if name == "sub.rxt":
            _make_ready(engine, desk, chance)
        start.wait()
        with open_session(engine) as session:
            at = events.standing(session, desk.due_item_id)
            draft = drafted.read(session, desk.world.partnership.id, desk.due_item_id)
        act = chance.choice(ACTS[name])
        start.wait()
        said, conflict = "", False
        try:
            _do(
                engine,
                desk,
                name,
                act,
                seen=at.sequence,
                shown=draft.digest if draft else "",
                total=str(10 + number),
            )
        except HubError as error:
            said, conflict = error.sentence, isinstance(error, Conflict)
        answers.put(Answer(number, act, said, conflict))
    engine.dispose()


def _make_ready(engine: Any, desk: Desk, chance: random.Random) -> None:
    """Each round begins with something to fight for: mostly a return that waits for its signature."""
    with transaction(engine) as session:
        actor = desk.actor(session, "sub.rxt")
        at = events.standing(session, desk.due_item_id)
        if at.status == "signed":
            reopen(session, desk, "Once more.")
        if at.status != "sent":
            drafts.save(session, actor, outcome(desk, str(chance.randint(10, 99_999))), channel="form")
            if chance.random() < 0.8:
                sign_off.send(session, actor, desk.due_item_id)


def _do(engine: Any, desk: Desk, name: str, act: str, *, seen: int, shown: str, total: str) -> None:
    item = desk.due_item_id
    if act == "sign":
        with open_session(engine) as session:
            checked = sign_off.prepare(session, item, rechecks(desk))
    with transaction(engine) as session:
        actor = desk.actor(session, name)
        if act == "edit":
            drafts.save(session, actor, outcome(desk, total), channel="form", seen={item: seen})
        elif act == "send":
            sign_off.send(session, actor, item, seen=seen)
        elif act == "withdraw":
            sign_off.withdraw(session, actor, item, seen=seen)
        elif act == "send_back":
            sign_off.send_back(session, actor, item, reason="Look again.", seen=seen)
        else:
            receipt = sign_off.sign(session, actor, checked, shown_digest=shown)
            assert receipt.digest == shown  # what is signed is what was shown


def _check(url: str, desk: Desk, found: list[Answer], seed: int) -> None:
    engine = make_engine(url)
    with open_session(engine) as session:
        history = session.scalars(
            select(SubmissionEvent)
            .where(SubmissionEvent.due_item_id == desk.due_item_id)
            .order_by(SubmissionEvent.sequence)
        ).all()
        signed = session.scalar(select(func.count()).select_from(Revision))
    engine.dispose()
    kinds = [event.kind for event in history]
    assert [event.sequence for event in history] == list(range(1, len(history) + 1)), seed
    assert events.fold(kinds) == history[-1].status, seed
    assert kinds.count("signed") == signed, seed
    untold = [each for each in found if each.conflict and not TOLD.match(each.said)]
    assert not untold, (seed, untold[:3])
