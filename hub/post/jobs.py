"""Work that a request leaves to the worker: put in with the request, leased while it is done, ended once.

A worker that dies leaves its lease to run out, and the next one begins the job anew; what a job writes, it writes in the
transaction that ends it, so that it counts once. The bytes of a job are sealed and are dropped when it ends.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, or_, select, update
from sqlalchemy.orm import Session

from hub.db import new_id
from hub.post.models import Job, JobFile

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 5
LONGEST_WAIT = timedelta(days=1)
GIVEN_UP = "It was begun five times and never came to an end. Nothing was kept; send it again, or ask your data team."
NO_WORKER = "Nobody came to it in a day. Nothing was kept; ask whoever runs this hub whether its worker runs, and send it again."
CALLED_OFF = "Its sender called it off."


@dataclass(frozen=True)
class Claimed:
    """A job leased to a worker. `attempt` tells its lease from a later one's; a hopeless one is to be failed."""

    id: int
    kind: str
    person_id: int
    about: Mapping[str, Any]
    attempt: int
    sealed: bytes

    @property
    def is_hopeless(self) -> bool:
        return self.attempt > MOST_ATTEMPTS or not self.sealed


class Lost(Exception):
    """The lease ran out and somebody else has the job: nothing of this attempt may be kept."""


def put(
    session: Session,
    kind: str,
    *,
    person_id: int,
    about: Mapping[str, Any],
    sealed: bytes,
    now: datetime,
) -> int:
    """A new job with its sealed bytes; done when a worker gets to it."""
    job = Job(
        id=new_id(),
        kind=kind,
        person_id=person_id,
        about=json.dumps(about),
        state="waiting",
        made_at=now,
    )
    session.add(job)
    session.flush()
    session.add(JobFile(job_id=job.id, sealed=sealed))
    session.flush()
    return job.id


def _free(now: datetime) -> Any:
    return or_(Job.state == "waiting", (Job.state == "running") & (Job.leased_until <= now))


def waits(session: Session, *, now: datetime) -> bool:
    """Whether there is anything to claim: asked without a lock."""
    return session.scalar(select(Job.id).where(_free(now)).limit(1)) is not None


def claim(session: Session, *, now: datetime) -> Claimed | None:
    """The oldest job that waits, or whose worker died; leased to the caller, who commits before working."""
    query = select(Job).where(_free(now)).order_by(Job.made_at, Job.id).limit(1)
    job = session.scalars(query.with_for_update(skip_locked=True)).first()
    if job is None:
        return None
    file = session.get(JobFile, job.id)
    job.state, job.attempts, job.leased_until = "running", job.attempts + 1, now + LEASE
    session.flush()
    sealed = file.sealed if file else b""
    return Claimed(job.id, job.kind, job.person_id, json.loads(job.about), job.attempts, sealed)


def old(session: Session, *, now: datetime) -> list[int]:
    """Jobs that nobody ended in the time that their bytes may wait."""
    query = select(Job.id).where(Job.state.in_(("waiting", "running")), Job.made_at < now - LONGEST_WAIT)
    return list(session.scalars(query))


def go_on(session: Session, claimed: Claimed, *, stage: str = "", now: datetime) -> None:
    """Keep the lease, and say what is being done now. Raises Lost."""
    values: dict[str, Any] = {"leased_until": now + LEASE} | ({"stage": stage} if stage else {})
    done = session.execute(update(Job).where(*_still(claimed)).values(**values))
    if cast("CursorResult[object]", done).rowcount != 1:
        raise Lost


def finish(session: Session, claimed: Claimed, *, result: str, now: datetime) -> None:
    """End it well, in the transaction of what it wrote. Raises Lost."""
    _end_own(session, claimed, state="done", now=now, result=result)


def fail(session: Session, claimed: Claimed, *, fault: str, now: datetime, result: str = "") -> None:
    """End it with a sentence that says what to do. Raises Lost."""
    _end_own(session, claimed, state="failed", now=now, fault=fault, result=result)


def call_off(session: Session, job_id: int, *, fault: str, now: datetime) -> None:
    """End a job that nobody is to do any more, whoever has it: what its worker writes is then lost."""
    job = session.scalars(select(Job).where(Job.id == job_id).with_for_update()).first()
    if job is not None and job.state in ("waiting", "running"):
        _end(session, job_id, state="failed", now=now, fault=fault)


def give_back(session: Session, claimed: Claimed, *, now: datetime, after: timedelta) -> None:
    """It cannot be done now: another attempt comes later."""
    session.execute(update(Job).where(*_still(claimed)).values(leased_until=now + after))


def _still(claimed: Claimed) -> tuple[Any, ...]:
    return Job.id == claimed.id, Job.state == "running", Job.attempts == claimed.attempt


def _end_own(session: Session, claimed: Claimed, **values: Any) -> None:
    go_on(session, claimed, now=values["now"])
    _end(session, claimed.id, **values)


def _end(session: Session, job_id: int, *, now: datetime, **values: Any) -> None:
    session.execute(delete(JobFile).where(JobFile.job_id == job_id))
    session.execute(
        update(Job).where(Job.id == job_id).values(ended_at=now, leased_until=None, stage="", **values)
    )
    session.flush()
