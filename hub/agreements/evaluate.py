"""Working out, commitment by commitment and party by party, whether an agreement is being kept.

From signed figures only, as at a moment: the same moment gives the same answer after any later correction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.agreements import kinds
from hub.agreements.look import Look, words_of
from hub.agreements.model import Agreement, Commitment
from hub.agreements.papers import Papers
from hub.agreements.verdict import WORDS, Verdict
from hub.errors import UnknownDefinition
from hub.facts.moments import AsAt
from hub.partners.models import Partnership, Person


def evaluate(session: Session, partnership: Partnership, agreement: Agreement, at: AsAt) -> list[Verdict]:
    """A verdict for each promisor of each commitment, in the order of the agreement."""
    return verdicts_of(Papers(session, partnership, at), agreement)


def verdicts_of(papers: Papers, agreement: Agreement) -> list[Verdict]:
    """The same, for several agreements of a partnership that are read with the same papers."""
    look = Look(papers, agreement)
    return [
        _judged(look, commitment, party)
        for commitment in agreement.commitments
        for party in commitment.promisor
    ]


def _judged(look: Look, commitment: Commitment, party: str) -> Verdict:
    if (since := look.agreement.unsigned_since(party)) is not None:
        said = f"Unsigned since {words_of(since)}: it binds {party} from its own signature on."
        return look.verdict(commitment, party, "not due", said)
    if commitment.status == "outline":
        return _in_outline(look, commitment, party)
    begins_on = max(look.span(commitment)[0], look.agreement.begins_on)
    if look.today < begins_on:
        return look.verdict(commitment, party, "not due", f"It holds from {words_of(begins_on)}.")
    terms = kinds.read_terms(commitment)
    try:
        verdict: Verdict = kinds.module(commitment.kind).judge(look, commitment, party, terms)
    except UnknownDefinition as error:
        # What it is measured by is not here, or is not counted so: the others are judged all the same.
        return look.verdict(commitment, party, "cannot tell", f"Cannot tell: {error}")
    return verdict


def _in_outline(look: Look, commitment: Commitment, party: str) -> Verdict:
    """Wanted, and not promised in numbers yet: judged by whether it was made firm in time."""
    until = commitment.outline_until or look.agreement.ends_on
    if look.today <= until:
        return look.verdict(
            commitment, party, "not due", f"In outline until {words_of(until)}: to be made firm by then."
        )
    if look.today > look.span(commitment)[1]:
        return look.verdict(
            commitment, party, "missed", "Its time is over, and it was never made firm.", is_final=True
        )
    return look.verdict(
        commitment, party, "at risk", f"Still in outline: it was to be made firm by {words_of(until)}."
    )


def slipping_first(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """What needs somebody's attention stands first."""
    return sorted(verdicts, key=lambda verdict: WORDS.index(verdict.word))


def signers(session: Session, verdicts: Iterable[Verdict]) -> dict[int, str]:
    """The names of everybody whose signature the verdicts rest on."""
    people = {paper.signed_by for verdict in verdicts for paper in verdict.evidence if paper.signed_by}
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
    return dict(rows.all())
