"""Mail about promises that slip and disputes about verdicts: who is told on which day. No words that people typed, no figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from hub.agreements.model import Agreement
from hub.agreements.watch.remarks import Beside, Remark, open_disputes, remarks_as_at
from hub.agreements.watch.watched import Line, Watched, watched
from hub.clock import london_date, now_for, today_for
from hub.partners.holders import holders
from hub.partners.models import Agency, Partnership, PartnershipRegion, Person
from hub.post import outbox
from hub.post.kinds import Brought, bring
from hub.post.models import AgencyContact, Notice
from hub.post.outbox import Telling

SLIPPING, DISPUTED, DISPUTE_LATE = "promise-slipping", "verdict-disputed", "verdict-dispute-late"
LEADS, OWNERS, DATA_TEAM, REGION = ("LED",), ("LED", "SGN"), ("STW",), ("REG",)
OVER = "it is over"


@dataclass(frozen=True)
class Recipients:
    people: frozenset[int] = frozenset()
    contacts: frozenset[int] = frozenset()


def remind(session: Session, partnership: Partnership) -> int:
    """Today's steps of every promise that slips, and disputes past their day, each once; returns how many notices are new."""
    found = [each for each in watched(session, [partnership]) if each.is_followed]
    return sum(
        _tell(session, partnership, kind, occasion, to)
        for each in found
        for kind, occasion, to in _due(session, partnership, each)
    )


def _due(session: Session, partnership: Partnership, found: Watched) -> Iterator[tuple[str, str, Recipients]]:
    today, code = today_for(partnership), found.agreement.code
    for line in found.lines:
        if line.escalated is None:
            continue
        place = f"{code}/{line.commitment.id}/{line.party}"
        for rung in line.escalated.reached(today):
            to = recipients(session, partnership, found.agreement, line, rung.to)
            yield SLIPPING, f"{place}:{line.escalated.started_on}:{rung.to}", to
    for dispute in open_disputes(remarks_as_at(session, partnership.id, code, now_for(partnership))):
        if dispute.due_on is not None and dispute.due_on < today:
            people = holders(session, OWNERS, agency_id=dispute.owner_id) | holders(
                session, DATA_TEAM, partnership_id=partnership.id
            )
            yield DISPUTE_LATE, _dispute(code, dispute), Recipients(frozenset(people))


def tell_of_dispute(session: Session, partnership: Partnership, beside: Beside, number: int) -> None:
    """Tell whoever has to answer a dispute, in the transaction that records it."""
    said = remarks_as_at(session, partnership.id, beside.agreement.code, now_for(partnership))
    place = (beside.verdict.commitment, beside.verdict.party, number)
    dispute = next(each for each in said if (each.commitment, each.party, each.sequence) == place)
    people = holders(session, OWNERS, agency_id=dispute.owner_id)
    _tell(
        session,
        partnership,
        DISPUTED,
        _dispute(beside.agreement.code, dispute),
        Recipients(frozenset(people)),
    )


def _dispute(code: str, dispute: Remark) -> str:
    return f"{code}/{dispute.commitment}/{dispute.party}:{dispute.sequence}"


def recipients(
    session: Session, partnership: Partnership, agreement: Agreement, line: Line, to: str
) -> Recipients:
    """Whom a rung of the agreement's escalation is: of whoever promised, and of those it was promised to."""
    sides = (line.party, *line.commitment.promisee)
    bodies = set(session.scalars(select(Agency.id).where(Agency.code.in_(sides))))
    if to == "leads":
        return Recipients(
            frozenset(each for body in bodies for each in holders(session, LEADS, agency_id=body))
        )
    if to == "chief-officers":
        return Recipients(contacts=_contacts(session, partnership, bodies, "chief"))
    if to == "board":
        return Recipients(contacts=_contacts(session, partnership, None, "chair"))
    regions = session.scalars(
        select(PartnershipRegion.region_id).where(PartnershipRegion.partnership_id == partnership.id)
    )
    if to == "regional-office":
        return Recipients(
            frozenset(each for one in regions for each in holders(session, REGION, region_id=one))
        )
    return Recipients()


def without_anybody(session: Session, partnership: Partnership, agreement: Agreement, line: Line) -> set[str]:
    """The rungs of the clock that runs for which nobody is named: a page says so, and nobody is told."""
    found = set()
    for rung in line.escalated.rungs if line.escalated else ():
        to = recipients(session, partnership, agreement, line, rung.to)
        if not to.people and not to.contacts:
            found.add(rung.to)
    return found


