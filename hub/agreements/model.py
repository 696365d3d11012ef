"""An agreement as its file describes it, and the verdicts that are worked out for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

Word = Literal["met", "on track", "at risk", "missed", "not due", "cannot tell"]
WORDS: tuple[Word, ...] = ("missed", "at risk", "cannot tell", "on track", "met", "not due")  # worst first


@dataclass(frozen=True)
class Clause:
    number: str
    title: str
    text: str


@dataclass(frozen=True)
class Commitment:
    """One promise. What belongs to its kind (measure, return, by, target …) stands in `terms`, checked by the kind."""

    id: str
    clause: str
    text: str
    promisor: tuple[str, ...]  # agency codes: a verdict line each
    promisee: tuple[str, ...]
    supporting: tuple[str, ...]
    kind: str
    terms: dict[str, Any]


@dataclass(frozen=True)
class MilestoneSaid:
    """A milestone report that a file brings for an illustration."""

    commitment: str
    agency: str
    done_on: date
    evidence: str
    written_at: datetime
    confirmed_at: datetime | None


@dataclass(frozen=True)
class Agreement:
    code: str
    version: int
    status: Literal["draft", "signed"]
    kind: str
    partnership: str
    title: str
    about: str
    begins_on: date
    ends_on: date
    signed_on: date | None
    parties: tuple[str, ...]
    clauses: tuple[Clause, ...]
    commitments: tuple[Commitment, ...]
    milestones: tuple[MilestoneSaid, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether it has no end but stands until withdrawn."""
        return self.ends_on == date.max

    def commitment(self, id: str) -> Commitment:
        return next(commitment for commitment in self.commitments if commitment.id == id)


@dataclass(frozen=True)
class Evidence:
    """A signed revision, or a confirmed report, that a verdict rests on."""

    revision: int | None
    agency: str
    return_code: str
    period: str

    def as_json(self) -> dict[str, Any]:
        return {
            "revision": self.revision,
            "agency": self.agency,
            "return": self.return_code,
            "period": self.period,
        }


@dataclass(frozen=True)
class Verdict:
    """What the hub works out for one commitment and one party as at a moment. `reason` is a sentence with the numbers in it."""

    commitment: str
    party: str
    word: Word
    reason: str
    value: float | None = None
    target: float | None = None
    expected_to_date: float | None = None
    evidence: tuple[Evidence, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        return {
            "commitment": self.commitment,
            "party": self.party,
            "verdict": self.word,
            "value": self.value,
            "target": self.target,
            "expected_to_date": self.expected_to_date,
            "reason": self.reason,
            "evidence": [item.as_json() for item in self.evidence],
        }
