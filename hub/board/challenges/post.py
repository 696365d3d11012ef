"""Mail about questions: what happened, what is soon due, what is late and how far up it has gone. No words of theirs, no figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.board.challenges.read import Challenge, challenge, challenges
from hub.calendar.working_days import working_day_before
from hub.clock import now_for, today_for
from hub.facts.moments import AsAt, as_at
from hub.partners.contacts import name_as_at
from hub.partners.holders import holders
from hub.partners.models import Partnership
from hub.post import outbox
from hub.post.kinds import Brought, bring
from hub.post.models import AgencyContact, Notice
from hub.post.outbox import Telling

MANAGER, DATA_TEAM, OWNERS = ("MGR",), ("STW",), ("LED", "SGN")
BEFORE = 5  # working days
SOON, LATE, UNSEEN = "challenge-soon", "challenge-late", "challenge-unseen"
TELLS_OF = {
    "asked": "challenge-asked",
    "owned": "challenge-owned",
    "answered": "challenge-answered",
    "accepted": "challenge-accepted",
    "refused": "challenge-again",
    "reopened": "challenge-again",
}
KINDS = (*dict.fromkeys(TELLS_OF.values()), SOON, LATE, UNSEEN)
DONE = "it is done"
NO_LONGER_KEPT = "(the name is no longer kept)"
WAITS = {  # how the question stands while the notice is true
    "challenge-asked": ("asked",),
    "challenge-owned": ("owned",),
    "challenge-answered": ("answered",),
    SOON: ("asked", "acknowledged", "owned"),
    LATE: ("asked", "acknowledged", "owned"),
    UNSEEN: ("asked",),
}


def tell(session: Session, partnership: Partnership, about: Challenge, kind: str) -> int:
    """Tell whoever has the next part in it, in the transaction of the act. Returns how many notices are new."""
    if kind not in TELLS_OF:
        return 0
    return _tell(
        session,
        partnership,
        about,
        TELLS_OF[kind],
        f"{about.sequence}",
        people=_next(session, partnership, about, kind),
    )


def _next(session: Session, partnership: Partnership, about: Challenge, kind: str) -> set[int]:
    if kind == "asked":
        return _routers(session, partnership)
    if kind == "answered":
        return {about.asked_by_id, *_merged_askers(session, partnership, about)}
    owners = _owners(session, partnership, about)
    return owners | _routers(session, partnership) if kind in ("refused", "reopened") else owners


def _merged_askers(session: Session, partnership: Partnership, about: Challenge) -> set[int]:
    """Who asked a question that was merged with this one: its answer is theirs too."""
    every = challenges(session, partnership, as_at(session, partnership))
    return {
        each.asked_by_id for each in every if each.answer_to is not None and each.answer_to.id == about.id
    }


def remind(session: Session, partnership: Partnership) -> int:
    """Today's reminders and steps upwards, each once for its day; returns how many notices are new."""
    today = today_for(partnership)
    return sum(
        _tell(session, partnership, each, kind, occasion, people=people, contacts=told)
        for each in challenges(session, partnership, as_at(session, partnership))
        if each.is_open
        for kind, occasion, people, told in _due(session, partnership, each, today)
    )


def _due(
    session: Session, partnership: Partnership, about: Challenge, today: date
) -> Iterator[tuple[str, str, set[int], set[int]]]:
    if about.standing in ("answered", "closed", "merged"):
        return
    if about.standing == "asked" and today > about.acknowledge_by:
        yield UNSEEN, f"{about.acknowledge_by}", _routers(session, partnership), set()
    if working_day_before(about.answer_by, BEFORE) <= today <= about.answer_by:
        yield SOON, f"{about.answer_by}", _owners(session, partnership, about), set()
    if today > about.answer_by:
        yield (
            LATE,
            f"{about.answer_by}",
            _owners(session, partnership, about) | _routers(session, partnership),
            set(),
        )
    for step in about.steps(today):
        named = {each.id for each in contacts(session, partnership, about, step.to)}
        yield LATE, f"{about.answer_by}:{step.to}", set(), named


def _tell(
    session: Session,
    partnership: Partnership,
    about: Challenge,
    kind: str,
    occasion: str,
    *,
    people: Iterable[int] = (),
    contacts: Iterable[int] = (),
) -> int:
    moment, what = now_for(partnership), f"{about.number}:{occasion}"
    to = [
        *({"person_id": each} for each in sorted(people)),
        *({"contact_id": each} for each in sorted(contacts)),
    ]
    tellings = [
        Telling(
            partnership_id=partnership.id,
            kind=kind,
            occasion=what,
            made_at=moment,
            sequence=about.sequence,
            **recipient,
        )
        for recipient in to
    ]
    return outbox.tell(session, tellings) if tellings else 0


def _owners(session: Session, partnership: Partnership, about: Challenge) -> set[int]:
    """The people who may answer for whoever owns it: an agency's lead and signatories, else the data team."""
    if about.owner_agency_id is None:
        return holders(session, DATA_TEAM, partnership_id=partnership.id)
    return holders(session, OWNERS, agency_id=about.owner_agency_id)


def _routers(session: Session, partnership: Partnership) -> set[int]:
    """The business manager; where there is none, the data team."""
    managers = holders(session, MANAGER, partnership_id=partnership.id)
    return managers or holders(session, DATA_TEAM, partnership_id=partnership.id)


def named_at(session: Session, partnership: Partnership, about: Challenge, to: str, at: AsAt) -> list[str]:
    """Whom a step went to, by name, as it was known at a moment."""
    found = contacts(session, partnership, about, to)
    names = (each.name if at.is_now else name_as_at(session, each, at.moment) for each in found)
    return [name or NO_LONGER_KEPT for name in names if name is not None]


def contacts(session: Session, partnership: Partnership, about: Challenge, to: str) -> list[AgencyContact]:
    """Whom a step goes to: the chair of the Board, or the owner's senior or chief officer."""
    query = (
        select(AgencyContact)
        .where(AgencyContact.partnership_id == partnership.id, AgencyContact.kind == to)
        .order_by(AgencyContact.name)
    )
    if to != "chair":
        query = query.where(
            AgencyContact.agency_id == (about.owner_agency_id or partnership.council_agency_id)
        )
    return list(session.scalars(query))


def _number(notice: Notice) -> int:
    return int(notice.occasion.split(":")[1])


def _page(session: Session, notice: Notice) -> str:
    place = session.get_one(Partnership, notice.partnership_id)
    return f"/partnerships/{place.code}/questions/{_number(notice)}"


def _title(_session: Session, notice: Notice) -> str:
    return f"Question {_number(notice)} of the Board"


def _why_not(session: Session, notice: Notice) -> str:
    """Nobody is reminded of what is done, nor of an answer that was refused since."""
    if notice.kind not in WAITS:
        return ""
    place = session.get_one(Partnership, notice.partnership_id)
    found = challenge(session, place, as_at(session, place), _number(notice))
    return "" if found.standing in WAITS[notice.kind] else DONE


bring(KINDS, Brought(page=_page, title=_title, why_not=_why_not))
