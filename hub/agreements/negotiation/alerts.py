"""What of an agreement will hurt unless somebody sees to it, and who is told before it ends or is reviewed.

The end of a memorandum warns and cuts nothing: access to figures rests on the information-sharing agreement.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from hub.agreements import kinds
from hub.agreements.model import Agreement, Commitment
from hub.agreements.negotiation import post
from hub.agreements.versions import agreements_as_at
from hub.clock import now_for, today_for
from hub.definitions import catalogue
from hub.definitions.model import Definition
from hub.errors import UnknownDefinition
from hub.measures.load import measures_as_at
from hub.measures.model import Measure
from hub.partners import queries
from hub.partners.holders import agencies_with_holder, next_change
from hub.partners.models import Partnership
from hub.periods import Kind, containing

ALERTS = (90, 60, 30, 15)  # days before
REVIEWS: dict[str, tuple[Kind, tuple[int, ...]]] = {  # no alert is as long before as the review before it
    "month": ("month", (15,)),
    "quarter": ("quarter", (60, 30, 15)),
    "term": ("term", ALERTS),
}
OF_THE_PARTY = ("submission", "funding", "staffing")  # kinds that read the promisor's own return


@dataclass(frozen=True)
class Trouble:
    """`kind` is its class, for lists and tests; `says` a sentence of what is wrong and what to do."""

    kind: str
    says: str


def troubles(session: Session, partnership: Partnership, agreement: Agreement) -> list[Trouble]:
    """Everything found about an agreement as it holds today."""
    if agreement.kind == "isa":
        return []
    today = today_for(partnership)
    return [
        *_ending(session, partnership, agreement, today),
        *_unsigned(session, agreement, today),
        *_without_signatory(session, agreement),
        *_promises(session, partnership, agreement, today),
    ]


def holds_until(session: Session, agreement: Agreement) -> datetime | None:
    """When somebody’s role as signatory begins or ends by itself, so that what was found may no longer be so."""
    return next_change(session, post.SIGNS, agreement.party_codes)


def _ending(
    session: Session, partnership: Partnership, agreement: Agreement, today: date
) -> Iterator[Trouble]:
    left = (agreement.ends_on - today).days
    if left > ALERTS[0]:
        return
    later = [
        each
        for each in agreements_as_at(session, partnership.id, now_for(partnership))
        if any(one.replaces and one.replaces.agreement == agreement.code for one in each.commitments)
    ]
    if any(not each.is_shadow for each in later):
        return
    follows = "the next one is a draft still" if later else "nobody has opened the next one"
    if left < 0:
        says = f"It ended on {_words(agreement.ends_on)}, and {follows}. Figures are shared as before: that rests on the information-sharing agreement."
        yield Trouble("expired", says)
    else:
        yield Trouble("ends-soon", f"It ends in {left} days, on {_words(agreement.ends_on)}, and {follows}.")


def _unsigned(session: Session, agreement: Agreement, today: date) -> Iterator[Trouble]:
    if agreement.is_shadow and agreement.holds_from <= today:
        says = f"It was to hold from {_words(agreement.holds_from)} and is not signed: its verdicts are a shadow."
        yield Trouble("unsigned", says)
    wanting = [
        queries.agency(session, code).name
        for code in agreement.party_codes
        if agreement.unsigned_since(code) is not None
    ]
    if wanting and agreement.holds_from <= today:
        yield Trouble("unsigned", f"Unsigned since {_words(agreement.holds_from)}: {', '.join(wanting)}.")


def _without_signatory(session: Session, agreement: Agreement) -> Iterator[Trouble]:
    able = agencies_with_holder(session, post.SIGNS, agreement.party_codes)
    for party in agreement.parties:
        if party.signatories and party.agency in able:
            continue
        name = queries.agency(session, party.agency).name
        if not party.signatories:
            yield Trouble("no-signatory", f"{name} has no signatory named in the text.")
        if party.agency not in able:
            says = (
                f"Nobody holds the role of signatory for {name} here, so nobody could sign for it on a page."
            )
            yield Trouble("no-signatory", says)


def _promises(
    session: Session, partnership: Partnership, agreement: Agreement, today: date
) -> Iterator[Trouble]:
    measures = measures_as_at(session, now_for(partnership))
    members = queries.kinds_of_members(session, partnership.id, today)
    asked: dict[str, Definition | None] = {}
    for commitment in agreement.commitments:
        if commitment.status == "outline":
            if commitment.outline_until is not None and commitment.outline_until < today:
                says = f"{commitment.id} is still in outline; it was to be made firm by {_words(commitment.outline_until)}."
                yield Trouble("no-measure", says)
            continue
        measure = measures.get(str(commitment.terms.get("measure", "")))
        if commitment.terms.get("measure") and measure is None:
            says = f"{commitment.id} is judged by the measure {commitment.terms['measure']}, which is not in force here."
            yield Trouble("no-measure", says)
            continue
        promisors = {code: members[code] for code in commitment.promisor if code in members}
        own = commitment.terms.get("of") == "party" or commitment.kind in OF_THE_PARTY
        code = _return_of(commitment, measure)
        if code is None:
            continue
        if code not in asked:
            asked[code] = _definition(session, code)
        yield from _nobody_submits(
            commitment, code, asked[code], promisors if own else members, own=own, session=session
        )


def _definition(session: Session, code: str) -> Definition | None:
    try:
        return catalogue.definition(session, code)
    except UnknownDefinition:
        return None


def _nobody_submits(
    commitment: Commitment,
    code: str,
    definition: Definition | None,
    bodies: Mapping[str, str],
    *,
    own: bool,
    session: Session,
) -> Iterator[Trouble]:
    """Whether the return that a promise is read from is owed by those whose figures it needs."""
    if definition is None:
        yield Trouble(
            "nobody-submits", f"{commitment.id} is read from the return “{code}”, which nobody is asked for."
        )
        return
    lacking = [code for code, kind in bodies.items() if definition.owes_for(kind) is None]
    owed = len(lacking) < len(bodies)
    lacking = lacking if own else []
    if lacking or not owed:
        who = ", ".join(queries.agency(session, each).name for each in lacking) or "nobody"
        yield Trouble(
            "nobody-submits",
            f"{commitment.id} is read from the return “{definition.title}”, which {who} {'owes' if not lacking else 'does not owe'}.",
        )


def _return_of(commitment: Commitment, measure: Measure | None) -> str | None:
    if commitment.kind == "submission":
        return str(commitment.terms.get("return"))
    if measure is None or measure.reads_no_return or commitment.kind not in kinds.known():
        return None
    return measure.sources[measure.usual].return_code


def remind(session: Session, partnership: Partnership) -> int:
    """Today's alerts, each once: before the end, and before a review. Returns how many notices are new."""
    today, told = today_for(partnership), 0
    for agreement in agreements_as_at(session, partnership.id, now_for(partnership)):
        for kind, day, days in _due(agreement, today):
            people = post.everybody(session, partnership, agreement)
            occasion = f"{day}:{days}"
            told += post.tell_of(session, partnership, agreement.code, kind, occasion=occasion, people=people)
    return told


def _due(agreement: Agreement, today: date) -> Iterator[tuple[str, date, int]]:
    if agreement.stands or today > agreement.ends_on:
        return
    if (days := _alert(agreement.ends_on, today, ALERTS)) is not None:
        yield "agreement-ends", agreement.ends_on, days
    review = next_review(agreement, today)
    if review is not None and not agreement.is_shadow:
        days = _alert(review, today, REVIEWS[agreement.governance.review][1])
        if days is not None:
            yield "agreement-review", review, days


def _alert(day: date, today: date, alerts: tuple[int, ...]) -> int | None:
    """The alert that is due: the nearest to the day of those that have come. Whoever starts late gets one, not all."""
    return min((days for days in alerts if (day - today).days <= days), default=None)


def next_review(agreement: Agreement, today: date) -> date | None:
    """The last day of the month, quarter or term that runs, where it lies within the agreement's time."""
    kind, _ = REVIEWS[agreement.governance.review]
    ends_on = containing(today, kind).ends_on
    return (
        ends_on
        if agreement.begins_on <= ends_on <= agreement.ends_on and agreement.begins_on <= today
        else None
    )


def _words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
