"""What the ledger says as at any position equals a plain second implementation of it, whatever was corrected since."""

import itertools
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from hub.db import open_session, transaction
from hub.facts.ledger import sign
from hub.facts.moments import as_at
from hub.facts.queries import CellAsAt, cells_as_at
from hub.facts.revisions import revisions_as_at
from hub.facts.rollups import COUNTS, differences
from tests.ledger_world import FIGURE, World, make_world, signing

AGENCIES, PERIODS = ("RYW", "RQ3", "ENN"), ("2014-04", "2014-05", "2014-06")
PLACES = (("total", ""), ("area", "south"), ("area", "not-known"), ("setting", "gp"))
START = datetime(2014, 7, 1, 9, tzinfo=UTC)

answers = st.one_of(
    st.integers(0, 9), st.none(), st.sampled_from(["nil", "not_available", "not_applicable", "hidden"])
)
lines = st.dictionaries(st.sampled_from(PLACES), answers, min_size=1)


@dataclass(frozen=True)
class Act:
    """Somebody signs, so many minutes after the act before (a clock may stand still or go backwards)."""

    agency: str
    period: str
    lines: dict[tuple[str, str], int | str | None]
    minutes: int


acts = st.lists(
    st.builds(Act, st.sampled_from(AGENCIES), st.sampled_from(PERIODS), lines, st.integers(-5, 60)),
    min_size=1,
    max_size=8,
)
numbers = itertools.count(1)

Cell = tuple[str, str, str]  # period, breakdown, code


def plainly(history: list[Act], upto: int) -> dict[Cell, tuple[int, Counter[str]]]:
    """The second implementation: the last word of each agency for each period, added up with a loop."""
    last: dict[tuple[str, str], Act] = {(act.agency, act.period): act for act in history[:upto]}
    cells: dict[Cell, tuple[int, Counter[str]]] = {}
    for act in last.values():
        for (breakdown, code), answer in act.lines.items():
            value, counts = cells.get((act.period, breakdown, code), (0, Counter()))
            if isinstance(answer, int) or answer == "nil":
                counts["received"] += 1
                value += answer if isinstance(answer, int) else 0
            else:
                counts[answer or "missing"] += 1
            cells[act.period, breakdown, code] = (value, counts)
    return cells


def place_of(world: World, cell: CellAsAt, sets: dict[int, str]) -> Cell:
    breakdown = next(name for (name, _), number in world.figures.items() if number == cell.figure_id)
    areas = {area.id: area.code for area in world.areas.values()} | {-1: "not-known", 0: ""}
    code = areas[cell.area_id] if breakdown == "area" else sets.get(cell.dimension_set_id, "")
    return cell.period, breakdown, code


def read(cell: CellAsAt) -> tuple[int, Counter[str]]:
    return cell.value, Counter({name: getattr(cell, name) for name in COUNTS if getattr(cell, name)})


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts)
def test_every_past_position_reads_as_a_plain_sum_says(engine: Engine, drawn: list[Act]) -> None:
    with transaction(engine) as session:
        world = make_world(session, number=next(numbers))
    history: list[Act] = []
    moment = START
    for act in drawn:
        moment += timedelta(minutes=act.minutes)
        with transaction(engine) as session:
            session.add(world.partnership)
            one = signing(session, world, act.agency, act.period, act.lines, at=moment, reason="Corrected.")
            (revision,) = sign(session, [one])
        if revision.position == len(history) + 1:
            history.append(act)
    with open_session(engine) as session:
        now = as_at(session, world.partnership)
        assert now.position == len(history)
        figures = [world.figures[name, FIGURE] for name in ("total", "area", "setting")]
        for position in range(len(history) + 1):
            at = replace(now, position=position)
            wanted = plainly(history, position)
            sets = {
                cell.dimension_set_id: "gp" for cell in cells_as_at(session, at, [figures[2]])
            }  # the only code of that list
            found = {place_of(world, cell, sets): read(cell) for cell in cells_as_at(session, at, figures)}
            assert found == wanted
            split: dict[Cell, tuple[int, Counter[str]]] = {}
            for cell in cells_as_at(session, at, figures, by_agency=True):
                value, counts = split.get(place_of(world, cell, sets), (0, Counter()))
                split[place_of(world, cell, sets)] = (value + cell.value, counts + read(cell)[1])
            assert split == wanted
            standing = {(act.agency, act.period) for act in history[:position]}
            assert len(revisions_as_at(session, at, "referrals")) == len(standing)
        assert differences(session, world.partnership.id) == []


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts)
def test_a_batch_says_what_the_same_signings_say_one_by_one(engine: Engine, drawn: list[Act]) -> None:
    moments = list(
        itertools.accumulate((timedelta(minutes=abs(act.minutes)) for act in drawn), initial=timedelta())
    )
    results = []
    for in_batch in (True, False):
        with transaction(engine) as session:
            world = make_world(session, number=next(numbers))
            signings = [
                signing(
                    session, world, act.agency, act.period, act.lines, at=START + moment, reason="Corrected."
                )
                for act, moment in zip(drawn, moments[1:], strict=True)
            ]
            if in_batch:
                sign(session, signings)
            else:
                for one in signings:
                    sign(session, [one])
            at = as_at(session, world.partnership)
            figures = [world.figures[name, FIGURE] for name in ("total", "area", "setting")]
            cells = [
                [
                    (cell.figure_id, cell.period, cell.area_id > 0, cell.dimension_set_id, read(cell))
                    for cell in cells_as_at(session, replace(at, position=position), figures)
                ]
                for position in range(at.position + 1)
            ]
            results.append(cells)
            assert differences(session, world.partnership.id) == []
    assert results[0] == results[1]


@pytest.mark.parametrize("kind", ["moment", "position"])
def test_a_moment_gives_the_last_position_signed_by_then(engine: Engine, kind: str) -> None:
    with transaction(engine) as session:
        world = make_world(session, number=next(numbers))
        for day in range(4):
            sign(
                session,
                [
                    signing(
                        session,
                        world,
                        "RYW",
                        "2014-04",
                        {("total", ""): day},
                        at=START + timedelta(days=day),
                        reason="Again.",
                    )
                ],
            )
        moments = [
            START - timedelta(seconds=1),
            START,
            START + timedelta(days=1.5),
            START + timedelta(days=9),
        ]
        ats = [as_at(session, world.partnership, moment) for moment in moments]
        assert [at.position for at in ats] == [0, 1, 2, 4]
        if kind == "position":
            cells = [cells_as_at(session, at, [world.figures["total", FIGURE]]) for at in ats]
            assert [[cell.value for cell in each] for each in cells] == [[], [0], [1], [3]]
