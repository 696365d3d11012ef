"""Do agencies differ more than chance allows altogether? Then the funnel must widen (Spiegelhalter 2005).

Several agencies all "outside" usually means that the model is wrong, not that all are unusual. Takes observed and
expected counts (or parts and wholes); gives phi, tau squared and a z-score for each agency with the spread between
agencies allowed for. Adjusted only where phi is above 1; fewer than eight agencies are left as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, exp, floor, fsum, log, sqrt
from typing import Literal

Form = Literal["CQC", "SHMI", "arcsine"]
LEAST_AGENCIES = 8


@dataclass(frozen=True, slots=True)
class Dispersion:
    method: str
    n_points: int
    phi: float
    tau_squared: float
    is_adjusted: bool
    z: tuple[float, ...]
    z_adjusted: tuple[float, ...]
    warnings: tuple[str, ...]


def dispersion_of_ratios(
    observed: Sequence[int], expected: Sequence[float], *, form: Form = "CQC"
) -> Dispersion:
    """Observed over expected. SHMI's logarithm cannot take a zero: then the CQC form is used, and said."""
    warnings: tuple[str, ...] = ()
    if form == "SHMI" and min(observed, default=1) == 0:
        form, warnings = "CQC", ("A count of 0 has no logarithm: the square-root form is used.",)
    pairs = list(zip(observed, expected, strict=True))
    if form == "SHMI":
        z = [sqrt(e) * log(o / e) for o, e in pairs]
        errors = [1 / sqrt(e) for _, e in pairs]
        return _dispersion("SHMI", z, errors, _truncated(z), warnings)
    z = [2 * sqrt(e) * (sqrt(o / e) - 1) for o, e in pairs]
    errors = [1 / (2 * sqrt(e)) for _, e in pairs]
    return _dispersion("CQC", z, errors, range(len(z)), warnings)


def dispersion_of_proportions(parts: Sequence[int], wholes: Sequence[int]) -> Dispersion:
    """Parts of wholes, as arcsines of square roots."""
    target = asin(sqrt(sum(parts) / sum(wholes)))
    errors = [1 / (2 * sqrt(n)) for n in wholes]
    z = [(asin(sqrt(x / n)) - target) / s for x, n, s in zip(parts, wholes, errors, strict=True)]
    return _dispersion("arcsine", z, errors, range(len(z)), ())


def ratio_limits(expected: float, tau_squared: float, *, z: float, form: Form = "CQC") -> tuple[float, float]:
    """Control limits on observed over expected at a size, the spread between agencies allowed for."""
    if form == "SHMI":
        reach = z * sqrt(1 / expected + tau_squared)
        return exp(-reach), exp(reach)
    reach = z * sqrt(1 / (4 * expected) + tau_squared)
    return max(0.0, 1 - reach) ** 2, (1 + reach) ** 2  # squared: the ratio itself is drawn, not its root


def _dispersion(
    form: Form, z: list[float], errors: list[float], kept: Sequence[int], warnings: tuple[str, ...]
) -> Dispersion:
    used = [z[i] for i in kept] if form == "SHMI" else _winsorised(z)
    phi = fsum(score**2 for score in used) / len(used) if used else 0.0
    tau_squared = _tau_squared(phi, [errors[i] for i in kept])
    if len(z) < LEAST_AGENCIES:
        warnings += (
            f"Only {len(z)} are compared: too few to allow for the spread between them; shown unadjusted.",
        )
    is_adjusted = phi > 1 and len(z) >= LEAST_AGENCIES
    adjusted = [
        score * s / sqrt(s * s + tau_squared) if is_adjusted else score
        for score, s in zip(z, errors, strict=True)
    ]
    return Dispersion(form, len(used), phi, tau_squared, is_adjusted, tuple(z), tuple(adjusted), warnings)


def _tau_squared(phi: float, errors: list[float]) -> float:
    n = len(errors)
    if n < 2 or n * phi < n - 1:
        return 0.0
    weights = [1 / s**2 for s in errors]
    total = fsum(weights)
    return max(0.0, (n * phi - (n - 1)) / (total - fsum(w * w for w in weights) / total))


def _winsorised(z: list[float]) -> list[float]:
    """The tenth at either end pulled in to the 10th and 90th percentile."""
    low, high = _percentile(z, 0.1), _percentile(z, 0.9)
    return [min(max(score, low), high) for score in z]


def _percentile(values: list[float], share: float) -> float:
    """Linear interpolation between neighbours (R's type 7)."""
    if not values:
        return 0.0
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _truncated(z: list[float]) -> list[int]:
    """Positions left when the lowest and highest tenth by rank are dropped."""
    order = sorted(range(len(z)), key=z.__getitem__)
    bins = {i: rank * 10 // (len(z) + 1) for rank, i in enumerate(order, start=1)}
    return [i for i in range(len(z)) if bins[i] not in (0, 9)]
