"""CUSUM for a sustained fall in a monthly count (Lucas 1985), with run lengths by Markov chain (Brook & Evans 1972).

The sum grows by how far each month lies below the reference value and never goes below 0; it alarms at `h`. A missing
month holds the sum and cannot alarm. There is no reset after an alarm: a person resets it, with a reason. An alarm
says that fewer came, not why.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import exp, lgamma, log

DEFAULT_FALL = 0.7


@dataclass(frozen=True, slots=True)
class Month:
    """The sum after one month; `is_missing` months hold it."""

    value: float
    is_alarm: bool
    is_missing: bool


@dataclass(frozen=True, slots=True)
class Cusum:
    method: str
    reference: tuple[float, ...]
    h: float
    n_points: int
    months: tuple[Month, ...]
    warnings: tuple[str, ...]


def reference_value(in_control: float, *, fallen: float | None = None) -> float:
    """The value between the ordinary mean and the smallest fall that matters (default 0.7 of it), to the nearest half."""
    low = in_control * DEFAULT_FALL if fallen is None else fallen
    if not 0 < low < in_control:
        raise ValueError(f"A fall goes from a higher to a lower mean above 0; got {in_control} to {low}.")
    return round(2 * (in_control - low) / (log(in_control) - log(low))) / 2


def reference_values(expected: Sequence[float]) -> tuple[float, ...]:
    """One a month where the expected count varies: it scales with what was expected."""
    return tuple(reference_value(count) for count in expected)


def cusum(
    counts: Sequence[int | None],
    *,
    reference: float | Sequence[float],
    h: float,
    resets: Collection[int] = (),
) -> Cusum:
    """The path of the sum; `reference` is one value, or one a month where the expected count varies.

    resets: places in `counts` before which a person set the sum back to 0; the reason is the caller's to keep.
    """
    references = (
        [float(reference)] * len(counts)
        if isinstance(reference, int | float)
        else list(map(float, reference))
    )
    months = []
    total = 0.0
    for place, (count, k) in enumerate(zip(counts, references, strict=True)):
        if place in resets:
            total = 0.0
        if count is not None:
            total = max(0.0, total + k - count)
        months.append(Month(total, count is not None and total >= h, count is None))
    missing = sum(month.is_missing for month in months)
    return Cusum(
        method="Poisson CUSUM for a fall",
        reference=tuple(references),
        h=h,
        n_points=len(counts) - missing,
        months=tuple(months),
        warnings=(f"{missing} missing months hold the sum and cannot alarm.",) if missing else (),
    )


def run_length(mean: float, *, reference: float, h: float) -> float:
    """The average number of months until an alarm when counts are Poisson with this mean."""
    import numpy as np

    n = round(2 * h)  # sums 0, 0.5, ... below h
    step = round(2 * reference)
    moves = np.zeros((n, n))
    for state in range(n):
        reach = (state + step) // 2  # counts beyond this end at 0 anyway
        left = 1.0
        for count in range(reach + 1):
            chance = exp(count * log(mean) - mean - lgamma(count + 1))
            left -= chance
            if (target := state + step - 2 * count) < n:
                moves[state, target] += chance
        moves[state, 0] += left
    return float(np.linalg.solve(np.eye(n) - moves, np.ones(n))[0])


def choose_h(in_control: float, *, reference: float, least_months: float = 100) -> float:
    """The smallest whole h with no more than one false alarm in `least_months` on average."""
    h = 1
    while run_length(in_control, reference=reference, h=h) < least_months:
        h += 1
    return float(h)
