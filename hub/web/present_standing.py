"""What waits for a person outside the returns: sharing to be accepted, agreements to be agreed or signed, milestones to
confirm, disputes to answer, drafts that one's own body coordinates, the regional office's letters and statements to issue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import g, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.agreements import sharing as texts
from hub.agreements.negotiation.read import Negotiation, negotiation
from hub.agreements.versions import agreements_as_at
from hub.agreements.watch import milestones
from hub.board.region import office
from hub.clock import now_for, today_for
from hub.partners import sharing
from hub.partners.models import Agency, Partnership
from hub.partners.policy import Permission
from hub.partners.queries import members_on
from hub.web import layout, present_coordinated, reach
from hub.web.present_waits import Known, Waits


def waiting(session: Session, places: Sequence[Partnership]) -> list[Waits]:
    """What waits in those partnerships for the person at the door, and in the regions that they watch over.

    Sharing comes first, since no figure comes in before it.
    """
    known, regional = Known(session), reach.readable(Permission.STATEMENT_ISSUE)
    return [
        *(line for place in places for line in _sharing(session, place)),
        *(line for place in places for line in _agreements(session, place, known)),
        *present_coordinated.lines(session, places, regional, known),
        *(line for place in places for line in _milestones(session, place)),
        *_papers(session, regional),
    ]


def _papers(session: Session, regional: Sequence[Partnership]) -> Iterator[Waits]:
    """The letters and statements that the regional office has drafted and not issued."""
    places = {place.id: place for place in regional}
    for place, code, number in office.unissued(session, places):
        yield Waits(
            url_for("office.paper", partnership=places[place].code, agreement=code, number=number),
            f"{office.paper(session, place, code, number).title}: {places[place].name}",
            "A draft. Edit it and issue it.",
        )


def _sharing(session: Session, place: Partnership) -> Iterator[Waits]:
    """Of one's own agencies, each that has not accepted the text in force."""
    mine, signs = reach.agency_ids(Permission.SUBMISSION_STATUS), reach.agency_ids(Permission.SHARING_ACCEPT)
    lacking = mine - sharing.accepted_by(session, place.id).keys()
    standing = texts.in_force(session, place.id) if lacking else None
    if standing is None:
        return
    for agency in members_on(session, place.id, today_for(place)):
        if agency.id in lacking:
            yield Waits(
                url_for("sharing.page", partnership=place.code, agency=agency.code),
                f"{agency.name}: {standing.agreement.title}",
                "Read it and accept it. No figures can be sent or signed before."
                if agency.id in signs
                else "No figures can be sent or signed until your signatory has accepted it.",
            )


def _agreements(session: Session, place: Partnership, known: Known) -> Iterator[Waits]:
    """Of agreements that not everybody has signed, what one's own party has still to say or to sign."""
    speaks, signs = reach.agency_ids(Permission.AGREEMENT_DRAFT), reach.agency_ids(Permission.AGREEMENT_SIGN)
    if not speaks:
        return
    own = _codes(session, speaks)
    for agreement in known.of(place).values():
        parties = [code for code in agreement.party_codes if code in own]
        waits = agreement.is_shadow or any(agreement.unsigned_since(code) for code in parties)
        if not parties or not waits:
            continue
        found = negotiation(session, place.id, agreement.code)
        if to_do := _to_do(found, parties, [code for code in parties if own[code] in signs]):
            page = (
                "negotiation.negotiation" if found.standing == "drafting" else "agreement_signing.sign_page"
            )
            yield Waits(
                url_for(page, partnership=place.code, agreement=agreement.code), agreement.title, to_do
            )


def _to_do(found: Negotiation, parties: Sequence[str], signing: Sequence[str]) -> str:
    if found.standing == "drafting":
        silent = sum(found.positions[party, part].waits for party in parties for part in found.text.digests)
        return (
            f"Say where you stand on {silent} part{'s' if silent != 1 else ''} of the draft."
            if silent
            else ""
        )
    if any(code in found.unsigned for code in signing):
        return "Read it and sign it."
    return "It waits for your signatory." if any(code in found.unsigned for code in parties) else ""


def _milestones(session: Session, place: Partnership) -> Iterator[Waits]:
    """Those to report for one's own agencies, and those that another person reported and one may confirm."""
    known = milestones.reports(session, place)
    own = _codes(session, reach.agency_ids(Permission.MILESTONE_WRITE))
    for agreement in agreements_as_at(session, place.id, now_for(place)) if own else ():
        for party, agency_id in own.items():
            for promise, by in milestones.to_report(agreement, party, agency_id, today_for(place), known):
                yield Waits(
                    _promise(place, agreement.code, promise.id, party),
                    f"{promise.id}: {promise.text}",
                    f"Due by {layout.day(by)}, and nothing is reported. Report it once it is done.",
                )
    for report in milestones.unconfirmed(known):
        if not milestones.may_confirm(session, place, g.actor, report):
            continue
        agency = session.get_one(Agency, report.agency_id)
        yield Waits(
            _promise(place, report.agreement_code, report.commitment, agency.code),
            f"{report.commitment}: {agency.name}",
            "A milestone is reported as done. Confirm it, if it is so.",
        )


def _codes(session: Session, agency_ids: set[int]) -> dict[str, int]:
    query = select(Agency.code, Agency.id).where(Agency.id.in_(agency_ids)).order_by(Agency.code)
    return {code: agency_id for code, agency_id in session.execute(query)}


def _promise(place: Partnership, agreement: str, commitment: str, party: str) -> str:
    return url_for(
        "commitment.commitment",
        partnership=place.code,
        agreement=agreement,
        commitment=commitment,
        party=party,
    )
