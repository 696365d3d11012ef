"""Large files: left to the worker with the request, read and settled there, and told by mail.

Until then the bytes wait sealed under the secret key beside their job, a day at most; they go when the job ends, however
it ends. The worker acts with what its sender may do when it gets to it. What it writes, it writes in the transaction that
ends the job, so that a worker that dies leaves nothing half done and the next one begins anew.
"""

from __future__ import annotations

import json
import logging
from datetime import timedelta

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from hub import db
from hub.calendar.models import DueItem
from hub.clock import now_for, real_now
from hub.definitions.catalogue import definition
from hub.errors import Busy, NotReady
from hub.intake.table import Received
from hub.partners.models import Membership, Partnership
from hub.partners.policy import Actor, Permission, actor_for, agencies_with, row_scope
from hub.partners.roles import SOME
from hub.partners.secrets import seal, unseal
from hub.post import jobs
from hub.post.jobs import Claimed
from hub.post.models import Job
from hub.post.outbox import Telling, tell
from hub.submissions import uploads
from hub.submissions.models import Upload
from hub.submissions.upload_queries import File
from hub.submissions.upload_said import Said
from hub.validation.checker import Checks

KIND = "upload"
LARGE_BYTES = 5 * 1024 * 1024
LARGE_ROWS = 20_000
PACKED_ROW_BYTES = (
    20  # a row of a workbook takes as much, packed, at least: smaller ones cannot hold so many rows
)
MOST_WAITING = 3  # of one person: their bytes wait in the database
READING, KEEPING = "Reading and checking", "Keeping what was read"
BUSY_AGAIN = timedelta(seconds=5)
_PURPOSE = "upload file"


def is_large(received: Received) -> bool:
    """Whether the file is the worker's: told from its bytes, since nothing of it may be read before it is checked."""
    content = received.content
    if len(content) >= LARGE_BYTES:
        return True
    if received.channel == "xlsx":
        return len(content) >= LARGE_ROWS * PACKED_ROW_BYTES
    return max(content.count(b"\n"), content.count(b"\r")) > LARGE_ROWS


def put(session: Session, upload: Upload, file: File, *, secret_key: str) -> None:
    """Leave an upload to the worker, with its bytes. Raises NotReady where too many of its sender's wait already."""
    waiting = select(func.count()).where(
        Job.person_id == upload.person_id, Job.state.in_(("waiting", "running"))
    )
    if (session.scalar(waiting) or 0) >= MOST_WAITING:
        raise NotReady(
            f"{MOST_WAITING} large files of yours wait already, so this one was not kept. Wait until one of them is read."
        )
    received = file.received
    about = {"filename": received.filename, "meant": file.meant, "period": received.period}
    head = json.dumps(about).encode()
    upload.job_id = jobs.put(
        session,
        KIND,
        person_id=upload.person_id,
        about={"return_code": upload.return_code, "upload": upload.id},
        sealed=seal(secret_key, _PURPOSE, head + b"\n" + received.content),
        now=real_now(),
    )
    session.flush()


def do_next(engine: Engine, checks: Checks, *, secret_key: str) -> bool:
    """Do the job that waited longest; False where none waits."""
    with db.transaction(engine) as session:
        claimed = jobs.claim(session, now=real_now())
    if claimed is None:
        return False
    try:
        _do(engine, claimed, checks, secret_key=secret_key)
    except Busy:
        with db.transaction(engine) as session:
            jobs.give_back(session, claimed, now=real_now(), after=BUSY_AGAIN)
        return False
    except jobs.Lost:
        logging.getLogger("hub").warning("job %s was taken over or called off", claimed.id)
    return True


def _do(engine: Engine, claimed: Claimed, checks: Checks, *, secret_key: str) -> None:
    plain = b"" if claimed.is_hopeless else unseal(secret_key, _PURPOSE, claimed.sealed)
    with db.open_session(engine) as session:
        actor = actor_for(session, claimed.person_id)
        scope = row_scope(session, actor)
    if not plain:
        with db.transaction(engine, partnerships=scope) as session:
            _give_up(session, actor, claimed.id, jobs.GIVEN_UP)
        return
    _stage(engine, claimed, READING)
    with db.open_session(engine, partnerships=scope) as session:
        upload = session.get_one(Upload, claimed.about["upload"])
        text = definition(session, upload.return_code)
        try:
            outcome = uploads.check(session, actor, checks, _file(upload, plain), text)
            fault = ""
        except NotReady as error:
            fault = error.sentence
    _stage(engine, claimed, KEEPING)
    with db.transaction(engine, partnerships=scope) as session:
        actor = actor_for(session, claimed.person_id)  # what they may do may have ended meanwhile
        upload = session.scalars(select(Upload).where(Upload.id == upload.id).with_for_update()).one()
        upload.version = text.version
        if fault:
            uploads.refuse(session, upload, fault)
        else:
            uploads.settle(session, actor, upload, outcome, secret_key=secret_key)
        jobs.finish(session, claimed, result="", now=real_now())
        _tell(session, actor, upload)


def _stage(engine: Engine, claimed: Claimed, words: str) -> None:
    with db.transaction(engine) as session:
        jobs.go_on(session, claimed, stage=words, now=real_now())


def _file(upload: Upload, plain: bytes) -> File:
    line, _, content = plain.partition(b"\n")
    head = json.loads(line)
    received = Received(
        channel="xlsx" if upload.channel == "xlsx" else "csv",
        filename=head["filename"],
        content=content,
        take_hidden=upload.take_hidden,
        period=head.get("period", ""),
    )
    return File(received, mapping=upload.mapping, sure=upload.sure, meant=head.get("meant"))


def end_old(session: Session) -> None:
    """Bytes wait a day at most: what no worker came to is given up, and told."""
    for job_id in jobs.old(session, now=real_now()):
        person_id = session.scalars(select(Job.person_id).where(Job.id == job_id)).one()
        _give_up(session, actor_for(session, person_id), job_id, jobs.NO_WORKER)


def _give_up(session: Session, actor: Actor, job_id: int, why: str) -> None:
    """Its upload is locked before its job, as by everybody."""
    upload = session.scalars(select(Upload).where(Upload.job_id == job_id).with_for_update()).first()
    jobs.call_off(session, job_id, fault=why, now=real_now())
    if upload is not None and upload.state == "reading":
        uploads.refuse(session, upload, why)
        _tell(session, actor, upload)


def _tell(session: Session, actor: Actor, upload: Upload) -> None:
    """By mail, without a figure: where its page is, and whether anything was read."""
    place = _place(session, actor, upload)
    if place is None or upload.state == "dropped":
        return
    kind = "upload-failed" if upload.state == "refused" else "upload-done"
    told = Telling(
        partnership_id=place.id,
        kind=kind,
        occasion=str(upload.id),
        made_at=now_for(place),
        person_id=upload.person_id,
    )
    tell(session, [told])


def _place(session: Session, actor: Actor, upload: Upload) -> Partnership | None:
    """The partnership in whose name the mail goes: that of the first return in the file, else one of the sender's agencies'."""
    said = Said.from_text(upload.said)
    if said.submissions:
        query = select(DueItem.partnership_id).where(DueItem.id == said.submissions[0].id)
    else:
        own = agencies_with(actor, Permission.DRAFT_WRITE, part=SOME)
        query = select(Membership.partnership_id).where(Membership.agency_id.in_(own))
    found = session.scalars(
        query.order_by(DueItem.partnership_id if said.submissions else Membership.id)
    ).first()
    return session.get(Partnership, found) if found is not None else None
