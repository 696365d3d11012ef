"""Children in need and the two tables of protection plans: each number on the pages is the printed one, each symbol what it is."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.app import create_app
from hub.clock import real_now
from hub.config import from_environment
from hub.db import make_engine, transaction
from hub.partners import queries
from hub.partners.models import Account, Grant, Person
from tests.clients import browser_of
from tests.databases import TemplateOf
from tests.england_world import ANN, import_content, make_councils

pytestmark = pytest.mark.published

PLACES = {
    "330": "Birmingham",
    "889": "Blackburn with Darwen",
    "353": "Oldham",
    "852": "Southampton",
    "420": "Isles of Scilly",
}  # where nought of nought is `z`
FILES = {
    "dfe-children-in-need": "children_in_need_2013_2025.csv",
    "dfe-plans-started": "cpp_started_and_second_plan_2013_2025.csv",
    "dfe-plans": "cpp_at_31_march_by_duration_2013_2025.csv",
}
POPULATION = "population_0_17_2012_2024.csv"
STATES = {"c": "hidden", "x": "not_available", "u": "not_available", "z": "not_applicable"}
WORDS = {"c": "hidden", "x": "not available", "u": "not available", "z": "not applicable"}
COUNTS = (  # measure, side, column of the file
    ("CN01", "value", "at31_episodes"),
    ("CN02", "value", "started_episodes"),
    ("CN03", "value", "ended_episodes"),
    ("CN03A", "value", "anypoint_episodes"),
    ("CN04", "numerator", "awaiting_assessment"),
    ("CN04", "denominator", "at31_episodes"),
    ("CP05", "value", "cpp_at31"),
    ("CP06", "numerator", "cpp_subsequent"),
    ("CP06", "denominator", "cpp_start"),
    ("CP07", "numerator", "2_years_or_more"),
)
DURATIONS = {
    "to-3-months": "3_months_or_less",
    "3-to-6-months": "more_than_3_months_6_months",
    "6-months-to-1-year": "more_than_6_months_less_than_1_year",
    "1-to-2-years": "1_year_less_than_2_years",
}

Printed = dict[tuple[str, str], dict[str, str]]  # (council, period) → the columns of every file


@pytest.fixture(scope="module")
def printed(published_data: Path) -> Printed:
    found: Printed = {}
    for file in FILES.values():
        for row in csv.DictReader((published_data / file).read_text(encoding="utf-8").splitlines()):
            year = int(row["time_period"])
            if row["old_la_code"] in PLACES:
                found.setdefault((row["old_la_code"], f"FY{year - 1}-{year % 100:02d}"), {}).update(row)
    return found


@pytest.fixture(scope="module")
def reader(
    published_data: Path, template_of: TemplateOf, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FlaskClient]:
    """Ann, who may read the four places, over a database with their rows of the three files and their children."""
    file = tmp_path_factory.mktemp("in-need") / "hub.sqlite"
    shutil.copyfile(template_of("sqlite", make_councils), file)
    engine = make_engine(f"sqlite:///{file}")
    with transaction(engine) as session:
        for return_code, name in {**FILES, "ons-population": POPULATION}.items():
            head, *lines = (published_data / name).read_text(encoding="utf-8").splitlines()
            own = [line for line in lines if line.split(",")[4] in PLACES]
            said = import_content(session, return_code, "\n".join([head, *own]).encode(), name=name)
            assert said.revisions == 13 * len(PLACES) and said.left_out == {}
        ann = session.scalars(select(Person).where(Person.email == ANN)).one()
        session.add(Account(person_id=ann.id, kind="local", created_at=real_now()))
        session.add_all(
            Grant(
                person_id=ann.id,
                role="BRD",
                partnership_id=queries.partnership(session, code).id,
                from_at=real_now() - timedelta(days=1),
                until_at=real_now() + timedelta(days=1),
            )
            for code in PLACES
        )
    app = create_app(from_environment({"HUB_SECRET_KEY": "k" * 40}), engine=engine)
    yield browser_of(app, ann)
    engine.dispose()


def told(reader: FlaskClient, place: str, query: str) -> list[dict[str, str]]:
    span = "period=financial_year&from=FY2012-13&to=FY2024-25"
    answer = reader.get(f"/partnerships/{place}/tables.csv?{span}&{query}")
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_every_number_is_the_printed_one(reader: FlaskClient, printed: Printed) -> None:
    measures = "&".join(f"measure={code}" for code in dict.fromkeys(code for code, _, _ in COUNTS))
    differing: list[object] = []
    symbols = Counter[str]()
    for place in PLACES:
        rows = {(row["measure"], row["period"]): row for row in told(reader, place, measures)}
        for (council, period), columns in printed.items():
            for code, side, column in COUNTS if council == place else ():
                row, cell = rows[code, period], columns[column]
                if cell.isdigit():
                    same = row[side] != "" and float(row[side]) == int(cell)
                else:
                    symbols[cell] += 1
                    same = row["value"] == "" and (row[side] == "") and row["state"] == STATES[cell]
                if not same:
                    differing.append((place, period, code, side, cell, row))
    assert differing == []
    assert len(printed) == 13 * len(PLACES) and symbols.keys() == {"c", "x"}


def test_rates_are_the_printed_counts_over_the_printed_children(
    reader: FlaskClient, printed: Printed, published_data: Path
) -> None:
    """No file prints these rates: a year that ends on 31 March is divided by the children of the mid-year before."""
    children = {
        (row["old_la_code"], int(row["time_period"])): int(row["population_estimate"])
        for row in csv.DictReader((published_data / POPULATION).read_text(encoding="utf-8").splitlines())
        if row["old_la_code"] in PLACES
    }
    found = Counter[bool]()
    for place in PLACES:
        rows = {
            (row["measure"], row["period"]): row for row in told(reader, place, "measure=CN01A&measure=CP05A")
        }
        for (council, period), columns in printed.items():
            for code, column in (
                (("CN01A", "at31_episodes"), ("CP05A", "cpp_at31")) if council == place else ()
            ):
                value, cell = rows[code, period]["value"], columns[column]
                found[cell.isdigit()] += 1
                below = children[place, int(period[2:6])]
                wanted = 10_000 * int(cell) / below if cell.isdigit() else None
                assert (float(value) if value else None) == pytest.approx(wanted, abs=1e-6), (
                    place,
                    period,
                    code,
                )
    assert found[True] > 100 and found[False] > 0


def test_every_length_of_a_plan_is_the_printed_one(reader: FlaskClient, printed: Printed) -> None:
    for place in PLACES:
        rows = {
            (row["duration"], row["period"]): row for row in told(reader, place, "measure=CP05&by=duration")
        }
        for (council, period), columns in printed.items():
            for line, column in DURATIONS.items() if council == place else ():
                row, cell = rows[line, period], columns[column]
                assert row["value"] == (f"{int(cell)}" if cell.isdigit() else ""), (place, period, line)
                assert row["state"] == ("value" if cell.isdigit() else STATES[cell])


def test_percentages_are_the_printed_ones_to_the_last_digit(reader: FlaskClient, printed: Printed) -> None:
    seen = Counter[str]()
    for code, column in (("CP06", "cpp_subsequent_percent"), ("CP07", "2_years_or_more_percent")):
        for place in PLACES:
            for row in told(reader, place, f"measure={code}"):
                cell = printed[place, row["period"]][column]
                if cell == "0" and not row["denominator"]:
                    # None of `c`: the publisher prints 0%, the hub no share of a hidden count.
                    assert row["state"] == "hidden"
                elif cell not in STATES:
                    exact = 100 * int(row["numerator"]) / int(row["denominator"])
                    assert abs(exact - float(cell)) <= 0.05 + 1e-9, (code, place, row["period"])
                else:
                    assert (row["value"], row["state"]) == ("", STATES[cell]), (code, place, row["period"])
                seen[cell] += cell in STATES
    assert seen["c"] and seen["z"]


def test_the_page_of_places_shows_counts_and_symbols_as_words(reader: FlaskClient, printed: Printed) -> None:
    for place, name in PLACES.items():
        for code, column in (("CN01", "at31_episodes"), ("CP05", "cpp_at31"), ("CP07", "2_years_or_more")):
            page = reader.get(f"/compare/{place}/{code}").text
            row = re.search(rf"<tr[^>]*>\s*<th[^>]*>(?:<[^>]+>)*\s*{name}.*?</tr>", page, re.DOTALL)
            assert row is not None
            cells = [
                re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", row[0], re.DOTALL)
            ]
            years = [columns[column] for (council, _), columns in sorted(printed.items()) if council == place]
            assert len(cells) == len(years) == 13
            for cell, was in zip(cells, years, strict=True):
                if not was.isdigit():
                    assert cell == WORDS[was], (place, code)
                elif code != "CP07":  # a percentage
                    assert cell == f"{int(was):,}", (place, code)
