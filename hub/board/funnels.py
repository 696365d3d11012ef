"""Several bodies in one funnel: which lie further from all together than chance allows, the spread between them allowed for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, pi, sin, sqrt
from typing import Literal

from hub.statistics.funnel import Area, Category, Funnel, funnel, proportion_lines, ratio_lines
from hub.statistics.not_computed import NotComputed
from hub.statistics.overdispersion import (
    Dispersion,
    dispersion_of_proportions,
    dispersion_of_ratios,
    ratio_limits,
)
from hub.statistics.rates import z_for

Kind = Literal["proportion", "rate"]
LEVELS = (0.95, 0.998)
WORDS = {
    Category.LOW_0001: "much lower",
    Category.LOW_0025: "lower",
    Category.HIGH_0001: "much higher",
    Category.HIGH_0025: "higher",
    Category.NOT_SIGNIFICANT: "not unlike",
}
_SIZES = 40  # places at which a control line is worked out


@dataclass(frozen=True)
class Judged:
    """`categories` in the order of the bodies; `level` is of all together, in the measure's own unit."""

    kind: Kind
    funnel: Funnel
    spread: Dispersion | None
    level: float
    categories: tuple[Category | NotComputed, ...]

    @property
    def is_widened(self) -> bool:
        return self.spread is not None and self.spread.is_adjusted

    def line(self, sizes: tuple[float, float], level: float, *, upper: bool) -> list[tuple[float, float]]:
        """One control line between two sizes: (size, value)."""
        low, high = sizes
        if self.kind == "rate" and not self.is_widened:
            return self._exact_rates(low, high, level, upper=upper)
        steps = [low + (high - low) * step / _SIZES for step in range(_SIZES + 1)]
        return [(size, self._limits(size, level)[upper]) for size in steps if size > 0]

    def _exact_rates(
        self, low: float, high: float, level: float, *, upper: bool
    ) -> list[tuple[float, float]]:
        """Exact at whole counts: the size at which so many lie on the line."""
        per_head, found = self.level / self.funnel.multiplier, []
        for observed in range(0, 3 * round(high * per_head) + 10):
            lines = ratio_lines(observed, level=level)
            at, ratio = (lines.upper_at, lines.upper) if upper else (lines.lower_at, lines.lower)
            if at is not None and ratio is not None and low <= at / per_head <= high:
                found.append((at / per_head, ratio * self.level))
        return found

    def _limits(self, size: float, level: float) -> tuple[float, float]:
        share, z = self.level / self.funnel.multiplier, z_for(level)
        tau_squared = self.spread.tau_squared if self.spread is not None and self.is_widened else 0.0
        if self.kind == "rate":
            lower, upper = ratio_limits(size * share, tau_squared, z=z)
            return lower * self.level, upper * self.level
        if not self.is_widened:
            lower, upper = proportion_lines(share, size, level=level)
            return max(0.0, lower) * self.funnel.multiplier, min(1.0, upper) * self.funnel.multiplier
        middle, reach = asin(sqrt(share)), z * sqrt(1 / (4 * size) + tau_squared)
        low, high = max(0.0, middle - reach), min(pi / 2, middle + reach)
        return sin(low) ** 2 * self.funnel.multiplier, sin(high) ** 2 * self.funnel.multiplier


def judged(areas: Sequence[Area], kind: Kind, multiplier: float) -> Judged:
    """Every body against all together; where they differ more than chance allows altogether, limits widen by the spread."""
    found = funnel(areas, kind=kind, multiplier=multiplier)
    spread = _spread(areas, kind, found)
    level = found.baseline if isinstance(found.baseline, float) else 0.0
    if spread is None or not spread.is_adjusted:
        return Judged(kind, found, spread, level, tuple(point.category for point in found.points))
    return Judged(kind, found, spread, level, tuple(_widened(z) for z in spread.z_adjusted))


def _spread(areas: Sequence[Area], kind: Kind, found: Funnel) -> Dispersion | None:
    pairs = [(a.numerator, int(a.denominator)) for a in areas if a.numerator is not None and a.denominator]
    if len(pairs) < len(areas) or not isinstance(found.baseline, float) or not found.baseline:
        return None
    parts, wholes = [part for part, _ in pairs], [whole for _, whole in pairs]
    if kind == "proportion":
        return dispersion_of_proportions(parts, wholes) if 0 < sum(parts) < sum(wholes) else None
    return dispersion_of_ratios(parts, [whole * found.baseline / found.multiplier for whole in wholes])


def _widened(z: float) -> Category:
    if abs(z) > z_for(0.998):
        return Category.LOW_0001 if z < 0 else Category.HIGH_0001
    if abs(z) > z_for(0.95):
        return Category.LOW_0025 if z < 0 else Category.HIGH_0025
    return Category.NOT_SIGNIFICANT
