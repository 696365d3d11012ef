"""What changed between two evaluations of an agreement, and what did it: new figures, corrections, a variation, or time.

A pure function of two evaluations; nothing here reads a database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from hub.agreements.model import Agreement
from hub.agreements.verdict import Evidence, Verdict
from hub.agreements.written import commitment_digest

Cause = Literal[
    "new figures", "corrections", "a variation", "a changed definition", "what was reported", "time"
]
CAUSES: dict[Cause, str] = {
    "a variation": "the promise itself was varied",
    "a changed definition": "what the measure or the return means was changed",
    "corrections": "figures that were known then have been corrected",
    "new figures": "figures came that were not known then",
    "what was reported": "a milestone or meeting was reported or confirmed",
    "time": "nothing came, but a day has passed",
}


@dataclass(frozen=True)
class Evaluation:
    agreement: Agreement
    verdicts: Sequence[Verdict]


@dataclass(frozen=True)
class Change:
    """One promise of one party whose verdict or value is another one now. Without a `before` it is new, without an `after` gone."""

    commitment: str
    party: str
    before: Verdict | None
    after: Verdict | None
    causes: tuple[Cause, ...]

    @property
    def why(self) -> str:
        return "; ".join(CAUSES[cause] for cause in self.causes)


def changes(before: Evaluation, after: Evaluation) -> list[Change]:
    """Every line that differs in its word or value, in the order of the later evaluation; what was dropped stands last."""
    then = {(verdict.commitment, verdict.party): verdict for verdict in before.verdicts}
    now = {(verdict.commitment, verdict.party): verdict for verdict in after.verdicts}
    found = []
    for key in dict.fromkeys((*now, *then)):
        old, new = then.get(key), now.get(key)
        if old and new and (old.word, old.value, old.target) == (new.word, new.value, new.target):
            continue
        found.append(Change(*key, old, new, tuple(_causes(before.agreement, after.agreement, old, new))))
    return found


def _causes(then: Agreement, now: Agreement, old: Verdict | None, new: Verdict | None) -> Iterator[Cause]:
    if old is None or new is None:
        yield "a variation"
        return
    causes = [*_of_the_text(then, now, old, new), *_of_the_papers(old.evidence, new.evidence)]
    yield from causes or ["time"]


def _of_the_text(then: Agreement, now: Agreement, old: Verdict, new: Verdict) -> Iterator[Cause]:
    promised = [commitment_digest(one.commitment(old.commitment)) for one in (then, now)]
    if promised[0] != promised[1] or old.is_shadow != new.is_shadow:
        yield "a variation"
    definitions = {(paper.return_code, paper.definition_version) for paper in old.evidence}
    later = {(paper.return_code, paper.definition_version) for paper in new.evidence}
    replaced = (
        definitions and later - definitions and {code for code, _ in later} <= {c for c, _ in definitions}
    )
    if dict(old.measures) != dict(new.measures) or replaced:
        yield "a changed definition"


def _of_the_papers(old: Sequence[Evidence], new: Sequence[Evidence]) -> Iterator[Cause]:
    signed_then, signed_now = _signed(old), _signed(new)
    if any(signed_now.get(place, revision) != revision for place, revision in signed_then.items()):
        yield "corrections"
    if set(signed_now) - set(signed_then):
        yield "new figures"
    if _records(old) != _records(new):
        yield "what was reported"


def _signed(papers: Sequence[Evidence]) -> dict[tuple[str, str, str], int]:
    """(agency, return, period) → the revision that stood."""
    return {
        (paper.agency, paper.return_code, paper.period): paper.revision
        for paper in papers
        if paper.revision is not None
    }


def _records(papers: Sequence[Evidence]) -> list[tuple[str, str, int | None]]:
    return [(paper.return_code, paper.period, paper.number) for paper in papers if paper.revision is None]
