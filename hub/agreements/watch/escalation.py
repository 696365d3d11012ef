"""Escalation as a clock: how often a promise must slip, who is told then, and on which day. A pure function of what the looks at it said.

Nothing escalates by being marked so, and nothing ends by being marked so: both follow from the verdicts and the day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hub.agreements.model import Escalation
from hub.agreements.verdict import Word
from hub.calendar.working_days import working_day_after

SLIPS: tuple[Word, ...] = ("missed", "at risk")
HOLDS: Word = "cannot tell"  # silence neither counts as slipping nor as a recovery


@dataclass(frozen=True)
class Rung:
    """Somebody is told, and has until a day before the next one is."""

    to: str
    on: date
    until: date


@dataclass(frozen=True)
class Escalated:
    """One time that a promise slipped often enough. `ended_on` is the day on which a look found it recovered."""

    started_on: date
    rungs: tuple[Rung, ...]  # every one that the agreement has, with its days
    ended_on: date | None = None

    def reached(self, day: date) -> tuple[Rung, ...]:
        """Who has been told by a day: nobody further up once it is over."""
        last = day if self.ended_on is None else min(day, self.ended_on - timedelta(days=1))
        return tuple(rung for rung in self.rungs if rung.on <= last)


def times_running(clock: Escalation, every: str) -> int:
    return clock.monthly if every == "month" else clock.quarterly


def escalations(
    looks: Iterable[tuple[date, Word]], clock: Escalation, *, times: int
) -> tuple[Escalated, ...]:
    """Every time that the clock ran, oldest first; a look speaks on the day after its own, when it is known.

    `looks` are (day, what the verdict said), oldest first.
    """
    found: list[Escalated] = []
    running, started_on = 0, None
    for day, word in looks:
        known_on = day + timedelta(days=1)
        if word == HOLDS:
            continue
        running = running + 1 if word in SLIPS else 0
        if running >= times and started_on is None:
            started_on = known_on
        elif not running and started_on is not None:
            found.append(Escalated(started_on, rungs(clock, started_on), known_on))
            started_on = None
    if started_on is not None:
        found.append(Escalated(started_on, rungs(clock, started_on)))
    return tuple(found)


def rungs(clock: Escalation, started_on: date) -> tuple[Rung, ...]:
    made: list[Rung] = []
    on = started_on
    for step in clock.steps:
        until = working_day_after(on, step.working_days)
        made.append(Rung(step.to, on, until))
        on = until
    return tuple(made)


def slipping_since(looks: Sequence[tuple[date, Word]], now: Word, today: date) -> date:
    """The first day of the run that the present verdict belongs to."""
    alike = SLIPS if now in SLIPS else (now,)
    since = today
    for day, word in reversed(looks):
        if word in alike:
            since = day
        elif now not in SLIPS or word != HOLDS:
            break
    return since
