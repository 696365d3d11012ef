"""Where the children of one sender live, month by month: as the sender knows it, and as the front door does."""

from __future__ import annotations

from hub.definitions.model import NOT_KNOWN
from hub.periods import Period
from hub.seed.example.invention import AREAS, spread, wobble


def by_area(code: str, month: Period, count: int) -> dict[str, int]:
    """A sender's count by area; some of it where the area is not known."""
    shares = AREAS | {NOT_KNOWN: 0.08}
    weights = [share * wobble(f"area {line} {code} {month.code}", 0.10) for line, share in shares.items()]
    return dict(zip(shares, spread(count, weights), strict=True))
