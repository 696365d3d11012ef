"""The outbox and the jobs as the data team sees them: to whom, about what, what became of it. Never an address, never a link.

A letter may tell of several partnerships' returns; each data team reads whole letters of its own alone, and of the
others the lines that are its own.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub import periods
from hub.calendar.models import DueItem
from hub.definitions.catalogue import definition
from hub.definitions.models import PeriodRow
from hub.errors import NotFound
from hub.partners.models import Agency, Grant, Membership, Person
from hub.post import outbox
from hub.post.models import AgencyContact, Job, Letter, Notice
from hub.submissions.post_round import GATHERING

PAGE = 50
SHOWN_AS = {
    "waiting": ("Waiting", "grey"),
    "sent": ("Sent", "green"),
    "failed": ("Failed", "red"),
    "dropped": ("Not needed any more", "grey"),
    "shown": ("Shown here only", "blue"),
}
JOB_SHOWN_AS = {
    "waiting": ("Waiting", "grey"),
    "running": ("Being done", "blue"),
    "done": ("Done", "green"),
    "failed": ("Failed", "red"),
}
KINDS = {
    "opened": "Can be answered",
    "due-soon": "Due in five working days",
    "due-today": "Due today",
    "overdue": "Overdue",
    "long-overdue": "Overdue, five working days",
    "escalated": "To the named senior",
    "sent": "Waits for a signature",
    "sent_back": "Sent back",
    "signed": "Signed",
    "closing": "Closing",
    "correction-asked": "Correction asked",
    "answer-link": "New link",
    "challenge-asked": "Question asked",
    "challenge-owned": "Question to answer",
    "challenge-answered": "Question answered",
    "challenge-accepted": "Question closed",
    "challenge-again": "Question open again",
    "challenge-soon": "Question soon due",
    "challenge-late": "Question late",
    "pack-issued": "Pack frozen",
    "pack-pdf": "Pack as PDF",
    "pack-withdrawn": "Pack withdrawn",
    "pack-not-frozen": "Pack not frozen in time",
    "group-list": "List of a group",
    "challenge-unseen": "Question not acknowledged",
    "agreement-opened": "Draft of an agreement opened",
    "agreement-proposed": "Change proposed",
    "agreement-answered": "Proposed change answered",
    "agreement-changed": "Text changed while it was to be signed",
    "agreement-chased": "Reminder about an agreement",
    "agreement-disputed": "Dispute to be ended",
    "agreement-to-sign": "Agreement to sign",
    "agreement-paper": "Paper to confirm",
    "agreement-bound": "Agreement signed",
    "agreement-dropped": "Draft dropped",
    "agreement-ends": "Agreement ends",
    "agreement-review": "Review due",
    "agreement-action": "Action of a review",
    "promise-slipping": "Promise slipping",
    "verdict-disputed": "Verdict disputed",
    "verdict-dispute-late": "Dispute about a verdict late",
    "upload-done": "File read",
    "upload-failed": "File not kept",
    "invited": "Invitation",
    "role-ending": "A role ends",
    "test": "Test",
}


@dataclass(frozen=True)
class Row:
    id: int
    to: str
    subject: str
    state: str
    word: str
    tone: str
    made_at: datetime
    sent_at: datetime | None
    next_at: datetime
    attempts: int
    fault: str


@dataclass(frozen=True)
class Outbox:
    rows: tuple[Row, ...]
    counts: dict[str, int]
    more: bool
    notices_waiting: int
    looked_at: datetime | None


@dataclass(frozen=True)
class Told:
    """One notice of a letter."""

    what: str
    about: str
    due_item_id: int | None
    dropped: str


@dataclass(frozen=True)
class LetterShown:
    row: Row
    body: str  # empty where it also tells of other partnerships
    told: tuple[Told, ...]
    shared: bool  # it also tells of other partnerships
    blanked: bool


@dataclass(frozen=True)
class JobRow:
    what: str
    who: str
    word: str
    tone: str
    stage: str
    attempts: int
    made_at: datetime
    ended_at: datetime | None
    fault: str


def outbox_of(session: Session, partnership_id: int, *, state: str = "", page: int = 1) -> Outbox:
    ours = select(Notice.letter_id).where(
        Notice.partnership_id == partnership_id, Notice.letter_id.is_not(None)
    )
    query = select(Letter).where(Letter.id.in_(ours)).order_by(Letter.made_at.desc(), Letter.id.desc())
    if state:
        query = query.where(Letter.state == state)
    found = session.scalars(query.offset((page - 1) * PAGE).limit(PAGE + 1)).all()
    counts = session.execute(
        select(Letter.state, func.count()).where(Letter.id.in_(ours)).group_by(Letter.state)
    )
    waiting = select(func.count()).where(
        Notice.partnership_id == partnership_id, Notice.letter_id.is_(None), Notice.dropped_at.is_(None)
    )
    return Outbox(
        rows=tuple(_row(session, letter) for letter in found[:PAGE]),
        counts={name: number for name, number in counts},
        more=len(found) > PAGE,
        notices_waiting=session.scalar(waiting) or 0,
        looked_at=outbox.last_round(session, GATHERING),
    )


def letter(session: Session, partnership_id: int, letter_id: int) -> LetterShown:
    """NotFound where a letter tells of nothing of this partnership."""
    found = session.get(Letter, letter_id)
    notices = session.scalars(
        select(Notice).where(Notice.letter_id == letter_id).order_by(Notice.made_at, Notice.id)
    ).all()
    ours = [each for each in notices if each.partnership_id == partnership_id]
    if found is None or not ours:
        raise NotFound("There is no such letter.")
    # The notices of others are not to be seen from here: the letter itself says that there are some.
    shared = found.partnerships > 1
    return LetterShown(
        _row(session, found),
        "" if shared else found.body,
        tuple(_told(session, each) for each in ours),
        shared,
        not found.body,
    )


def _row(session: Session, found: Letter) -> Row:
    word, tone = SHOWN_AS[found.state]
    return Row(
        found.id,
        _recipient(session, found),
        found.subject,
        found.state,
        word,
        tone,
        _made_at(session, found),
        found.sent_at,
        found.next_at,
        found.attempts,
        found.fault,
    )


def _made_at(session: Session, found: Letter) -> datetime:
    """On the clock of the page: an illustrative partnership's own."""
    told = select(func.max(Notice.made_at)).where(Notice.letter_id == found.id)
    return (session.scalar(told) if found.state == "shown" else None) or found.made_at


