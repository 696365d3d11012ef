"""Mail about agreements that come about, end or are reviewed: to the coordinator, and to the parties' leads and signatories.

No figures and nothing that people typed: a letter says what waits, and its page says the rest.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.agreements.model import Agreement
from hub.agreements.negotiation.read import Negotiation, negotiation
from hub.clock import now_for
from hub.partners.holders import holders
from hub.partners.models import Agency, Grant, Partnership, Region
from hub.post import outbox
from hub.post.kinds import Brought, bring
from hub.post.models import Notice
from hub.post.outbox import Telling

PARTY, SIGNS, TEAM = ("LED", "SGN"), ("SGN",), ("STW",)
TO_SIGN, PROPOSED, CHASED = "agreement-to-sign", "agreement-proposed", "agreement-chased"
DROPPED = "agreement-dropped"
OF_WHAT_HOLDS = ("agreement-ends", "agreement-review", "agreement-action")
PAGES = {
    TO_SIGN: "/sign",
    "agreement-ends": "",
    "agreement-bound": "",
    DROPPED: "",
    "agreement-review": "/reviews",
    "agreement-action": "/reviews",
}
KINDS = (
    "agreement-opened",
    PROPOSED,
    "agreement-answered",
    "agreement-changed",
    CHASED,
    "agreement-disputed",
    TO_SIGN,
    "agreement-paper",
    "agreement-bound",
    "agreement-ends",
    "agreement-review",
    "agreement-action",
    DROPPED,
)
DONE = "it is done"


def coordinators(session: Session, partnership: Partnership, agreement: Agreement) -> set[int]:
    """The people who coordinate an agreement: of the regional office or agency that it names, else the data team."""
    named, found = agreement.coordinator, set[int]()
    if named is not None and named.region is not None:
        region = session.scalar(select(Region.id).where(Region.code == named.region))
        found |= holders(session, ("REG",), region_id=region) if region is not None else set()
    if named is not None and named.agency is not None:
        found |= people_of(session, named.agency)
    return found or holders(session, TEAM, partnership_id=partnership.id)


def people_of(session: Session, party: str, roles: Collection[str] = PARTY) -> set[int]:
    """Who speaks for a party: its leads and signatories."""
    agency = session.scalar(select(Agency.id).where(Agency.code == party))
    return holders(session, roles, agency_id=agency) if agency is not None else set()


def tell(
    session: Session,
    partnership: Partnership,
    found: Negotiation,
    kind: str,
    *,
    occasion: str,
    people: Collection[int] | None = None,
) -> int:
    """Put notices in, in the transaction of the act: to those people, else to the coordinator. Returns how many are new."""
    to = coordinators(session, partnership, found.agreement) if people is None else people
    return tell_of(session, partnership, found.code, kind, occasion=occasion, people=to)


def tell_of(
    session: Session,
    partnership: Partnership,
    code: str,
    kind: str,
    *,
    occasion: str,
    people: Collection[int],
) -> int:
    moment = now_for(partnership)
    tellings = [
        Telling(
            partnership_id=partnership.id,
            kind=kind,
            occasion=f"{code}:{occasion}",
            made_at=moment,
            person_id=each,
        )
        for each in sorted(people)
    ]
    return outbox.tell(session, tellings) if tellings else 0


def everybody(session: Session, partnership: Partnership, agreement: Agreement) -> set[int]:
    """The coordinator and whoever speaks for a party."""
    parties = [people_of(session, code) for code in agreement.party_codes]
    return coordinators(session, partnership, agreement).union(*parties)


def tell_changed(session: Session, partnership: Partnership, before: Negotiation, *, occasion: str) -> None:
    """Those whose signatures a change made void, and those who were asked to sign what is no longer the text."""
    if before.standing != "to-sign":
        return
    people = set[int]().union(*(people_of(session, party, SIGNS) for party in before.agreement.party_codes))
    tell(session, partnership, before, "agreement-changed", occasion=occasion, people=people)


def _code(notice: Notice) -> str:
    return notice.occasion.split(":")[1]


def _page(session: Session, notice: Notice) -> str:
    place = session.get_one(Partnership, notice.partnership_id)
    return f"/partnerships/{place.code}/agreements/{_code(notice)}{PAGES.get(notice.kind, '/negotiation')}"


def _title(session: Session, notice: Notice) -> str:
    return negotiation(session, notice.partnership_id, _code(notice)).agreement.title


def _why_not(session: Session, notice: Notice) -> str:
    """Nobody is asked for what is done: a signature that was given, a proposal that was answered, a draft that was dropped."""
    if notice.kind == DROPPED:
        return ""
    found = negotiation(session, notice.partnership_id, _code(notice))
    last = notice.occasion.rpartition(":")[2]
    act = found.event(int(last)) if last.isdecimal() else None
    if found.dropped or (notice.kind not in OF_WHAT_HOLDS and act is not None and act.version in found.drops):
        return DONE
    if notice.kind not in (TO_SIGN, PROPOSED, CHASED):
        return ""
    if notice.kind == PROPOSED:
        sequence = int(notice.occasion.split(":")[2])
        return (
            ""
            if any(each.is_open and each.proposed.sequence == sequence for each in found.proposals)
            else DONE
        )
    if notice.kind == CHASED:
        return DONE if found.standing == "signed" else ""
    wanting = session.scalars(
        select(Grant.person_id)
        .join(Agency, Agency.id == Grant.agency_id)
        .where(Agency.code.in_(found.unsigned), Grant.person_id == notice.person_id)
    ).first()
    return "" if found.standing != "drafting" and wanting is not None else DONE


bring(KINDS, Brought(page=_page, title=_title, why_not=_why_not))
