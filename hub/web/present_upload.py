"""An upload's page: what was read, what is asked, who was there before; and the files of a person that still wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.clock import LONDON
from hub.definitions import catalogue
from hub.definitions.mapping_model import ColumnMapping
from hub.definitions.model import Definition
from hub.definitions.offered import offered
from hub.partners.models import Person
from hub.partners.policy import Permission
from hub.post.models import Job
from hub.submissions import events, upload_queries
from hub.submissions.models import SubmissionEvent, Upload
from hub.submissions.queries import my_list
from hub.submissions.upload_held import Held
from hub.submissions.upload_said import Said
from hub.web import present_findings, reach
from hub.web.present_findings import Findings

HEADINGS = {
    "reading": "Your file is being read",
    "asking": "Before your file is kept",
    "refused": "Your file was not kept",
    "kept": "What was read",
    "repeated": "This file came before",
    "dropped": "This file is not kept",
}


@dataclass(frozen=True)
class Shown:
    upload: Upload
    said: Said
    definition: Definition
    mapping: ColumnMapping | None  # that read the file's own columns
    findings: Findings | None  # while they are held
    names: dict[int, str]  # of the submissions in it, as people call them
    replaced: dict[int, str]  # by submission, whose other figures it takes the place of
    before: str  # who sent this very file before, and when
    progress: str  # how far the worker is


def shown(session: Session, upload: Upload, held: Held | None, *, person_id: int) -> Shown:
    said = Said.from_text(upload.said)
    definition = catalogue.definition(session, upload.return_code)
    own = reach.agency_ids(Permission.DRAFT_WRITE, part=definition.part)
    return Shown(
        upload=upload,
        said=said,
        definition=definition,
        mapping=offered(session, definition, agency_ids=own).get(said.mapping or ""),
        findings=present_findings.present(held.outcome.findings, dict(held.explanations)) if held else None,
        names=_names(session, [each.id for each in said.submissions]),
        replaced=_replaced(session, said),
        before=_before(session, said.before, person_id=person_id) if said.before else "",
        progress=_progress(session, upload) if upload.state == "reading" else "",
    )


def _names(session: Session, ids: Sequence[int]) -> dict[int, str]:
    found = my_list(session, None, due_item_ids=ids) if ids else []
    several = len({each.partnership for each in found}) > 1
    return {
        each.due_item_id: f"{each.agency_name}, {each.period.name}{f' ({each.partnership})' if several else ''}"
        for each in found
    }


def _progress(session: Session, upload: Upload) -> str:
    job = session.get(Job, upload.job_id) if upload.job_id is not None else None
    if job is None or job.state in ("done", "failed"):
        return "It was lost on its way, and nothing of it was kept. Put it aside and upload it again"
    if job.state == "waiting":
        return "It waits for the files before it"
    again = f" (begun {job.attempts} times)" if job.attempts > 1 else ""
    return f"{job.stage or 'It was begun'}{again}"


def _replaced(session: Session, said: Said) -> dict[int, str]:
    sequences = {each.id: each.replaced for each in said.takes_place}
    query = select(SubmissionEvent).where(SubmissionEvent.due_item_id.in_(sequences))
    return {
        event.due_item_id: events.said(session, event)
        for event in session.scalars(query)
        if event.sequence == sequences[event.due_item_id]
    }


def _before(session: Session, upload_id: int, *, person_id: int) -> str:
    """ "Ann Smith sent this very file on 12 May 2014 at 10:03", by the clock of its partnership."""
    earlier = session.get_one(Upload, upload_id)
    filled = upload_queries.filled_by(session, earlier)
    sequences = {each.due_item_id: each.sequence for each in filled}
    query = select(SubmissionEvent).where(
        SubmissionEvent.due_item_id.in_(list(sequences)[:1]), SubmissionEvent.kind == "uploaded"
    )
    event = next(
        (each for each in session.scalars(query) if each.sequence == sequences[each.due_item_id]), None
    )
    local = (event.at if event else earlier.made_at).astimezone(LONDON)
    person = session.get(Person, earlier.person_id)
    who = "You" if earlier.person_id == person_id else person.name if person else "Somebody"
    return f"{who} sent this very file on {local.day} {local:%B %Y} at {local:%H:%M}"


@dataclass(frozen=True)
class Waiting:
    """A file of the person that is being read or waits for an answer."""

    upload: Upload
    title: str
    said: Said


def waiting(session: Session, uploads: Sequence[Upload]) -> list[Waiting]:
    return [
        Waiting(each, catalogue.definition(session, each.return_code).title, Said.from_text(each.said))
        for each in uploads
    ]
