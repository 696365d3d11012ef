"""Is this month's count low: for the agency itself, and beside the other agencies tested that month?

Takes the months before the tested one and the tested count; gives an expected count with the name of its method, an
exact lower-tail probability, and false-discovery q-values over all agencies tested. A missing return is not a low
count: it is not tested and not counted here. What is found is "lower than expected", never "under-reporting".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, fsum, lgamma, log
from typing import Literal

from hub.statistics.funnel import Category, count_category
from hub.statistics.not_computed import NotComputed
from hub.statistics.rates import exact_interval

METHOD = "exact lower tail"
LIST_AT = 0.10
LEAST_FOR_DISPERSION = 12
# Below this a zero has a probability of more than 5% and is never called low: -ln(0.05).
LEAST_FOR_A_LOW_ZERO = -log(0.05)

Basis = Literal["own baseline", "own mean and season", "peers"]


@dataclass(frozen=True, slots=True)
class Expected:
    """An expected count, how it was come by, and how many received months or peers it rests on."""

    basis: Basis
    value: float
    n_points: int


@dataclass(frozen=True, slots=True)
class PeerGroup:
    """The agency's own population (or other exposure), and (count, population) of each peer, itself excluded."""

    population: float
    others: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class LowerTail:
    """The probability of a count this low or lower; `mid_p` takes half the probability of the count itself."""

    method: str
    observed: int
    expected: float
    dispersion: float
    p: float
    mid_p: float


@dataclass(frozen=True, slots=True)
class Ratio:
    """Observed over expected with its exact interval, at every count."""

    method: str
    level: float
    value: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Listed:
    """One agency's place in the month's comparison; `is_alarm` where it lies beyond the funnel's 99.8% line."""

    agency: str
    test: LowerTail
    q: float
    ratio: Ratio
    shortfall: float
    is_low: bool
    is_alarm: bool


def expected_count(
    history: Sequence[int | None],
    *,
    seasonal_factor: float | None = None,
    peers: PeerGroup | None = None,
    in_season: bool = True,
) -> Expected | NotComputed:
    """What the month after `history` (oldest first, None where not received) should bring; first basis that applies."""
    if not in_season:
        return NotComputed(METHOD, "the month is out of season for this kind of agency")
    found = _own_baseline(history) or _own_mean(history, seasonal_factor) or _from_peers(peers)
    return found or NotComputed(METHOD, "neither twelve received months nor a peer group with a population")


def lower_tail(observed: int, expected: float, *, dispersion: float = 0.0) -> LowerTail:
    """Exact Poisson, or negative binomial where the agency's own history varies more (`dispersion` is alpha)."""
    if observed < 0 or expected <= 0:
        raise ValueError(f"{observed} observed against {expected} expected cannot be tested.")
    if dispersion:
        from scipy.special import betainc

        size = 1 / dispersion
        chance = 1 / (1 + dispersion * expected)
        p = float(betainc(size, observed + 1, chance))
        log_choose = lgamma(size + observed) - lgamma(size) - lgamma(observed + 1)
        at_observed = exp(log_choose + size * log(chance) + observed * log(1 - chance))
    else:
        from scipy.special import pdtr

        p = float(pdtr(observed, expected))
        at_observed = exp(observed * log(expected) - expected - lgamma(observed + 1))
    name = f"{METHOD}, {'negative binomial' if dispersion else 'Poisson'}"
    return LowerTail(name, observed, expected, dispersion, p, p - at_observed / 2)


def lower_tail_short(observed: int, months: float, *, baseline: int, baseline_months: int) -> LowerTail:
    """The same with a baseline of under 24 months, whose own uncertainty counts too: conditional binomial.

    months: what was observed, in ordinary months: the seasonal factor of one month.
    """
    from scipy.special import bdtr

    share = months / (months + baseline_months)
    total = observed + baseline
    p = float(bdtr(observed, total, share))
    below = float(bdtr(observed - 1, total, share)) if observed else 0.0
    expected = baseline * months / baseline_months
    return LowerTail(f"{METHOD}, conditional binomial", observed, expected, 0.0, p, (p + below) / 2)


