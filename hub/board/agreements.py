"""Agreements as pages show them: verdicts with names instead of codes, and how many of each kind an agreement has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
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
from hub.facts.moments import AsAt, as_at
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


SLIPPING = WORDS[:3]  # missed, at risk, cannot tell


@dataclass(frozen=True)
class Described:
    """A verdict with what a reader needs beside it."""

    verdict: Verdict
    party: str
    shape: str
    tone: str


@dataclass(frozen=True)
class Count:
    """So many verdicts of one word, as a mark says it: "2 missed"."""

    of: str
    number: int

    @property
    def word(self) -> str:
        return f"{self.number} {self.of}"

    @property
    def shape(self) -> str:
        return SHAPES[self.of][0]

    @property
    def tone(self) -> str:
        return SHAPES[self.of][1]


@dataclass(frozen=True)
class Promise:
    """A commitment, said once, with a verdict for each who promised it."""

    commitment: Commitment
    clause: Clause
    lines: tuple[Described, ...]

    @property
    def counts(self) -> tuple[Count, ...]:
        return counted(line.verdict for line in self.lines)


@dataclass(frozen=True)
class Tally:
    """How all promises of one party, or of one kind, stand: how many of each word, worst first."""

    code: str
    name: str
    counts: tuple[Count, ...]


@dataclass(frozen=True)
class Kept:
    """One agreement in a list: how its verdicts fall; `worst` are those that were missed, each with its party's name."""

    partnership: Partnership
    agreement: Agreement
    counts: tuple[tuple[str, int], ...]
    worst: tuple[tuple[Verdict, str], ...]


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


def of_party(found: Sequence[Promise], party: str) -> list[Promise]:
    """What one party promised, with its own verdicts alone."""
    own = [
        replace(each, lines=tuple(line for line in each.lines if line.verdict.party == party))
        for each in found
    ]
    return [each for each in own if each.lines]


def slipping(found: Sequence[Promise]) -> list[tuple[Promise, Described]]:
    """What is missed, at risk or cannot be told, party by party, worst first."""
    lines = [(promise, line) for promise in found for line in promise.lines if line.verdict.word in SLIPPING]
    return sorted(lines, key=lambda each: SLIPPING.index(each[1].verdict.word))


def counted(verdicts: Iterable[Verdict]) -> tuple[Count, ...]:
    found = Counter(verdict.word for verdict in verdicts)
    return tuple(Count(word, found[word]) for word in WORDS if found[word])


def by_party(promises: Sequence[Promise]) -> list[Tally]:
    """How each party's promises stand; whoever keeps them worst stands first."""
    lines = [line for promise in promises for line in promise.lines]
    return _tallies((line.verdict.party, line.party, line.verdict) for line in lines)


def by_kind(promises: Sequence[Promise]) -> list[Tally]:
    """The same for each kind of promise."""
    kinds = [(promise.commitment.kind, line.verdict) for promise in promises for line in promise.lines]
    return _tallies((kind, kind.capitalize(), verdict) for kind, verdict in kinds)


def _tallies(rows: Iterable[tuple[str, str, Verdict]]) -> list[Tally]:
    gathered: dict[tuple[str, str], list[Verdict]] = {}
    for code, name, verdict in rows:
        gathered.setdefault((code, name), []).append(verdict)
    found = [Tally(*key, counted(verdicts)) for key, verdicts in gathered.items()]
    return sorted(found, key=lambda each: ([-_number(each, word) for word in SLIPPING], each.name))


def _number(tally: Tally, word: str) -> int:
    return next((count.number for count in tally.counts if count.of == word), 0)


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


def overview(papers: Papers, may_read: Callable[[Agreement], bool], *, kind: str | None = None) -> list[Kept]:
    """Every agreement of a partnership that the reader may open, as at the papers' moment.

    `kind` counts only what agencies of that kind promised.
    """
    found: list[tuple[Agreement, list[Verdict]]] = []
    for agreement in agreements_as_at(papers.session, papers.partnership.id, papers.at.moment):
        if not may_read(agreement):
            continue
        verdicts = [
            verdict
            for verdict in remembered.verdicts(papers, agreement)
            if kind is None or papers.agency(verdict.party).kind == kind
        ]
        found.append((agreement, verdicts))
    missed = {verdict.party for _, verdicts in found for verdict in verdicts if verdict.word == "missed"}
    names = _names(papers.session, missed) if missed else {}
    return [_kept(papers.partnership, agreement, verdicts, names) for agreement, verdicts in found]


def _kept(
    partnership: Partnership, agreement: Agreement, verdicts: Sequence[Verdict], names: Mapping[str, str]
) -> Kept:
    counts = Counter(verdict.word for verdict in verdicts)
    return Kept(
        partnership=partnership,
        agreement=agreement,
        counts=tuple((word, counts[word]) for word in WORDS if counts[word]),
        worst=tuple(
            (verdict, names.get(verdict.party, verdict.party))
            for verdict in verdicts
            if verdict.word == "missed"
        ),
    )