@dataclass(frozen=True)
class Mailed:
    """Who was written to at one step of the clock, by name, and on which day first."""

    on: date
    names: tuple[str, ...]


def mailed(
    session: Session, partnership: Partnership, agreement: str, line: Line, moment: datetime
) -> dict[tuple[date, str], Mailed]:
    """What went by mail about a promise by a moment: the day on which its clock started and the step → to whom, and when."""
    who = func.coalesce(Person.name, AgencyContact.name)
    place = f"{SLIPPING}:{agreement}/{line.commitment.id}/{line.party}:"
    contact = (AgencyContact.partnership_id == Notice.partnership_id, AgencyContact.id == Notice.contact_id)
    query = (
        select(Notice.occasion, Notice.made_at, who)
        .outerjoin(Person, Person.id == Notice.person_id)
        .outerjoin(AgencyContact, and_(*contact))
        .where(Notice.partnership_id == partnership.id, Notice.occasion.startswith(place, autoescape=True))
        .where(Notice.why == "", Notice.made_at <= moment)
        .order_by(who)
    )
    found: dict[tuple[date, str], Mailed] = {}
    for occasion, made_at, name in session.execute(query):
        _, _, started_on, step, *_ = occasion.split(":")
        key, on = (date.fromisoformat(started_on), step), london_date(made_at)
        before = found.get(key, Mailed(on, ()))
        found[key] = Mailed(min(on, before.on), (*before.names, name))
    return found


def _contacts(
    session: Session, partnership: Partnership, bodies: set[int] | None, kind: str
) -> frozenset[int]:
    query = select(AgencyContact.id).where(
        AgencyContact.partnership_id == partnership.id, AgencyContact.kind == kind
    )
    if bodies is not None:
        query = query.where(AgencyContact.agency_id.in_(bodies))
    return frozenset(session.scalars(query))


def _tell(session: Session, partnership: Partnership, kind: str, occasion: str, to: Recipients) -> int:
    moment = now_for(partnership)
    tellings = [
        Telling(partnership_id=partnership.id, kind=kind, occasion=occasion, made_at=moment, **recipient)
        for recipient in (
            *({"person_id": each} for each in sorted(to.people)),
            *({"contact_id": each} for each in sorted(to.contacts)),
        )
    ]
    return outbox.tell(session, tellings) if tellings else 0


def _place(notice: Notice) -> tuple[str, str, str]:
    """Agreement, commitment and party of a notice."""
    agreement, commitment, party = notice.occasion.split(":")[1].split("/")
    return agreement, commitment, party


def _page(session: Session, notice: Notice) -> str:
    place = session.get_one(Partnership, notice.partnership_id)
    agreement, commitment, party = _place(notice)
    return f"/partnerships/{place.code}/agreements/{agreement}/commitments/{commitment}?party={party}"


def _title(session: Session, notice: Notice) -> str:
    place = session.get_one(Partnership, notice.partnership_id)
    agreement, commitment, party = _place(notice)
    name = session.scalar(select(Agency.name).where(Agency.code == party)) or party
    return f"{commitment} of {_title_of(session, place, agreement)}: {name}"


def _title_of(session: Session, place: Partnership, code: str) -> str:
    found = next((each for each in watched(session, [place]) if each.agreement.code == code), None)
    return found.agreement.title if found else code


def _why_not(session: Session, notice: Notice) -> str:
    """Nobody is told of a promise that has recovered, nor of a dispute that has ended."""
    place = session.get_one(Partnership, notice.partnership_id)
    agreement, commitment, party = _place(notice)
    last = notice.occasion.split(":")[2]
    if notice.kind == SLIPPING:
        found = next((each for each in watched(session, [place]) if each.agreement.code == agreement), None)
        line = found.line(commitment, party) if found and found.is_followed else None
        runs = line is not None and line.escalated is not None and str(line.escalated.started_on) == last
        return "" if runs else OVER
    said = remarks_as_at(session, place.id, agreement, now_for(place), commitment=commitment, party=party)
    return "" if any(each.is_open and str(each.sequence) == last for each in said) else OVER


bring((SLIPPING, DISPUTED, DISPUTE_LATE), Brought(page=_page, title=_title, why_not=_why_not))
