"""What every act of a negotiation has in common: who acts, the lock, the moment, the record and the mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from hub.agreements.model import Agreement
from hub.agreements.negotiation import post
from hub.agreements.negotiation.models import AgreementEvent
from hub.agreements.negotiation.parts import Plain
from hub.agreements.negotiation.read import Negotiation, negotiation
from hub.agreements.negotiation.record import Happened
from hub.agreements.versions import keep
from hub.audit.canonical import canonical
from hub.audit.chain import record
from hub.clock import LONDON, now_for
from hub.document import Document
from hub.errors import Conflict, DefinitionErrors, Dropped, NotAllowed, NotReady
from hub.facts.words import keep_words
from hub.partners import queries
from hub.partners.heads import lock_head
from hub.partners.models import Partnership
from hub.partners.policy import Actor

MOST_WORDS = 2_000
MOST_FAULTS = 20
FILE = "the draft"


@dataclass(frozen=True)
class Doer:
    """Who acts on which agreement of which partnership; `party` is the code of the party that they act for."""

    session: Session
    partnership: Partnership
    actor: Actor
    code: str
    party: str | None = None


def found_for(doer: Doer) -> Negotiation:
    """The agreement as it stands, with nobody acting meanwhile."""
    lock_head(doer.session, doer.partnership.id)
    found = negotiation(doer.session, doer.partnership.id, doer.code)
    if found.dropped is not None:
        raise Dropped(dropped_in_words(found.dropped))
    if found.agreement.kind == "isa":
        raise NotReady(
            "An information-sharing agreement is brought by the data team and accepted agency by agency."
        )
    return found


def dropped_in_words(drop: Happened) -> str:
    return f"{drop.person} dropped this draft on {in_words(drop.at)}: {drop.words}"


def draft_for(doer: Doer) -> Negotiation:
    """The same, of a version that is not signed."""
    found = found_for(doer)
    unsigned(found)
    return found


def unsigned(found: Negotiation) -> None:
    if found.standing == "signed":
        raise NotReady(
            f"Version {found.version} is signed and does not change. A change of it is a new version: open a variation."
        )


def coordinating(doer: Doer, found: Negotiation) -> None:
    """Only the coordinator does this."""
    if doer.actor.id not in post.coordinators(doer.session, doer.partnership, found.agreement):
        raise NotAllowed(f"Only the coordinator, {named(found.agreement)}, does this.")


def named(agreement: Agreement) -> str:
    return agreement.coordinator.name if agreement.coordinator else "the partnership’s data team"


def party_of(doer: Doer, found: Negotiation) -> str:
    """The party that is acted for: one to the newest text, and the person's own."""
    if doer.party not in found.agreement.party_codes:
        raise NotReady("Choose the party that you speak for.")
    agency = queries.agency(doer.session, doer.party or "")
    if not any(held.agency_id == agency.id and held.role in post.PARTY for held in doer.actor.held):
        raise NotAllowed("You speak for your own agency alone.")
    return str(doer.party)


def speaker(doer: Doer, found: Negotiation) -> str | None:
    """The party that speaks; None is the coordinator, or the partnership's data team."""
    if doer.party is not None:
        return party_of(doer, found)
    team = any(held.role == "STW" and held.partnership_id == doer.partnership.id for held in doer.actor.held)
    if not team:
        coordinating(doer, found)
    return None


def moment(doer: Doer, found: Negotiation) -> datetime:
    """Now, and after everything that happened before: what came first decides what is void."""
    last = max([found.text.known_from, *(each.at for each in found.happened[-1:])])
    return max(now_for(doer.partnership), last + timedelta(microseconds=1))


def unchanged(found: Negotiation, part: str, shown: str) -> None:
    """Conflict where a part reads otherwise than it was shown: says who changed it."""
    if found.text.digests.get(part) != shown:
        raise Conflict(
            f"{who_changed(found, part)} Nothing of yours was kept: read it, then send yours again."
        )


def who_changed(found: Negotiation, part: str) -> str:
    since = found.standing_since.get(part)
    if since is None:
        return "This part was taken out after you opened it."
    by = found.changed_by(since)
    who = by.person if by else "A file that was loaded"
    return f"{who} changed this on {in_words(since.known_from)}, after you opened it."


def in_words(at: datetime) -> str:
    local = at.astimezone(LONDON)
    return f"{local.day} {local:%B %Y} at {local:%H:%M}"


def happen(
    doer: Doer,
    found: Negotiation,
    kind: str,
    *,
    at: datetime,
    digest: str | None = None,
    party: str | None = None,
    words: str = "",
    wording: Plain | None = None,
    owner: str | None = None,
    later: int = 0,
    **columns: Any,
) -> int:
    """Record one act with its audit entry; `later` counts the acts done before it in one go. Returns its sequence."""
    session, home = doer.session, doer.partnership
    event = AgreementEvent(
        partnership_id=home.id,
        agreement_code=found.code,
        sequence=found.sequence + 1 + later,
        version=found.version,
        kind=kind,
        person_id=doer.actor.id,
        at=at + timedelta(microseconds=later),
        digest=digest or found.text.digest,
        agency_id=queries.agency(session, party).id if party else None,
        owner_id=queries.agency(session, owner).id if owner else None,
        words_id=keep_words(session, home.id, checked_words(words)) if words.strip() else None,
        wording=canonical(wording) if wording is not None else "",
        **columns,
    )
    session.add(event)
    session.flush()
    record(
        session,
        actor=doer.actor.principal,
        action=f"agreement:{kind}",
        subject=f"agreement:{found.code}",
        partnership_id=home.id,
        detail={"version": event.version, "sequence": event.sequence, "digest": event.digest},
    )
    return event.sequence


def checked_words(words: str, missing: str = "") -> str:
    body = words.strip()
    if missing and not body:
        raise NotReady(missing)
    if len(body) > MOST_WORDS:
        raise NotReady(f"Write at most {MOST_WORDS:,} characters.")
    return body


def kept_text(doer: Doer, document: Plain, at: datetime, *, read: Document | None = None) -> str:
    """Keep a text of the draft; gives its digest. NotReady with every fault in words."""
    try:
        return keep(doer.session, read or Document(FILE, document), now=at).version.digest
    except DefinitionErrors as error:
        raise NotReady(faults_in_words(error, lines=read is not None)) from error


def faults_in_words(error: DefinitionErrors, *, lines: bool) -> str:
    shown = [
        f"line {fault.line}: {fault.cause}" if lines and fault.line else fault.cause
        for fault in error.errors[:MOST_FAULTS]
    ]
    more = len(error.errors) - len(shown)
    return "Nothing was kept. " + " ".join(shown) + (f" And {more} more." if more else "")


def coming_day(day: date | None, today: date) -> date:
    if day is None or day <= today:
        raise NotReady("Say by when: a day after today.")
    return day


def proposal(found: Negotiation, sequence: int) -> Happened:
    """A proposal that waits for its answer. Conflict where it has one."""
    one = next((each for each in found.proposals if each.proposed.sequence == sequence), None)
    if one is None:
        raise NotReady("There is no such proposal in this version.")
    if one.answer is not None:
        raise Conflict(f"{one.answer.person} {one.answer.kind} this proposal on {in_words(one.answer.at)}.")
    return one.proposed
