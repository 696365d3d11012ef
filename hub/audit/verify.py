"""Does the audit chain still say what it said? Needs the entries and the checkpoints, no running hub.

Any change, deletion, insertion or swap breaks a hash or a number; a cut tail, a rewritten chain and an older
database contradict a checkpoint. The first bad entry is named.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.audit.canonical import digest_of
from hub.audit.chain import checkpoint_file, seal
from hub.audit.models import CHAIN, AuditChain, AuditEntry


def first_fault(
    entries: Iterable[dict[str, Any]], *, origin: str, checkpoints: Iterable[tuple[int, str]] = ()
) -> str | None:
    """The first thing wrong with a chain given in its order, as a sentence; None where it holds."""
    marks = dict(checkpoints)
    expected, previous = 1, digest_of(origin)
    for entry in entries:
        sequence = entry["sequence"]
        if sequence != expected:
            return f"audit entry {expected} is missing: entry {sequence} stands in its place"
        if entry["previous_hash"] != previous:
            return f"audit entry {sequence} does not follow the entry before it"
        if seal(entry) != entry["hash"]:
            return f"audit entry {sequence} was changed"
        if sequence in marks and marks[sequence] != entry["hash"]:
            return f"audit entry {sequence} is not the one that its checkpoint saw"
        expected, previous = sequence + 1, entry["hash"]
    beyond = sorted(sequence for sequence in marks if sequence >= expected)
    if beyond:
        return f"the chain ends at entry {expected - 1}, but a checkpoint saw entry {beyond[0]}"
    return None


def verify_chain(session: Session, folder: Path) -> str | None:
    """The first fault of the database's chain, compared with the checkpoints in a folder."""
    head = session.get(AuditChain, CHAIN)
    if head is None:
        some = session.scalar(select(AuditEntry.sequence).limit(1))
        return None if some is None else "the audit chain has entries but no head"
    fault = first_fault(
        _entries(session), origin=head.origin, checkpoints=read_checkpoints(folder, head.origin)
    )
    if fault:
        return fault
    last = session.execute(
        select(AuditEntry.sequence, AuditEntry.hash).order_by(AuditEntry.sequence.desc()).limit(1)
    ).first()
    if last is None or (last.sequence, last.hash) != (head.sequence, head.hash):
        return f"the chain’s head says entry {head.sequence}, which is not its last entry"
    return None


def _entries(session: Session) -> Iterator[dict[str, Any]]:
    query = select(AuditEntry.__table__).where(AuditEntry.chain_id == CHAIN).order_by(AuditEntry.sequence)
    for row in session.execute(query.execution_options(yield_per=5000)):
        yield dict(row._mapping)


def read_checkpoints(folder: Path, origin: str) -> list[tuple[int, str]]:
    file = checkpoint_file(folder, origin)
    if not file.exists():
        return []
    lines = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line)
    return [(line["sequence"], line["hash"]) for line in lines]
