"""Agreements as pages show them: verdicts with names instead of codes, and how many of each kind an agreement has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.agreements import remembered
from hub.agreements.changes import Change, Evaluation, changes
from hub.agreements.model import Agreement, Clause, Commitment
from hub.agreements.papers import Papers
from hub.agreements.verdict import WORDS, Verdict
from hub.agreements.versions import NotKnownYet, agreement_as_at, agreements_as_at
from hub.clock import end_of_day
from hub.facts.queries import AsAt, as_at
from hub.partners.models import Agency, Partnership
from hub.periods import containing

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
    names = _names(session, {verdict.party for verdict in verdicts})
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


@dataclass(frozen=True)
class Since:
    """What is another than at the end of the quarter before."""

    day: date
    changes: tuple[tuple[Change, str], ...]  # each with its party's name


def since_last_quarter(
    session: Session, partnership: Partnership, agreement: Agreement, verdicts: Sequence[Verdict], at: AsAt
) -> Since | None:
    """Nothing where the agreement did not hold yet by then, or was not known here."""
    day = containing(at.today, "quarter").starts_on - timedelta(days=1)
    if day < agreement.begins_on:
        return None
    then = as_at(session, partnership, end_of_day(day))
    try:
        before = agreement_as_at(session, partnership.id, agreement.code, then.moment)
    except NotKnownYet:
        return None
    found = changes(
        Evaluation(before, remembered.verdicts(Papers(session, partnership, then), before)),
        Evaluation(agreement, verdicts),
    )
    names = _names(session, {change.party for change in found})
    return Since(day, tuple((change, names.get(change.party, change.party)) for change in found))


def _names(session: Session, codes: set[str]) -> dict[str, str]:
    return dict(session.execute(select(Agency.code, Agency.name).where(Agency.code.in_(codes))).all())


def overview(
    session: Session,
    partnership: Partnership,
    may_read: Callable[[Agreement], bool],
    *,
    at: AsAt | None = None,
    kind: str | None = None,
) -> list[Kept]:
    """Every agreement of a partnership that the reader may open, as at a moment (now, unless one is given).

    `kind` counts only what agencies of that kind promised.
    """
    at = at or as_at(session, partnership)
    papers = Papers(session, partnership, at)
    rows = []
    for agreement in agreements_as_at(session, partnership.id, at.moment):
        if not may_read(agreement):
            continue
        verdicts = [
            verdict
            for verdict in remembered.verdicts(papers, agreement)
            if kind is None or papers.agency(verdict.party).kind == kind
        ]
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
