"""An upload from its file to its drafts: recognised, checked, asked about where something is asked, and kept whole or not at all.

The bytes are dropped when they are read; their digest stays. What asks nothing is kept at once. A file with errors, with
queries that nobody explained, or with other figures than a colleague's waits for its sender's answer. What may name a
person is not even held (security.md T5): its sender sends it again and says that it does not.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from hub.calendar.models import DueItem
from hub.clock import real_now
from hub.definitions.model import Definition
from hub.definitions.offered import named, offered
from hub.errors import AreYouSure, NotReady
from hub.facts.interning import CHUNK
from hub.partners.policy import Actor, Permission, agencies_with
from hub.post import jobs
from hub.submissions import drafts
from hub.submissions.drafts import Saved
from hub.submissions.earlier import with_history
from hub.submissions.models import Upload, UploadSubmission
from hub.submissions.scope import scope_for
from hub.submissions.upload_held import Held, findings_alone, held, hold, let_go
from hub.submissions.upload_queries import OWN_COLUMNS, File, reaches
from hub.submissions.upload_said import Said, said_of
from hub.validation.checker import Checks
from hub.validation.outcome import Outcome

REFUSED = "The file was not read, and nothing was kept. Put right what is listed below and upload it again."
NO_ROW = "No row of the file belongs to a return that you may send, so nothing was kept."
GONE = "This file is not waiting any more, so nothing was kept. Upload it again."


def begin(
    session: Session, actor: Actor, file: File, definition: Definition, *, state: str, before: int = 0
) -> Upload:
    """A new upload. Nothing of the file is in it but its digest."""
    upload = Upload(
        person_id=actor.id,
        return_code=definition.code,
        version=definition.version,
        channel=file.received.channel,
        file_digest=file.digest,
        mapping=file.mapping,
        take_hidden=file.received.take_hidden,
        sure=file.sure,
        state=state,
        said=Said(before=before).as_text(),
        made_at=real_now(),
    )
    session.add(upload)
    session.flush()
    return upload


def check(session: Session, actor: Actor, checks: Checks, file: File, definition: Definition) -> Outcome:
    """What the checker says of a file in everything that the actor may speak about. Raises Busy, and NotReady for a mapping."""
    own = agencies_with(actor, Permission.DRAFT_WRITE, part=definition.part)
    known = offered(session, definition, agency_ids=own)
    scope = scope_for(session, definition, agency_ids=sorted(own))
    scope = replace(scope, meant=file.meant)
    return checks.check(
        file.received,
        definition,
        with_history(session, definition, scope),
        mapping=named(file.mapping, known) if file.mapping not in ("", OWN_COLUMNS) else None,
        offered=() if file.mapping else tuple(known.values()),
    )


def settle(session: Session, actor: Actor, upload: Upload, outcome: Outcome, *, secret_key: str) -> None:
    """Keep a checked file where it asks nothing; else say why not, or hold it until its sender answers."""
    before = Said.from_text(upload.said).before
    let_go(session, upload)
    try:
        if not upload.sure:
            drafts.check_names(outcome, upload.channel)
        if not reaches(session, actor, upload.return_code, [part.due_item_id for part in outcome.parts]):
            hold(session, upload, Held(findings_alone(outcome), {}, {}), secret_key=secret_key)
            _end(upload, "refused", said_of(outcome, complaint=REFUSED if outcome.refused else NO_ROW))
            return
        with session.begin_nested() as trial:
            saved = drafts.save(session, actor, outcome, channel=upload.channel, sure=upload.sure)
            said = said_of(outcome, saved, before=before)
            if not _asks(said, saved):
                _kept(session, upload, said, saved)
                return
            trial.rollback()
    except NotReady as error:
        _end(
            upload,
            "refused",
            Said(read=outcome.rows, complaint=error.sentence, asks_sure=isinstance(error, AreYouSure)),
        )
        return
    explanations = {key: words for each in saved for key, words in each.explanations.items()}
    seen = {each.due_item_id: each.sequence - (not each.unchanged) for each in saved}
    hold(session, upload, Held(_without_figures(outcome), seen, explanations), secret_key=secret_key)
    _end(upload, "asking", said)


def refuse(session: Session, upload: Upload, complaint: str) -> None:
    """Nothing of it is kept, for a reason that is no finding."""
    let_go(session, upload)
    _end(upload, "refused", Said(complaint=complaint))
    session.flush()


def _asks(said: Said, saved: Sequence[Saved]) -> bool:
    return bool(said.errors or said.unexplained or said.before or any(each.replaced for each in saved))


def _without_figures(outcome: Outcome) -> Outcome:
    """Drafts keep rows; the figures that the check made of them are made again when they are signed."""
    return replace(outcome, parts=tuple(replace(part, cells=()) for part in outcome.parts))


def keep(
    session: Session,
    actor: Actor,
    upload: Upload,
    *,
    words: Mapping[str, str],
    over_others: bool,
    secret_key: str,
) -> None:
    """Keep a file that waited, with the words that explain its queries, in one step.

    Errors: ColleaguesDraft where it takes the place of a colleague's figures and the sender did not say so; Conflict where
    somebody was there since the sender was asked; NotReady where it waits no longer.
    """
    if upload.state == "kept":
        return
    waiting = held(session, upload, secret_key=secret_key) if upload.state == "asking" else None
    if waiting is None or not reaches(session, actor, upload.return_code, waiting.seen):
        raise NotReady(GONE)
    saved = drafts.save(
        session,
        actor,
        waiting.outcome,
        channel=upload.channel,
        seen=waiting.seen,
        sure=upload.sure,
        over_others=over_others,
        words=words,
    )
    _kept(session, upload, said_of(waiting.outcome, saved), saved)


def ask_again(session: Session, actor: Actor, upload: Upload, *, secret_key: str) -> None:
    """Somebody was there since the sender was asked: the questions as things stand now."""
    waiting = held(session, upload, secret_key=secret_key) if upload.state == "asking" else None
    if waiting is not None:
        settle(session, actor, upload, waiting.outcome, secret_key=secret_key)


def put_aside(session: Session, upload: Upload) -> None:
    """Its sender does not want it kept, or a later file took its place."""
    if upload.state == "kept":
        return
    let_go(session, upload)
    if upload.job_id is not None:
        jobs.call_off(session, upload.job_id, fault=jobs.CALLED_OFF, now=real_now())
    upload.state = "dropped"
    session.flush()


def _kept(session: Session, upload: Upload, said: Said, saved: Sequence[Saved]) -> None:
    let_go(session, upload)
    _end(upload, "kept", said)
    session.flush()
    items = [each.due_item_id for each in saved]
    tenants = _tenants(session, items)
    session.execute(
        insert(UploadSubmission),
        [
            {
                "partnership_id": tenants[each.due_item_id],
                "upload_id": upload.id,
                "due_item_id": each.due_item_id,
                "sequence": each.sequence,
                "digest": each.document_digest,
            }
            for each in saved
        ],
    )
    _clear_earlier(session, upload, set(items))


def _clear_earlier(session: Session, upload: Upload, items: Collection[int]) -> None:
    """A good file clears what is left of its sender's earlier attempts at the same returns."""
    query = select(Upload).where(
        Upload.person_id == upload.person_id,
        Upload.return_code == upload.return_code,
        Upload.id < upload.id,
        Upload.state.in_(("asking", "refused")),
    )
    for earlier in session.scalars(query):
        tried = {each.id for each in Said.from_text(earlier.said).submissions}
        if not tried or tried & set(items):
            put_aside(session, earlier)


def _tenants(session: Session, items: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for start in range(0, len(items), CHUNK):
        query = select(DueItem.id, DueItem.partnership_id).where(DueItem.id.in_(items[start : start + CHUNK]))
        found.update((row[0], row[1]) for row in session.execute(query))
    return found


def _end(upload: Upload, state: str, said: Said) -> None:
    upload.state, upload.said = state, said.as_text()
