"""As each kind of reader: fetch over HTTP all that the example tells about small numbers, add it up, and solve for what is hidden."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from hub.app import create_app
from hub.config import from_environment
from hub.db import make_engine, open_session
from hub.definitions.models import PeriodRow
from hub.facts.models import Revision
from hub.measures import compute, small_numbers
from hub.partners.models import Agency, Person
from hub.periods import parse, within
from tests.clients import Browser, browser_of
from tests.example_world import CODE, Example
from tests.measures.attacker import Notes, numbers

SUMMER = "AY2013-14T3"  # April to August: one school sends two weeks after all others, and in August hardly any has a number
MONTHS = [period.code for period in within(parse(SUMMER), "month")]
SCHOOL = "990007"
# Who may read the Board's pages, with the agency whose own numbers they know besides.
READERS = {
    "member@example.org": "",
    "inspector@example.org": "",
    "region@example.org": "",
    "board.manager@example.org": "",
    "nurse.rq3@example.org": "RQ3",
    "analyst.20@example.org": "20",
    "manager.rq3@example.org": "RQ3",
    "finance.rq3@example.org": "RQ3",
    f"school.{SCHOOL}@example.org": SCHOOL,
}
PERSONAL = {
    "category": ("CP05",),
    "age_band": ("CP01", "CP01A", "CP05", "CP05A", "LA01", "RF02", "RF03"),
    "ethnic_group": ("CP01", "CP05", "LA01", "RF02"),
}
MOMENTS = ("2015-03-31", "2016-05-18")
As = Callable[[str], Browser]


@pytest.fixture(scope="module")
def app(example_file: Path) -> Flask:
    url = f"sqlite:///{example_file}"
    config = {"HUB_DATABASE_URL": url, "HUB_SECRET_KEY": "s" * 40, "HUB_DEMO": "1", "HUB_HOST": "127.0.0.1"}
    return create_app(from_environment(config), make_engine(url))


@pytest.fixture(scope="module")
def as_(app: Flask) -> As:
    def client(email: str) -> Browser:
        with open_session(app.extensions["hub_engine"]) as session:
            return browser_of(app, session.scalars(select(Person).where(Person.email == email)).one())

    return client


def arrivals(example: Example) -> dict[str, datetime]:
    """School → the moment at which it signed the term: anybody reads that of every return."""
    rows = example.session.execute(
        select(Agency.code, Revision.signed_at)
        .join(Revision, Revision.agency_id == Agency.id)
        .join(PeriodRow, PeriodRow.id == Revision.period_id)
        .where(Agency.kind == "school", Revision.return_code == "referrals", PeriodRow.code == SUMMER)
    )
    return dict(rows.all())


def truth_of_schools(example: Example) -> dict[tuple[str, str], int]:
    """(month, school) → what it sent."""
    points = example.series(
        "RF01", by="agency", first=parse(MONTHS[0]).starts_on, last=parse(MONTHS[-1]).ends_on
    ).points
    return {
        (point.period.code, point.lines["agency"]): point.numerator
        for point in points
        if point.numerator is not None and point.lines["agency"].startswith("99")
    }  # fmt: skip


def note_schools(notes: Notes, reader: Browser, example: Example, moments: list[datetime]) -> None:
    """The whole less every agency that is shown is what the schools sent that were in by then.

    Whoever knows the rule takes those for counted that were in when the sum last moved.
    """
    came, truth = arrivals(example), truth_of_schools(example)
    sums: dict[str, int] = defaultdict(int)
    for moment in moments:
        whole = numbers(reader, "RF01", as_at=moment.isoformat())
        lines = numbers(reader, "RF01", as_at=moment.isoformat(), by="agency")
        for month in (each for each in MONTHS if (each, "") in whole):
            own = {line: number for (period, line), number in lines.items() if period == month}
            of_schools = whole[month, ""] - sum(n for line, n in own.items() if not line.startswith("99"))
            for line in own:
                if line.startswith("99"):
                    notes.shown((month, line), own[line])
            if of_schools != sums[month]:
                parts = {(month, code): truth[month, code] for code, at in came.items() if at <= moment}
                notes.adds_up((month, "schools", moment.isoformat()), of_schools, parts)
                sums[month] = of_schools


def moments_of(example: Example) -> list[datetime]:
    """Each moment at which a school signed, and one long after."""
    return [*sorted(set(arrivals(example).values())), datetime(2014, 11, 20, tzinfo=UTC)]


def test_no_reader_works_out_a_schools_small_number_from_any_days_totals(as_: As, example: Example) -> None:
    moments = moments_of(example)
    told = Notes()
    note_schools(told, as_("member@example.org"), example, moments)
    assert len(told.sums) > 5, "nothing was told of the schools"
    assert told.solved().is_safe
    schools = sorted(arrivals(example))
    for school in (
        *schools[::8],
        max(schools, key=lambda code: arrivals(example)[code]),
    ):  # who know their own
        assert told.solved(own=[cell for cell in told.truth if cell[1] == school]).is_safe, school
    for asked in ({"as_at": "2014-10-01"}, {"as_at": "2014-10-03", "by": "agency"}):
        of_member = numbers(as_("member@example.org"), "RF01", **asked)
        for email, agency in READERS.items():
            found = numbers(as_(email), "RF01", **asked)
            own = {row for row in found if row[1] == agency and agency.startswith("99")}
            assert {row: n for row, n in found.items() if row not in own} == of_member, email
            assert bool(own) == ("by" in asked and agency == SCHOOL)


def test_the_attacker_finds_what_is_not_protected(
    as_: As, example: Example, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same with each protection switched off: the late school's number is read off two totals, a lone line off the whole."""
    moments = moments_of(example)
    monkeypatch.setattr(compute.Reading, "_waits", lambda *_: False)
    notes = Notes()
    note_schools(notes, as_("member@example.org"), example, moments[-3:])
    exact = {each.cell for each in notes.solved().unsafe if each.verdict == "exact"}
    late = max(arrivals(example).items(), key=lambda sent: sent[1])[0]
    assert {school for _, school in exact} == {late}

    monkeypatch.setattr(small_numbers, "_is_enough", lambda *_: True)  # no partner is looked for
    lone = Notes()
    note_lines(lone, as_("member@example.org"), example, "age_band", PERSONAL["age_band"])
    assert any(each.verdict == "exact" for each in lone.solved().unsafe)


