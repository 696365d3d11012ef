"""Mail about packs: that one is frozen, its PDF some days before its meeting, that it is withdrawn, and that a meeting has none
though its day has passed.

Notices lead to a page that asks for sign-in and hold no figures. The PDF is the one exception: a frozen pack that holds, to
those whom its meeting invites and who may read all of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.agreements.versions import agreement_as_at
from hub.board.packs.document import from_json
from hub.board.packs.read import Pack, pack, packs_of_meeting
from hub.calendar.working_days import working_day_before
from hub.clock import now_for, real_now, today_for
from hub.meetings.read import Meeting, group_as_at, meeting_as_at, meetings_as_at
from hub.partners.holders import holders
from hub.partners.models import Agency, Grant, Partnership, Person
from hub.partners.policy import Permission, actor_for, may
from hub.post import outbox
from hub.post.kinds import Brought, bring
from hub.post.mail import Attachment
from hub.post.models import Notice
from hub.post.outbox import Telling

ISSUED, PDF, NOT_FROZEN, WITHDRAWN = "pack-issued", "pack-pdf", "pack-not-frozen", "pack-withdrawn"
PDF_BEFORE = 5  # working days
FREEZING = ("STW", "MGR")
OF_THE_BOARD, OF_A_BODY = ("BRD", "MGR"), ("LED", "SGN", "RDR")
BOARD_GROUP = "board"


def tell_issued(session: Session, partnership: Partnership, found: Pack) -> int:
    """In the transaction of the freezing. Returns how many notices are new."""
    tellings = _tellings(partnership, ISSUED, found.number, _readers(session, partnership, found))
    return outbox.tell(session, tellings) if tellings else 0


def tell_withdrawn(session: Session, partnership: Partnership, number: int) -> int:
    """Whoever was told of a pack, or has its PDF, in the transaction of the withdrawal. Returns how many notices are new."""
    told = session.scalars(
        select(Notice.person_id)
        .where(
            Notice.partnership_id == partnership.id,
            Notice.kind.in_((ISSUED, PDF)),
            Notice.sequence == number,
            Notice.person_id.is_not(None),
        )
        .distinct()
    )
    tellings = _tellings(partnership, WITHDRAWN, number, [each for each in told if each is not None])
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


def remind(session: Session, partnership: Partnership) -> int:
    """Before a meeting, its pack; where its freeze day passed without one, whoever freezes packs. Each once."""
    moment, today = now_for(partnership), today_for(partnership)
    tellings: list[Telling] = []
    for meeting in meetings_as_at(session, partnership.id, moment):
        if meeting.held_on < today or meeting.called_off_at is not None:
            continue
        frozen = [each for each in packs_of_meeting(session, partnership.id, meeting.id) if each.seal]
        current = next((each for each in frozen if each.standing == "current"), None)
        if current and today >= working_day_before(meeting.held_on, PDF_BEFORE):
            to = [
                each for each in _readers(session, partnership, current) if _may_read(session, current, each)
            ]
            tellings += _tellings(partnership, PDF, current.number, to)
        if not frozen and today > meeting.freezes_on:
            to_freeze = holders(session, FREEZING, partnership_id=partnership.id)
            tellings += _tellings(partnership, NOT_FROZEN, meeting.number, to_freeze)
    return outbox.tell(session, tellings) if tellings else 0


def _tellings(partnership: Partnership, kind: str, number: int, people: Iterable[int]) -> list[Telling]:
    return [
        Telling(
            partnership_id=partnership.id,
            kind=kind,
            occasion=f"{number}",
            made_at=now_for(partnership),
            person_id=person_id,
            sequence=number,
        )
        for person_id in sorted(people)
    ]


def _may_read(session: Session, found: Pack, person_id: int) -> bool:
    """Whether a person may read all that a frozen pack says: every agreement in it too."""
    assert found.seal is not None
    actor, place_id = actor_for(session, person_id), found.seal.partnership_id
    if not may(session, actor, Permission.BOARD_READ, partnership_id=place_id):
        return False
    for code in from_json(found.seal.document).agreements:
        agreement = agreement_as_at(session, place_id, code, found.as_at)
        ids = frozenset(session.scalars(select(Agency.id).where(Agency.code.in_(agreement.party_codes))))
        if not may(session, actor, Permission.AGREEMENT_READ, partnership_id=place_id, parties=ids):
            return False
    return True


def _page(session: Session, notice: Notice) -> str:
    place = session.get_one(Partnership, notice.partnership_id)
    return f"/partnerships/{place.code}/packs/{notice.sequence}"


def _title(session: Session, notice: Notice) -> str:
    found = pack(session, notice.partnership_id, notice.sequence)
    return found.title if found.headings else f"The pack of {found.title}"


def _why_not(session: Session, notice: Notice) -> str:
    found = pack(session, notice.partnership_id, notice.sequence)
    if found.standing != "current":
        return f"it is {found.standing}"
    if notice.kind == PDF and not _may_read(session, found, notice.person_id or 0):
        return "they may not read all of it any longer"
    return ""


def _pdf(session: Session, notice: Notice) -> Attachment:
    place = session.get_one(Partnership, notice.partnership_id)
    found = pack(session, place.id, notice.sequence)
    assert found.seal is not None
    return Attachment(f"{place.code}-pack-{found.number}.pdf", found.seal.pdf)


def _meeting(session: Session, notice: Notice) -> tuple[Partnership, Meeting]:
    place = session.get_one(Partnership, notice.partnership_id)
    return place, meeting_as_at(session, place.id, notice.sequence, now_for(place))


def _page_of_meeting(session: Session, notice: Notice) -> str:
    place, meeting = _meeting(session, notice)
    return f"/partnerships/{place.code}/meetings/{meeting.number}"


def _title_of_meeting(session: Session, notice: Notice) -> str:
    place, meeting = _meeting(session, notice)
    group = group_as_at(session, place.id, meeting.group_code, now_for(place))
    return f"{group.title}, {meeting.held_on.day} {meeting.held_on:%B %Y}"


def _why_not_of_meeting(session: Session, notice: Notice) -> str:
    place, meeting = _meeting(session, notice)
    if meeting.called_off_at is not None:
        return "the meeting was called off"
    frozen = any(each.seal for each in packs_of_meeting(session, place.id, meeting.id))
    return "its pack is frozen" if frozen else ""


bring((ISSUED,), Brought(page=_page, title=_title, why_not=_why_not))
bring((WITHDRAWN,), Brought(page=_page, title=_title, why_not=lambda *_: ""))
bring((PDF,), Brought(page=_page, title=_title, why_not=_why_not, attachment=_pdf))
bring((NOT_FROZEN,), Brought(page=_page_of_meeting, title=_title_of_meeting, why_not=_why_not_of_meeting))
