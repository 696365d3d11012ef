"""The audit chain: what was done, by whom, to what, each entry sealed with the one before.

`record` only remembers; the entries are appended when the transaction commits, last of all and under one lock, so
that the chain's order is the order of commits and a failure to write them rolls the change back. Checkpoints go to
a folder outside the database, each hundred entries or quarter of an hour. Verifying is in `verify`.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Table, event, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.orm.session import SessionTransaction

from hub.audit.canonical import canonical, digest_of
from hub.audit.models import CHAIN, AuditChain, AuditEntry, PartnershipActs
from hub.clock import real_now
from hub.config import from_environment
from hub.db import HubSession

OPERATOR = "operator"  # who acts on the host's command line

# Acts after which whatever was worked out for readers before still holds: on a draft, which nobody but its own agency
# reads, and on the way of a letter whose notice was there already.
TELL_NOTHING = frozenset(
    {
        "draft:write",
        "draft:explain",
        "answer-link:use",
        "submission:send",
        "submission:withdraw",
        "submission:send-back",
        "post:letters",
        "practice:check",
        "setting:backup",
    }
)

# Acts by their kind, before the colon, of which readers of no other partnership can be told.
TELL_THEIR_OWN = frozenset(
    {"challenge", "dispute", "group", "matter", "measure-note", "meeting", "milestone", "remark"}
)

CHECKPOINT_ENTRIES = 100
CHECKPOINT_SECONDS = 900

_WAITING = "audit_waiting"
_APPENDED = "audit_appended"
_last_checkpoint: dict[str, float] = {}  # origin → monotonic time of this process's last one


@dataclass(frozen=True)
class _Act:
    at: datetime
    actor: str
    action: str
    subject: str
    partnership_id: int | None
    detail: str


class _Waiting(NamedTuple):
    """`tells`: whether readers of any ledger can be told something new; `tells_own`: those of its own partnership's."""

    act: _Act
    tells: bool
    tells_own: bool


def record(
    session: Session,
    *,
    actor: str,
    action: str,
    subject: str,
    partnership_id: int | None = None,
    detail: dict[str, Any] | None = None,
    told_by_position: bool = False,
) -> None:
    """Enter an act in the chain of this transaction. `detail` never holds figures, tokens or names of persons.

    `told_by_position`: only readers of its own partnership's ledger can be told something new by it, and that ledger's position
    moved, which says so.
    """
    act = _Act(real_now(), actor, action, subject, partnership_id, canonical(detail or {}))
    tells = not told_by_position and action not in TELL_NOTHING
    own = tells and partnership_id is not None and action.partition(":")[0] in TELL_THEIR_OWN
    session.info.setdefault(_WAITING, []).append(_Waiting(act, tells and not own, own))


@event.listens_for(HubSession, "before_commit")
def _append(session: Session) -> None:
    waiting: list[_Waiting] = session.info.get(_WAITING, [])
    if not waiting or session.in_nested_transaction():
        return
    session.flush()  # everything else first: whoever waits for the chain's lock holds nothing that others need after it
    head = _lock(session)
    sequence, previous, told = head.sequence, head.hash, head.told
    rows = []
    for act, tells, _ in waiting:
        sequence += 1
        row = _row(act, sequence, previous)
        previous = row["hash"]
        told = previous if tells or not told else told
        rows.append(row)
    session.execute(insert(AuditEntry), rows)
    session.execute(
        update(AuditChain).where(AuditChain.id == CHAIN).values(sequence=sequence, hash=previous, told=told),
        execution_options={"synchronize_session": False},
    )
    for partnership_id in {each.act.partnership_id for each in waiting if each.tells_own}:
        _count(session, partnership_id)
    session.info[_WAITING] = []
    session.info[_APPENDED] = (head.origin, head.sequence, sequence, previous)


def _count(session: Session, partnership_id: int | None) -> None:
    acts = _dialect(session).insert(PartnershipActs).values(partnership_id=partnership_id, count=1)
    here = [PartnershipActs.partnership_id]
    session.execute(
        acts.on_conflict_do_update(index_elements=here, set_={"count": PartnershipActs.count + 1})
    )


def _dialect(session: Session) -> Any:
    return postgresql if session.get_bind().dialect.name == "postgresql" else sqlite


def _lock(session: Session) -> Any:
    table = AuditChain.__table__
    assert isinstance(table, Table)
    query = select(table).where(table.c.id == CHAIN).with_for_update()
    head = session.execute(query).first()
    if head is not None:
        return head
    origin = secrets.token_hex(8)
    first = {"id": CHAIN, "origin": origin, "sequence": 0, "hash": digest_of(origin)}
    session.execute(_dialect(session).insert(table).on_conflict_do_nothing(), first)
    return session.execute(query).one()


def _row(act: _Act, sequence: int, previous: str) -> dict[str, Any]:
    row = {**vars(act), "chain_id": CHAIN, "sequence": sequence, "previous_hash": previous}
    return {**row, "hash": seal(row)}


def seal(row: dict[str, Any]) -> str:
    """The hash of an entry: SHA-256 over the canonical bytes of everything else in it."""
    sealed = {name: value for name, value in row.items() if name != "hash"}
    instant: datetime = row["at"]
    return digest_of(canonical({**sealed, "at": instant.astimezone(UTC).isoformat(timespec="microseconds")}))


@event.listens_for(HubSession, "after_commit")
def _after_commit(session: Session) -> None:
    appended = session.info.pop(_APPENDED, None)
    if appended is None:
        return
    origin, before, sequence, hash_ = appended
    due = time.monotonic() - _last_checkpoint.get(origin, float("-inf")) >= CHECKPOINT_SECONDS
    if due or sequence // CHECKPOINT_ENTRIES > before // CHECKPOINT_ENTRIES:
        _last_checkpoint[origin] = time.monotonic()
        write_checkpoint(Path(from_environment().checkpoints), origin, sequence, hash_)


@event.listens_for(HubSession, "after_soft_rollback")
def _forget(session: Session, previous: SessionTransaction) -> None:
    if not previous.nested:
        session.info.pop(_WAITING, None)
        session.info.pop(_APPENDED, None)


def checkpoint_file(folder: Path, origin: str) -> Path:
    return folder / f"audit-{origin}.jsonl"


def write_checkpoint(folder: Path, origin: str, sequence: int, hash_: str) -> None:
    """Write where the chain stands outside the database. What was committed stays so if the folder cannot be written."""
    line = json.dumps({"sequence": sequence, "hash": hash_, "at": real_now().isoformat()}) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with checkpoint_file(folder, origin).open("a", encoding="utf-8") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        logging.getLogger(__name__).exception(
            "the audit checkpoint at entry %s could not be written", sequence
        )


def set_aside_later_checkpoints(folder: Path, origin: str, sequence: int) -> int:
    """After a restore: keep the checkpoints up to an entry, and put the file that had later ones beside them.

    Returns how many were later. The file set aside is the trace of what the restore took back.
    """
    file = checkpoint_file(folder, origin)
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    kept = [line for line in lines if json.loads(line)["sequence"] <= sequence]
    if len(kept) < len(lines):
        file.rename(file.with_suffix(f".before-restore-{real_now():%Y%m%dT%H%M%S%f}.jsonl"))
        file.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
    return len(lines) - len(kept)
