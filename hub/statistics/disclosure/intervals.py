"""The least and greatest whole number that each unknown cell can be, given what was published: an attacker's arithmetic.

Cells that no sum ties together are solved apart. Each optimum is a complete table that the published figures allow,
so it says something about every cell at once; when the caller has seen enough of a cell it is not solved further.
A linear programme whose solution is in whole numbers is the integer truth; otherwise it is solved again in integers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from hub.statistics.disclosure.model import Cell, Equation, Published

SECONDS = 60.0  # for one optimum; an audit that cannot be finished permits nothing
WHOLE = 1e-6


@dataclass(frozen=True, slots=True)
class Interval:
    """What a cell can be, seen so far; `high` is None without upper limit, `is_whole` when there is no more to see."""

    low: int
    high: int | None
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Published figures that cannot all be true: cells told two ways, or sums that cannot hold together."""

    cells: tuple[Cell, ...]
    equations: tuple[Equation, ...]


IsEnough = Callable[[Cell, int, int | None], bool]


def _never(_cell: Cell, _low: int, _high: int | None) -> bool:
    return False


def intervals(
    published: Published, cells: Collection[Cell], *, is_enough: IsEnough = _never
) -> dict[Cell, Interval] | Contradiction:
    """For each of `cells` what it can be: solved out, or until `is_enough` says so of what was seen."""
    told_two_ways = [
        cell for cell, (low, high) in published.ranges.items() if high is not None and high < low
    ]
    broken = [
        equation
        for equation in published.equations
        if not _unknown(published, equation) and _comes_to(published, equation)
    ]
    if told_two_ways or broken:
        return Contradiction(tuple(sorted(told_two_ways)), tuple(broken))
    found = {
        cell: Interval(low, high, True)
        for cell, (low, high) in ((cell, published.ranges[cell]) for cell in cells)
    }
    for system in _systems(published):
        wanted = [i for i, cell in enumerate(system.cells) if cell in found]
        first = system.solve(dict.fromkeys(wanted, 1))
        if first is None:
            return Contradiction((), system.contradictory())
        found |= _seen(system, first, wanted, is_enough)
    return found


def _seen(
    system: _System, first: Sequence[int], wanted: Sequence[int], is_enough: IsEnough
) -> dict[Cell, Interval]:
    low, high = list(first), list(first)
    done: set[int] = set()

    def note(weights: dict[int, int]) -> None:
        table = system.solve(weights)
        if table is None:
            raise RuntimeError("A table that had a solution has none: the solver cannot be trusted here.")
        low[:] = map(min, low, table)
        high[:] = map(max, high, table)

    def top(i: int) -> int | None:
        return None if high[i] >= system.no_limit else high[i]

    def open_cells() -> list[int]:
        return [i for i in wanted if i not in done and not is_enough(system.cells[i], low[i], top(i))]

    left, sign, stalled = open_cells(), -1, 0
    while len(left) > 1 and stalled < 2:  # all at once, down and up, as long as that settles some
        note(dict.fromkeys(left, sign))
        before, left, sign = len(left), open_cells(), -sign
        stalled = stalled + 1 if len(left) == before else 0
    while left:
        i = left[0]
        note({i: 1})
        note({i: -1})
        done.add(i)
        left = open_cells()
    return {system.cells[i]: Interval(low[i], top(i), i in done) for i in wanted}


