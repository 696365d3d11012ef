"""Suppressing a table of 12 × 20 with margins, and auditing a year of such tables with their quarters and the year."""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random
from statistics import median

from hub.statistics.disclosure.audit import Audit, audit
from hub.statistics.disclosure.model import (
    TOTAL,
    Cell,
    Equation,
    Profile,
    Published,
    sensitive_cells,
    together,
    two_way,
    with_blanks,
)
from hub.statistics.disclosure.suppress import Suppression, suppress
from tests.benchmarks.paper import table, write_section
from tests.statistics.tables import random_table

ROWS, COLUMNS = [f"r{i:02}" for i in range(12)], [f"c{i:02}" for i in range(20)]
PROFILE = Profile("bench")
SEEDS = range(40)
INSIDE_SEEDS = range(2)

_WORDS = """A tenth of the 240 cells hold 1 to 4; margins are shown. With insiders, each row is an agency that knows it. The year
is 12 monthly tables, 4 quarters and the year, 4,641 cells in one system, with the same places blank in all. 40 tables are
suppressed for outsiders and two for insiders. The first use of the solver in a process loads it, which a web process does
as it starts: the first line is that, and not part of the others. Where the machine had other work to do, look at processor time."""
_HEADINGS = ["what", "wall time, median", "worst", "processor, median", "worst", "goal"]


def test_disclosure() -> None:
    loading = [_timed(_loaded)]
    outside = [_timed(lambda seed=seed: _suppressed(seed)) for seed in SEEDS]
    inside = [_timed(lambda seed=seed: _suppressed(seed, insiders=True)) for seed in INSIDE_SEEDS]
    published, small = _year()
    year = [_timed(lambda: _audited(published, small))]
    rows = [
        _line("the solver is loaded", loading, "none"),
        _line("suppression, 12 × 20 with margins", outside, "1 s"),
        _line("the same, safe from each of 12 insiders", inside, "none"),
        _line(f"audit of a year of views, {len(small)} small counts", year, "10 s"),
    ]
    write_section(
        "Disclosure control",
        f"{_WORDS}\n\n{table(_HEADINGS, rows)}",
    )


def _loaded() -> None:
    import scipy.optimize  # noqa: F401


def _suppressed(seed: int, *, insiders: bool = False) -> None:
    values, sums = random_table(Random(seed), len(ROWS), len(COLUMNS))
    margins = [cell for cell, value in values.items() if TOTAL in cell and value >= PROFILE.threshold]
    own = {row: [cell for cell in values if cell[0] == row] for row in ROWS} if insiders else {}
    found = suppress(values, sums, profile=PROFILE, must_show=margins, insiders=own)
    assert isinstance(found, Suppression)


def _audited(published: Published, small: frozenset[Cell]) -> None:
    found: Audit = audit(published, small, profile=PROFILE)
    assert found.contradiction is None and found.n_points


def _year() -> tuple[Published, frozenset[Cell]]:
    """What a reader has by March: small counts stay at the same places from month to month."""
    rng = Random(1)
    usual = {(r, c): 3 if rng.random() < 0.1 else rng.randint(20, 60) for r in ROWS for c in COLUMNS}
    months = {f"m{m:02}": {place: _near(rng, count) for place, count in usual.items()} for m in range(12)}
    spans = {f"q{q}": list(months)[3 * q : 3 * q + 3] for q in range(4)} | {"year": list(months)}
    tables = {
        **months,
        **{
            name: {place: sum(months[m][place] for m in parts) for place in usual}
            for name, parts in spans.items()
        },
    }
    whole = {name: _with_margins(counts) for name, counts in tables.items()}
    small = {name: sensitive_cells(values, PROFILE) for name, values in whole.items()}
    first = whole["m00"]
    pattern = suppress(
        first,
        two_way(ROWS, COLUMNS),
        profile=PROFILE,
        must_show=[cell for cell in first if TOTAL in cell],
        keep_blank=frozenset().union(*small.values()),
    )
    assert isinstance(pattern, Suppression)
    releases = [
        with_blanks(
            {(name, *cell): value for cell, value in values.items()},
            {(name, *cell) for cell in pattern.blank},
            two_way(ROWS, COLUMNS, of=(name,)),
            least=0,
        )
        for name, values in whole.items()
    ]
    over_time = [
        Equation((name, *cell), tuple((part, *cell) for part in parts))
        for name, parts in spans.items()
        for cell in first
    ]
    views = together(*releases)
    return Published(views.ranges, (*views.equations, *over_time)), frozenset(
        (name, *cell) for name, cells in small.items() for cell in cells
    )


def _near(rng: Random, usual: int) -> int:
    return max(0, usual + rng.randint(-2, 2))


def _with_margins(counts: dict[Cell, int]) -> dict[Cell, int]:
    values = dict(counts)
    values |= {(r, TOTAL): sum(values[r, c] for c in COLUMNS) for r in ROWS}
    values |= {(TOTAL, c): sum(values[r, c] for r in ROWS) for c in (*COLUMNS, TOTAL)}
    return values


def _timed(act: Callable[[], None]) -> tuple[float, float]:
    wall, processor = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - wall, time.process_time() - processor


def _line(what: str, timed: list[tuple[float, float]], goal: str) -> list[object]:
    walls, processors = [wall for wall, _ in timed], [used for _, used in timed]
    times = [median(walls), max(walls), median(processors), max(processors)]
    return [what, *(f"{seconds:.2f} s" for seconds in times), goal]
