"""What a party says of a draft: where it stands on a part, that it signed, what it would have otherwise. Values; read.py makes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from hub.agreements.negotiation.record import Happened

Word = Literal["agreed", "proposed", "void", "silent"]


@dataclass(frozen=True)
class Position:
    """What a party says of one part as it reads now. `since` is when it said so, or since when it has been silent."""

    party: str
    part: str
    word: Word
    since: datetime
    was: Happened | None = None  # what it said of this wording; where void, of an earlier one
    changed: Happened | None = None  # where void: the change that made it so

    @property
    def waits(self) -> bool:
        """Whether the party has nothing to say for itself of the part as it reads now."""
        return self.word in ("silent", "void")


@dataclass(frozen=True)
class Signature:
    """Of one party, bound to a text. On paper it counts once another person confirmed it."""

    party: str
    signed: Happened
    confirmed: Happened | None = None
    is_void: bool = False  # the text was changed after it
    changed: Happened | None = None  # by this act; None where a file was loaded

    @property
    def on_paper(self) -> bool:
        return self.signed.kind == "papered"

    @property
    def counts(self) -> bool:
        return not self.is_void and (not self.on_paper or self.confirmed is not None)


@dataclass(frozen=True)
class Proposal:
    proposed: Happened
    answer: Happened | None

    @property
    def is_open(self) -> bool:
        return self.answer is None
