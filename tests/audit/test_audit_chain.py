"""The chain is appended last, rolls back with its transaction, and shows any tampering."""

import copy
import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from hub.audit.canonical import digest_of
from hub.audit.chain import checkpoint_file, record, seal
from hub.audit.models import AuditChain, AuditEntry
from hub.audit.verify import first_fault, verify_chain
from hub.db import open_session, transaction


def act(session: Any, number: int) -> None:
    record(session, actor="person:7", action="draft:edit", subject=f"submission:{number}", partnership_id=1)


def test_entries_follow_one_another_and_verify(engine: Engine, checkpoints: Path) -> None:
    for number in range(3):
        with transaction(engine) as session:
            act(session, number)
            act(session, number + 100)
    with open_session(engine) as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence)).all()
        assert [entry.sequence for entry in entries] == [1, 2, 3, 4, 5, 6]
        assert entries[1].previous_hash == entries[0].hash
        assert verify_chain(session, checkpoints) is None


def test_what_is_rolled_back_leaves_no_entry(engine: Engine) -> None:
    with pytest.raises(RuntimeError), transaction(engine) as session:
        act(session, 1)
        raise RuntimeError("the change failed")
    with transaction(engine) as session:
        act(session, 2)
    with open_session(engine) as session:
        assert session.scalars(select(AuditEntry.subject)).all() == ["submission:2"]


def test_a_checkpoint_is_written_outside_the_database_each_hundred_entries(
    engine: Engine, checkpoints: Path
) -> None:
    with transaction(engine) as session:
        act(session, 0)
    with transaction(engine) as session:
        for number in range(199):
            act(session, number)
    with open_session(engine) as session:
        head = session.get_one(AuditChain, 1)
        lines = checkpoint_file(checkpoints, head.origin).read_text().splitlines()
        assert [json.loads(line)["sequence"] for line in lines] == [1, 200]
        assert json.loads(lines[-1])["hash"] == head.hash


ORIGIN = "0123456789abcdef"


def chain_of(length: int, *, start: int = 1, previous: str | None = None) -> list[dict[str, Any]]:
    entries = []
    previous = previous or digest_of(ORIGIN)
    for sequence in range(start, start + length):
        entry: dict[str, Any] = {
            "chain_id": 1,
            "sequence": sequence,
            "at": datetime(2026, 1, 1, tzinfo=UTC),
            "actor": "person:7",
            "action": "draft:edit",
            "subject": f"submission:{sequence}",
            "partnership_id": 1,
            "detail": "{}",
            "previous_hash": previous,
        }
        previous = entry["hash"] = seal(entry)
        entries.append(entry)
    return entries


CHAIN = chain_of(300)
MARKS = [(entry["sequence"], entry["hash"]) for entry in CHAIN if entry["sequence"] % 100 == 0]


def tampered(kind: str, place: int) -> tuple[list[dict[str, Any]], int]:
    """A chain with one thing wrong, and the entry that must be named."""
    entries = copy.deepcopy(CHAIN)
    if kind == "change":
        entries[place]["subject"] = "submission:999"
        return entries, place + 1
    if kind == "reseal":
        entries[place]["subject"] = "submission:999"
        entries[place]["hash"] = seal(entries[place])
        # The next entry no longer follows it; one that a checkpoint names is found by the checkpoint.
        return entries, place + 1 if (place + 1) % 100 == 0 else place + 2
    if kind == "delete":
        del entries[place]
        return entries, place + 1
    if kind == "insert":
        entries.insert(place, copy.deepcopy(entries[place - 1]))
        return entries, place + 1
    if kind == "swap":
        entries[place], entries[place + 1] = entries[place + 1], entries[place]
        return entries, place + 1
    if kind == "cut":
        return entries[:place], 100 * (place // 100 + 1)
    rewritten = entries[:place] + chain_of(300 - place, start=place + 1, previous=digest_of("other"))
    for entry, before in zip(rewritten[place:], rewritten[place - 1 :], strict=False):
        entry["previous_hash"] = before["hash"]
        entry["subject"] += "!"
        entry["hash"] = seal(entry)
    return rewritten, 100 * (place // 100 + 1)


@pytest.mark.parametrize("kind", ["change", "reseal", "delete", "insert", "swap", "cut", "rewrite"])
def test_tampering_shows_and_the_first_bad_entry_is_named(kind: str) -> None:
    seed = random.randrange(2**32)
    places = random.Random(seed).sample(range(1, 298), 20)
    for place in places:
        entries, bad = tampered(kind, place)
        fault = first_fault(entries, origin=ORIGIN, checkpoints=MARKS)
        assert fault is not None and f"entry {bad}" in fault, (seed, kind, place, fault)


def test_a_whole_chain_raises_no_alarm() -> None:
    assert first_fault(CHAIN, origin=ORIGIN, checkpoints=MARKS) is None


def test_another_databases_chain_is_not_taken_for_this_one() -> None:
    assert (
        first_fault(CHAIN, origin="fedcba9876543210") == "audit entry 1 does not follow the entry before it"
    )
