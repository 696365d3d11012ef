"""On the first page: disputes that a person's body is to answer, and what is open in the drafts that it coordinates."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from flask import g, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.agreements.negotiation import post
from hub.agreements.negotiation.parts import name_of
from hub.agreements.negotiation.read import Negotiation, negotiation
from hub.agreements.versions import agreement_from
from hub.agreements.watch import waiting
from hub.agreements.watch.waiting import Dispute
from hub.clock import today_for
from hub.partners.models import Agency, Partnership
from hub.partners.policy import Permission
from hub.web import layout, reach
from hub.web.present_waits import Known, Waits


def lines(
    session: Session, places: Sequence[Partnership], regional: Sequence[Partnership], known: Known
) -> Iterator[Waits]:
    """Drafts first. `regional` are the partnerships of a regional office, which coordinates and answers for no party."""
    by_id = {place.id: place for place in [*places, *regional]}
    speaks = reach.agency_ids(Permission.AGREEMENT_DRAFT)
    if not speaks and not regional and not reach.partnership_ids(Permission.AGREEMENT_DRAFT):
        return
    drafted = set()
    for text in waiting.drafts(session, by_id):
        place, agreement = by_id[text.partnership_id], agreement_from(text)
        if g.person.id in post.coordinators(session, place, agreement):
            drafted.add((place.id, text.code))
            yield _draft(
                place, negotiation(session, place.id, text.code), _names(session, agreement.party_codes)
            )
    yield from _verdicts(session, by_id, known)
    yield from _funding(session, by_id, known)
    yield from _parts(session, by_id, known, speaks, drafted)


def _draft(place: Partnership, found: Negotiation, names: dict[str, str]) -> Waits:
    return Waits(
        url_for("negotiation.negotiation", partnership=place.code, agreement=found.code),
        f"{found.agreement.title}, which you coordinate",
        _open_in(found, names),
    )


def _open_in(found: Negotiation, names: dict[str, str]) -> str:
    """What keeps a draft from being signed."""
    if found.standing == "to-sign":
        wanting = ", ".join(names.get(code, code) for code in found.unsigned)
        return f"Put to the parties. Not signed yet: {wanting}."
    proposed = sum(each.is_open for each in found.proposals)
    disputed = sum(end is None for _, end in found.disputes)
    said = [
        f"{proposed} proposed change{'s wait' if proposed > 1 else ' waits'} for your answer"
        if proposed
        else "",
        f"{len(found.open_parts)} of {len(found.text.digests)} parts are not agreed to by everybody"
        if found.open_parts
        else "every part is agreed to by everybody",
        f"{disputed} dispute{'s are' if disputed > 1 else ' is'} open" if disputed else "",
    ]
    sentence = "; ".join(each for each in said if each)
    ready = "" if proposed or disputed or found.open_parts else " Put it to the parties for signature."
    return f"A draft: {sentence}.{ready}"


def _verdicts(session: Session, by_id: dict[int, Partnership], known: Known) -> Iterator[Waits]:
    own = reach.agency_ids(Permission.VERDICT_COMMENT)
    found = waiting.verdict_disputes(session, by_id, own) if own else []
    names = _names(session, {code for each in found for code in (each.owner, each.party)})
    for each in found:
        place = by_id[each.partnership_id]
        agreement = known.of(place).get(each.agreement)
        if agreement is not None:
            yield Waits(
                url_for(
                    "commitment.commitment",
                    partnership=place.code,
                    agreement=each.agreement,
                    commitment=each.about,
                    party=each.party,
                ),
                f"{each.about}: {names[each.party]}, {agreement.title}",
                f"The verdict is disputed, and {_answer(each, names, place)}",
            )


def _funding(session: Session, by_id: dict[int, Partnership], known: Known) -> Iterator[Waits]:
    own = reach.agency_ids(Permission.FINANCE_DISPUTE)
    found = waiting.funding_disputes(session, by_id, own) if own else []
    names = _names(session, {code for each in found for code in (each.owner, each.party)})
    for each in found:
        place = by_id[each.partnership_id]
        agreement = known.of(place).get(each.agreement)
        if agreement is not None:
            titles = {service.id: service.title for service in agreement.services}
            yield Waits(
                url_for("money.disputes", partnership=place.code, agreement=each.agreement),
                f"{titles.get(each.about, each.about)}, paid by {names[each.party]}: {agreement.title}",
                f"A contribution is disputed, and {_answer(each, names, place)}",
            )


def _answer(dispute: Dispute, names: dict[str, str], place: Partnership) -> str:
    was_late = dispute.due_on < today_for(place)
    return f"{names[dispute.owner]} {'was' if was_late else 'is'} to answer by {layout.day(dispute.due_on)}."


def _parts(
    session: Session,
    by_id: dict[int, Partnership],
    known: Known,
    speaks: Collection[int],
    drafted: Collection[tuple[int, str]],
) -> Iterator[Waits]:
    """Disputes about parts: for whoever is to end them, and for the coordinator of a signed agreement, who records their end."""
    found = waiting.part_disputes(session, by_id)
    names = _names(session, {each.owner for each in found})
    own = (
        set(session.scalars(select(Agency.code).where(Agency.id.in_(speaks)))) if found and speaks else set()
    )
    for each in found:
        place = by_id[each.partnership_id]
        agreement = known.of(place).get(each.agreement)
        if agreement is None:
            continue
        coordinates = (place.id, each.agreement) not in drafted and g.person.id in post.coordinators(
            session, place, agreement
        )
        if each.owner in own or coordinates:
            page = url_for("negotiation.negotiation", partnership=place.code, agreement=each.agreement)
            says = f"It is disputed. {names[each.owner]} is to end it before {layout.day(each.due_on)}"
            yield Waits(
                f"{page}#disputes",
                f"{name_of(each.about)}: {agreement.title}",
                f"{says}; record how it ended." if coordinates else f"{says}.",
            )


def _names(session: Session, codes: Collection[str]) -> dict[str, str]:
    if not codes:
        return {}
    found = session.execute(select(Agency.code, Agency.name).where(Agency.code.in_(codes)))
    return {code: name for code, name in found}
