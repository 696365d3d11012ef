"""What happened to a submission: past-tense events, numbered per submission, each with the status it leaves.

The status of a submission is the one that its last event left; without events it is `not-started`. Whoever changes a
submission first locks its due item, says which event they saw last, and is refused if something came after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import and_, func, insert, select
from sqlalchemy.orm import Session

from hub.calendar.models import DueItem
from hub.clock import LONDON, now_for
from hub.db import new_id
from hub.errors import Conflict, NotAllowed, NotFound, NotReady
from hub.facts.interning import CHUNK
from hub.facts.words import keep_words
from hub.partners.models import ApiKey, Partnership, Person
from hub.partners.policy import Actor
from hub.submissions.models import SubmissionEvent

Status = Literal["not-started", "draft", "sent", "sent_back", "signed"]
Kind = Literal["saved", "uploaded", "explained", "sent", "withdrawn", "sent_back", "signed", "reopened"]

# The status that each kind of event leaves, and the statuses that it may happen in.
LEAVES: Mapping[Kind, Status] = {
    "saved": "draft",
    "uploaded": "draft",
    "explained": "draft",
    "sent": "sent",
    "withdrawn": "draft",
    "sent_back": "sent_back",
    "signed": "signed",
    "reopened": "draft",
}
ALLOWED_IN: Mapping[Kind, tuple[Status, ...]] = {
    "saved": ("not-started", "draft", "sent_back"),
    "uploaded": ("not-started", "draft", "sent_back"),
    "explained": ("draft", "sent_back"),
    "sent": ("draft", "sent_back"),
    "withdrawn": ("sent",),
    "sent_back": ("sent",),
    "signed": ("sent", "draft", "sent_back"),  # the latter two where one signature is asked
    "reopened": ("signed",),
}
TOUCHING: tuple[Kind, ...] = ("saved", "uploaded", "explained", "withdrawn")  # security.md P5

DID: Mapping[str, str] = {
    "saved": "saved this return",
    "uploaded": "uploaded this return",
    "explained": "explained queries of this return",
    "sent": "sent this return for sign-off",
    "withdrawn": "withdrew this return from sign-off",
    "sent_back": "sent this return back",
    "signed": "signed this return",
    "reopened": "reopened this return",
}

_INSTEAD: Mapping[Status, str] = {
    "not-started": "Nothing has been entered yet: enter or upload figures first.",
    "draft": "It is a draft: send it for sign-off first.",
    "sent": "It has been sent for sign-off: withdraw it, or wait until it is signed or sent back.",
    "sent_back": "It was sent back: put it right and send it again.",
    "signed": "It is signed: reopen it with a reason to correct it.",
}


@dataclass(frozen=True)
class Standing:
    """Where a submission is: its last event, or nothing yet."""

    item: DueItem
    status: Status
    sequence: int  # 0 before the first event
    last: SubmissionEvent | None


def person_of(session: Session, actor: Actor) -> int:
    """The person behind an actor; behind a key stands its owner."""
    if actor.kind == "person":
        return actor.id
    owner = session.scalar(select(ApiKey.owner_person_id).where(ApiKey.id == actor.id))
    if actor.kind != "key" or owner is None:
        raise NotAllowed("Sign in first.")
    return owner


def standing(session: Session, due_item_id: int) -> Standing:
    """Where a submission is, without locking it. NotFound where there is no such due item."""
    item = session.scalar(select(DueItem).where(DueItem.id == due_item_id))
    if item is None:
        raise NotFound("There is no such return to answer.")
    return _standings(session, [item])[0]


def lock(session: Session, due_item_ids: Iterable[int]) -> list[Standing]:
    """Lock submissions in order of their numbers and read where they are. SQLite holds its write lock already."""
    wanted = sorted(set(due_item_ids))
    found: list[Standing] = []
    for start in range(0, len(wanted), CHUNK):
        query = (
            select(DueItem)
            .where(DueItem.id.in_(wanted[start : start + CHUNK]))
            .order_by(DueItem.id)
            .with_for_update(key_share=True)
        )
        items = session.scalars(query.execution_options(populate_existing=True)).all()
        found += _standings(session, items)
    if len(found) < len(wanted):
        raise NotFound("There is no such return to answer.")
    return found


def lock_one(session: Session, due_item_id: int) -> Standing:
    return lock(session, [due_item_id])[0]


def _standings(session: Session, items: Sequence[DueItem]) -> list[Standing]:
    newest = (
        select(
            SubmissionEvent.partnership_id, SubmissionEvent.due_item_id, func.max(SubmissionEvent.sequence)
        )
        .where(SubmissionEvent.partnership_id.in_({item.partnership_id for item in items}))
        .where(SubmissionEvent.due_item_id.in_([item.id for item in items]))
        .group_by(SubmissionEvent.partnership_id, SubmissionEvent.due_item_id)
        .subquery()
    )
    query = select(SubmissionEvent).join(
        newest,
        and_(
            newest.c.partnership_id == SubmissionEvent.partnership_id,
            newest.c.due_item_id == SubmissionEvent.due_item_id,
            newest.c[2] == SubmissionEvent.sequence,
        ),
    )
    last = {event.due_item_id: event for event in session.scalars(query)}
    return [_standing_after(item, last.get(item.id)) for item in items]


def _standing_after(item: DueItem, last: SubmissionEvent | None) -> Standing:
    status = cast(Status, last.status) if last else "not-started"
    return Standing(item, status, last.sequence if last else 0, last)


def check_seen(session: Session, at: Standing, seen: int | None, *, person_id: int) -> None:
    """Raise Conflict, naming who and what, where something happened after the event that the person saw last."""
    if seen is None or at.last is None or seen == at.sequence:
        return
    raise Conflict(
        f"{said(session, at.last, person_id=person_id)}, after you opened it. Nothing was changed by you: "
        "look at what is there now, then do it again if it is still right."
    )


def check_allowed(at: Standing, kind: Kind) -> None:
    """Raise NotReady, saying what to do instead, where that cannot happen in this status."""
    if at.status not in ALLOWED_IN[kind]:
        raise NotReady(_INSTEAD[at.status])


def said(session: Session, event: SubmissionEvent, *, person_id: int | None = None) -> str:
    """Who did what and when: "Ann Smith saved this return on 12 May 2014 at 10:03"."""
    person = session.get(Person, event.person_id)
    name = person.name if person else "Somebody"
    local = event.at.astimezone(LONDON)
    who = f"You ({name})" if event.person_id == person_id else name
    return f"{who} {DID[event.kind]} on {local.day} {local:%B %Y} at {local:%H:%M}"


def append(
    session: Session,
    at: Standing,
    kind: Kind,
    *,
    person_id: int,
    words: str | None = None,
    revision_id: int | None = None,
    moment: datetime | None = None,
) -> Standing:
    """Add the next event of a locked submission; returns where it then is."""
    tenant = at.item.partnership_id
    now = after(
        at,
        kind,
        person_id=person_id,
        moment=moment or now_for(session.get_one(Partnership, tenant)),
        words_id=keep_words(session, tenant, words) if words else None,
        revision_id=revision_id,
    )
    append_all(session, [now])
    return now


def after(
    at: Standing,
    kind: Kind,
    *,
    person_id: int,
    moment: datetime,
    words_id: int | None = None,
    revision_id: int | None = None,
) -> Standing:
    """Where a submission is after one more event, which `append_all` keeps. NotReady where it cannot happen now."""
    check_allowed(at, kind)
    event = SubmissionEvent(
        partnership_id=at.item.partnership_id,
        id=new_id(),
        due_item_id=at.item.id,
        sequence=at.sequence + 1,
        kind=kind,
        status=LEAVES[kind],
        at=moment,
        person_id=person_id,
        words_id=words_id,
        revision_id=revision_id,
    )
    return Standing(at.item, LEAVES[kind], event.sequence, event)


def append_all(session: Session, standings: Iterable[Standing]) -> None:
    """Keep the last events of locked submissions."""
    names = SubmissionEvent.__table__.columns.keys()
    rows = [{name: getattr(at.last, name) for name in names} for at in standings]
    if rows:
        session.execute(insert(SubmissionEvent), rows)


def fold(kinds: Sequence[str]) -> Status:
    """The status that a history of kinds leaves; what the last event says must agree (a test compares)."""
    status: Status = "not-started"
    for kind in kinds:
        known = cast(Kind, kind)
        if status not in ALLOWED_IN[known]:
            raise ValueError(f"“{kind}” cannot happen to a submission that is {status}")
        status = LEAVES[known]
    return status


def hands_since_sign_off(session: Session, item: DueItem) -> list[int]:
    """Who made, edited, uploaded, explained or withdrew since the last signature, in the order of their last touch."""
    of_item = (
        SubmissionEvent.partnership_id == item.partnership_id,
        SubmissionEvent.due_item_id == item.id,
    )
    signed = select(func.coalesce(func.max(SubmissionEvent.sequence), 0)).where(
        *of_item, SubmissionEvent.kind == "signed"
    )
    query = (
        select(SubmissionEvent.person_id)
        .where(
            *of_item,
            SubmissionEvent.kind.in_(TOUCHING),
            SubmissionEvent.sequence > signed.scalar_subquery(),
        )
        .group_by(SubmissionEvent.person_id)
        .order_by(func.max(SubmissionEvent.sequence))
    )
    return list(session.scalars(query))