def _recipient(session: Session, found: Letter) -> str:
    if found.person_id is not None:
        return session.get_one(Person, found.person_id).name
    number = int(found.recipient.partition(":")[2])
    contact = session.scalar(select(AgencyContact).where(AgencyContact.id == number))
    return contact.name if contact else "A contact that was removed"


def _told(session: Session, notice: Notice) -> Told:
    about = ""
    if notice.due_item_id is not None:
        item = session.get_one(DueItem, (notice.partnership_id, notice.due_item_id))
        period = session.get_one(PeriodRow, item.period_id)
        agency = session.get_one(Agency, item.agency_id)
        about = (
            f"{definition(session, item.return_code).title}, {periods.parse(period.code).name}, {agency.name}"
        )
    return Told(KINDS.get(notice.kind, notice.kind), about, notice.due_item_id, notice.why)


def jobs_of(session: Session, partnership_id: int, *, page: int = 1) -> tuple[Sequence[JobRow], bool]:
    """Jobs of persons of the partnership's members and of its own data team, latest first; and whether there are more."""
    members = select(Membership.agency_id).where(Membership.partnership_id == partnership_id)
    people = select(Grant.person_id).where(
        (Grant.partnership_id == partnership_id) | Grant.agency_id.in_(members)
    )
    query = (
        select(Job, Person.name)
        .join(Person, Person.id == Job.person_id)
        .where(Job.person_id.in_(people))
        .order_by(Job.made_at.desc(), Job.id.desc())
        .offset((page - 1) * PAGE)
        .limit(PAGE + 1)
    )
    found = session.execute(query).all()
    return [_job(session, job, name) for job, name in found[:PAGE]], len(found) > PAGE


def _job(session: Session, job: Job, who: str) -> JobRow:
    word, tone = JOB_SHOWN_AS[job.state]
    about = json.loads(job.about)
    title = definition(session, about["return_code"]).title
    return JobRow(
        f"Reading a file for {title}",
        who,
        word,
        tone,
        job.stage,
        job.attempts,
        job.made_at,
        job.ended_at,
        job.fault,
    )
