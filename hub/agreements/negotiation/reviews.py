"""The review of a quarter (month, term): what each party says of its own promises beside the verdicts, and what is to be done.

A self-assessment changes no verdict. An action has an owner and a day, and is done when somebody of the owner says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from hub.agreements.model import Agreement
from hub.agreements.negotiation import post
from hub.agreements.negotiation.acting import (
    Doer,
    checked_words,
    coming_day,
    coordinating,
    found_for,
    happen,
    moment,
    party_of,
    speaker,
)
from hub.agreements.negotiation.alerts import REVIEWS
from hub.agreements.negotiation.read import Negotiation
from hub.agreements.negotiation.record import Happened
from hub.clock import end_of_day, today_for
from hub.errors import NotReady
from hub.periods import Period, containing, following

SAID = ("as promised", "in part", "not as promised", "too early to say")


@dataclass(frozen=True)
class Action:
    agreed: Happened
    done: Happened | None

    def is_late(self, today: date) -> bool:
        return self.done is None and self.agreed.on_date is not None and self.agreed.on_date < today


def periods_of(agreement: Agreement, today: date) -> list[Period]:
    """Every period that is reviewed, from the first of the term to the one that runs."""
    kind, _ = REVIEWS[agreement.governance.review]
    found, period = [], containing(agreement.begins_on, kind)
    while period.starts_on <= min(today, agreement.ends_on):
        found.append(period)
        period = following(period)
    return found


def looked_at(period: Period, now: datetime) -> datetime:
    """The moment whose verdicts a review reads: the end of its period, or now while it runs."""
    return min(end_of_day(period.ends_on), now)


def assessments(found: Negotiation, period: str) -> dict[tuple[str, str], Happened]:
    """(promise, party) → the last that the party said of itself in a review."""
    return {
        (each.part, str(each.agency)): each
        for each in found.happened
        if each.kind == "assessed" and each.period == period
    }


def actions(found: Negotiation) -> Sequence[Action]:
    """Every action of every review, those that wait first, each by its day."""
    every = [
        Action(each, found.answer_to(each.sequence, "done"))
        for each in found.happened
        if each.kind == "acted"
    ]
    return sorted(every, key=lambda action: (action.done is not None, action.agreed.on_date or date.max))


def assess(doer: Doer, agreement: Agreement, commitment: str, period: str, *, said: str, words: str) -> None:
    """A party says how it kept its own promise in a period."""
    found = found_for(doer)
    party = party_of(doer, found)
    if not any(each.id == commitment and party in each.promisor for each in agreement.commitments):
        raise NotReady("Choose a promise that your own party made.")
    if said not in SAID:
        raise NotReady("Choose how it was kept.")
    _reviewed(doer, agreement, period)
    checked_words(words, "Say in words what stands behind it.")
    at = moment(doer, found)
    happen(
        doer, found, "assessed", at=at, party=party, part=commitment, period=period, said=said, words=words
    )


def _reviewed(doer: Doer, agreement: Agreement, period: str) -> None:
    if agreement.is_shadow:
        raise NotReady("Only a signed agreement is reviewed.")
    if period not in {each.code for each in periods_of(agreement, today_for(doer.partnership))}:
        raise NotReady("Choose a period of the agreement that has begun.")


def agree_action(
    doer: Doer, agreement: Agreement, period: str, *, owner: str, on_date: date | None, words: str
) -> None:
    """The coordinator, the data team or a party records an action that the review agreed on."""
    found = found_for(doer)
    party = speaker(doer, found)
    _reviewed(doer, agreement, period)
    if owner not in agreement.party_codes:
        raise NotReady("Choose the party that does it.")
    checked_words(words, "Say what is to be done.")
    day = coming_day(on_date, today_for(doer.partnership))
    at = moment(doer, found)
    sequence = happen(
        doer, found, "acted", at=at, party=party, owner=owner, on_date=day, period=period, words=words
    )
    people = post.people_of(doer.session, owner)
    post.tell(
        doer.session, doer.partnership, found, "agreement-action", occasion=f"{sequence}", people=people
    )


def end_action(doer: Doer, sequence: int, *, words: str) -> None:
    """Somebody of its owner, or the coordinator, says that an action is done."""
    found = found_for(doer)
    action = next((each for each in actions(found) if each.agreed.sequence == sequence), None)
    if action is None or action.done is not None:
        raise NotReady("This action is done already.")
    if doer.party != action.agreed.owner:
        coordinating(doer, found)
    party = party_of(doer, found) if doer.party == action.agreed.owner else None
    checked_words(words, "Say what was done.")
    happen(doer, found, "done", at=moment(doer, found), party=party, about=sequence, words=words)