class _System:
    """Unknown cells that sums tie together: rows of (column, sign), what each row comes to, and what was told."""

    def __init__(
        self, published: Published, cells: Sequence[Cell], rows: Sequence[tuple[Equation, dict[Cell, int]]]
    ) -> None:
        import numpy as np
        from scipy.optimize import Bounds, LinearConstraint
        from scipy.sparse import csr_array

        self.cells = cells
        self._equations = [equation for equation, _ in rows]
        self._at = {cell: i for i, cell in enumerate(cells)}
        places = [(r, self._at[cell], sign) for r, (_, row) in enumerate(rows) for cell, sign in row.items()]
        self._matrix = csr_array(
            ([sign for *_, sign in places], ([r for r, *_ in places], [c for _, c, _ in places])),
            shape=(len(rows), len(cells)),
            dtype=np.float64,
        )
        self._comes_to = np.array([_comes_to(published, equation) for equation, _ in rows], dtype=np.float64)
        lows = np.array([published.ranges[cell][0] for cell in cells], dtype=np.float64)
        told = [published.ranges[cell][1] for cell in cells]
        # What sums hold at all stays below what was published altogether; what runs up far beyond is held by nothing.
        altogether = 1 + int(np.abs(self._comes_to).sum() + lows.sum()) + sum(high or 0 for high in told)
        self.no_limit = 10 * altogether
        highs = np.array([100 * altogether if high is None else high for high in told], dtype=np.float64)
        self._bounds = Bounds(lows, highs)
        self._sums = LinearConstraint(self._matrix, self._comes_to, self._comes_to)

    def solve(self, weights: dict[int, int]) -> list[int] | None:
        """A table in whole numbers that makes the weighted sum greatest; None where no table is possible."""
        import numpy as np
        from scipy.optimize import milp

        objective = np.zeros(len(self.cells))
        for i, weight in weights.items():
            objective[i] = -weight
        for integrality in (0, 1):
            result = milp(
                objective,
                integrality=np.full(len(self.cells), integrality),
                bounds=self._bounds,
                constraints=self._sums,
                options={"mip_rel_gap": 0.0, "time_limit": SECONDS},
            )
            if result.status == 2:
                return None
            if result.status != 0:
                raise RuntimeError(f"What can be worked out was not found: {result.message}")
            table = np.round(result.x)
            if np.abs(table - result.x).max() < WHOLE:
                return [int(value) for value in table]
        raise RuntimeError("The solver's whole numbers are not whole.")

    def contradictory(self) -> tuple[Equation, ...]:
        """A smallest repair: the sums that must give way so that the others can hold."""
        import numpy as np
        from scipy.optimize import linprog
        from scipy.sparse import eye_array, hstack

        n, rows = len(self.cells), len(self._equations)
        slack = eye_array(rows, format="csr")
        result = linprog(
            np.concatenate([np.zeros(n), np.ones(2 * rows)]),
            A_eq=hstack([self._matrix, slack, -slack]),
            b_eq=self._comes_to,
            bounds=[*zip(self._bounds.lb, self._bounds.ub, strict=True), *[(0, None)] * (2 * rows)],
            method="highs",
        )
        if result.status != 0:
            return tuple(self._equations)
        given_way = result.x[n : n + rows] + result.x[n + rows :]
        return tuple(
            equation for equation, slip in zip(self._equations, given_way, strict=True) if slip > WHOLE
        ) or tuple(self._equations)


def _systems(published: Published) -> Iterator[_System]:
    """The unknown cells of sums, those apart that nothing ties together."""
    import numpy as np
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    rows = [(equation, row) for equation in published.equations if (row := _unknown(published, equation))]
    cells = sorted({cell for _, row in rows for cell in row})
    if not cells:
        return
    at = {cell: i for i, cell in enumerate(cells)}
    ends = np.array([(at[next(iter(row))], at[cell]) for _, row in rows for cell in row]).reshape(-1, 2)
    graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(len(cells), len(cells)))
    count, label = connected_components(graph, directed=False)
    groups: list[tuple[list[Cell], list[tuple[Equation, dict[Cell, int]]]]] = [([], []) for _ in range(count)]
    for cell in cells:
        groups[label[at[cell]]][0].append(cell)
    for equation, row in rows:
        groups[label[at[next(iter(row))]]][1].append((equation, row))
    for members, tied in groups:
        yield _System(published, members, tied)


def _unknown(published: Published, equation: Equation) -> dict[Cell, int]:
    """Coefficients of the unknown cells in total minus parts."""
    row: dict[Cell, int] = {}
    for cell, sign in ((equation.total, 1), *((part, -1) for part in equation.parts)):
        low, high = published.ranges[cell]
        if low != high:
            row[cell] = row.get(cell, 0) + sign
    return {cell: coefficient for cell, coefficient in row.items() if coefficient}


def _comes_to(published: Published, equation: Equation) -> int:
    """What the unknown cells of total minus parts add up to."""

    def known(cell: Cell) -> int:
        low, high = published.ranges[cell]
        return low if low == high else 0

    return sum(known(part) for part in equation.parts) - known(equation.total)
