"""The clock of a promise that slips: when it starts, whom it reaches on which working day, and what ends it."""

from __future__ import annotations

from datetime import date

import pytest

from hub.agreements.model import Escalation, Step
from hub.agreements.watch.escalation import escalations, slipping_since

CLOCK = Escalation(monthly=2, quarterly=1, steps=(Step("leads", 10), Step("chief-officers", 5)))
ENDS = [date(2015, 4, 30), date(2015, 5, 31), date(2015, 6, 30), date(2015, 7, 31), date(2015, 8, 31)]


@pytest.mark.parametrize(
    ("said", "times", "ran"),
    [
        (["at risk", "on track", "at risk"], 2, []),  # twice, and not running
        (["on track", "at risk", "at risk"], 2, [("2015-07-01", None)]),
        (["missed", "at risk"], 2, [("2015-06-01", None)]),
        (["at risk"], 1, [("2015-05-01", None)]),
        (
            ["at risk", "cannot tell", "at risk"],
            2,
            [("2015-07-01", None)],
        ),  # silence neither counts nor shelters
        (["at risk", "at risk", "cannot tell", "cannot tell"], 2, [("2015-06-01", None)]),
        (["at risk", "at risk", "on track"], 2, [("2015-06-01", "2015-07-01")]),
        (["at risk", "met", "missed"], 1, [("2015-05-01", "2015-06-01"), ("2015-07-01", None)]),
        (["not due", "cannot tell"], 1, []),
    ],
)
def test_when_the_clock_runs(said: list[str], times: int, ran: list[tuple[str, str | None]]) -> None:
    found = escalations(zip(ENDS, said, strict=False), CLOCK, times=times)  # type: ignore[arg-type]
    assert [(str(e.started_on), e.ended_on and str(e.ended_on)) for e in found] == ran


def test_whom_it_reaches_on_which_day() -> None:
    (once,) = escalations([(ENDS[0], "at risk"), (ENDS[1], "on track")], CLOCK, times=1)
    # From Friday 1 May 2015, the 4th being a holiday: ten working days are the 18th; five more the 26th, the 25th being one too.
    assert [(rung.to, str(rung.on), str(rung.until)) for rung in once.rungs] == [
        ("leads", "2015-05-01", "2015-05-18"),
        ("chief-officers", "2015-05-18", "2015-05-26"),
    ]
    assert once.reached(date(2015, 4, 30)) == ()
    assert [rung.to for rung in once.reached(date(2015, 5, 17))] == ["leads"]
    assert [rung.to for rung in once.reached(date(2015, 5, 18))] == ["leads", "chief-officers"]
    (short,) = escalations([(date(2015, 4, 30), "at risk"), (date(2015, 5, 10), "met")], CLOCK, times=1)
    assert [rung.to for rung in short.reached(date(2016, 1, 1))] == ["leads"], (
        "nobody further up once it is over"
    )


def test_since_when_it_slips() -> None:
    looks = list(zip(ENDS, ["on track", "at risk", "cannot tell", "missed"], strict=False))
    today = date(2015, 8, 10)
    assert slipping_since(looks, "missed", today) == ENDS[1]  # type: ignore[arg-type]
    assert slipping_since(looks, "on track", today) == today  # type: ignore[arg-type]
    assert slipping_since(looks[:1], "on track", today) == ENDS[0]  # type: ignore[arg-type]
