"""Exact tails against numbers of methods.md and of scipy's tables; the modified z against methods.md section 7."""

import pytest

from hub.statistics.plausible import modified_z, pair_p, poisson_p


@pytest.mark.parametrize(
    ("observed", "mean", "p"),
    [
        (14, 25, 2 * 0.012402),  # methods.md section 3: one tail
        (0, 2.995732, 2 * 0.05),
        (0, 6.907755, 2 * 0.001),
        (40, 25, 0.0068871),  # twice scipy.stats.poisson.sf(39, 25)
        (25, 25, 1.0),
    ],
)
def test_poisson(observed: int, mean: float, p: float) -> None:
    assert poisson_p(observed, mean) == pytest.approx(p, rel=1e-4)


@pytest.mark.parametrize(
    ("one", "other", "p"),
    [(64, 58, 0.651), (58, 64, 0.651), (0, 0, 1.0), (0, 5, 2 / 32), (30, 58, 0.0037465)],
)
def test_two_counts(one: int, other: int, p: float) -> None:
    """64 and 58: methods.md section 5. 0 and 5: two of the 32 ways."""
    assert pair_p(one, other) == pytest.approx(p, rel=1e-3)


def test_large_counts_cost_nothing_and_stay_exact() -> None:
    assert poisson_p(100_000, 99_000) == pytest.approx(0.00151484, rel=1e-4)  # scipy.stats.poisson.sf
    assert poisson_p(0, 1000) < 1e-300  # beyond what a float holds
    assert pair_p(1_000_000, 1_000_000) == pytest.approx(1.0)


def test_what_cannot_be_tested_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be tested"):
        poisson_p(3, 0)
    with pytest.raises(ValueError, match="not counts"):
        pair_p(-1, 4)


def test_modified_z() -> None:
    assert modified_z(30, [8, 9, 7, 8, 30, 9, 8, 10, 9, 8, 7, 9]) == pytest.approx(29.00, abs=0.01)
    assert modified_z(9, [6, 6, 6, 6, 9]) is None  # a constant series has no deviation
