"""Who is told what about a return, put into the outbox in the transaction of the act.

Takes where a submission stands after an act; gives notices. Whether a notice is still true when it goes is asked again
then (still_wanted.py): nobody is reminded of what is done.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.clock import now_for, real_now
from hub.partners.models import Grant, Partnership, Person
from hub.post.models import AgencyContact
from hub.post.outbox import Telling, tell
from hub.submissions import events

PREPARES, SIGNS, DATA_TEAM = "SUB", "SGN", "STW"
SENIOR, COPY = "senior", "copy"
TOLD_OF = ("sent", "sent_back", "signed")


@dataclass(frozen=True)
class Staff:
    """Who holds which role over agencies or a partnership, and which contacts agencies have."""

    roles: dict[tuple[int, str], tuple[int, ...]]  # (agency or partnership, role) → persons
    contacts: dict[tuple[int, str], int]  # (agency, kind) → contact

    def people(self, over: int, *roles: str) -> tuple[int, ...]:
        return tuple(dict.fromkeys(person for role in roles for person in self.roles.get((over, role), ())))


def staff_of(session: Session, partnership_id: int, agency_ids: Collection[int]) -> Staff:
    """The persons in post at agencies and in the partnership's data team now, on real time, and the agencies' contacts."""
    now = real_now()
    grants = session.execute(
        select(Grant.agency_id, Grant.partnership_id, Grant.role, Grant.person_id)
        .join(Person, Person.id == Grant.person_id)
        .where(
            or_(Grant.agency_id.in_(agency_ids), Grant.partnership_id == partnership_id),
            Grant.role.in_((PREPARES, SIGNS, DATA_TEAM)),
            Person.disabled_at.is_(None),
            Grant.from_at <= now,
            Grant.until_at > now,
            Grant.ended_at.is_(None),
            or_(Grant.approved_by.is_not(None), Grant.proposed_by.is_(None)),
        )
        .order_by(Grant.id)
    )
    roles: dict[tuple[int, str], tuple[int, ...]] = {}
    for agency_id, over, role, person_id in grants:
        place = (agency_id or over or 0, role)
        roles[place] = (*roles.get(place, ()), person_id)
    contacts = session.scalars(
        select(AgencyContact).where(
            AgencyContact.partnership_id == partnership_id, AgencyContact.agency_id.in_(agency_ids)
        )
    )
    return Staff(roles, {(each.agency_id, each.kind): each.id for each in contacts})


def tell_of_event(session: Session, now: events.Standing, *, hands: Sequence[int]) -> None:
    """What just happened to a return, to whom it concerns. `hands` are those who had touched it before it happened."""
    if now.last is None or now.last.kind not in TOLD_OF:
        return
    staff = staff_of(session, now.item.partnership_id, [now.item.agency_id])
    people = set(_concerned(now.last.kind, staff, now.item.agency_id, hands)) - {now.last.person_id}
    if now.last.kind == "signed" and not people:
        people = {now.last.person_id}  # who prepares and signs alone gets the receipt
    tell_about(session, now, now.last.kind, people=people, staff=staff)


def _concerned(kind: str, staff: Staff, agency_id: int, hands: Sequence[int]) -> Iterable[int]:
    if kind == "sent":
        return set(staff.people(agency_id, SIGNS)) - set(hands)
    return hands or staff.people(agency_id, PREPARES, SIGNS)


def tell_about(
    session: Session,
    at: events.Standing,
    kind: str,
    *,
    people: Iterable[int] | None = None,
    staff: Staff | None = None,
    occasion: str = "",
    copied: bool = True,
) -> int:
    """Tell persons (without `people`: whoever prepares and signs at the agency), and the agency's copied mailbox.

    `kind` has its sentence in hub/post/wording/. The same occasion is told once: by default, this event of the submission.
    """
    item = at.item
    staff = staff or staff_of(session, item.partnership_id, [item.agency_id])
    told = staff.people(item.agency_id, PREPARES, SIGNS) if people is None else tuple(sorted(people))
    moment = now_for(session.get_one(Partnership, item.partnership_id))
    mailbox = staff.contacts.get((item.agency_id, COPY)) if copied else None
    return tell(
        session,
        [
            *(_telling(at, kind, occasion, moment, person_id=each) for each in told),
            *([_telling(at, kind, occasion, moment, contact_id=mailbox)] if mailbox else []),
        ],
    )


def _telling(
    at: events.Standing,
    kind: str,
    occasion: str,
    moment: datetime,
    *,
    person_id: int | None = None,
    contact_id: int | None = None,
) -> Telling:
    return Telling(
        partnership_id=at.item.partnership_id,
        kind=kind,
        occasion=occasion or f"{at.item.id}:{at.sequence}",
        made_at=moment,
        person_id=person_id,
        contact_id=contact_id,
        due_item_id=at.item.id,
        sequence=at.sequence,
    )
