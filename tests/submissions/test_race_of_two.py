"""Two processes racing on the same return: a cut of what `make soak` runs for 200 rounds (security.md R4)."""

import random

from hub.db import make_engine, transaction
from tests.submissions.race_of_two import race
from tests.submissions.submission_world import read_desk

ROUNDS = 12


def test_two_processes_leave_no_illegal_history(sqlite_url: str) -> None:
    engine = make_engine(sqlite_url)
    with transaction(engine) as session:
        desk = read_desk(session)
    engine.dispose()
    found = race(sqlite_url, desk, rounds=ROUNDS, seed=random.randrange(2**32))
    assert len(found) == 2 * ROUNDS and any(not each.said for each in found)
