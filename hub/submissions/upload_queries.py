"""Which uploads a person may look at, and whether a file came before. Another's upload reads like an absent one (security.md P1)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from hub.audit.canonical import digest_of
from hub.calendar.models import DueItem
from hub.definitions import catalogue
from hub.definitions.mapping_models import AgencyMapping
from hub.definitions.model import Definition
from hub.errors import NotFound
from hub.facts.interning import CHUNK
from hub.intake.table import Received
from hub.partners.policy import Actor, Permission, agencies_with
from hub.submissions.models import Draft, Upload, UploadSubmission
from hub.submissions.upload_said import Said

OWN_COLUMNS = "-"  # of the return, as the template has them
LARGEST_NUMBER = 2**63 - 1  # what a database can look up
ABSENT = "There is nothing here that you can see. Check the address, or go back to your home page."


@dataclass(frozen=True)
class File:
    """A file as it came and how its sender says that it is to be read. `mapping` is a name, OWN_COLUMNS, or nothing: then
    the headings say which. `sure`: it names no child, patient or family. `meant` is the return from whose page it came."""

    received: Received
    mapping: str = ""
    sure: bool = False
    meant: int | None = None

    @property
    def digest(self) -> str:
        """Of the bytes, and of the period that the sender says where they do not."""
        said = f"\n{self.received.period}".encode() if self.received.period else b""
        return hashlib.sha256(self.received.content + said).hexdigest()


def came_before(session: Session, actor: Actor, file: File, definition: Definition) -> Upload | None:
    """The kept upload of the very same file, read in the same way, for the same return by the person's own agencies.

    Where one of their mappings was changed since, the file may be read otherwise now: it did not come before.
    """
    own = agencies_with(actor, Permission.DRAFT_WRITE, part=definition.part)
    changed_at = session.scalar(
        select(func.max(AgencyMapping.at)).where(
            AgencyMapping.agency_id.in_(own), AgencyMapping.return_code == definition.code
        )
    )
    query = (
        select(Upload)
        .where(
            Upload.file_digest == file.digest,
            Upload.return_code == definition.code,
            Upload.version == definition.version,
            Upload.mapping == file.mapping,
            Upload.take_hidden == file.received.take_hidden,
            Upload.state == "kept",
        )
        .order_by(Upload.made_at.desc())
    )
    if changed_at is not None:
        query = query.where(Upload.made_at > changed_at)
    for upload in session.scalars(query):
        filled = [each.due_item_id for each in filled_by(session, upload)]
        if reaches(session, actor, definition.code, filled) and file.meant in (None, *filled):
            return upload
    return None


def filled_by(session: Session, upload: Upload) -> Sequence[UploadSubmission]:
    """The submissions that a kept file filled, as far as the session sees them."""
    query = select(UploadSubmission).where(UploadSubmission.upload_id == upload.id)
    return session.scalars(query.order_by(UploadSubmission.due_item_id)).all()


def still_stands(session: Session, upload: Upload) -> bool:
    """Whether the figures of a kept file are those that stand in its drafts now."""
    query = (
        select(UploadSubmission.digest, Draft.document)
        .join(
            Draft,
            and_(
                Draft.partnership_id == UploadSubmission.partnership_id,
                Draft.id == UploadSubmission.due_item_id,
            ),
        )
        .where(UploadSubmission.upload_id == upload.id)
    )
    found = session.execute(query).all()
    return bool(found) and all(digest == digest_of(document) for digest, document in found)


def reaches(session: Session, actor: Actor, return_code: str, due_item_ids: Iterable[int]) -> bool:
    """Whether all of these are of agencies for which the actor prepares this return now; not, where there are none."""
    part, wanted, found = catalogue.definition(session, return_code).part, sorted(set(due_item_ids)), 0
    own = agencies_with(actor, Permission.DRAFT_WRITE, part=part)
    for start in range(0, len(wanted), CHUNK):
        query = select(DueItem.agency_id).where(DueItem.id.in_(wanted[start : start + CHUNK]))
        agency_ids = session.scalars(query).all()
        if not own.issuperset(agency_ids):
            return False
        found += len(agency_ids)
    return bool(wanted) and found == len(wanted)


def own(session: Session, actor: Actor, upload_id: int, *, lock: bool = False) -> Upload:
    """The actor's own upload. NotFound where it is another's, or of agencies that are theirs no longer."""
    if upload_id > LARGEST_NUMBER:
        raise NotFound(ABSENT)
    query = select(Upload).where(Upload.id == upload_id, Upload.person_id == actor.id)
    upload = session.scalars(query.with_for_update() if lock else query).first()
    if upload is None or actor.kind != "person":
        raise NotFound(ABSENT)
    listed = [each.id for each in Said.from_text(upload.said).submissions]
    if listed and not reaches(session, actor, upload.return_code, listed):
        raise NotFound(ABSENT)
    return upload


def open_of(session: Session, person_id: int) -> Sequence[Upload]:
    """The person's files that wait for something, latest first."""
    query = select(Upload).where(Upload.person_id == person_id, Upload.state.in_(("reading", "asking")))
    return session.scalars(query.order_by(Upload.made_at.desc(), Upload.id.desc())).all()
