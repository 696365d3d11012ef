"""Is a notice still true? Asked when it goes: nobody is told to do what is done, or what is no longer theirs to do."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from hub.calendar.models import DueItem
from hub.partners.models import Grant, Partnership, Person
from hub.partners.sharing import accepted_by
from hub.post.kinds import BROUGHT
from hub.post.models import Notice
from hub.submissions import invitations_by_mail, reminders, roles_ending
from hub.submissions.corrections import corrections
from hub.submissions.models import SubmissionEvent
from hub.submissions.queries import Listed, my_list
from hub.submissions.told import DATA_TEAM, PREPARES, SIGNS, Staff, staff_of
from hub.submissions.windows import OPEN, not_asked, windows

DONE = "it is done"
MOVED = "the due date moved"
LEFT = "the person has no part in it any more"
LATER = "a later reminder took its place"
ANSWERED = "it was answered"
NOT_ASKED = "the agency does not owe it any more"
CLOSED = "it cannot be answered now"
ASKS_FOR_ACTS = (*(kind for kind in reminders.STAGES if kind != reminders.ESCALATED), "sent", "sent_back")


def why_not(session: Session, notices: Sequence[Notice]) -> dict[int, str]:
    """By notice, why it need not go. Those that are not named are still true."""
    ids = sorted({each.due_item_id for each in notices if each.due_item_id is not None})
    tenants = {each.partnership_id for each in notices}
    agreed = {
        item_id: day
        for tenant in tenants
        for item_id, day in reminders.agreed_days(session, tenant, due_item_ids=ids).items()
    }
    items = {
        item.due_item_id: replace(item, due_on=agreed.get(item.due_item_id, item.due_on))
        for item in (my_list(session, None, due_item_ids=ids) if ids else ())
    }
    staff = {
        tenant: staff_of(
            session, tenant, {item.agency_id for item in items.values() if item.partnership_id == tenant}
        )
        for tenant in tenants
    }
    shut = _shut(session, list(items.values()))
    ended = {
        number for tenant in tenants for number in not_asked(session, tenant, _of(items.values(), tenant))
    }
    found = {}
    for notice in notices:
        item = items.get(notice.due_item_id or 0)
        why = _why_not(session, notice, item, staff[notice.partnership_id])
        if not why and notice.due_item_id in ended:
            why = NOT_ASKED
        if not why and notice.due_item_id in shut and notice.kind in ASKS_FOR_ACTS:
            why = CLOSED
        if why:
            found[notice.id] = why
    return found | _overtaken([each for each in notices if each.id not in found])


def _of(items: Collection[Listed], tenant: int) -> list[int]:
    return [item.due_item_id for item in items if item.partnership_id == tenant]


def _of_role(session: Session, notice: Notice) -> str:
    """A role that ended, or was renewed since, needs no warning."""
    grant_id, until = notice.occasion.split(":")[1:3]
    grant = session.get(Grant, int(grant_id))
    ends = grant is not None and grant.ended_at is None and f"{grant.until_at:%Y-%m-%d}" == until
    return "" if ends else DONE


def _shut(session: Session, items: Sequence[Listed]) -> set[int]:
    """The items that nobody can answer today: reminding of them would send people to a closed window."""
    found: set[int] = set()
    for tenant in {item.partnership_id for item in items}:
        ours = _of(items, tenant)
        due = session.scalars(
            select(DueItem).where(DueItem.partnership_id == tenant, DueItem.id.in_(ours))
        ).all()
        looked, accepted = (
            windows(session, session.get_one(Partnership, tenant), due),
            accepted_by(session, tenant),
        )
        found |= {item.id for item in due if looked[item.id].state != OPEN or item.agency_id not in accepted}
    return found


def _overtaken(notices: Sequence[Notice]) -> dict[int, str]:
    """Of several reminders of one return that wait for one recipient, the latest stage alone goes."""
    stages = [each for each in notices if each.kind in reminders.STAGES]
    latest = {_asked_of(each): each for each in sorted(stages, key=_told)}
    return {each.id: LATER for each in stages if latest[_asked_of(each)] is not each}


def _told(notice: Notice) -> tuple[datetime, int]:
    return notice.made_at, reminders.STAGES.index(notice.kind)


def _asked_of(notice: Notice) -> tuple[int | None, int | None, int | None]:
    return notice.person_id, notice.contact_id, notice.due_item_id


def _why_not(session: Session, notice: Notice, item: Listed | None, staff: Staff) -> str:
    if notice.person_id is not None:
        person = session.get(Person, notice.person_id)
        if person is None or person.disabled_at is not None:
            return LEFT
    if notice.kind == roles_ending.KIND:
        return _of_role(session, notice)
    if brought := BROUGHT.get(notice.kind):
        return brought.why_not(session, notice)
    if notice.kind == invitations_by_mail.KIND:
        return "" if invitations_by_mail.is_wanted(session, notice) else DONE
    if item is None:
        return ""
    if not _has_part(notice, item, staff):
        return LEFT
    if notice.kind in reminders.STAGES:
        return _of_reminder(notice, item, staff)
    if notice.kind in {"sent", "sent_back"}:
        return "" if item.status == notice.kind else DONE
    if notice.kind == "signed":
        return ""
    if notice.kind == "correction-asked":
        return _of_correction(session, notice, item, staff)
    return ANSWERED if _signed_since(session, notice) else ""


def _of_correction(session: Session, notice: Notice, item: Listed, staff: Staff) -> str:
    """Answered “as it is”, the return is not signed anew: the request itself says what is left to do, and for whom."""
    number = int(notice.occasion.split(":")[2])
    found = corrections(session, notice.partnership_id, [item.due_item_id])
    standing = next(each.standing for each in found if each.id == number)
    signs = notice.person_id is not None and notice.person_id in staff.people(item.agency_id, SIGNS)
    return "" if standing == "asked" or (standing == "answered" and signs) else ANSWERED


def _of_reminder(notice: Notice, item: Listed, staff: Staff) -> str:
    if item.revisions:
        return DONE
    if f":{item.due_on}:" not in notice.occasion and notice.kind != reminders.OPENED:
        return MOVED
    if notice.kind == reminders.OPENED and item.status not in ("not-started", "draft"):
        return DONE
    # Who only prepares has done their part once it is sent; the signatory has not.
    waits_for_others = item.status == "sent" and notice.person_id is not None
    if waits_for_others and notice.kind != reminders.ESCALATED:
        return "" if notice.person_id in staff.people(item.agency_id, SIGNS) else DONE
    return ""


def _has_part(notice: Notice, item: Listed, staff: Staff) -> bool:
    if notice.person_id is None:
        return notice.contact_id in staff.contacts.values()
    return notice.person_id in (
        *staff.people(item.agency_id, PREPARES, SIGNS),
        *staff.people(item.partnership_id, DATA_TEAM),
    )


def _signed_since(session: Session, notice: Notice) -> bool:
    signed = exists().where(
        SubmissionEvent.partnership_id == notice.partnership_id,
        SubmissionEvent.due_item_id == notice.due_item_id,
        SubmissionEvent.kind == "signed",
        SubmissionEvent.sequence > notice.sequence,
    )
    return bool(session.scalar(select(signed)))
