"""Agreements as pages show them: verdicts with names instead of codes, and how many of each kind an agreement has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.agreements.evaluate import evaluate
from hub.agreements.load import agreement_as_at, agreements_of
from hub.agreements.model import WORDS, Agreement, Clause, Commitment, Verdict
from hub.facts.queries import as_at
from hub.partners.models import Agency, Partnership

# Words carry the meaning; the shape and the tone repeat it.
SHAPES = {
    "met": ("tick", "good"),
    "on track": ("arrow", "good"),
    "at risk": ("half", "late"),
    "missed": ("cross", "bad"),
    "not due": ("dash", "none"),
    "cannot tell": ("circle", "busy"),
}


@dataclass(frozen=True)
class Described:
    """A verdict with what a reader needs beside it."""

    verdict: Verdict
    commitment: Commitment
    clause: Clause
    party: str
    shape: str
    tone: str


@dataclass(frozen=True)
class Kept:
    """One agreement in a list: how its verdicts fall, worst first."""

    partnership: Partnership
    agreement: Agreement
    counts: tuple[tuple[str, int], ...]
    worst: tuple[Verdict, ...]


def described(session: Session, agreement: Agreement, verdict: Verdict) -> Described:
    commitment = agreement.commitment(verdict.commitment)
    name = session.scalar(select(Agency.name).where(Agency.code == verdict.party))
    shape, tone = SHAPES[verdict.word]
    return Described(
        verdict=verdict,
        commitment=commitment,
        clause=next(clause for clause in agreement.clauses if clause.number == commitment.clause),
        party=name or verdict.party,
        shape=shape,
        tone=tone,
    )


def overview(session: Session, partnership: Partnership, may_read: Callable[[Agreement], bool]) -> list[Kept]:
    """Every agreement of a partnership that the reader may open, as at now."""
    at = as_at(session, partnership)
    rows = []
    for code in agreements_of(session, partnership.id):
        agreement = agreement_as_at(session, partnership.id, code, at.moment)
        if not may_read(agreement):
            continue
        verdicts = evaluate(session, partnership, agreement, at)
        counts = Counter(verdict.word for verdict in verdicts)
        rows.append(
            Kept(
                partnership=partnership,
                agreement=agreement,
                counts=tuple((word, counts[word]) for word in WORDS if counts[word]),
                worst=tuple(verdict for verdict in verdicts if verdict.word == "missed"),
            )
        )
    return rows
