"""Reminding the parties of what waits for them: one by one or all at once, each once a day so that nobody is flooded."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub.agreements.negotiation import post
from hub.agreements.negotiation.acting import Doer, coordinating, draft_for, happen, moment
from hub.agreements.negotiation.read import Negotiation
from hub.agreements.negotiation.record import Happened
from hub.clock import london_date, today_for
from hub.errors import NotReady
from hub.partners import queries
from hub.partners.holders import agencies_with_holder
from hub.partners.models import Partnership


@dataclass(frozen=True)
class Reminder:
    """What a party would be reminded of. `why_not` says why it is not written to today, or nothing."""

    party: str
    parts: int  # on which it is silent, or has agreed to an earlier wording
    last: Happened | None
    why_not: str


def reminders(session: Session, partnership: Partnership, found: Negotiation) -> list[Reminder]:
    """Each party of a draft, in its order."""
    able = agencies_with_holder(session, post.PARTY, found.agreement.party_codes)
    today = today_for(partnership)
    chased = {
        each.agency: each
        for each in found.happened
        if each.kind == "chased" and each.version == found.version
    }
    made = []
    for party in found.agreement.party_codes:
        last = chased.get(party)
        parts = sum(
            each.party == party for open_ones in found.open_parts.values() for each in open_ones if each.waits
        )
        why_not = _done(found, party, parts)
        if not why_not and last is not None and london_date(last.at) == today:
            why_not = f"{last.person} reminded them today already"
        if not why_not and party not in able:
            why_not = "nobody is its lead or signatory here, so there is nobody to write to"
        made.append(Reminder(party, parts, last, why_not))
    return made


def _done(found: Negotiation, party: str, parts: int) -> str:
    if found.standing == "drafting":
        return "" if parts else "it has said where it stands on every part"
    if party not in found.unsigned:
        return "it has signed"
    waits = any(each.party == party and not each.is_void for each in found.signatures)
    return "its paper waits to be confirmed" if waits else ""


def chase(doer: Doer, *parties: str) -> None:
    """The coordinator reminds those parties; without any, everyone that is silent. Who was reminded today is left in peace."""
    found = draft_for(doer)
    coordinating(doer, found)
    known = {each.party: each for each in reminders(doer.session, doer.partnership, found)}
    if not set(parties) <= known.keys():
        raise NotReady("Choose a party of the agreement.")
    asked = [known[party] for party in parties or known]
    writing = [each for each in asked if not each.why_not]
    if not writing:
        names = {each.party: queries.agency(doer.session, each.party).name for each in asked}
        reasons = "; ".join(f"{names[each.party]}: {each.why_not}" for each in asked)
        raise NotReady(f"Nobody was written to. {reasons}.")
    at = moment(doer, found)
    for later, each in enumerate(writing):
        sequence = happen(doer, found, "chased", at=at, party=each.party, later=later)
        people = post.people_of(doer.session, each.party)
        post.tell(doer.session, doer.partnership, found, post.CHASED, occasion=f"{sequence}", people=people)
