"""The chart of a promise: the very figures of its verdict, with what was expected by then and what was promised."""

from __future__ import annotations

from datetime import date

from hub.agreements.look import Look
from hub.agreements.papers import Papers
from hub.agreements.versions import agreement_as_at
from hub.agreements.watch.watched import Line
from hub.board.region.drawn import drawn
from hub.clock import parse_moment
from hub.db import make_engine, open_session
from hub.facts.moments import as_at
from hub.measures.protect import OPERATOR
from tests.agreements.promised_world import make_promised
from tests.databases import NewDatabase

ALWAYS = {"contacts_decided": 100, "contacts": 125, "back_after_nfa": 2, "contacts_nfa": 20}


def test_each_month_a_total_and_a_trend(new_database: NewDatabase) -> None:
    engine = make_engine(new_database("sqlite"))
    with open_session(engine, writing=True) as session:
        world = make_promised(session)
        for month, at, decided in (("04", "05-12", 80), ("05", "06-12", 70), ("07", "08-12", 90)):
            world.signs(
                "330", "front-door", f"2015-{month}", f"2015-{at}", decided_in_1_day=decided, **ALWAYS
            )
        at = as_at(session, world.partnership, parse_moment("2015-08-20"))
        agreement = agreement_as_at(session, world.partnership.id, "kept", at.moment)
        look = Look(Papers(session, world.partnership, at), agreement)

        def lines(code: str) -> dict[str, tuple[float | None, ...]]:
            commitment = agreement.commitment(code)
            verdict = look.verdict(commitment, "330", "at risk", "It is.")
            line = Line(commitment, agreement.clauses[0], "330", verdict, "month", (), date(2015, 5, 31), ())
            found = drawn(look, line, OPERATOR)
            assert found.chart is not None and len(found.rows) == 12
            return {series.name: series.values[:4] for series in found.chart.series}

        # Of 100 decided contacts; June never came, and is no zero.
        assert lines("L1") == {"Signed": (80.0, 70.0, None, 90.0), "Promised": (80.0,) * 4}
        # 1,500 contacts over twelve months: 125 a month expected; from the gap on the sum is not known.
        assert lines("A1") == {
            "Signed": (125.0, 250.0, None, None),
            "Expected by then": (125.0, 250.0, 375.0, 500.0),
            "Promised": (1500.0,) * 4,
        }
        # From a baseline of 12 to 9 in twelve steps of a quarter; 2 of 20 came back.
        assert lines("T1") == {
            "Signed": (10.0, 10.0, None, 10.0),
            "Expected by then": (11.75, 11.5, 11.25, 11.0),
            "Promised": (9.0,) * 4,
        }
    engine.dispose()
