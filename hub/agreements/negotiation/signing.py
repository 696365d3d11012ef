"""Signing: the coordinator puts a text to the parties, each party's signatory signs it, and it binds as it says.

A signature is bound to the digest of what was shown. On paper it is recorded by one person, with name, day and digest,
and counts once another has confirmed it. Nobody signs for another party, and the coordinator for none.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from hub.agreements.load import checked, shipped_measures
from hub.agreements.model import Agreement
from hub.agreements.negotiation import post
from hub.agreements.negotiation.acting import (
    FILE,
    Doer,
    coordinating,
    draft_for,
    faults_in_words,
    found_for,
    happen,
    kept_text,
    moment,
)
from hub.agreements.negotiation.acts import stale
from hub.agreements.negotiation.positions import Signature
from hub.agreements.negotiation.read import Negotiation, bound_by, negotiation
from hub.agreements.written import as_document
from hub.clock import london_date, real_now, today_for
from hub.document import Document
from hub.errors import Conflict, DefinitionErrors, NotAllowed, NotReady
from hub.measures.load import measures_as_at
from hub.partners import queries
from hub.partners.holders import holders


def put(doer: Doer, shown: str) -> None:
    """The coordinator puts the text to the parties for signature, exactly as it was shown."""
    found = draft_for(doer)
    coordinating(doer, found)
    if shown != found.text.digest:
        raise Conflict(stale(found, shown))
    if found.standing == "to-sign":
        raise NotReady("It has been put to the parties already.")
    if faults := in_the_way(doer.session, found):
        raise NotReady(" ".join(faults))
    _try_signed(doer, found)
    happen(doer, found, "put", at=moment(doer, found))
    for party in found.agreement.party_codes:
        people = post.people_of(doer.session, party, post.SIGNS)
        post.tell(
            doer.session,
            doer.partnership,
            found,
            post.TO_SIGN,
            occasion=f"{found.sequence + 1}",
            people=people,
        )


def in_the_way(session: Session, found: Negotiation) -> list[str]:
    """What has to be done before a draft can be put to the parties, each as a sentence."""
    faults = []
    if waiting := sum(each.is_open for each in found.proposals):
        faults.append(
            f"{waiting} proposed {'change waits' if waiting == 1 else 'changes wait'} for an answer."
        )
    unnamed = [each.agency for each in found.agreement.parties if not each.signatories]
    if lacking := [queries.agency(session, code).name for code in unnamed]:
        faults.append(f"Say first who signs for {', '.join(lacking)}: enter a signatory’s post.")
    if not found.agreement.commitments:
        faults.append("Nothing is promised in it yet. Add a promise first.")
    return faults


def _try_signed(doer: Doer, found: Negotiation) -> None:
    """Whether it could be signed as it is: better said now than to the last signatory."""
    document = as_document(_as_signed(found, today_for(doer.partnership), []))
    try:
        checked(Document(FILE, document), shipped_measures() | measures_as_at(doer.session, real_now()))
    except DefinitionErrors as error:
        raise NotReady(faults_in_words(error, lines=False)) from error


def sign(doer: Doer, shown: str) -> None:
    """A party's signatory signs the text as shown."""
    found = _to_be_signed(doer, shown)
    party = _own_party(doer, found, ("SGN",))
    _not_yet(doer, found, party)
    at = moment(doer, found)
    happen(doer, found, "signed", at=at, party=party)
    _bind(doer, at)


def record_paper(doer: Doer, shown: str, *, name: str, on_date: date | None) -> None:
    """The party's lead records that it was signed on paper: by whom, and on which day. It waits for another person."""
    found = _to_be_signed(doer, shown)
    party = _own_party(doer, found, ("LED",))
    _not_yet(doer, found, party)
    if len(name.strip()) < 3:
        raise NotReady("Write who signed the paper: name and post.")
    if on_date is None or on_date > today_for(doer.partnership):
        raise NotReady("Write the day on which it was signed: today or before.")
    if on_date < london_date(found.reads_so_since):
        raise NotReady(
            "The text has read so only since then: a paper signed before that day is of another text."
        )
    happen(doer, found, "papered", at=moment(doer, found), party=party, words=name, on_date=on_date)
    people = post.people_of(doer.session, party, ("LED",)) | holders(
        doer.session, post.TEAM, partnership_id=doer.partnership.id
    )
    occasion = f"{found.sequence + 1}"
    post.tell(
        doer.session,
        doer.partnership,
        found,
        "agreement-paper",
        occasion=occasion,
        people=people - {doer.actor.id},
    )


