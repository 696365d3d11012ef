"""Edit, send, sign, send back and withdraw from two processes at once, on both engines (security.md R4).

HUB_SOAK_ROUNDS chooses how many rounds; HUB_SOAK_SEED repeats one run.
"""

import os
import random
from collections import Counter

from hub.db import make_engine, transaction
from tests.submissions.race_of_two import race
from tests.submissions.submission_world import make_desk

ROUNDS = int(os.environ.get("HUB_SOAK_ROUNDS", "200"))


def test_races(database_url: str) -> None:
    seed = int(os.environ.get("HUB_SOAK_SEED", random.randrange(2**32)))
    engine = make_engine(database_url)
    with transaction(engine) as session:
        desk = make_desk(session)
    engine.dispose()
    found = race(database_url, desk, rounds=ROUNDS, seed=seed)
    done = Counter(each.act for each in found if not each.said)
    told = sum(each.conflict for each in found)
    print(
        f"\nseed {seed}: {ROUNDS} rounds, done {dict(done)}, second and told who and when {told}, illegal 0"
    )
    assert told and set(done) >= {"edit", "withdraw", "sign", "send_back"}
