"""A total promised over a time: how the sum so far stands against its profile, and where it may end (methods.md section 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum
from typing import Any

from hub.agreements.figures import Figures
from hub.agreements.judging import Said, over_words, silence, whatever
from hub.agreements.terms import aim, amount, direction_of
from hub.periods import Period
from hub.statistics.not_computed import NotComputed
from hub.statistics.outturn import Attainment, Direction, Outturn, attain, dispersion, forecast


def total(found: Figures, terms: Mapping[str, Any], amber: float) -> Said:
    """A count at least or at most so large. A gap can still leave the answer the same, since no count is below nought."""
    weights = profile(terms, found.periods)
    come = [weights[point.period] for point in found.shown] + [weights[period] for period in found.empty]
    direction, target = direction_of(terms["direction"]), float(terms["target"])
    value = found.over(found.shown) or 0.0
    share = 1.0 if found.is_complete else fsum(come) / fsum(weights.values())
    stands = attain(target, value, share=share, direction=direction, amber=amber)
    unit = found.measure.unit
    so_far = f"{amount(value, unit)} {over_words(found.shown)}" if found.shown else "Nothing came"
    promised = f"{aim(terms['direction'], target, unit)} is promised"
    if found.is_complete or (_is_decided_early(stands) and found.measure.kind != "net"):
        met = value >= target if direction == "at least" else value <= target
        return Said(
            "met" if met else "missed",
            f"{so_far}; {promised}{whatever(found, found.gaps)}.",
            value=value,
            expected=stands.expected_to_date,
            attainment=stands.attainment,
            colour="green" if met else "red",
            is_final=True,
        )
    if found.gaps:
        return silence(found, found.gaps)
    outturn = _outturn(found, target, share, [weights[point.period] for point in found.shown], direction)
    tail = "" if stands.colour == "green" else f" That is {stands.colour}."
    return Said(
        "on track" if stands.colour == "green" else "at risk",
        f"{so_far}; {promised}, {amount(stands.expected_to_date, unit)} by now.{tail}{_likely(outturn, unit)}",
        value=value,
        expected=stands.expected_to_date,
        attainment=stands.attainment,
        colour=stands.colour,
        outturn=outturn,
    )


def profile(terms: Mapping[str, Any], periods: Sequence[Period]) -> dict[Period, float]:
    """What each period weighs in a total: as was agreed, or each the same."""
    return dict(zip(periods, terms["weights"] or [1.0] * len(periods), strict=True))


def _is_decided_early(stands: Attainment) -> bool:
    """Reached, or exceeded: what is still to come only adds."""
    reached = stands.to_date >= stands.target
    return reached if stands.direction == "at least" else stands.to_date > stands.target


def _outturn(
    found: Figures, target: float, share: float, weights: Sequence[float], direction: Direction
) -> Outturn | None:
    if found.measure.kind != "count" or not target.is_integer():
        return None
    counts = [point.numerator or 0 for point in found.shown]
    guess = forecast(
        int(target),
        sum(counts),
        share=share,
        months=len(counts),
        direction=direction,
        dispersion=dispersion(counts, weights),
    )
    return None if isinstance(guess, NotComputed) else guess


def _likely(outturn: Outturn | None, unit: str) -> str:
    if outturn is None:
        return ""
    low, high = f"{outturn.lower:,.0f}", amount(round(outturn.upper), unit)
    return f" It may end between {low} and {high}; the chance of keeping it is {100 * outturn.chance:.0f}%."