def judge_paper(doer: Doer, sequence: int, *, holds: bool) -> None:
    """Another person has seen the paper: it says so, or it does not."""
    found = found_for(doer)
    paper = next(
        (each for each in found.signatures if each.signed.sequence == sequence and each.on_paper), None
    )
    if paper is None or paper.confirmed is not None:
        raise NotReady("This paper is judged already.")
    if paper.signed.person_id == doer.actor.id:
        raise NotAllowed("Another person than the one who recorded it confirms it.")
    if not _may_judge(doer, paper.party):
        raise NotAllowed("The party’s own lead or the partnership’s data team confirms it.")
    if holds and paper.is_void:
        raise Conflict(stale(found, paper.signed.digest))
    at = moment(doer, found)
    happen(
        doer,
        found,
        "confirmed" if holds else "rejected",
        at=at,
        digest=paper.signed.digest,
        party=paper.party,
        about=sequence,
        recorded_by=paper.signed.person_id,
    )
    if holds:
        _bind(doer, at)


def _may_judge(doer: Doer, party: str) -> bool:
    agency = queries.agency(doer.session, party)
    return any(
        (held.role == "LED" and held.agency_id == agency.id)
        or (held.role == "STW" and held.partnership_id == doer.partnership.id)
        for held in doer.actor.held
    )


def _to_be_signed(doer: Doer, shown: str) -> Negotiation:
    found = found_for(doer)
    if shown != found.text.digest:
        raise Conflict(stale(found, shown))
    if found.standing == "drafting":
        raise NotReady("The coordinator has not put this text to the parties for signature.")
    return found


def _own_party(doer: Doer, found: Negotiation, roles: tuple[str, ...]) -> str:
    if doer.party not in found.agreement.party_codes:
        raise NotReady("Choose the party that you sign for.")
    agency = queries.agency(doer.session, doer.party or "")
    if not any(held.agency_id == agency.id and held.role in roles for held in doer.actor.held):
        raise NotAllowed("Nobody signs for another: a party’s own people do.")
    return str(doer.party)


def _name(doer: Doer, party: str) -> str:
    return queries.agency(doer.session, party).name


def _not_yet(doer: Doer, found: Negotiation, party: str) -> None:
    if party not in found.unsigned:
        raise NotReady(f"{_name(doer, party)} has signed this text already.")
    if any(each.party == party and not each.is_void and not each.counts for each in found.signatures):
        raise NotReady(f"A paper of {_name(doer, party)} waits to be confirmed.")


def binding_now(found: Negotiation) -> bool:
    """Whether the signatures suffice: of all; or of each, where nobody is bound by an earlier version that this one varies."""
    if not found.signed_by:
        return False
    if found.agreement.binds == "all":
        return not found.unsigned
    before = found.signed_before
    if before is None:
        return True
    return not set(bound_by(before.agreement)) & set(found.unsigned) & set(found.agreement.party_codes)


def _bind(doer: Doer, at: datetime) -> None:
    """Keep the text as signed once the signatures suffice; where each binds itself, with each further signature."""
    found = negotiation(doer.session, doer.partnership.id, doer.code)
    if not binding_now(found):
        return
    signed = _as_signed(found, london_date(at), list(found.signed_by))
    kept_text(doer, as_document(signed), at)
    people = post.everybody(doer.session, doer.partnership, found.agreement)
    post.tell(
        doer.session, doer.partnership, found, "agreement-bound", occasion=f"{found.sequence}", people=people
    )


def _as_signed(found: Negotiation, today: date, signed_by: list[str]) -> Agreement:
    """The text with its signatures."""
    agreement = found.agreement
    first = agreement.signed_on or today
    signed = replace(agreement, status="signed", signed_on=first)
    if agreement.binds == "all":
        return signed
    days = {party: _day_of(found.signed_by[party]) for party in signed_by}
    parties = tuple(replace(each, signed_on=days.get(each.agency)) for each in agreement.parties)
    return replace(signed, parties=parties)


def _day_of(signature: Signature) -> date:
    """On paper it is the paper's own day."""
    return signature.signed.on_date or london_date(signature.signed.at)
