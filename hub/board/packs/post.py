"""Mail that a pack is frozen: to the Board's members and to those who speak for the bodies of its meeting. A link that asks for sign-in, no figures."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.board.packs.read import Pack
from hub.board.packs.read import pack as pack_of
from hub.clock import now_for, real_now
from hub.meetings.read import meeting_as_at
from hub.partners.models import Agency, Grant, Partnership, Person
from hub.post import outbox
from hub.post.kinds import Brought, bring
from hub.post.models import Notice
from hub.post.outbox import Telling

ISSUED = "pack-issued"
OF_THE_BOARD, OF_A_BODY = ("BRD", "MGR"), ("LED", "SGN", "RDR")
BOARD_GROUP = "board"


def tell_issued(session: Session, partnership: Partnership, found: Pack) -> int:
    """In the transaction of the freezing. Returns how many notices are new."""
    tellings = [
        Telling(
            partnership_id=partnership.id,
            kind=ISSUED,
            occasion=f"{found.number}",
            made_at=now_for(partnership),
            person_id=person_id,
            sequence=found.number,
        )
        for person_id in sorted(_readers(session, partnership, found))
    ]
    return outbox.tell(session, tellings) if tellings else 0


def _readers(session: Session, partnership: Partnership, found: Pack) -> set[int]:
    """The Board's members where the Board meets, or a report is issued; the business manager; who speaks for each body that is invited."""
    roles: tuple[str, ...] = OF_THE_BOARD
    invited: tuple[str, ...] = ()
    if found.meeting is not None:
        meeting = meeting_as_at(session, partnership.id, found.meeting, now_for(partnership))
        invited = meeting.invited
        roles = OF_THE_BOARD if meeting.group_code == BOARD_GROUP else ("MGR",)
    bodies = select(Agency.id).where(Agency.code.in_(invited))
    now = real_now()
    query = (
        select(Grant.person_id)
        .join(Person, Person.id == Grant.person_id)
        .where(
            Person.disabled_at.is_(None),
            Grant.from_at <= now,
            Grant.until_at > now,
            Grant.ended_at.is_(None),
            or_(Grant.approved_by.is_not(None), Grant.proposed_by.is_(None)),
            or_(
                (Grant.partnership_id == partnership.id) & Grant.role.in_(roles),
                Grant.agency_id.in_(bodies) & Grant.role.in_(OF_A_BODY),
            ),
        )
    )
    return set(session.scalars(query))


def _page(session: Session, notice: Notice) -> str:
    place = session.get_one(Partnership, notice.partnership_id)
    return f"/partnerships/{place.code}/packs/{notice.sequence}"


def _title(session: Session, notice: Notice) -> str:
    found = pack_of(session, notice.partnership_id, notice.sequence)
    return found.title if found.headings else f"The pack of {found.title}"


def _why_not(session: Session, notice: Notice) -> str:
    standing = pack_of(session, notice.partnership_id, notice.sequence).standing
    return "" if standing == "current" else f"it is {standing}"


bring((ISSUED,), Brought(page=_page, title=_title, why_not=_why_not))