def note_lines(notes: Notes, reader: Browser, example: Example, by: str, measures: tuple[str, ...]) -> int:
    """Every line of a breakdown that one agency counts, as at two moments, beside the totals; gives how many are hidden."""
    hidden = 0
    for measure in measures:
        for moment in MOMENTS:
            truth: dict[str, dict[str, int]] = defaultdict(dict)
            for point in example.series(measure, moment, by=by).points:
                if point.numerator is not None:
                    truth[point.period.code][point.lines[by]] = point.numerator
            shown = numbers(reader, measure, as_at=moment, by=by)
            for (period, _), total in numbers(reader, measure, as_at=moment).items():
                if not truth[period]:
                    continue
                # Whoever reads both moments takes what was not corrected for the same.
                cell = (measure, period, str(sorted(truth[period].items())))
                notes.adds_up(
                    (*cell, "total"), total, {(*cell, line): n for line, n in truth[period].items()}
                )
                for line in truth[period]:
                    if (period, line) in shown:
                        notes.shown((*cell, line), shown[period, line])
                    else:
                        hidden += 1
    return hidden


def test_no_reader_works_out_a_small_line_that_one_agency_counts(as_: As, example: Example) -> None:
    member = as_("member@example.org")
    hidden = 0
    for by, measures in PERSONAL.items():
        notes = Notes()
        hidden += note_lines(notes, member, example, by, measures)
        assert notes.solved().is_safe, notes.solved().unsafe[:3]
    assert hidden, "nothing of the example is small enough to show this"


def test_no_agency_works_out_a_small_line_that_several_count(as_: As, example: Example) -> None:
    """RF01 by category of concern, as each trust and the force, who know their own lines and everybody's total."""
    first, last = parse("2013-04"), parse("2014-03")
    truth: dict[tuple[str, str, str], int] = {}
    agencies = ("RQ3", "RLU", "RR1", "RRK", "RYW", "RXT", "RRJ", "RXK", "RYA", "20")
    for code in agencies:
        number = example.session.scalar(select(Agency.id).where(Agency.code == code))
        for point in example.series(
            "RF01", by="category", agency_id=number, first=first.starts_on, last=last.ends_on
        ).points:
            truth[point.period.code, code, point.lines["category"]] = point.numerator or 0  # fmt: skip
    notes, told = Notes(), 0
    reader = as_("member@example.org")
    totals = numbers(reader, "RF01", by="agency", as_at="2014-06-30")
    for moment in ("2014-01-20", "2014-06-30"):
        shown = numbers(reader, "RF01", by="category", as_at=moment)
        for month in [period.code for period in within(parse("FY2013-14"), "month")]:
            of_month = {line: number for (period, line), number in shown.items() if period == month}
            if not of_month or month == "2013-11":  # a trust corrected November: its row is another then
                continue
            told += 1
            lines = {line for period, _, line in truth if period == month}
            for line in lines & of_month.keys():
                parts = {(month, code, line): truth[month, code, line] for code in agencies}
                notes.adds_up((month, "all", line), of_month[line], parts)
            for code in agencies:
                parts = {(month, code, line): truth[month, code, line] for line in lines}
                notes.adds_up((month, code, "total"), totals[month, code], parts)
    assert told > 8
    # Of an agency with fewer than five in all everybody knows that no line has more: its total is shown as it is.
    for cell in [
        cell for cell in notes.truth if sum(n for (m, a, _), n in truth.items() if (m, a) == cell[:2]) < 5
    ]:
        notes.shown(cell, notes.truth[cell])
        del notes.truth[cell]  # fmt: skip
    for agency in ("", *agencies):
        own = [cell for cell in notes.truth if cell[1] == agency]
        assert notes.solved(own=own).is_safe, (agency, notes.solved(own=own).unsafe[:3])


def test_what_is_left_out_says_why_and_whether_it_will_come(as_: As, example: Example) -> None:
    def words(day: str, month: str) -> str:
        points = example.series("RF01", day).outside or ()
        return next(point.coverage.words for point in points if point.period == parse(month))

    assert words("2014-09-20", "2014-06").endswith("13 more came and wait to be told with others")
    # All are in, a month and more is over, and one child is all that schools sent of that August.
    assert "came and stay left out: too few children" in words("2015-05-18", "2014-08")
    page = as_("member@example.org").get(f"/partnerships/{CODE}/measures/CP01?as_at=2014-01-31").text
    (row,) = re.findall(r"<tr><th scope=\"row\"[^>]*>Unborn</th>(.*?)</tr>", page, re.S)
    assert ">read together<" in row and "Where a line says “read together”" in page