def observed_over_expected(observed: int, expected: float, *, level: float = 0.95) -> Ratio:
    """How much of what was expected came; the expected count is taken as known."""
    interval = exact_interval(observed, level=level)
    return Ratio(
        "observed over expected, exact Poisson",
        level,
        observed / expected,
        interval.lower / expected,
        interval.upper / expected,
    )


def own_dispersion(observed: Sequence[int], expected: Sequence[float]) -> float | NotComputed:
    """How much more than chance an agency's months vary about what was expected of them: alpha, by moments."""
    if len(observed) < LEAST_FOR_DISPERSION:
        reason = f"it takes {LEAST_FOR_DISPERSION} received months; there are {len(observed)}"
        return NotComputed("negative binomial dispersion", reason)
    excess = fsum((o - e) ** 2 - e for o, e in zip(observed, expected, strict=True))
    return max(0.0, excess / fsum(e * e for e in expected))


def false_discovery(p_values: Sequence[float]) -> list[float]:
    """Benjamini-Hochberg q-values, in the order given.

    As scipy.stats.false_discovery_control, which would cost each web process 100 MB.
    """
    n = len(p_values)
    q_values = [0.0] * n
    least = 1.0
    order = sorted(range(n), key=p_values.__getitem__, reverse=True)
    for rank, i in zip(range(n, 0, -1), order, strict=True):
        least = min(least, p_values[i] * (n / rank))  # in this order q is never below p
        q_values[i] = least
    return q_values


def list_low(tests: Mapping[str, LowerTail], *, at: float = LIST_AT) -> tuple[Listed, ...]:
    """All agencies tested in a month, the least likely first, then the largest shortfall."""
    q_values = false_discovery([test.p for test in tests.values()])
    listed = [
        Listed(
            agency,
            test,
            q,
            observed_over_expected(test.observed, test.expected),
            test.expected - test.observed,
            _is_low(test, q, at),
            count_category(test.observed, test.expected) is Category.LOW_0001,
        )
        for (agency, test), q in zip(tests.items(), q_values, strict=True)
    ]
    return tuple(sorted(listed, key=lambda one: (one.q, -one.shortfall, one.agency)))


def _is_low(test: LowerTail, q: float, at: float) -> bool:
    never = test.observed == 0 and test.expected < LEAST_FOR_A_LOW_ZERO
    return q <= at and not never


def _own_baseline(history: Sequence[int | None]) -> Expected | None:
    """The same calendar month of the last two or three years, scaled by the last year over the one before."""
    received = sum(y is not None for y in history)
    same_month = [
        y
        for y in (history[-12 * years] for years in (1, 2, 3) if len(history) >= 12 * years)
        if y is not None
    ]
    if received < 24 or len(same_month) < 2:
        return None
    pairs = zip(history[-12:], history[-24:-12], strict=True)
    both = [(now, before) for now, before in pairs if now is not None and before is not None]
    before_total = sum(before for _, before in both)
    if not before_total:
        return None
    growth = sum(now for now, _ in both) / before_total
    value = fsum(same_month) / len(same_month) * growth
    return Expected("own baseline", value, received) if value > 0 else None


def _own_mean(history: Sequence[int | None], seasonal_factor: float | None) -> Expected | None:
    received = [y for y in history if y is not None]
    value = fsum(received) / len(received) * (seasonal_factor or 0) if received else 0.0
    return (
        Expected("own mean and season", value, len(received)) if len(received) >= 12 and value > 0 else None
    )


def _from_peers(peers: PeerGroup | None) -> Expected | None:
    population = fsum(n for _, n in peers.others) if peers else 0.0
    if peers is None or not population:
        return None
    value = peers.population * sum(count for count, _ in peers.others) / population
    return Expected("peers", value, len(peers.others)) if value > 0 else None
