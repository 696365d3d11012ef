"""Agreements as pages show them: verdicts with names instead of codes, and how many of each kind an agreement has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
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
    party: str
    shape: str
    tone: str


@dataclass(frozen=True)
class Promise:
    """A commitment, said once, with a verdict for each who promised it."""

    commitment: Commitment
    clause: Clause
    lines: tuple[Described, ...]


@dataclass(frozen=True)
class Kept:
    """One agreement in a list: how its verdicts fall, worst first."""

    partnership: Partnership
    agreement: Agreement
    counts: tuple[tuple[str, int], ...]
    worst: tuple[Verdict, ...]


def promises(session: Session, agreement: Agreement, verdicts: Sequence[Verdict]) -> list[Promise]:
    """Verdicts gathered under what was promised; both keep the order in which the verdicts come."""
    names: dict[str, str] = dict(
        session.execute(
            select(Agency.code, Agency.name).where(Agency.code.in_({v.party for v in verdicts}))
        ).all()
    )
    gathered: dict[str, list[Described]] = {}
    for verdict in verdicts:
        shape, tone = SHAPES[verdict.word]
        described = Described(verdict, names.get(verdict.party, verdict.party), shape, tone)
        gathered.setdefault(verdict.commitment, []).append(described)
    clauses = {clause.number: clause for clause in agreement.clauses}
    return [
        Promise(commitment, clauses[commitment.clause], tuple(lines))
        for commitment, lines in ((agreement.commitment(code), lines) for code, lines in gathered.items())
    ]


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
