"""Two sides beside each other: what a pair agreed, one month of it, and the matrix of senders and months.

Neither side is presumed wrong: a difference is "sent less received", and no word here says who is to mend it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from hub.facts.models import WHOLE
from hub.measures.model import Measure
from hub.periods import Period
from hub.statistics.not_computed import NotComputed
from hub.statistics.reconcile import DEFAULT, Matrix, SignTest, State, Tolerance, persistent_bias

Unit = Literal["child", "form"]
UNITS: Mapping[Unit, str] = {"child": "children", "form": "forms"}  # a family of three is 3, or 1

LETTERS: Mapping[State | None, str] = {State.AGREES: "A", State.TIMING: "T", State.QUERY: "Q", None: "–"}
STATES: Mapping[State | None, str] = {
    State.AGREES: "agrees",
    State.TIMING: "timing",
    State.QUERY: "query",
    None: "cannot compare",
}

NO_SENT = "the sender’s figure is not in"
NO_LOGGED = "the receiving side’s figure is not in"
NOT_CROSSED = "the receiving side did not count this sender by area"
NEITHER = "neither side’s figure is in"
PART_OF_IT = "one side is marked as incomplete"


@dataclass(frozen=True)
class Pair:
    """What one sender and the receiving side agreed: how far they may differ, and what each side counts."""

    tolerance: Tolerance = DEFAULT
    sent_unit: Unit = "child"
    logged_unit: Unit = "child"
    why: str = ""  # where it is not as for everybody

    @property
    def units_differ(self) -> str:
        """Why the pair cannot be compared whatever came; "" where both count alike."""
        if self.sent_unit == self.logged_unit:
            return ""
        return f"one side counts {UNITS[self.sent_unit]}, the other {UNITS[self.logged_unit]}"


@dataclass(frozen=True)
class Terms:
    """What a partnership agreed about one comparison, as known at a moment."""

    everybody: Pair = field(default_factory=Pair)
    pairs: Mapping[str, Pair] = field(default_factory=dict)  # by the sender's code
    since: Period | None = None  # the first month whose difference opens a matter
    agreed: str = ""  # where it was agreed

    def of(self, sender: str) -> Pair:
        return self.pairs.get(sender, self.everybody)


@dataclass(frozen=True, slots=True)
class Sender:
    id: int
    code: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One sender and month. `state` is None where the two cannot be compared; `note` says why, or over what it evens out."""

    sent: int | None
    logged: int | None
    state: State | None
    note: str = ""

    @property
    def letter(self) -> str:
        return LETTERS[self.state]

    @property
    def in_words(self) -> str:
        return STATES[self.state]

    @property
    def difference(self) -> int | None:
        return None if self.sent is None or self.logged is None else self.sent - self.logged

    @property
    def asymmetry(self) -> float | None:
        """The difference as a share of the mean of both sides, in per cent; undefined where both are 0."""
        if self.sent is None or self.logged is None or not self.sent + self.logged:
            return None
        return 200 * (self.sent - self.logged) / (self.sent + self.logged)


@dataclass(frozen=True)
class Row:
    """A sender's months; a cell is None for a month in which nothing was asked of it."""

    sender: Sender
    pair: Pair
    cells: tuple[Cell | None, ...]
    whole: Matrix  # over the months that have both sides

    @property
    def lasting(self) -> SignTest | NotComputed:
        """Whether one side is the larger in more months than chance would have it."""
        differences = (cell.difference for cell in self.cells if cell is not None)
        return persistent_bias([each for each in differences if each is not None])


@dataclass(frozen=True)
class Asked:
    """Which months, of which senders (None is all), and in which area (WHOLE is the whole place)."""

    first: date
    last: date
    sender_ids: tuple[int, ...] | None = None
    area_id: int = WHOLE


@dataclass(frozen=True)
class Compared:
    """Senders by months as at a moment."""

    measure: Measure
    terms: Terms
    months: tuple[Period, ...]
    rows: tuple[Row, ...]
    whole: Matrix
    asked: Asked
    withheld: str = ""  # why somebody is not shown
