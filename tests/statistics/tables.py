"""Tables of counts with margins, made by hand, by chance or by hypothesis; and what blanks can be, written out."""

from collections.abc import Collection, Iterator, Sequence
from random import Random

from hypothesis import strategies as st

from hub.statistics.disclosure.model import TOTAL, Cell, Equation, two_way

Made = tuple[dict[Cell, int], tuple[Equation, ...]]


def table(
    counts: Sequence[Sequence[int]], rows: str = "0123456789", columns: str = "0123456789"
) -> dict[Cell, int]:
    """Counts with their margins; rows and columns are named by one letter each."""
    values = {(rows[r], columns[c]): count for r, line in enumerate(counts) for c, count in enumerate(line)}
    for r, line in enumerate(counts):
        values[rows[r], TOTAL] = sum(line)
    for c in range(len(counts[0])):
        values[TOTAL, columns[c]] = sum(line[c] for line in counts)
    values[TOTAL, TOTAL] = sum(map(sum, counts))
    return values


# methods.md section 4: P = 2, 18; Q = 25, 10; R = 16, 9
WORKED = table([[2, 18], [25, 10], [16, 9]], "PQR", "ab")


@st.composite
def tables(draw: st.DrawFn, *, most: int) -> Made:
    height, width = draw(st.integers(1, 4)), draw(st.integers(2, 4))
    counts = [[draw(st.integers(0, most)) for _ in range(width)] for _ in range(height)]
    names = "0123456789"
    return table(counts), two_way(names[:height], names[:width])


def random_table(rng: Random, height: int, width: int, *, small: float = 0.1) -> Made:
    """Named r00, c00 and so on; about `small` of the cells hold 1 to 4, a tenth of the others nothing."""
    rows, columns = [f"r{i:02}" for i in range(height)], [f"c{i:02}" for i in range(width)]

    def count() -> int:
        return rng.randint(1, 4) if rng.random() < small else rng.choice([0, *rng.sample(range(5, 60), 9)])

    values: dict[Cell, int] = {(r, c): count() for r in rows for c in columns}
    values |= {(r, TOTAL): sum(values[r, c] for c in columns) for r in rows}
    values |= {(TOTAL, c): sum(values[r, c] for r in rows) for c in (*columns, TOTAL)}
    return values, two_way(rows, columns)


def blanks_enumerated(
    values: dict[Cell, int], blank: Collection[Cell], sums: Sequence[Equation], *, least: int, most: int
) -> dict[Cell, tuple[int, int]]:
    """The least and greatest of each blank over all tables with blanks of `least` to `most` whose sums hold."""
    shown = {cell: value for cell, value in values.items() if cell not in blank}
    whole = list(_tables(shown, sorted(blank), sums, range(least, most + 1)))
    return {cell: (min(t[cell] for t in whole), max(t[cell] for t in whole)) for cell in blank}


def _tables(
    known: dict[Cell, int], blank: Sequence[Cell], sums: Sequence[Equation], allowed: range
) -> Iterator[dict[Cell, int]]:
    """Every table that completes the known cells: tries one blank after the other, the most certain first."""
    left = [cell for cell in blank if cell not in known]
    if not left:
        if all(known[e.total] == sum(known[part] for part in e.parts) for e in sums):
            yield known
        return
    cell, tries = min(
        ((cell, _tries(cell, known, sums, allowed)) for cell in left), key=lambda one: len(one[1])
    )
    for guess in tries:
        yield from _tables({**known, cell: guess}, blank, sums, allowed)


def _tries(cell: Cell, known: dict[Cell, int], sums: Sequence[Equation], allowed: range) -> range:
    """What a cell can be as far as single sums say: one number where everything else of a sum is known."""
    low, high = allowed.start, allowed.stop - 1
    for equation in sums:
        parts = [part for part in equation.parts if part in known]
        unknown = len(equation.parts) - len(parts)
        got = sum(known[part] for part in parts)
        if cell == equation.total:
            low = max(low, got + unknown * allowed.start)
            high = min(high, got) if not unknown else high
        elif cell in equation.parts and equation.total in known:
            over = known[equation.total] - got
            low = max(low, over) if unknown == 1 else low
            high = min(high, over - (unknown - 1) * allowed.start)
    return range(low, high + 1)
