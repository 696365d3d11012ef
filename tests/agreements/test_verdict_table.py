"""Verdicts and values of every kind, month by month, each worked out by hand from the round numbers told here.

The front door is asked ten working days after a month and signs on the 12th; trusts sign on the 18th; quarters on the 27th.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine

from hub import document
from hub.agreements.evaluate import evaluate
from hub.agreements.figures import Wanted, figures
from hub.agreements.judging import PROTECTED
from hub.agreements.look import Look
from hub.agreements.papers import Papers
from hub.agreements.versions import agreement_as_at, keep
from hub.agreements.watch.watched import Line
from hub.board.region.drawn import Drawn, drawn
from hub.clock import parse_moment
from hub.config import shipped
from hub.db import make_engine, open_session
from hub.facts.moments import as_at
from hub.measures.compute import Reading
from hub.measures.load import measure_as_at, publish_measures
from hub.measures.model import Asked
from hub.measures.protect import ANYBODY, WITHHELD, Audience, protect
from tests.agreements.promised_world import PROMISES, Lines, Promised, make_promised

MONTHS = [f"2015-{month:02d}" for month in range(4, 13)] + ["2016-01", "2016-02", "2016-03"]
FRONT_DOOR = {  # in the order of MONTHS
    "decided_in_1_day": (80, 70, 90, 80, 80, 80, 80, 90, 90, 90, 90, 70),
    "unallocated": (20, 30, 25, 30, 20, 28, 31, 20, 20, 20, 20, 20),
    "contacts": (125, 125, 125, 125, 125, 125, 125, 125, 125, 125, 300, 125),
    "nfa_sampled": (10, 10, 10, 0, 10, 10, 10, 10, 10, 10, 10, 10),
    "nfa_too_early": (1, 1, 1, 0, 1, 1, 1, 2, 1, 1, 1, 1),
    "back_after_nfa": (2, 2, 3, 3, 2, 2, 1, 2, 2, 2, 2, 1),
}
ALWAYS = {"contacts_decided": 100, "professional_decided": 40, "outcome_told": 30, "contacts_nfa": 20}
TRUSTS = {
    "RYW": (12,) * 12,
    "RXT": (20, None, 40, 40, 20, None, None, 10, 10, 10, 10, 10),  # May, September, October never came
}
QUARTERS = (  # signed on, paid, activity, seen, in time, filled and agreed of 13P and of RYW
    ("FY2015-16Q1", "2015-07-27", 10_000, 90, 10, 9, (400, 400), (270, 300)),
    ("FY2015-16Q2", "2015-10-27", 5_000, 85, 0, 0, (350, 350), (240, 300)),
    ("FY2015-16Q3", "2016-01-27", 15_000, 95, 10, 7, (400, 400), (300, 300)),
    ("FY2015-16Q4", "2016-04-27", 10_000, 90, 10, 8, (380, 400), (300, 300)),
)
REPLACED = "2015-11-15"  # from here on FD04 is a share of contacts, no longer of contacts decided


def after(month: str, day: int) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12}-{number % 12 + 1:02d}-{day:02d}"


def front_door(n: int) -> dict[str, int]:
    return ALWAYS | {name: numbers[n] for name, numbers in FRONT_DOOR.items()}


def tell(world: Promised) -> None:
    """The year in the order in which it was signed: moments only grow."""
    acts: list[tuple[str, Callable[[str], object]]] = [
        # August came two months late; June is corrected in January: 40 contacts were decided in a day, not 90.
        ("2015-11-13", lambda at: world.signs("330", "front-door", "2015-08", at, **front_door(4))),
        (
            "2016-01-25",
            lambda at: world.signs(
                "330",
                "front-door",
                "2015-06",
                at,
                again="Counted twice.",
                **front_door(2) | {"decided_in_1_day": 40},
            ),
        ),
    ]
    for n, month in enumerate(MONTHS):
        if month != "2015-08":
            acts.append(
                (
                    after(month, 12),
                    lambda at, n=n: world.signs("330", "front-door", MONTHS[n], at, **front_door(n)),
                )
            )
        for trust, numbers in TRUSTS.items():
            if numbers[n] is not None:
                acts.append(
                    (
                        after(month, 18),
                        lambda at, n=n, trust=trust: world.signs_lines(
                            trust, "referrals", MONTHS[n], at, _referred(TRUSTS[trust][n])
                        ),
                    )
                )
    for quarter in QUARTERS:
        acts.append((quarter[1], lambda _at, quarter=quarter: tell_quarter(world, quarter)))
    # The school reports until it closes, the academy from then on.
    for school, term, at in (
        ("990001", "AY2014-15T3", "2015-09-18"),
        ("990002", "AY2015-16T1", "2016-01-20"),
        ("990002", "AY2015-16T2", "2016-04-20"),
    ):
        acts.append(
            (
                at,
                lambda at, school=school, term=term: world.signs(
                    school, "referrals", term, at, referrals_made=1
                ),
            )
        )
    for at, act in sorted(acts, key=lambda each: each[0]):
        act(at)
    world.reports("M1", "330", "2015-06-24", written="2015-06-25", confirmed="2015-07-02")
    world.reports("M1", "RYW", "2015-07-10", written="2015-07-11", confirmed="2015-07-20")
    for day, *present in (
        ("2015-05-13", "330", "RYW"),
        ("2015-08-12", "RYW"),  # no quorum
        ("2015-11-11", "330", "RYW", "13P"),
        ("2016-02-10", "330", "13P"),
        ("2016-03-09", "330", "13P"),
    ):
        world.meets(day, *present)
    world.session.flush()


def _referred(number: int) -> Lines:
    """Three of each month's referrals are about neglect."""
    return {
        ("total", ""): {"referrals_made": number},
        ("category", "neglect"): {"referrals_made": 3},
        ("category", "physical"): {"referrals_made": number - 3},
    }


