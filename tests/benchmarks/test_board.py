"""The Board's page with filters that nobody asked before, on both engines, as at now and as at two years ago."""

from __future__ import annotations

import itertools
import os
import random
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace

from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from hub import db
from hub.agreements.load import shipped_measures
from hub.app import create_app
from hub.cli.serve import settled
from hub.config import from_environment
from hub.facts import recalled
from hub.web import drawn_ahead
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
_HEADINGS = ("first, p50", "p95", "after a signature, p50", "p95", "again, p50", "p95")
THEN = "2013-05"  # two years before the partnership's today

_WORDS = """Wall time of one page after another through the application, template and charts included; the charts are
those of the first page of the kind. A page is asked for three ways. *First*: one body, mostly a trust, has just signed a return once more, and nobody has asked for
this filter or moment since: what rests on that return is worked out (of an earlier day, all). *After a signature*: a body signed once more after the page was asked for, and
the process has drawn again what was asked for lately, as it does within seconds. *Again*: five others, nothing signed since. A partnership with five years of monthly returns; a tenth of the returns was
corrected; a million facts in one partnership are the returns of 300 agencies. “Places” are partnerships of that size in one
database, of which one is read. “Two years ago” reads days of May 2013."""

VIEWS, EACH_SIGNS = 400, 40
SEEN = {"overview": 0.3, "measure": 0.55, "narrowed": 0.08, "as at": 0.07}
MOMENTS = ("2015-03-12", "2014-10-01", "2014-06-12")

_EVENING = f"""The evening before a meeting: {VIEWS} pages asked for one after another by members of the Board, drawn by lot: {", ".join(f"{share:.0%} {what}" for what, share in SEEN.items())}
(the overview; one of the measures that have figures here, a few of them far more often than the others; the overview of one area or agency; the overview or a measure as at one of
{len(MOMENTS)} days). After every {EACH_SIGNS} pages a body signs a return once more. Every request counts, also of a page that nobody had asked for before.
Between two requests the process draws again what lapsed, as it does where readers take their time; “redrawn” is how long that took after a
signature."""


def test_board(new_database: NewDatabase) -> None:
    rows: list[list[object]] = []
    evenings: list[list[object]] = []
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
            which = [kind, f"{facts:,}", places]
            for what, paths in _paths(big).items():
                rows.append([*which, what, *_measured(client, engine, big, paths)])
            evenings.append([*which, *_evening(client, engine, big)])
        engine.dispose()
    headings = ["engine", "facts", "places", "page", "charts", *_HEADINGS]
    write_section("The Board’s page", f"{_WORDS}\n\n{table(headings, rows)}")
    headings = ["engine", "facts", "places", "p50", "p95", "over 50 ms", "longest", "redrawn, p50", "goal"]
    write_section("The Board’s evening", f"{_EVENING}\n\n{table(headings, evenings)}")


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
    ahead = _begun(client)
    warm = client.get(next(paths))
    assert warm.status_code == 200, warm.text
    first, again, after = [], [], []
    for path in itertools.islice(paths, REQUESTS):
        correct_one(engine, big)
        first.append(_taken(client, path))
        again += [_taken(client, path) for _ in range(AGAIN)]
        correct_one(engine, big)
        assert path in {page.address for page in ahead.draw()}
        after.append(_taken(client, path))
    charts = warm.text.count("<svg")
    assert charts
    return [charts, *_percentiles(first), *_percentiles(after), *_percentiles(again)]


def _begun(client: FlaskClient, most: int = 3) -> drawn_ahead.Ahead:
    """A process that remembers nothing; no more pages are drawn again than are asked for."""
    recalled.forget()
    app = client.application
    app.config["HUB"] = replace(app.config["HUB"], drawn_ahead=most)
    return drawn_ahead.begin(app)


def _evening(client: FlaskClient, engine: Engine, big: Big) -> list[object]:
    dice, ahead = random.Random(7), _begun(client, most=300)
    taken, redrawn = [], []
    for number, path in enumerate(itertools.islice(_lots(big, dice), VIEWS), start=1):
        taken.append(_taken(client, path))
        if number % EACH_SIGNS == 0:
            correct_one(engine, big)
            redrawn.append(_seconds(ahead))
        else:
            _seconds(ahead)
    over = sum(each > 0.05 for each in taken) / len(taken)
    return [
        *_percentiles(taken),
        f"{over:.1%}",
        f"{1000 * max(taken):.0f} ms",
        f"{statistics.median(redrawn):.1f} s",
        "p95 ≤ 50 ms",
    ]


def _seconds(ahead: drawn_ahead.Ahead) -> float:
    started = time.perf_counter()
    while list(ahead.draw()):
        pass
    return time.perf_counter() - started


def _lots(big: Big, dice: random.Random) -> Iterator[str]:
    here = f"/partnerships/{big.world.partnership.code}"
    own = set(big.world.definitions)
    measures = [
        each.id
        for each in shipped_measures().values()
        if any(source.return_code in own for source in each.sources.values())
    ]
    dice.shuffle(measures)
    favour = [1 / place for place in range(1, len(measures) + 1)]
    narrowed = [*(f"area={each}" for each in big.areas), *(f"agency={each}" for each in big.agencies)]
    while True:
        what = dice.choices(list(SEEN), list(SEEN.values()))[0]
        measure = f"{here}/measures/{dice.choices(measures, favour)[0]}"
        if what == "measure":
            yield measure
        elif what == "narrowed":
            yield f"{here}/board?{dice.choice(narrowed)}"
        elif what == "as at":
            yield f"{dice.choice((f'{here}/board', measure))}?as_at={dice.choice(MOMENTS)}"
        else:
            yield f"{here}/board"


def _taken(client: FlaskClient, path: str) -> float:
    started = time.perf_counter()
    answer = client.get(path)
    took = time.perf_counter() - started
    assert answer.status_code == 200
    return took


def _percentiles(taken: list[float]) -> list[str]:
    found = statistics.median(taken), sorted(taken)[int(0.95 * len(taken))]
    return [f"{1000 * each:.0f} ms" for each in found]
