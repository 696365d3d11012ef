"""An agreement as its file describes it: what was promised, by whom, for what money, and what holds if it slips.

Frozen values; reading them from a file is in `load`, writing them as one in `written`, keeping them in `versions`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from hub.agreements.money_budget import BudgetItem

Kind = Literal["mou", "plan", "isa"]
Firmness = Literal["firm", "outline"]
Basis = Literal["section-75", "section-256", "aligned", "own"]
Means = Literal["money", "posts", "space"]

STANDING = date.max  # the end of an agreement that stands until it is withdrawn


@dataclass(frozen=True)
class Signatory:
    """Who signs for a party: a post always, a person's name where the parties wrote it."""

    post: str
    name: str | None = None


@dataclass(frozen=True)
class Party:
    agency: str  # national code
    signatories: tuple[Signatory, ...] = ()
    signed_on: date | None = None  # where each party binds itself by its own signature


@dataclass(frozen=True)
class Clause:
    number: str
    title: str
    text: str


@dataclass(frozen=True)
class Baseline:
    """Where it stood when the promise was made, and where that number is written."""

    value: float
    period: str | None = None
    source: str | None = None


@dataclass(frozen=True)
class Predecessor:
    """The promise of an earlier agreement, or earlier version, that this one carries on."""

    agreement: str
    commitment: str


@dataclass(frozen=True)
class Commitment:
    """One promise. What belongs to its kind (measure, return, by, target …) stands in `terms`, checked by the kind.

    `begins_on`, `ends_on` narrow the agreement's term where the promise holds for a part of it. An *outline* promise
    is wanted, and is to be made firm by `outline_until`; until then nothing of it is judged.
    """

    id: str
    clause: str
    text: str
    promisor: tuple[str, ...]  # agency codes: a verdict line each
    kind: str
    promisee: tuple[str, ...] = ()
    supporting: tuple[str, ...] = ()
    status: Firmness = "firm"
    outline_until: date | None = None
    begins_on: date | None = None
    ends_on: date | None = None
    baseline: Baseline | None = None
    trajectory: tuple[tuple[str, float], ...] = ()  # (period, what is expected by its end), in order
    subject_to: tuple[str, ...] = ()
    replaces: Predecessor | None = None
    source: str | None = None
    terms: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Activity:
    planned: int  # a year
    unit: str


@dataclass(frozen=True)
class Waiting:
    within_days: int
    percent: float


@dataclass(frozen=True)
class Service:
    """A jointly commissioned service. Who pays stands in its contributions, who delivers here."""

    id: str
    title: str
    lead: str  # commissions it for all
    host: str  # holds the money
    providers: tuple[str, ...]
    basis: Basis
    pooled: bool
    begins_on: date
    ends_on: date | None = None
    activity: Activity | None = None
    waiting: Waiting | None = None
    areas: tuple[str, ...] = ()
    risk_share: str | None = None


@dataclass(frozen=True)
class Contribution:
    """What one party gives to a service in a financial year: money in pounds, or posts and space in kind.

    `begins_on`, `ends_on` say when it pays where payers change within the year. `share` is in per cent of the service.
    `pledged` is what the party said beforehand that it would give; only `amount`, what it is committed to, falls due.
    """

    service: str
    payer: str
    year: str
    means: Means = "money"
    amount: Decimal | None = None
    share: Decimal | None = None
    quantity: str | None = None  # in kind, in words: "2.0 posts of band 6"
    begins_on: date | None = None
    ends_on: date | None = None
    disputed: str | None = None
    pledged: Decimal | None = None


@dataclass(frozen=True)
class Step:
    """One rung of the escalation: who is told, and how many working days they have."""

    to: str
    working_days: int


@dataclass(frozen=True)
class Escalation:
    """At risk so many times running, by how often the promise is looked at, starts the clock."""

    monthly: int = 2
    quarterly: int = 1
    steps: tuple[Step, ...] = (Step("leads", 10), Step("chief-officers", 10), Step("regional-office", 10))


@dataclass(frozen=True)
class Governance:
    text: str = ""
    group: str | None = None
    review: Literal["month", "quarter", "term"] = "quarter"
    escalation: Escalation = Escalation()


@dataclass(frozen=True)
class Coordinator:
    """Who opens the draft, proposes wording and chases; signs for nobody."""

    name: str
    agency: str | None = None
    region: str | None = None


@dataclass(frozen=True)
class Thresholds:
    """Where amber ends, as a share of what was expected (methods.md section 6)."""

    at_least: float = 0.90
    at_most: float = 1.10


@dataclass(frozen=True)
class MilestoneSaid:
    """A milestone report that a file brings for an illustration."""

    commitment: str
    agency: str
    done_on: date
    evidence: str
    written_at: datetime
    confirmed_at: datetime | None = None


@dataclass(frozen=True)
class MeetingSaid:
    """A meeting of a group that a file brings for an illustration: whom it invited and who came."""

    group: str
    held_on: date
    quorum: int
    invited: tuple[str, ...]
    present: tuple[str, ...]
    written_at: datetime
    confirmed_at: datetime | None = None


@dataclass(frozen=True)
class Agreement:
    """`effective_on` is the day from which this version holds: the first day of the term unless it varies an earlier one."""

    code: str
    version: int
    status: Literal["draft", "signed"]
    kind: Kind
    partnership: str
    title: str
    begins_on: date
    ends_on: date
    parties: tuple[Party, ...]
    clauses: tuple[Clause, ...]
    commitments: tuple[Commitment, ...]
    about: str = ""
    signed_on: date | None = None
    effective_on: date | None = None
    varies: str | None = None  # why an earlier version was changed
    binds: Literal["all", "each"] = "all"  # when all have signed, or each who has from its own signature
    coordinator: Coordinator | None = None
    governance: Governance = Governance()
    thresholds: Thresholds = Thresholds()
    services: tuple[Service, ...] = ()
    contributions: tuple[Contribution, ...] = ()
    budget: tuple[BudgetItem, ...] = ()
    milestones: tuple[MilestoneSaid, ...] = ()
    meetings: tuple[MeetingSaid, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether it has no end but stands until withdrawn."""
        return self.ends_on == STANDING

    @property
    def is_shadow(self) -> bool:
        """Verdicts of a draft are a shadow of what they would be."""
        return self.status != "signed"

    def unsigned_since(self, party: str) -> date | None:
        """Since when a party's signature is wanting where each binds itself; None where its promises hold.

        A file may say that everybody signed on one day, and of no party when.
        """
        signed = {each.agency: each.signed_on for each in self.parties}
        if self.binds == "all" or self.is_shadow or not any(signed.values()):
            return None
        return None if signed.get(party) else self.holds_from

    @property
    def holds_from(self) -> date:
        return self.effective_on or self.begins_on

    @property
    def party_codes(self) -> tuple[str, ...]:
        return tuple(party.agency for party in self.parties)

    def commitment(self, id: str) -> Commitment:
        return next(commitment for commitment in self.commitments if commitment.id == id)

    def span(self, commitment: Commitment) -> tuple[date, date]:
        """The days within which a promise is judged: its own, else the agreement's."""
        return commitment.begins_on or self.begins_on, commitment.ends_on or self.ends_on
