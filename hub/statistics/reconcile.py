"""What one agency sent against what another received, month by month (trade mirror statistics).

Takes both sides' monthly counts, None where a side is missing; gives for the latest month the difference, its size
relative to both, and whether the two agree, differ by timing, or raise a query. Neither side is presumed wrong.
Agreement of totals is no proof that the same children were counted: |difference| is the least number unmatched.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from math import comb

from hub.statistics.not_computed import NotComputed

METHOD = "sent against received"
LEAST_FOR_SIGN_TEST = 6
MONTHS_TOGETHER = 3  # over which a difference may even out and is then one of timing


class State(StrEnum):
    AGREES = "agrees"
    TIMING = "timing"
    QUERY = "query"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far the two sides may differ: the larger of so many, and so many per cent of the larger side."""

    count: int = 2
    percent: float = 5

    def allows(self, sent: int, received: int) -> bool:
        return abs(sent - received) <= self.least(sent, received)

    def least(self, sent: int, received: int) -> int:
        # Exact: 5% of 140 is 7, and 7.000000000000001 as a float.
        above, below = _share(self.percent)
        return max(self.count, -(-above * max(sent, received) // below))


@lru_cache
def _share(percent: float) -> tuple[int, int]:
    """A percentage as whole numbers: 2.5 is 25 of 1,000."""
    share = Fraction(str(percent)) / 100
    return share.numerator, share.denominator


DEFAULT = Tolerance()


@dataclass(frozen=True, slots=True)
class Flow:
    """One month of one pair; ratios are None where both sides are 0 (`ratio` also where nothing was sent)."""

    method: str
    tolerance: Tolerance
    sent: int
    received: int
    difference: int
    asymmetry: float | None
    normalised: float | None
    ratio: float | None
    state: State
    cumulative_months: int
    cumulative_difference: int

    @property
    def p(self) -> float:
        """Whether the rates differ; it knows nothing of these being the same children, so the tolerance decides."""
        from scipy.special import bdtr

        smaller, total = min(self.sent, self.received), self.sent + self.received
        return min(1.0, 2 * float(bdtr(smaller, total, 0.5))) if total else 1.0


@dataclass(frozen=True, slots=True)
class Judged:
    """A month's state with what is known today; `evened_out` is the run of months over which it evens out."""

    state: State
    evened_out: tuple[int, int] | None = None  # first and last place in the series


@dataclass(frozen=True, slots=True)
class Matrix:
    """All pairs together: large `asymmetry` with small `net` means timing."""

    method: str
    n_points: int
    asymmetry: float | None
    net: int


@dataclass(frozen=True, slots=True)
class SignTest:
    """Whether one side is the larger too often for chance."""

    method: str
    n_points: int
    sent_larger: int
    p: float


def reconcile(
    sent: Sequence[int | None], received: Sequence[int | None], *, tolerance: Tolerance = DEFAULT
) -> Flow | NotComputed:
    """The last month of two series, with up to two months before it to tell timing from disagreement."""
    months = list(zip(sent, received, strict=True))
    if not months or (months[-1][0] is None and months[-1][1] is None):
        return NotComputed(METHOD, "neither side has a figure")
    last_sent, last_received = months[-1]
    if last_sent is None or last_received is None:
        return NotComputed(METHOD, f"cannot compare: no figure {'sent' if last_sent is None else 'received'}")
    run = _complete_tail(months, MONTHS_TOGETHER)
    run_sent, run_received = sum(s for s, _ in run), sum(r for _, r in run)
    difference, total = last_sent - last_received, last_sent + last_received
    return Flow(
        method=METHOD,
        tolerance=tolerance,
        sent=last_sent,
        received=last_received,
        difference=difference,
        asymmetry=2 * difference / total if total else None,
        normalised=difference / total if total else None,
        ratio=last_received / last_sent if last_sent else None,
        state=_state(
            last_sent, last_received, tolerance, len(run) > 1 and tolerance.allows(run_sent, run_received)
        ),
        cumulative_months=len(run),
        cumulative_difference=run_sent - run_received,
    )


def judged(
    sent: Sequence[int | None], received: Sequence[int | None], *, tolerance: Tolerance = DEFAULT
) -> list[Judged | None]:
    """Every month of two series; None where a side is missing.

    The last month is judged as `reconcile` does. An earlier one is of timing also where the months after it make it
    good: 64 against 58 is, once 55 against 61 has come.
    """
    found: list[Judged | None] = []
    months = list(zip(sent, received, strict=True))
    for place, (s, r) in enumerate(months):
        if s is None or r is None:
            found.append(None)
        elif tolerance.allows(s, r):
            found.append(Judged(State.AGREES))
        else:
            run = _evening_out(months, place, tolerance)
            found.append(Judged(State.TIMING if run else State.QUERY, run))
    return found


def _evening_out(
    months: Sequence[tuple[int | None, int | None]], place: int, tolerance: Tolerance
) -> tuple[int, int] | None:
    """The first run of complete months with this one in it whose sums agree."""
    for last in range(place, min(place + MONTHS_TOGETHER, len(months))):
        run = _complete_tail(months[: last + 1], MONTHS_TOGETHER)
        first = last + 1 - len(run)
        if (
            first <= place
            and len(run) > 1
            and tolerance.allows(sum(s for s, _ in run), sum(r for _, r in run))
        ):
            return first, last
    return None


def matrix(flows: Sequence[tuple[int, int]]) -> Matrix:
    """Weighted asymmetry over all (sent, received) pairs that have both sides."""
    total = sum(s + r for s, r in flows)
    asymmetry = 2 * sum(abs(s - r) for s, r in flows) / total if total else None
    return Matrix("weighted asymmetry", len(flows), asymmetry, sum(s - r for s, r in flows))


def persistent_bias(differences: Sequence[int]) -> SignTest | NotComputed:
    """A sign test over months; months without a difference say nothing."""
    method = "sign test"
    unequal = [d for d in differences if d]
    if len(unequal) < LEAST_FOR_SIGN_TEST:
        return NotComputed(
            method, f"it takes {LEAST_FOR_SIGN_TEST} months that differ; there are {len(unequal)}"
        )
    larger, n = sum(d > 0 for d in unequal), len(unequal)
    at_least_so_uneven = sum(comb(n, k) for k in range(min(larger, n - larger) + 1))
    return SignTest(method, n, larger, min(1.0, 2 * at_least_so_uneven / 2**n))


def _state(sent: int, received: int, tolerance: Tolerance, is_timing: bool) -> State:
    if tolerance.allows(sent, received):
        return State.AGREES
    return State.TIMING if is_timing else State.QUERY


def _complete_tail(months: Sequence[tuple[int | None, int | None]], most: int) -> list[tuple[int, int]]:
    """The last months in a row that have both sides."""
    run: list[tuple[int, int]] = []
    for sent, received in reversed(months[-most:]):
        if sent is None or received is None:
            break
        run.append((sent, received))
    return run
