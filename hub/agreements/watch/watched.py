"""Agreements as whoever watches over them sees them: each promise of each party with its verdict now, its past, and its clock.

Worked out once for what is known (stamps.py), in each process: a page that shows what was shown before reads a few
counts and nothing else. Not to be asked in a transaction that signs figures, which may yet be taken back.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from hub.agreements import remembered
from hub.agreements.evaluate import verdicts_of
from hub.agreements.model import Agreement, Clause, Commitment
from hub.agreements.papers import Papers
from hub.agreements.verdict import Verdict
from hub.agreements.versions import agreement_as_at, agreements_as_at
from hub.agreements.watch.escalation import SLIPS, Escalated, escalations, slipping_since, times_running
from hub.agreements.watch.months import Months, Past, last_day, months_of
from hub.agreements.watch.stamps import Stamp, Stamps, stamps_of
from hub.errors import UnknownDefinition
from hub.facts.moments import AsAt, as_at
from hub.partners.models import Partnership
from hub.periods import containing

MOST_KEPT = 300  # partnerships in a process


@dataclass(frozen=True)
class Line:
    """One promise of one party. `every` is how often it is looked at: month or quarter."""

    commitment: Commitment
    clause: Clause
    party: str
    verdict: Verdict
    every: str
    past: tuple[tuple[date, Past], ...]  # the end of every month, oldest first
    since: date
    escalations: tuple[Escalated, ...]

    @property
    def looks(self) -> tuple[tuple[date, Past], ...]:
        """The days that count for the clock, and that a reader looks back on."""
        return tuple(each for each in self.past if is_look(each[0], self.every))

    @property
    def escalated(self) -> Escalated | None:
        """The clock that runs: over as soon as the verdict is a better one."""
        last = self.escalations[-1] if self.escalations else None
        if last is None or last.ended_on is not None or not self.is_slipping:
            return None
        return last

    @property
    def is_slipping(self) -> bool:
        return self.verdict.word in SLIPS or self.verdict.word == "cannot tell"

    @cached_property
    def on(self) -> dict[date, Past]:
        """What was said at the end of a month."""
        return dict(self.past)


@dataclass(frozen=True)
class Watched:
    """One agreement as at its partnership's now."""

    partnership_id: int
    agreement: Agreement
    today: date
    lines: tuple[Line, ...]

    @property
    def is_followed(self) -> bool:
        """Whether anybody is still told of what slips: not of a draft, nor long after the end."""
        return not self.agreement.is_shadow and self.today <= last_day(self.agreement)

    def line(self, commitment: str, party: str) -> Line | None:
        return next((e for e in self.lines if (e.commitment.id, e.party) == (commitment, party)), None)


def is_look(day: date, every: str) -> bool:
    return every == "month" or containing(day, "quarter").ends_on == day


_kept: WeakKeyDictionary[Any, OrderedDict[Stamp, tuple[Watched, ...]]] = WeakKeyDictionary()


def watched(session: Session, partnerships: Sequence[Partnership]) -> list[Watched]:
    """Every agreement of the partnerships that holds promises, as at now."""
    stamps = stamps_of(session, partnerships)
    kept = _kept.setdefault(session.get_bind().engine.pool, OrderedDict())  # engines with options share it
    found: list[Watched] = []
    for partnership in partnerships:
        stamp = stamps.now(partnership)
        if stamp not in kept:
            kept[stamp] = tuple(_watched(session, partnership, stamps))
        kept.move_to_end(stamp)
        found += kept[stamp]
    while len(kept) > MOST_KEPT:
        kept.popitem(last=False)
    return found


def watched_as_at(session: Session, partnership: Partnership, at: AsAt, code: str) -> Watched:
    """One agreement as it was known at a moment. Raises UnknownDefinition."""
    papers = Papers(session, partnership, at)
    agreement = agreement_as_at(session, partnership.id, code, at.moment)
    months = months_of(session, partnership, stamps_of(session, [partnership]), only=code, before=at.today)
    return _as_at(papers, agreement, months)


def all_watched_as_at(session: Session, partnership: Partnership, at: AsAt) -> list[Watched]:
    """Every agreement that holds promises, as they were known at a moment."""
    agreements = [one for one in agreements_as_at(session, partnership.id, at.moment) if one.commitments]
    if not agreements:
        return []
    papers = Papers(session, partnership, at)
    months = months_of(session, partnership, stamps_of(session, [partnership]), before=at.today)
    return [_as_at(papers, agreement, months) for agreement in agreements]


def _as_at(papers: Papers, agreement: Agreement, months: Months) -> Watched:
    # As at now it may be a session that has written, whose verdicts are not to be remembered.
    work = verdicts_of if papers.at.is_now else remembered.verdicts
    lines = tuple(_lines(papers, agreement, work(papers, agreement), months))
    return Watched(papers.partnership.id, agreement, papers.at.today, lines)


def _watched(session: Session, partnership: Partnership, stamps: Stamps) -> list[Watched]:
    at = as_at(session, partnership)
    agreements = [one for one in agreements_as_at(session, partnership.id, at.moment) if one.commitments]
    if not agreements:
        return []
    papers = Papers(session, partnership, at)
    months = months_of(session, partnership, stamps)
    return [
        Watched(
            partnership.id,
            agreement,
            at.today,
            tuple(_lines(papers, agreement, verdicts_of(papers, agreement), months)),
        )
        for agreement in agreements
    ]


def _lines(papers: Papers, agreement: Agreement, verdicts: Sequence[Verdict], months: Months) -> list[Line]:
    past: dict[tuple[str, str], list[tuple[date, Past]]] = {}
    for day, said in sorted(months.get(agreement.code, {}).items()):
        for each in said:
            past.setdefault(each.key, []).append((day, each))
    clauses = {clause.number: clause for clause in agreement.clauses}
    return [
        _line(papers, agreement, clauses, verdict, past.get((verdict.commitment, verdict.party), []))
        for verdict in verdicts
    ]


def _line(
    papers: Papers,
    agreement: Agreement,
    clauses: dict[str, Clause],
    verdict: Verdict,
    past: Sequence[tuple[date, Past]],
) -> Line:
    commitment = agreement.commitment(verdict.commitment)
    every = looked_at(papers, agreement, commitment, verdict.party)
    clock = agreement.governance.escalation
    # A draft's shadow starts no clock.
    looks = [(day, each.word) for day, each in past if is_look(day, every) and not each.is_shadow]
    return Line(
        commitment=commitment,
        clause=clauses[commitment.clause],
        party=verdict.party,
        verdict=verdict,
        every=every,
        past=tuple(past),
        since=slipping_since(looks, verdict.word, papers.today),
        escalations=escalations(looks, clock, times=times_running(clock, every)),
    )


def looked_at(papers: Papers, agreement: Agreement, commitment: Commitment, party: str) -> str:
    """Monthly where its figures come monthly; what has no figures of its own is looked at when the parties review it."""
    terms = commitment.terms
    every: str = agreement.governance.review
    if "measure" in terms:
        measure = papers.measures.get(terms["measure"])
        every = measure.usual if measure else every
    elif "return" in terms:
        try:
            owes = papers.definition(terms["return"]).owes_for(papers.agency(party).kind)
        except UnknownDefinition:
            owes = None
        every = owes.frequency if owes else every
    return "month" if every == "month" else "quarter"
