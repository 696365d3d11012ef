"""The set-up list of one partnership: what is done, what is not, and where each is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from hub.agreements.sharing import in_force
from hub.calendar.models import DueItem
from hub.clock import real_now, today_for
from hub.definitions import catalogue
from hub.definitions.models import PeriodRow
from hub.meetings.read import groups_as_at
from hub.partners import sharing
from hub.partners.models import Agency, Area, Grant, Partnership
from hub.partners.policy import Permission, Place
from hub.partners.queries import members_on
from hub.post.models import Letter, Notice
from hub.web import reach


@dataclass(frozen=True)
class Step:
    """`hint` says how far it is; without `href` the reader may not do it."""

    text: str
    hint: str
    done: bool
    href: str


def steps(session: Session, partnership: Partnership) -> list[Step]:
    """In the order in which they are best done."""
    code, today = partnership.code, today_for(partnership)
    members = list(members_on(session, partnership.id, today))
    about = url_for("running.about", partnership=code)
    agencies = url_for("running_agencies.listing", partnership=code)
    definitions = url_for("running_definitions.listing", partnership=code)
    people = url_for("people.of_partnership", partnership=code)
    runs_meetings = reach.may_here(Permission.MEETING_RUN, Place(partnership_id=partnership.id))
    groups = url_for("meetings_running.groups", partnership=code) if runs_meetings else ""
    areas = _count(session, Area, Area.partnership_id == partnership.id)
    asked = _asked(session, partnership, {member.kind for member in members})
    sees_outbox = reach.may_here(Permission.OUTBOX_MANAGE, Place(partnership_id=partnership.id))
    outbox = url_for("post.listing", partnership=code) if sees_outbox else ""
    agreements = url_for("running_sharing.listing", partnership=code)
    return [
        _council(session, partnership, about),
        Step(
            "Contact", partnership.contact_email or "no address yet", bool(partnership.contact_email), about
        ),
        Step(
            "Areas", f"{areas} areas" if areas else "none: figures are of the whole place", areas > 0, about
        ),
        Step("Agencies", f"{len(members)} take part today", len(members) > 1, agencies),
        Step("Returns", f"{asked} returns are asked of them", asked > 0, definitions),
        _calendar(session, partnership, url_for("running.calendar", partnership=code)),
        _agreement(session, partnership, members, agreements),
        _groups(session, partnership, groups),
        _mail(session, partnership, outbox),
        _team(session, partnership, people),
        *_seconds(session, members, agencies),
    ]


def _council(session: Session, partnership: Partnership, href: str) -> Step:
    found = session.get(Agency, partnership.council_agency_id) if partnership.council_agency_id else None
    return Step("Council that leads it", found.name if found else "not chosen yet", found is not None, href)


def _asked(session: Session, partnership: Partnership, kinds: set[str]) -> int:
    return sum(
        1
        for definition in catalogue.definitions(session)
        if not definition.published
        and catalogue.serves(definition, illustrative=partnership.illustrative)
        and any(definition.owes_for(kind) for kind in kinds)
    )


def _calendar(session: Session, partnership: Partnership, href: str) -> Step:
    last = session.scalar(
        select(func.max(PeriodRow.ends_on))
        .join(DueItem, DueItem.period_id == PeriodRow.id)
        .where(DueItem.partnership_id == partnership.id, DueItem.due_on.is_not(None))
    )
    hint = f"what is due is listed up to {last:%-d %B %Y}" if last else "nothing is on the due list yet"
    return Step("Calendar", hint, last is not None, href)


def _agreement(session: Session, partnership: Partnership, members: list[Agency], href: str) -> Step:
    standing = in_force(session, partnership.id)
    if standing is None:
        return Step("Information-sharing agreement", "none yet: no figures can come in", False, href)
    accepted = sharing.accepted_by(session, partnership.id)
    count = sum(1 for member in members if member.id in accepted)
    hint = f"accepted by {count} of {len(members)} agencies"
    return Step("Information-sharing agreement", hint, count == len(members) > 0, href)


def _groups(session: Session, partnership: Partnership, href: str) -> Step:
    groups = len(groups_as_at(session, partnership.id, real_now()))
    board = _holders(session, "BRD", partnership.id)
    hint = f"{groups or 'no'} group{'' if groups == 1 else 's'} that meet, {board} Board members who can read"
    return Step("Groups", hint, groups > 0 and board > 0, href)


def _mail(session: Session, partnership: Partnership, href: str) -> Step:
    query = (
        select(Letter.id)
        .join(Notice, Notice.letter_id == Letter.id)
        .where(Notice.partnership_id == partnership.id, Letter.state == "sent")
        .limit(1)
    )
    sent = session.scalars(query).first() is not None
    return Step("Mail test", "a mail has gone out" if sent else "no mail has gone out yet", sent, href)


def _team(session: Session, partnership: Partnership, href: str) -> Step:
    team = _holders(session, "STW", partnership.id)
    manager = _holders(session, "MGR", partnership.id)
    hint = f"{team} in the data team, {manager} business manager{'' if manager == 1 else 's'}"
    return Step("A second person for each duty of the partnership", hint, team > 1 and manager > 0, href)


def _seconds(session: Session, members: list[Agency], href: str) -> list[Step]:
    """Whoever signs has not prepared it, so two persons are needed; a school's light return needs one."""
    signing, preparing = _at_agencies(session, "SGN"), _at_agencies(session, "SUB")

    def can_sign(agency: Agency) -> bool:
        holding = signing.get(agency.id, set())
        everybody = holding | preparing.get(agency.id, set())
        return bool(holding) and (agency.kind == "school" or len(everybody) > 1)

    alone = [member.name for member in members if not can_sign(member)]
    shown = ", ".join(alone[:3]) + (f" and {len(alone) - 3} more" if len(alone) > 3 else "")
    hint = f"not yet at {shown}" if alone else "everywhere"
    return [Step("A submitter and another signatory in each agency", hint, bool(members) and not alone, href)]


def _holders(session: Session, role: str, partnership_id: int) -> int:
    query = _in_force(role, Grant.person_id).where(Grant.partnership_id == partnership_id)
    return len(set(session.scalars(query)))


def _at_agencies(session: Session, role: str) -> dict[int, set[int]]:
    """The persons who hold a role, by agency."""
    found: dict[int, set[int]] = {}
    for agency_id, person_id in session.execute(_in_force(role, Grant.agency_id, Grant.person_id)):
        found.setdefault(agency_id, set()).add(person_id)
    return found


def _in_force(role: str, *columns: Any) -> Select[Any]:
    now = real_now()
    return select(*columns).where(
        Grant.role == role,
        Grant.ended_at.is_(None),
        Grant.from_at <= now,
        Grant.until_at > now,
        Grant.approved_by.is_not(None) | Grant.proposed_by.is_(None),
    )


def _count(session: Session, table: Any, *conditions: Any) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0