def tell_quarter(world: Promised, told: tuple[Any, ...]) -> None:
    quarter, at, paid, activity, seen, in_time, ccg, trust = told
    service = ("service", "mash-health-team")
    money = {"due": 10_000, "paid": paid}
    world.signs_lines("13P", "contributions", quarter, at, {("total", ""): money, service: money})
    work = {"activity_planned": 100, "activity": activity, "seen": seen, "seen_in_time": in_time}
    world.signs_lines("RYW", "joint-services", quarter, at, {("total", ""): work, service: work})
    # The commissioner's third quarter is a month late.
    if quarter != "FY2015-16Q3":
        world.signs("13P", "workforce", quarter, at, mash_filled=ccg[0], mash_agreed=ccg[1])
    world.signs("RYW", "workforce", quarter, at, mash_filled=trust[0], mash_agreed=trust[1])


def replace_a_definition(world: Promised, folder: Path, *, since: str = REPLACED) -> None:
    """From now on FD04 is a share of all contacts."""
    measures = yaml.safe_load((shipped("schemas") / "measures.yaml").read_text(encoding="utf-8"))
    nfa = next(measure for measure in measures if measure["id"] == "FD04")
    nfa["sources"]["month"]["denominator"] = ["contacts"]
    file = folder / "measures.yaml"
    file.write_text(yaml.safe_dump(measures, allow_unicode=True), encoding="utf-8")
    publish_measures(world.session, file, now=parse_moment(since))


def vary(world: Promised, *, signed: str = "2015-09-28") -> None:
    """Version 2, signed on 28 September and in effect from 1 October: V1 asks 80 in place of 70."""
    text = PROMISES.read_text(encoding="utf-8")
    text = text.replace("version: 1", "version: 2\nvaries: More is asked.\neffective_on: 2015-10-01")
    text = text.replace("measure: FD05, of: place, direction: at_least, target: 70", "measure: FD05, of: place, direction: at_least, target: 80")  # fmt: skip
    keep(world.session, document.parse(text, "v2.yaml"), now=parse_moment(signed))


