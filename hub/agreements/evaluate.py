"""Working out, commitment by commitment and party by party, whether an agreement is being kept.

From signed figures only, as at a moment: the same moment gives the same answer after any later correction.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.agreements import kinds
from hub.agreements.look import Look
from hub.agreements.model import WORDS, Agreement, Verdict
from hub.facts.queries import AsAt
from hub.partners.models import Partnership


def evaluate(session: Session, partnership: Partnership, agreement: Agreement, at: AsAt) -> list[Verdict]:
    """A verdict for each promisor of each commitment, in the order of the agreement."""
    look = Look(session, partnership, agreement, at)
    return [
        kinds.module(commitment.kind).judge(look, commitment, party, kinds.read_terms(commitment))
        for commitment in agreement.commitments
        for party in commitment.promisor
    ]


def slipping_first(verdicts: list[Verdict]) -> list[Verdict]:
    """What needs somebody's attention stands first."""
    return sorted(verdicts, key=lambda verdict: WORDS.index(verdict.word))
