"""Rows of the suppressor's programme: what every safe pattern must blank, found where one pattern is not safe.

A small count may move up to the threshold only if the cells tied to it can move with it. If they cannot, a linear
programme's dual prices say which cells hold it: of those, weighted by how far each could move, enough must be blank.
That holds in every safe pattern (Fischetti & Salazar's capacity constraints), and fails in the one at hand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.statistics.disclosure.intervals import Contradiction, Interval, intervals
from hub.statistics.disclosure.model import Cell, Equation, Profile, knowing, sensitive_cells, with_blanks

# How far a cell that is shown counts as moving when prices are looked for: enough to have a price, too little to help.
SLIGHTLY = 1e-3
NOTHING = 1e-7


@dataclass(frozen=True, slots=True)
class Task:
    """A table of true values and what may be done with it. `readers`: the cells that each kind of reader knows."""

    values: Mapping[Cell, int]
    equations: tuple[Equation, ...]
    profile: Profile
    sensitive: frozenset[Cell]
    always_blank: frozenset[Cell]
    may_blank: frozenset[Cell]
    readers: tuple[frozenset[Cell], ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """Of these cells enough must be blank: the weights of the blank ones come to at least so much.

    `only_if` names a cell that asks for it only when it is itself blank.
    """

    weights: Mapping[Cell, float]
    least: float
    only_if: Cell | None = None

    def is_broken_by(self, pattern: Collection[Cell]) -> bool:
        if self.only_if is not None and self.only_if not in pattern:
            return False
        return sum(weight for cell, weight in self.weights.items() if cell in pattern) < self.least - NOTHING


def task(
    values: Mapping[Cell, int],
    equations: Sequence[Equation],
    profile: Profile,
    *,
    must_show: Collection[Cell],
    keep_blank: Collection[Cell],
    insiders: Mapping[str, Collection[Cell]],
) -> Task:
    shown = frozenset(must_show)
    sensitive = sensitive_cells(values, profile) - shown
    always = sensitive | frozenset(keep_blank)
    told_zeros = {cell for cell, value in values.items() if value < profile.least_blank}
    return Task(
        values=values,
        equations=tuple(equations),
        profile=profile,
        sensitive=sensitive,
        always_blank=always,
        may_blank=always | (values.keys() - shown - told_zeros),
        readers=(frozenset(), *map(frozenset, insiders.values())),
    )


def lone_blanks(task: Task) -> list[Cut]:
    """No sum may hold a single blank: it would be the difference of what is shown."""
    found = {}
    for known in task.readers:
        for equation in task.equations:
            unknown = [
                cell
                for cell in (equation.total, *equation.parts)
                if cell in task.may_blank and cell not in known
            ]
            for cell in unknown:
                if known and cell not in task.sensitive:
                    continue  # found later, where it happens
                others = {other: 1.0 for other in unknown if other != cell}
                found[cell, frozenset(others)] = Cut(others, 1.0, only_if=cell)
    return list(found.values())


def cuts_against(task: Task, pattern: frozenset[Cell]) -> list[Cut]:
    """A row that the pattern breaks for each cell that it leaves open to some reader; none if it is safe."""
    return [
        cut
        for known, cells in _left_open(task, pattern)
        for moves in [_Moves(task, pattern, known)]
        for cell, seen in cells.items()
        for cut in _cuts_for(cell, seen, task, pattern, known, moves)
    ]


def completed(task: Task, pattern: frozenset[Cell]) -> frozenset[Cell]:
    """A pattern with what its open cells need to move, the cheapest way for each: safe, and seldom the cheapest in all."""
    while found := _left_open(task, pattern):
        before = pattern
        for known, cells in found:
            for cell in cells:
                pattern |= _Moves(task, pattern, known).ways(cell, _needs(task, cell))
        if pattern == before:
            break
    return pattern


def _left_open(task: Task, pattern: frozenset[Cell]) -> list[tuple[frozenset[Cell], dict[Cell, Interval]]]:
    """Cells that a reader could work out too closely. Insiders are looked at once outsiders are kept from all."""
    outside, *inside = task.readers
    found = [(outside, _open_to(task, pattern, outside))]
    if not found[0][1]:
        found = [(known, _open_to(task, pattern, known)) for known in inside if known & pattern]
    return [(known, cells) for known, cells in found if cells]


def _open_to(task: Task, pattern: frozenset[Cell], known: frozenset[Cell]) -> dict[Cell, Interval]:
    """The cells that are not safe, with all that they can be."""
    least = task.profile.least_blank
    published = knowing(
        with_blanks(task.values, pattern, task.equations, least=least),
        {cell: task.values[cell] for cell in known},
    )

    def is_enough(cell: Cell, low: int, high: int | None) -> bool:
        if cell not in task.sensitive:
            return high is None or low < high
        return low <= least and (high is None or high >= task.profile.threshold)

    found = intervals(published, sorted(pattern - known), is_enough=is_enough)
    if isinstance(found, Contradiction):
        raise ValueError(f"The true values contradict each other: {found}")
    return {cell: seen for cell, seen in found.items() if not is_enough(cell, seen.low, seen.high)}


def _needs(task: Task, cell: Cell) -> list[tuple[int, int]]:
    """Which way a small count must be able to move, and how far."""
    value = task.values[cell]
    if cell not in task.sensitive:
        return [(1, 1)]
    ways = [(1, task.profile.threshold - value), (-1, value - task.profile.least_blank)]
    return [(sign, need) for sign, need in ways if need > 0]


def _cuts_for(
    cell: Cell, seen: Interval, task: Task, pattern: frozenset[Cell], known: frozenset[Cell], moves: _Moves
) -> Iterator[Cut]:
    if cell in task.sensitive:
        ways = [
            _strengthened(moves.holding(cell, sign), need, task.always_blank, None)
            for sign, need in _needs(task, cell)
            if not _can_move(task.values[cell] + sign * need, seen)
        ]
    else:
        up = moves.holding(cell, 1)
        down = moves.holding(cell, -1) if task.values[cell] > task.profile.least_blank else {}
        both = {other: up.get(other, 0) + down.get(other, 0) for other in up.keys() | down.keys()}
        own = both.pop(cell, 0.0)
        ways = [_strengthened(both, 1 - own, task.always_blank, cell)]
    broken = [cut for cut in ways if cut.is_broken_by(pattern)]
    # Whatever lies within this pattern leaves the cell open too: something outside of it is needed.
    outside = Cut({other: 1.0 for other in task.may_blank - pattern - known}, 1.0, only_if=cell)
    yield from broken or [outside]


def _can_move(to: int, seen: Interval) -> bool:
    return seen.low <= to and (seen.high is None or to <= seen.high)


def _strengthened(
    weights: Mapping[Cell, float], least: float, always_blank: frozenset[Cell], only_if: Cell | None
) -> Cut:
    """What is blank anyway is taken off; and no single cell can do more than all that is asked."""
    asked = least - sum(weight for cell, weight in weights.items() if cell in always_blank)
    return Cut(
        {
            cell: min(weight, asked)
            for cell, weight in weights.items()
            if weight > NOTHING and cell not in always_blank
        },
        asked,
        only_if,
    )


class _Moves:
    """How cells can move together, to one reader of one pattern: every sum of the moves is 0."""

    def __init__(self, task: Task, pattern: frozenset[Cell], known: frozenset[Cell]) -> None:
        import numpy as np
        from scipy.sparse import csr_array

        self._cells = sorted(task.may_blank - known)
        self._at = {cell: i for i, cell in enumerate(self._cells)}
        places = [
            (row, self._at[cell], sign)
            for row, equation in enumerate(task.equations)
            for cell, sign in ((equation.total, 1), *((part, -1) for part in equation.parts))
            if cell in self._at
        ]
        self._matrix = csr_array(
            ([sign for *_, sign in places], ([row for row, *_ in places], [i for _, i, _ in places])),
            shape=(len(task.equations), len(self._cells)),
            dtype=np.float64,
        )
        values = np.array([task.values[cell] for cell in self._cells], dtype=np.float64)
        self._down = values - task.profile.least_blank
        self._up = np.full(len(values), float(sum(task.values.values()) + task.profile.threshold))
        self._values = values
        self._blank = np.array([cell in pattern for cell in self._cells], dtype=bool)
        self._lows = -np.where(self._blank, self._down, np.minimum(self._down, SLIGHTLY))
        self._highs = np.where(self._blank, self._up, SLIGHTLY)

    def holding(self, cell: Cell, sign: int) -> dict[Cell, float]:
        """Weights of the cells that hold `cell` from moving up (1) or down (-1)."""
        import numpy as np
        from scipy.optimize import linprog

        objective = np.zeros(len(self._cells))
        objective[self._at[cell]] = -sign
        result = linprog(
            objective,
            A_eq=self._matrix,
            b_eq=np.zeros(self._matrix.shape[0]),
            bounds=np.column_stack([self._lows, self._highs]),
            method="highs",
            options={
                "presolve": False
            },  # nothing moves in its first step: it starts allowed, and is soon done
        )
        if result.status != 0:
            raise RuntimeError(f"What holds a count was not found: {result.message}")
        left: Any = objective - self._matrix.T @ result.eqlin.marginals
        weights = np.maximum(-left, 0) * self._up + np.maximum(left, 0) * self._down
        return {other: float(weights[i]) for i, other in enumerate(self._cells) if weights[i] > NOTHING}

    def ways(self, cell: Cell, needs: Sequence[tuple[int, int]]) -> frozenset[Cell]:
        """Cells that move when `cell` moves as it must, at the least cost of those that are not blank yet."""
        import numpy as np
        from scipy.optimize import linprog
        from scipy.sparse import hstack

        n, at = len(self._cells), self._at[cell]
        cost = np.where(self._blank, SLIGHTLY, np.maximum(self._values, 0.5))
        moving: set[Cell] = set()
        for sign, need in needs:
            highs = np.concatenate([self._up, self._down])
            lows = np.zeros(2 * n)
            lows[at if sign > 0 else n + at] = need
            highs[n + at if sign > 0 else at] = 0
            result = linprog(
                np.concatenate([cost, cost]),
                A_eq=hstack([self._matrix, -self._matrix]),
                b_eq=np.zeros(self._matrix.shape[0]),
                bounds=np.column_stack([lows, highs]),
                method="highs",
            )
            if result.status == 0:  # else no pattern lets it: the auditor will say so
                moving |= {
                    each for i, each in enumerate(self._cells) if result.x[i] + result.x[n + i] > NOTHING
                }
        return frozenset(moving)
