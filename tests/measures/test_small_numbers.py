"""Small lines of a table about children are read together, and nobody works one out: by hand, at random, on the example."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from hub.app import create_app
from hub.config import from_environment
from hub.db import make_engine, open_session
from hub.measures.small_numbers import FEWEST, LINE, Signed, read_together
from hub.partners.models import Person
from hub.periods import parse
from hub.statistics.disclosure.audit import audit
from hub.statistics.disclosure.model import Equation, Profile, Published
from tests.clients import Browser, browser_of
from tests.example_world import CODE, Example

MAY = parse("2014-05")
PROFILE = Profile("partnership")


def of_may(**counts: int) -> Signed:
    return Signed(MAY, {line: {"plans": count} for line, count in counts.items()})


@pytest.mark.parametrize(
    ("counts", "together"),
    [
        ({"neglect": 40, "physical": 12, "sexual": 5}, set()),
        ({"neglect": 40, "physical": 12, "sexual": 0}, set()),  # nobody is no child to point to
        ({"neglect": 40, "physical": 12, "sexual": 4}, {"sexual", "physical"}),
        ({"neglect": 40, "physical": 6, "sexual": 1, "other": 3}, {"sexual", "other", "physical"}),  # 1 and 3 make 4
        ({"neglect": 40, "physical": 6, "sexual": 2, "other": 3}, {"sexual", "other"}),
        ({"neglect": 40, "physical": 0, "sexual": 1}, {"sexual", "physical", "neglect"}),  # 1 and 0 make 1
    ],
)  # fmt: skip
def test_a_small_line_takes_the_next_smallest_with_it(counts: dict[str, int], together: set[str]) -> None:
    assert read_together([of_may(**counts)], ())[MAY] == together


def test_the_rest_of_a_share_is_children_too() -> None:
    lines = {
        "a": {"held": 30, "in_time": 28},
        "b": {"held": 20, "in_time": 10},
        "c": {"held": 9, "in_time": 9},
    }
    part = (frozenset({"held"}), frozenset({"in_time"}))
    assert read_together([Signed(MAY, lines)], ())[MAY] == set()
    # two of a's thirty came late; with c's none they are still two, with b's ten they are twelve
    assert read_together([Signed(MAY, lines)], [part])[MAY] == {"a", "b", "c"}


def test_what_was_read_together_once_stays_so_after_a_correction() -> None:
    first, second = of_may(neglect=40, physical=12, sexual=4), of_may(neglect=40, physical=12, sexual=9)
    assert read_together([first, second], ())[MAY] == {"sexual", "physical"}
    assert read_together([second], ())[MAY] == set()


counts = st.integers(0, 12)


@settings(max_examples=60)
@given(st.lists(st.lists(counts, min_size=4, max_size=4), min_size=3, max_size=3))
def test_no_reader_of_the_months_and_their_quarter_works_out_a_small_line(months: list[list[int]]) -> None:
    """The auditor has the totals of months and of the quarter, every line that is shown, and every sum."""
    names = ["a", "b", "c", "d"]
    periods = [parse(code) for code in ("2014-04", "2014-05", "2014-06")]
    found = read_together(
        [
            Signed(period, {name: {"n": number} for name, number in zip(names, month, strict=True)})
            for period, month in zip(periods, months, strict=True)
        ],
        (),
    )
    truth = {
        (period.code, name): number
        for period, month in zip(periods, months, strict=True)
        for name, number in zip(names, month, strict=True)
    }
    shown = [
        (
            period.code,
            {name: truth[period.code, name] for name in names if name not in found[period]},
            sum(month),
        )
        for period, month in zip(periods, months, strict=True)
    ]
    of_quarter = frozenset().union(*(found[period] for period in periods))
    quarter = {
        name: sum(truth[period.code, name] for period in periods) for name in names if name not in of_quarter
    }
    published = as_published(names, shown, ("quarter", quarter, sum(truth.values())))
    sensitive = {cell for cell, number in truth.items() if 0 < number < FEWEST}
    # A month's total is shown whatever it is; of fewer than five in all everybody knows that no line has more.
    told = any(0 < sum(month) < FEWEST for month in months)
    assert told or audit(published, sensitive, profile=PROFILE).is_safe


Shown = tuple[str, dict[str, int], int]  # a period's code, its lines, its total


def as_published(names: list[str], months: list[Shown], *longer: Shown) -> Published:
    ranges: dict[tuple[str, ...], tuple[int, int | None]] = {}
    sums = []
    for code, lines, total in [*months, *longer]:
        for name in names:
            ranges[code, name] = (lines[name], lines[name]) if name in lines else (0, None)
        ranges[code, "total"] = (total, total)
        sums.append(Equation((code, "total"), tuple((code, name) for name in names)))
    for code, _, _ in longer:
        sums += [Equation((code, name), tuple((month, name) for month, _, _ in months)) for name in names]
    return Published(ranges, tuple(sums))


PERSONAL = {
    "category": ("CP05",),
    "age_band": ("CP01", "CP01A", "CP05", "CP05A", "LA01", "RF02", "RF03"),
    "ethnic_group": ("CP01", "CP05", "LA01", "RF02"),
}
MOMENTS = ("2015-03-31", "2016-05-18")


def test_a_member_works_out_no_small_line_of_the_example(example_file: object, example: Example) -> None:
    """As a member of the Board: every personal breakdown, as at two moments, beside the totals; the auditor solves for the rest."""
    url = f"sqlite:///{example_file}"
    config = {"HUB_DATABASE_URL": url, "HUB_SECRET_KEY": "s" * 40, "HUB_DEMO": "1", "HUB_HOST": "127.0.0.1"}
    app = create_app(from_environment(config), make_engine(url))
    with open_session(app.extensions["hub_engine"]) as session:
        member = browser_of(
            app, session.scalars(select(Person).where(Person.email == "member@example.org")).one()
        )
    hidden = 0
    for by, measures in PERSONAL.items():
        ranges: dict[tuple[str, ...], tuple[int, int | None]] = {}
        sums: list[Equation] = []
        sensitive: set[tuple[str, ...]] = set()
        for measure in measures:
            for moment in MOMENTS:
                truth = numerators(example.series(measure, moment, by=by).points, by)
                shown, totals = rows(member, measure, moment, by), rows(member, measure, moment, None)
                for period, total in totals.items():
                    if not (lines := truth.get(period)):
                        continue
                    # Whoever reads both moments takes what was not corrected for the same.
                    cell = (measure, period, str(sorted(lines.items())))
                    for line in lines:
                        number = shown[period].get(line)
                        ranges.setdefault((*cell, line), (0, None) if number is None else (number, number))
                    ranges[*cell, "total"] = (total[""], total[""])
                    sums.append(Equation((*cell, "total"), tuple((*cell, line) for line in lines)))
                    sensitive |= {(*cell, line) for line, number in lines.items() if 0 < number < FEWEST}
                    hidden += LINE in shown[period]
        found = audit(Published(ranges, tuple(dict.fromkeys(sums))), sensitive, profile=PROFILE)
        assert found.is_safe, found.unsafe[:3]
    assert hidden, "nothing of the example is small enough to show this"


def numerators(points: object, by: str) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for point in points:  # type: ignore[attr-defined]
        if point.numerator is not None:
            found.setdefault(point.period.code, {})[point.lines[by]] = point.numerator
    return found


def rows(member: Browser, measure: str, moment: str, by: str | None) -> Mapping[str, dict[str, int]]:
    """Period → line → count, as the downloaded file tells it."""
    answer = member.get(
        f"/partnerships/{CODE}/measures/{measure}/download.csv",
        query_string={"as_at": moment, **({"by": by} if by else {})},
    )
    assert answer.status_code == 200
    found: dict[str, dict[str, int]] = {}
    for row in csv.DictReader(io.StringIO(answer.text)):
        if row["numerator"]:
            found.setdefault(row["period"], {})[row[by] if by else ""] = int(row["numerator"])
    return found