@pytest.fixture(scope="module")
def engine(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    file = tmp_path_factory.mktemp("promised") / "promised.sqlite"
    shutil.copyfile(sqlite_template, file)
    made = make_engine(f"sqlite:///{file}")
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def world(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Promised]:
    with open_session(engine) as session:
        made = make_promised(session)
        tell(made)
        vary(made)
        replace_a_definition(made, tmp_path_factory.mktemp("measures"))
        yield made


TABLE: list[tuple[str, str, str, str, float | None]] = [
    # L1: FD03 over the whole year, at least 80: all decided in a day / all decided (100 a month).
    ("L1", "330", "2015-04-30", "not due", None),
    ("L1", "330", "2015-05-31", "on track", 80.0),  # 80/100
    ("L1", "330", "2015-06-30", "at risk", 75.0),  # 150/200; 0.9375 of 80 is amber
    ("L1", "330", "2015-07-31", "on track", 80.0),  # 240/300
    ("L1", "330", "2015-08-31", "on track", 80.0),  # 320/400
    ("L1", "330", "2015-09-30", "cannot tell", None),  # August was due on 14 September
    ("L1", "330", "2015-10-31", "missed", None),  # not shown: a second due day, 14 October, has passed
    ("L1", "330", "2015-11-30", "on track", 80.0),  # August came late; 560/700
    ("L1", "330", "2015-12-31", "on track", 81.25),  # 650/800
    ("L1", "330", "2016-01-31", "at risk", 76.6667),  # June corrected from 90 to 40: 690/900
    ("L1", "330", "2016-02-29", "at risk", 78.0),  # 780/1000
    ("L1", "330", "2016-03-31", "at risk", 79.0909),  # 870/1100
    ("L1", "330", "2016-04-30", "missed", 78.3333),  # 940/1200
    # L2: the same measure in March alone; before that the latest month speaks, but a newer gap does not hide behind it.
    ("L2", "330", "2015-06-30", "at risk", 70.0),
    ("L2", "330", "2015-07-31", "on track", 90.0),
    ("L2", "330", "2015-09-30", "cannot tell", None),
    ("L2", "330", "2015-10-31", "on track", 80.0),  # September came; August matters no more
    ("L2", "330", "2016-04-30", "missed", 70.0),
    # L3: at most 30 children without a worker at the end of each month.
    ("L3", "330", "2015-05-31", "on track", 20.0),
    ("L3", "330", "2015-06-30", "on track", 30.0),  # the limit itself is kept
    ("L3", "330", "2015-09-30", "cannot tell", None),
    ("L3", "330", "2015-10-31", "missed", None),  # not shown
    ("L3", "330", "2015-11-30", "missed", 31.0),  # October
    ("L3", "330", "2016-04-30", "missed", 31.0),
    # A1: at most 1,500 contacts in the year, evenly: 125 a month, and 300 in February.
    ("A1", "330", "2015-05-31", "on track", 125.0),
    ("A1", "330", "2015-08-31", "on track", 500.0),
    ("A1", "330", "2015-09-30", "cannot tell", None),
    ("A1", "330", "2016-02-29", "on track", 1250.0),
    ("A1", "330", "2016-03-31", "missed", 1550.0),  # exceeded with a month to go
    ("A1", "330", "2016-04-30", "missed", 1675.0),
    # R1: at least 120 referrals in the year. RYW sends 12 a month; RXT 20, nothing for May, 40, 40, 20.
    ("R1", "RYW", "2015-05-31", "on track", 12.0),
    ("R1", "RYW", "2015-08-31", "on track", 48.0),
    ("R1", "RYW", "2016-02-29", "met", 120.0),  # reached early, with January
    ("R1", "RYW", "2016-04-30", "met", 144.0),
    ("R1", "RXT", "2015-05-31", "on track", 20.0),
    ("R1", "RXT", "2015-06-30", "cannot tell", None),  # May was due on 19 June
    ("R1", "RXT", "2015-07-31", "missed", None),  # not shown
    ("R1", "RXT", "2015-08-31", "missed", None),  # 100 of 120 came; May may hold anything
    ("R1", "RXT", "2015-09-30", "met", 120.0),  # whatever May says
    # V1: FD05 is 75% all year; 70 was promised, and 80 from 1 October on.
    ("V1", "330", "2015-05-31", "on track", 75.0),
    ("V1", "330", "2015-08-31", "on track", 75.0),
    ("V1", "330", "2015-11-30", "at risk", 75.0),  # 0.9375 of 80
    ("V1", "330", "2016-04-30", "missed", 75.0),
    # D1: at most 18% closed: 20 of 100 decided, and after 15 November 20 of 125 contacts.
    ("D1", "330", "2015-05-31", "at risk", 20.0),
    ("D1", "330", "2015-08-31", "at risk", 20.0),
    ("D1", "330", "2015-11-30", "on track", 16.0),
    ("D1", "330", "2016-03-31", "on track", 14.1935),  # 220 of 10 × 125 + 300
    ("D1", "330", "2016-04-30", "met", 14.3284),  # 240 of 1,675
    # Z1: at most 10% of samples in each month; none was looked at in July, a fifth was wrong in November.
    ("Z1", "330", "2015-05-31", "on track", 10.0),
    ("Z1", "330", "2015-08-31", "on track", 10.0),  # July has no cases: neither kept nor broken
    ("Z1", "330", "2015-12-31", "missed", 20.0),
    # T1: three months pooled, of 20 closed each; 12 to beat, 9 to reach, a straight way between.
    ("T1", "330", "2015-05-31", "on track", 10.0),  # 2/20 against 11.75
    ("T1", "330", "2015-07-31", "at risk", 11.6667),  # 7/60: below 12, above 11.25
    ("T1", "330", "2015-08-31", "at risk", 13.3333),  # 8/60
    ("T1", "330", "2015-09-30", "cannot tell", None),
    ("T1", "330", "2015-11-30", "on track", 8.3333),  # 5/60
    ("T1", "330", "2016-04-30", "met", 8.3333),
    # S1: 83% of twelve returns is ten of them in time.
    ("S1", "RYW", "2015-04-30", "not due", None),
    ("S1", "RYW", "2015-05-31", "on track", 100.0),
    ("S1", "RYW", "2016-02-29", "met", 100.0),  # the tenth
    ("S1", "RXT", "2015-06-30", "at risk", 50.0),
    ("S1", "RXT", "2015-10-31", "at risk", 66.7),  # 4 of 6; six more would make ten
    ("S1", "RXT", "2015-11-30", "missed", 57.1),  # 4 of 7; five more make nine
    # S2: the school closes on 31 August; the academy that follows owes the next terms.
    ("S2", "990001", "2015-08-31", "not due", None),
    ("S2", "990001", "2015-09-30", "on track", 100.0),
    ("S2", "990001", "2016-01-31", "on track", 100.0),
    ("S2", "990001", "2016-04-30", "met", 100.0),
    # M1: due by 30 June; the council's is confirmed on 2 July, the trust's was done ten days late.
    ("M1", "330", "2015-04-30", "not due", None),
    ("M1", "330", "2015-05-31", "at risk", None),  # thirty days before, nothing reported
    ("M1", "330", "2015-06-30", "on track", None),
    ("M1", "330", "2015-07-01", "at risk", None),
    ("M1", "330", "2015-07-31", "met", None),
    ("M1", "RYW", "2015-07-05", "missed", None),
    ("M1", "RYW", "2015-07-31", "missed", None),
    # F1: £100 due each quarter; paid 100, 50, 150, 100.
    ("F1", "13P", "2015-06-30", "not due", None),
    ("F1", "13P", "2015-07-31", "on track", 100.0),
    ("F1", "13P", "2015-10-31", "at risk", 75.0),  # 150 of 200
    ("F1", "13P", "2016-01-31", "on track", 100.0),  # 300 of 300
    ("F1", "13P", "2016-04-30", "met", 100.0),
    # J1: 90% of 100 a quarter, and 80% seen in time (the register's); nobody was seen in the second quarter.
    ("J1", "13P", "2015-07-31", "on track", 90.0),
    ("J1", "13P", "2015-10-31", "at risk", 87.5),  # 175 of 200
    ("J1", "13P", "2016-01-31", "on track", 90.0),  # 270 of 300; 16 of 20 in time
    ("J1", "13P", "2016-04-30", "met", 90.0),  # 24 of 30 in time
    # W1: of four posts promised, whatever the commissioner now calls agreed; its third quarter never came.
    ("W1", "13P", "2015-07-31", "on track", 100.0),
    ("W1", "13P", "2015-10-31", "at risk", 87.5),  # 3.50 of 4, though it says 3.50 of 3.50
    ("W1", "13P", "2016-01-31", "cannot tell", None),
    ("W1", "13P", "2016-04-30", "missed", None),  # not shown: a second due day has passed
    ("W2", "RYW", "2015-07-31", "on track", 90.0),
    ("W2", "RYW", "2015-10-31", "missed", 80.0),
    # P1: four meetings in 366 days; a quorum is two, and August had none.
    ("P1", "330", "2015-04-30", "not due", 0.0),
    ("P1", "330", "2015-05-31", "on track", 1.0),
    ("P1", "330", "2015-10-31", "at risk", 1.0),  # two were to be held
    ("P1", "330", "2015-11-30", "on track", 2.0),
    ("P1", "330", "2016-04-30", "met", 4.0),
    ("P1", "RYW", "2016-04-30", "met", 4.0),  # it came to 3 of 5
    # O1: to be made firm by 30 September; it never was.
    ("O1", "330", "2015-08-31", "not due", None),
    ("O1", "330", "2015-10-31", "at risk", None),
    ("O1", "330", "2016-01-31", "missed", None),
]


@pytest.mark.parametrize(("commitment", "party", "day", "word", "value"), TABLE)
def test_a_verdict_as_worked_out_by_hand(
    world: Promised, commitment: str, party: str, day: str, word: str, value: float | None
) -> None:
    verdict = world.verdicts(day)[commitment, party]
    assert (verdict.word, verdict.value) == (word, value), verdict.reason


AS_IN_R1 = {"measure": "RF01", "direction": "at_least", "target": 1.0, "judged": "whole"}
IN_APRIL = {"begins_on": date(2015, 4, 1), "ends_on": date(2015, 4, 30)}


@pytest.mark.parametrize(
    ("party", "terms"),
    [
        ("990001", AS_IN_R1 | {"of": "party"}),
        ("RYW", AS_IN_R1 | {"of": "party", "line": {"category": "neglect"}}),
        ("330", AS_IN_R1 | {"of": "place", "line": {"category": "neglect"}}),
    ],
    ids=["a single school’s", "one agency’s line", "a line of several agencies"],
)
def test_a_verdict_tells_no_figure_that_its_readers_may_not_read(
    world: Promised, party: str, terms: dict[str, Any]
) -> None:
    """Such a promise is refused where it is made. One that stands all the same, of a body that became a school, tells nothing."""
    kept = agreement_as_at(world.session, world.partnership.id, "kept", parse_moment("2016-04-30"))
    promise = replace(kept.commitments[0], promisor=(party,), kind="level", terms=terms, **IN_APRIL)
    at = as_at(world.session, world.partnership, parse_moment("2016-04-30"))
    look = Look(Papers(world.session, world.partnership, at), kept)
    for judged in ("whole", "last", "each"):
        asked = replace(promise, terms={**terms, "judged": judged})
        (verdict,) = evaluate(world.session, world.partnership, replace(kept, commitments=(asked,)), at)
        assert (verdict.word, verdict.reason) == ("cannot tell", PROTECTED)
        assert (verdict.value, verdict.attainment, verdict.colour, verdict.outturn) == (None,) * 4
        line = Line(asked, kept.clauses[0], party, verdict, "month", (), date(2015, 4, 30), ())
        assert drawn(look, line, Audience(agencies=frozenset({"330"}))) == Drawn(None, withheld=WITHHELD)


def test_what_was_said_of_one_agencys_answers_is_told_in_no_verdict(world: Promised) -> None:
    kept = agreement_as_at(world.session, world.partnership.id, "kept", parse_moment("2016-04-30"))
    at = as_at(world.session, world.partnership, parse_moment("2016-04-30"))
    look = Look(Papers(world.session, world.partnership, at), kept)

    def is_protected(of: str) -> bool:
        return figures(look, kept.commitments[0], "RYW", Wanted("QA01A", of)).is_protected

    assert is_protected("party") and not is_protected("place")


def test_a_measure_of_one_personal_line_is_kept_back_by_the_gate(world: Promised) -> None:
    at = as_at(world.session, world.partnership, parse_moment("2016-04-30"))
    referrals = measure_as_at(world.session, "RF01", at.moment)
    source = replace(referrals.sources["month"], numerator_line=("category", "neglect"))
    of_neglect = replace(referrals, sources={"month": source})
    series = Reading(world.session, world.partnership, at).series(of_neglect, Asked())
    assert {point.value for point in series.points if point.value} == {3, 6}, "one trust or both"
    for audience in (Audience(), Audience(agencies=frozenset({"RYW"})), ANYBODY):
        found = protect(series, audience)
        assert not found.points and found.withheld
