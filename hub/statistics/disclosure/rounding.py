"""Rounding to 5 instead of blanking: each figure for itself, or all together so that the sums still hold (Cox 1987).

Figures rounded for themselves need not add up, which must be said beside them, and may still give a count away: have
`audit_rounded` judge them. Rates and percentages are worked out from rounded counts alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.statistics.disclosure.model import ROUNDING_BASE, Cell, Equation
from hub.statistics.not_computed import NotComputed

METHOD = "controlled rounding to 5"
SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Rounded:
    """Figures that add up. `furthest` is how far the one moved most is from its true value."""

    method: str
    n_points: int
    figures: Mapping[Cell, int]
    furthest: int
    warnings: tuple[str, ...]


def round5(count: int) -> int:
    """To the nearest 5; whole numbers never lie in the middle."""
    if count < 0:
        raise ValueError(f"A count is never negative; got {count}.")
    return (count + ROUNDING_BASE // 2) // ROUNDING_BASE * ROUNDING_BASE


def controlled(values: Mapping[Cell, int], equations: Sequence[Equation]) -> Rounded | NotComputed:
    """Every figure to the 5 above or below it, multiples of 5 unchanged, sums kept, the least change in all.

    Two-way tables always allow it; three-way or linked ones may not: then figures may move 5 further.
    """
    for further in (0, 1):
        figures = _controlled(values, equations, further)
        if figures is not None:
            furthest = max((abs(figures[cell] - value) for cell, value in values.items()), default=0)
            warnings = ("Some figures had to move by more than 5 for the sums to hold.",) if further else ()
            return Rounded(METHOD, len(values), figures, furthest, warnings)
    return NotComputed(METHOD, "no figures within 10 of the true ones add up")


def _controlled(
    values: Mapping[Cell, int], equations: Sequence[Equation], further: int
) -> dict[Cell, int] | None:
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, eye_array, hstack, vstack

    cells = sorted(values)
    n, at = len(cells), {cell: i for i, cell in enumerate(cells)}
    counts = np.array([values[cell] for cell in cells], dtype=np.float64)
    below, above = np.floor(counts / ROUNDING_BASE), np.ceil(counts / ROUNDING_BASE)
    places = [
        (row, at[cell], sign)
        for row, equation in enumerate(equations)
        for cell, sign in ((equation.total, 1), *((part, -1) for part in equation.parts))
    ]
    sums = csr_array(
        ([sign for *_, sign in places], ([row for row, *_ in places], [i for _, i, _ in places])),
        shape=(len(equations), n),
    )
    # Unknowns: the figures in fives, then how far each moves, which is at least its distance either way.
    one, fives = eye_array(n, format="csr"), ROUNDING_BASE * eye_array(n, format="csr")
    nothing = csr_array((len(equations), n))
    result = milp(
        np.concatenate([np.linspace(0, 1e-6, n), np.ones(n)]),  # of equal changes the order of cells decides
        integrality=np.concatenate([np.ones(n), np.zeros(n)]),
        bounds=Bounds(
            np.concatenate([np.maximum(below - further, 0), np.zeros(n)]),
            np.concatenate([above + further, np.full(n, np.inf)]),
        ),
        constraints=[
            LinearConstraint(hstack([sums, nothing]), 0, 0),
            LinearConstraint(
                vstack([hstack([-fives, one]), hstack([fives, one])]),
                np.concatenate([-counts, counts]),
                np.inf,
            ),
        ],
        options={"time_limit": SECONDS, "mip_rel_gap": 0.0},
    )
    if result.status != 0:
        return None
    return {cell: round(five) * ROUNDING_BASE for cell, five in zip(cells, result.x[:n], strict=True)}
