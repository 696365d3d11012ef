"""Verdicts of 150 agreements of 60 commitments each, over a partnership with a million facts, on both engines."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from hub import db
from hub.agreements.evaluate import evaluate, verdicts_of
from hub.agreements.model import Agreement, Clause, Commitment, Party
from hub.agreements.papers import Papers
from hub.agreements.versions import keep
from hub.agreements.written import as_document
from hub.app import create_app
from hub.audit.chain import record
from hub.cli.serve import settled
from hub.config import from_environment
from hub.document import Document
from hub.facts.moments import as_at
from tests.benchmarks.big_ledger import Big, fill
from tests.benchmarks.paper import table, write_section
from tests.benchmarks.test_board import settle
from tests.clients import browser_of
from tests.databases import NewDatabase
from tests.factories import KNOWN_FROM

FACTS = int(
    os.environ.get("HUB_BENCH_AGREEMENT_FACTS", "1000000")
)  # 30,000 at least: there are agencies then
AGREEMENTS, COMMITMENTS, READ = 150, 60, 20
PLACE = ("FD02", "FD03", "FD04", "FD05", "FD06", "RF06", "RF07", "RF08", "AS01", "CP02", "CP03", "CP08")
TERM = date(2014, 4, 1), date(2015, 3, 31)

_WORDS = """150 agreements of one partnership, each with 60 commitments: 24 levels of the place on twelve measures, 18 of an
agency's own referrals, 18 promises to submit; each agreement has other agencies. Once with the readings shared, as the
region's page does, and one agreement alone (median of 20). Its page, for the data team: the first reader after a signing,
with last quarter's verdicts known, and the next one, for each of 20 agreements in turn."""


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_agreements(new_database: NewDatabase, kind: str) -> None:
    url = new_database(kind)
    engine = db.make_engine(url)
    big = fill(engine, FACTS)
    settle(url)
    agreements = [_agreement(big, number) for number in range(AGREEMENTS)]
    with db.open_session(engine) as session:
        at = as_at(session, big.world.partnership)
        started, busy = time.perf_counter(), time.process_time()
        papers = Papers(session, big.world.partnership, at)
        verdicts = [verdict for one in agreements for verdict in verdicts_of(papers, one)]
        together, busy = time.perf_counter() - started, time.process_time() - busy
        alone = [_alone(session, big, one) for one in agreements[:READ]]
    first, again = _pages(url, engine, big, agreements[:READ])
    assert len(verdicts) == AGREEMENTS * COMMITMENTS
    assert all(
        verdict.evidence or verdict.word in ("missed", "cannot tell", "not due") for verdict in verdicts
    )
    engine.dispose()
    rows: list[list[object]] = [
        [
            kind,
            f"{big.facts:,}",
            "150 agreements × 60",
            f"{together:.1f} s",
            f"{busy:.1f} s",
            "≤ 10 s on PostgreSQL",
        ],
        [
            kind,
            f"{big.facts:,}",
            "one agreement",
            f"{1000 * statistics.median(wall for wall, _ in alone):.0f} ms",
            f"{1000 * statistics.median(used for _, used in alone):.0f} ms",
            "",
        ],
        [kind, f"{big.facts:,}", "its page, first", *_times(first), ""],
        [kind, f"{big.facts:,}", "its page, again", *_times(again), "p95 ≤ 100 ms"],
    ]
    write_section(
        f"Verdicts, {kind}",
        f"{_WORDS}\n\n{table(['engine', 'facts', 'what', 'wall time', 'processor', 'goal'], rows)}",
    )


def _pages(
    url: str, engine: Engine, big: Big, agreements: Sequence[Agreement]
) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    with db.transaction(engine) as session:
        for one in agreements:
            keep(session, Document("bench.yaml", as_document(one)), now=KNOWN_FROM)
    config = from_environment({"HUB_DATABASE_URL": url, "HUB_SECRET_KEY": "s" * 40})
    reader = browser_of(settled(create_app(config, engine)), big.world.people["stw.testshire"])
    paths = [f"/partnerships/{big.world.partnership.code}/agreements/{one.code}" for one in agreements]
    for path in paths:
        _asked(reader, path)  # last quarter's verdicts, which nothing that is signed later changes
    first, again = [], []
    for path in paths:
        with db.transaction(engine) as session:
            record(session, actor="operator", action="bench:write", subject=path)
        first.append(_asked(reader, path))
        again.append(_asked(reader, path))
    return first, again


def _asked(reader: FlaskClient, path: str) -> tuple[float, float]:
    started, busy = time.perf_counter(), time.process_time()
    answer = reader.get(path)
    assert answer.status_code == 200, answer.text
    return time.perf_counter() - started, time.process_time() - busy


def _times(taken: Sequence[tuple[float, float]]) -> list[str]:
    wall, busy = sorted(wall for wall, _ in taken), [used for _, used in taken]
    p50, p95 = statistics.median(wall), wall[int(0.95 * len(wall))]
    return [f"p50 {1000 * p50:.0f} ms, p95 {1000 * p95:.0f} ms", f"{1000 * statistics.median(busy):.0f} ms"]


def _alone(session: Session, big: Big, agreement: Agreement) -> tuple[float, float]:
    """Seconds of wall time, and of this process's processor time."""
    started, busy = time.perf_counter(), time.process_time()
    at = as_at(session, big.world.partnership)
    evaluate(session, big.world.partnership, agreement, at)
    return time.perf_counter() - started, time.process_time() - busy


def _agreement(big: Big, number: int) -> Agreement:
    own = [big.agencies[(number * 18 + i) % len(big.agencies)] for i in range(18)]
    place = [
        _level(f"P{i}", "330", PLACE[i % len(PLACE)], "place", 50 + i)
        for i in range(COMMITMENTS - 2 * len(own))
    ]
    referrals = [_level(f"R{i}", code, "RF01", "party", 1000) for i, code in enumerate(own)]
    submits = [
        replace(one, id=f"S{i}", kind="submission", terms={"return": "referrals", "target": 90})
        for i, one in enumerate(referrals)
    ]
    return Agreement(
        code=f"agreement-{number}",
        version=1,
        status="signed",
        kind="mou",
        partnership=big.world.partnership.code,
        title=f"Agreement {number}",
        begins_on=TERM[0],
        ends_on=TERM[1],
        signed_on=TERM[0],
        parties=tuple(Party(code) for code in ("330", *dict.fromkeys(own))),
        clauses=(Clause("1", "All", "Everything."),),
        commitments=(*place, *referrals, *submits),
    )


def _level(id: str, promisor: str, measure: str, of: str, target: int) -> Commitment:
    terms = {"measure": measure, "of": of, "direction": "at_least", "target": target, "judged": "whole"}
    return Commitment(id, "1", "A promise.", (promisor,), "level", terms=terms)
