"""A built table and its files that nobody asked before, on both engines, as at now and as at two years ago."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Iterator

from hub import db
from tests.benchmarks.big_ledger import Big, fill
from tests.benchmarks.paper import table, write_section
from tests.benchmarks.test_board import SIZES, _reader, settle
from tests.databases import NewDatabase

REQUESTS = 40  # of each kind
NUMBERS = 50  # that a table must hold at least
MEASURES = "measure=RF02&measure=FD01&measure=FD04&measure=CP01"

_WORDS = """Wall time of one request after another through the application, page or file included; “busy” is the application’s own
processor time in it. Every request asks for a span of months, or a moment, that was not asked before; of a moment that is past the
page also says whether the table reads otherwise since. Four measures by area over two years is 4 × 11 × 24 numbers; by agency is
every agency of the ledger over one year. Goal: 200 ms for a table on 100,000 facts."""


def test_table_builder(new_database: NewDatabase) -> None:
    rows: list[list[object]] = []
    for kind, size in itertools.product(("sqlite", "postgresql"), SIZES):
        url = new_database(kind)
        engine = db.make_engine(url)
        big = fill(engine, size)
        settle(url)
        client = _reader(url, engine, big)
        for what, paths in _paths(big).items():
            first = client.get(next(paths))
            assert first.status_code == 200, first.data[:500]
            numbers = first.data.count(b"<td") or first.data.count(b"\n")
            assert numbers >= NUMBERS or "xlsx" in what
            taken, worked = [], []
            for path in itertools.islice(paths, REQUESTS):
                started, busy = time.perf_counter(), time.process_time()
                assert client.get(path).status_code == 200
                taken.append(time.perf_counter() - started)
                worked.append(time.process_time() - busy)
            p50, p95 = statistics.median(taken), sorted(taken)[int(0.95 * REQUESTS)]
            goal = "200 ms" if size == min(SIZES) and "xlsx" not in what else ""
            shown = "" if "xlsx" in what else numbers
            times = [f"{each * 1000:.0f} ms" for each in (p50, p95, statistics.median(worked))]
            rows.append([kind, f"{big.facts:,}", what, shown, *times, goal])
        engine.dispose()
    headings = ["engine", "facts", "table", "numbers", "p50", "p95", "of which busy, p50", "goal"]
    write_section("The table builder", f"{_WORDS}\n\n{table(headings, rows)}")


def _paths(big: Big) -> dict[str, Iterator[str]]:
    """Addresses by kind of table, none of them twice: each begins in another month or is read as at another day."""
    here = f"/partnerships/{big.world.partnership.code}/tables"
    spans = [f"from={year}-{month:02d}" for year in (2010, 2011, 2012, 2013) for month in range(1, 13)]
    days = [f"as_at=2013-{month:02d}-{day:02d}" for day in range(1, 16) for month in (4, 5, 6)]
    areas = f"{MEASURES}&by=area&total=yes"
    return {
        "four measures, whole place": (f"{here}?{MEASURES}&{span}&to=2015-04" for span in spans),
        "four measures by area, two years, with charts": (
            f"{here}?{areas}&show=chart&{span}&to={int(span[5:9]) + 2}{span[9:]}" for span in spans
        ),
        "the same, two years ago": (f"{here}?{areas}&from=2011-05&to=2013-04&{day}" for day in days),
        "one measure by agency, a year": (
            f"{here}?measure=RF01&by=agency&{span}&to={int(span[5:9]) + 1}{span[9:]}" for span in spans
        ),
        "four measures by area, CSV": (f"{here}.csv?{areas}&{span}&to=2015-04" for span in spans),
        "four measures by area, workbook (xlsx)": (
            f"{here}.xlsx?{areas}&{span}&to=2015-04" for span in spans
        ),
    }
