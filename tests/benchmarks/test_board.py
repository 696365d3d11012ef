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
from tests.benchmarks.big_ledger import Big, beside, correct_one, fill
from tests.benchmarks.paper import table, write_section
from tests.clients import browser_of
from tests.databases import NewDatabase, as_owner

SIZES = tuple(int(size) for size in os.environ.get("HUB_BENCH_FACTS", "100000,1000000").split(","))
# Partnerships in all, each with a ledger of the smallest size: a million facts, and on PostgreSQL ten millions.
PLACES = {"sqlite": (1, 9), "postgresql": (1, 9, 90)}
REQUESTS = 20  # of each kind
AGAIN = 5  # readers after each first one
MEASURE = "RF01"  # by agency, source and area, ten years
OTHERS = 1000  # where the numbers of further partnerships begin
_HEADINGS = ("first, p50", "p95", "again, p50", "p95")
THEN = "2013-05"  # two years before the partnership's today

_WORDS = """Wall time of one page after another through the application, template and charts included; the charts are
those of the first page of the kind. Before each page one body, mostly a trust, signs a return once more. Then the page is asked for first by a reader
whose filter or moment nobody has asked since, when what rests on that return is worked out (of an earlier day, all), and again by
five others. A partnership with five years of monthly returns; a tenth of the returns was
corrected; a million facts in one partnership are the returns of 300 agencies. “Places” are partnerships of that size in one
database, of which one is read. “Two years ago” reads days of May 2013."""


def test_board(new_database: NewDatabase) -> None:
    rows: list[list[object]] = []
    for kind, size in itertools.product(PLACES, SIZES):
        url = new_database(kind)
        engine = db.make_engine(url)
        big = fill(engine, size)
        client = _reader(url, engine, big)
        facts, before = big.facts, 1
        for places in PLACES[kind] if size == min(SIZES) else (1,):
            started = time.monotonic()
            if places > before:
                facts = beside(url, big, range(OTHERS + before, OTHERS + places))
            settle(url)
            print(f"{kind}: {facts:,} facts of {places} places, copied in {time.monotonic() - started:.0f} s")
            before = places
            for what, paths in _paths(big).items():
                rows.append([kind, f"{facts:,}", places, what, *_measured(client, engine, big, paths)])
        engine.dispose()
    headings = ["engine", "facts", "places", "page", "charts", *_HEADINGS, "goal"]
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
    measure = f"/partnerships/{big.world.partnership.code}/measures/{MEASURE}"
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
        "a measure, now": itertools.repeat(measure),
        "a measure, two years ago": (f"{measure}?as_at={day}" for day in itertools.cycle(days)),
    }


def _measured(client: FlaskClient, engine: Engine, big: Big, paths: Iterator[str]) -> list[object]:
    recalled.forget()
    warm = client.get(next(paths))
    assert warm.status_code == 200, warm.text
    first, again = [], []
    for path in itertools.islice(paths, REQUESTS):
        correct_one(engine, big)
        first.append(_taken(client, path))
        again += [_taken(client, path) for _ in range(AGAIN)]
    charts = warm.text.count("<svg")
    assert charts
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
