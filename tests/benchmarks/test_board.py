"""The Board's page with filters that nobody asked before, on both engines, as at now and as at two years ago."""

from __future__ import annotations

import itertools
import os
import statistics
import time
from collections.abc import Iterator

from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from hub import db
from hub.app import create_app
from hub.cli.serve import settled
from hub.config import from_environment
from hub.facts import recalled
from tests.benchmarks.big_ledger import Big, fill
from tests.benchmarks.paper import table, write_section
from tests.clients import browser_of
from tests.databases import NewDatabase, as_owner

SIZES = tuple(int(size) for size in os.environ.get("HUB_BENCH_FACTS", "100000,1000000").split(","))
CHARTS = 6  # at least, but of one agency, which is asked for one measure
REQUESTS = 20  # of each kind
THEN = "2013-05"  # two years before the partnership's today

_WORDS = """Wall time of one page after another through the application, template and charts included; the charts are
those of the first page of the kind. Each page is asked for twice: first by a reader whose filter or moment nobody has
asked since the last signing, when some fifty measures are worked out, then again, as everybody after that reader has it. A partnership with
five years of monthly returns; a tenth of the returns was corrected. “Two years ago” reads days of May 2013."""


def test_board(new_database: NewDatabase) -> None:
    rows: list[list[object]] = []
    for kind, size in itertools.product(("sqlite", "postgresql"), SIZES):
        url = new_database(kind)
        engine = db.make_engine(url)
        started = time.monotonic()
        big = fill(engine, size)
        settle(url)
        print(f"{kind}: {big.facts:,} facts in {time.monotonic() - started:.0f} s")
        client = _reader(url, engine, big)
        for what, paths in _paths(big).items():
            rows.append([kind, f"{big.facts:,}", what, *_measured(client, paths)])
        engine.dispose()
    headings = ["engine", "facts", "page", "charts", "first, p50", "p95", "again, p50", "p95", "goal"]
    write_section("The Board’s page", f"{_WORDS}\n\n{table(headings, rows)}")


def settle(url: str) -> None:
    """What PostgreSQL's own housekeeping would have done; the tests' cluster runs without it."""
    if url.startswith("postgresql"):
        owner = db.make_engine(as_owner(url))
        with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
        owner.dispose()


def _reader(url: str, engine: Engine, big: Big) -> FlaskClient:
    config = from_environment({"HUB_DATABASE_URL": url, "HUB_SECRET_KEY": "s" * 40})
    return browser_of(settled(create_app(config, engine)), big.world.people["brd.testshire"])


def _paths(big: Big) -> dict[str, Iterator[str]]:
    """Addresses by kind of page, none of them twice but for the whole place as at now."""
    board = f"/partnerships/{big.world.partnership.code}/board"
    days = [f"{THEN}-{day:02d}" for day in range(1, 32)]
    agencies, areas = itertools.cycle(big.agencies), itertools.cycle(big.areas)
    return {
        "whole place, now": itertools.repeat(board),
        "one area, now": (f"{board}?area={area}" for area in areas),
        "one agency, now": (f"{board}?agency={agency}" for agency in agencies),
        "whole place, two years ago": (f"{board}?as_at={day}" for day in itertools.cycle(days)),
        "one area, two years ago": (
            f"{board}?area={area}&as_at={day}" for area, day in itertools.product(big.areas, days)
        ),
        "one agency, two years ago": (
            f"{board}?agency={agency}&as_at={day}" for agency, day in itertools.product(big.agencies, days)
        ),
    }


def _measured(client: FlaskClient, paths: Iterator[str]) -> list[object]:
    warm = client.get(next(paths))
    assert warm.status_code == 200, warm.text
    first, again = [], []
    for path in itertools.islice(paths, REQUESTS):
        recalled.forget()  # the whole place as at now has one address alone
        first.append(_taken(client, path))
        again.append(_taken(client, path))
    charts = warm.text.count("<svg")
    assert charts >= CHARTS or "agency=" in warm.request.url
    return [charts, *_percentiles(first), *_percentiles(again), "again, p95 ≤ 50 ms"]


def _taken(client: FlaskClient, path: str) -> float:
    started = time.perf_counter()
    answer = client.get(path)
    took = time.perf_counter() - started
    assert answer.status_code == 200
    return took


def _percentiles(taken: list[float]) -> list[str]:
    found = statistics.median(taken), sorted(taken)[int(0.95 * len(taken))]
    return [f"{1000 * each:.0f} ms" for each in found]
