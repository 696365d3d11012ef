"""Mail about a group's list: every group that meets each fortnight is told, some days before it meets, whether anything is new.

No figures and no words of the list: its page asks for sign-in.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.board.group_list import group_list, last_met
from hub.calendar.working_days import working_day_before
from hub.clock import now_for, today_for
from hub.facts.moments import as_at
from hub.measures.protect import Audience
from hub.meetings.read import Group, Meeting, groups_as_at, meetings_as_at
from hub.partners.holders import holders
from hub.partners.models import Agency, Partnership
from hub.post import outbox
from hub.post.kinds import Brought, bring
from hub.post.models import Notice
from hub.post.outbox import Telling

KIND = "group-list"
OFTEN = "fortnight"
BEFORE = 2  # working days
NOTHING, SOMETHING = 0, 1  # what a notice says is new
SPEAK = ("LED", "SGN", "RDR")


def remind(session: Session, partnership: Partnership) -> int:
    """Each fortnightly group once before each meeting, and once a fortnight where none is planned."""
    moment, today = now_for(partnership), today_for(partnership)
    meetings = meetings_as_at(session, partnership.id, moment)
    return sum(
        _tell(session, partnership, group, day)
        for group in groups_as_at(session, partnership.id, moment)
        if group.cadence == OFTEN
        for day in _days(group, meetings, today)
    )


def _tell(session: Session, partnership: Partnership, group: Group, day: date) -> int:
    """Tell its members, unless they were told: whether anything is new takes a while to work out."""
    occasion = f"{group.code}:{day}"
    told = select(Notice.id).where(
        Notice.partnership_id == partnership.id, Notice.occasion.startswith(f"{KIND}:{occasion}:")
    )
    members = _members(session, partnership, group)
    if not members or session.scalars(told.limit(1)).first() is not None:
        return 0
    found = group_list(session, partnership, group, as_at(session, partnership), Audience(), lambda _: True)
    tellings = [
        Telling(
            partnership_id=partnership.id,
            kind=KIND,
            occasion=occasion,
            made_at=now_for(partnership),
            person_id=person_id,
            sequence=NOTHING if found.is_nothing_new else SOMETHING,
        )
        for person_id in sorted(members)
    ]
    return outbox.tell(session, tellings)


def _days(group: Group, meetings: list[Meeting], today: date) -> list[date]:
    """The day that today's list is for, if there is one today."""
    to_come = [
        each.held_on
        for each in meetings
        if each.group_code == group.code and each.held_on >= today and each.called_off_at is None
    ]
    if to_come:
        return [day for day in to_come[:1] if today >= working_day_before(day, BEFORE)]
    last = last_met(meetings, group.code, today)
    if last is None:
        return []
    fortnights = (today - last.held_on).days // 14
    return [last.held_on + timedelta(days=14 * fortnights)] if fortnights else []


def _members(session: Session, partnership: Partnership, group: Group) -> set[int]:
    """The business manager, who has the list for those whose seat is a post; and who speaks for each body that is an agency."""
    found = holders(session, ("MGR",), partnership_id=partnership.id)
    for agency_id in session.scalars(select(Agency.id).where(Agency.code.in_(group.bodies))):
        found |= holders(session, SPEAK, agency_id=agency_id)
    return found


def _group(session: Session, notice: Notice) -> tuple[Partnership, Group]:
    place = session.get_one(Partnership, notice.partnership_id)
    code = notice.occasion.split(":")[1]
    return place, next(each for each in groups_as_at(session, place.id, now_for(place)) if each.code == code)


def _page(session: Session, notice: Notice) -> str:
    place, group = _group(session, notice)
    return f"/partnerships/{place.code}/meetings/groups/{group.code}"


def _title(session: Session, notice: Notice) -> str:
    _, group = _group(session, notice)
    is_new = "nothing" if notice.sequence == NOTHING else "something"
    return f"List of the {group.title}: {is_new} is new since it met last"


def _why_not(session: Session, notice: Notice) -> str:
    """The day that it was for is over: the next list says what is new then."""
    place = session.get_one(Partnership, notice.partnership_id)
    day = date.fromisoformat(notice.occasion.split(":")[2])
    return "its day is over" if today_for(place) > day + timedelta(days=13) else ""


bring((KIND,), Brought(page=_page, title=_title, why_not=_why_not))
