"""Every figure that was published reads back exactly as it was printed: each authority, region, nation and year."""

import csv
import re
import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.app import create_app
from hub.clock import real_now
from hub.config import from_environment
from hub.db import make_engine, transaction
from hub.facts.moments import as_at
from hub.measures.compute import measure
from hub.measures.model import Asked, Point
from hub.measures.points import NO_POPULATION
from hub.partners import queries
from hub.partners.models import Account, Grant, Person
from tests.clients import browser_of
from tests.england_world import ANN, TABLES, England
from tests.web.conftest import words

pytestmark = pytest.mark.published

LATER = {"c": "hidden", "x": "not_available", "u": "not_available", "z": "not_applicable"}
OF_2018 = {"x": "hidden"}
REGIONS_BY_NAME = {
    "North East": "E12000001",
    "North West": "E12000002",
    "Yorkshire and the Humber": "E12000003",
    "East Midlands": "E12000004",
    "West Midlands": "E12000005",
    "East of England": "E12000006",
    "London": "E12000007",
    "South East": "E12000008",
    "South West": "E12000009",
    "Inner London": "E13000001",
    "Outer London": "E13000002",
    "London (Inner)": "E13000001",
    "London (Outer)": "E13000002",
}
SOURCES = {
    "individual": "individual",
    "schools": "schools",
    "education_services": "education-services",
    "health_services": "health-services",
    "housing": "housing",
    "la_services": "council-services",
    "police": "police",
    "other_legal_agency": "other-legal",
    "other": "other",
    "anonymous": "anonymous",
    "unknown": "unknown",
}


@dataclass
class Reader:
    """Series of a measure, read once for each place: (place, year, line) → point."""

    session: Session

    def points(self, code: str, places: set[str]) -> dict[tuple[str, int, str], Point]:
        found: dict[tuple[str, int, str], Point] = {}
        for place in places:
            national = place.startswith("E")
            partnership = queries.partnership(self.session, "england" if national else place)
            asked = Asked(
                kind="financial_year",
                agency_id=queries.agency(self.session, place).id if national else None,
            )
            series = measure(self.session, partnership, as_at(self.session, partnership), code, asked)
            for point in series.points:
                key = (place, point.period.ends_on.year, point.lines.get("source", ""))
                found[key] = point
        return found


def rows_of(folder: Path, file: str) -> list[dict[str, str]]:
    with (folder / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def place_of(row: dict[str, str]) -> str:
    """The council's DfE code, the region's ONS code, or ENG."""
    if row.get("geographic_level") == "National" or row.get("area_name") == "England":
        return "ENG"
    if row.get("geographic_level") == "Regional":
        return row.get("region_code") or REGIONS_BY_NAME[row["area_name"]]
    return REGIONS_BY_NAME.get(row.get("area_name", ""), row["old_la_code"])


def year_of(row: dict[str, str]) -> int:
    return int(row.get("time_period") or row["year_ending_31_march"])


def shown(point: Point, part: str) -> object:
    """The number of one side of a point, or the state that stands in its place."""
    number = getattr(point, part)
    return point.state if number is None else number


def printed(cell: str, symbols: dict[str, str]) -> object:
    return int(cell) if cell.isdigit() else symbols[cell]


@pytest.mark.parametrize(
    ("code", "return_code", "part", "column"),
    [
        ("RF02", "dfe-referrals", "value", "referral_count"),
        ("RF08", "dfe-referrals", "numerator", "no_further_action_count"),
        ("RF09", "dfe-referrals", "numerator", "not_in_need_count"),
        ("RF07", "dfe-referrals", "numerator", "rereferral_count"),
        ("CP01", "dfe-section47", "value", "section47"),
        ("CP02", "dfe-section47", "numerator", "icpc"),
        ("CP02", "dfe-section47", "denominator", "section47"),
    ],
)
def test_every_count_is_the_published_one(
    reading: Session, published_data: Path, code: str, return_code: str, part: str, column: str
) -> None:
    rows = rows_of(published_data, TABLES[return_code])
    expected = {(place_of(row), year_of(row), ""): printed(row[column], LATER) for row in rows}
    points = Reader(reading).points(code, {place for place, _, _ in expected})
    read = {key: shown(point, part) for key, point in points.items()}
    differing = {key: (read.get(key), value) for key, value in expected.items() if read.get(key) != value}
    assert len(expected) == 2080
    assert differing == {}
    assert set(read) == set(expected)  # and nothing that was not published


def test_every_source_of_2018_is_the_published_one(reading: Session, published_data: Path) -> None:
    rows = rows_of(published_data, TABLES["dfe-referrals-by-source"])
    expected = {
        (place_of(row), 2018, code): printed(row[column], OF_2018)
        for row in rows
        for column, code in SOURCES.items()
    }
    points = Reader(reading).points("RF05", {place for place, _, _ in expected})
    assert {key: shown(point, "numerator") for key, point in points.items()} == expected
    totals = {place_of(row): int(row["referrals"]) for row in rows}
    assert all(point.denominator == totals[place] for (place, _, _), point in points.items())
    hidden = [point for point in points.values() if point.state == "hidden"]
    assert len(hidden) == 95
    assert all(point.value is None and point.numerator is None for point in hidden)


def test_rates_are_the_printed_ones(reading: Session, published_data: Path) -> None:
    """All 1,583 rates that were printed for 2016 to 2025; where none was printed there is none here either."""
    rows = rows_of(published_data, "referral_share_by_source_2016_2025.csv")
    points = Reader(reading).points("RF03", {place_of(row) for row in rows})
    differing, outcomes = [], Counter[str]()
    for row in rows:
        point = points.get((place_of(row), year_of(row), ""))
        rate = row["referrals_per_10000"]
        if rate == "-":
            assert point is None or point.value is None
            outcomes["not printed, not computed"] += 1
            continue
        assert point is not None
        assert point.numerator is not None
        assert point.denominator is not None
        exact = Decimal(10_000 * point.numerator) / Decimal(point.denominator)
        if exact.quantize(Decimal("0.1"), ROUND_HALF_UP) != Decimal(rate):
            differing.append((row["area_name"], row["year_ending_31_march"], rate, exact))
        outcomes["printed"] += 1
    assert differing == []
    assert outcomes == {"printed": 1583, "not printed, not computed": 77}


def test_a_rate_without_population_says_so(reading: Session) -> None:
    """Poole's, Bournemouth's and the old Dorset's populations are not in the table."""
    points = Reader(reading).points("RF03", {"835", "836", "837"})
    assert len(points) == 3 * 7  # until 2019
    assert {(point.value, point.reason) for point in points.values()} == {(None, NO_POPULATION)}


def test_conferences_for_every_100_enquiries_in_birmingham(reading: Session) -> None:
    points = Reader(reading).points("CP02", {"330"})
    shares = [points["330", year, ""].value for year in (2013, 2014, 2015)]
    assert [round(share) for share in shares if share is not None] == [54, 28, 33]


def test_no_symbol_is_ever_a_number(reading: Session, published_data: Path) -> None:
    rows = rows_of(published_data, TABLES["dfe-referrals"])
    points = Reader(reading).points("RF08", {place_of(row) for row in rows})
    for row in rows:
        point = points[place_of(row), year_of(row), ""]
        if not row["no_further_action_count"].isdigit():
            assert (point.value, point.numerator) == (None, None)


def test_closed_councils_keep_their_years(reading: Session) -> None:
    """Cumbria until March 2023, its successors from April 2023."""
    points = Reader(reading).points("RF02", {"909", "942", "943"})
    years = {place: sorted(year for at, year, _ in points if at == place) for place in ("909", "942", "943")}
    assert years == {"909": list(range(2013, 2024)), "942": [2024, 2025], "943": [2024, 2025]}


def test_england_is_no_sum_of_its_parts(reading: Session, england: England) -> None:
    """Four authorities are in no table, and national figures include estimates: England's are its own."""
    partnership = queries.partnership(reading, "england")
    asked = Asked(kind="financial_year")
    series = measure(reading, partnership, as_at(reading, partnership), "RF02", asked)
    assert series.points[0].value == 593_470
    for absent in ("352", "335", "380", "865"):
        place = queries.partnership(reading, absent)
        assert measure(reading, place, as_at(reading, place), "RF02", asked).points == ()


def test_imports_say_what_they_wrote(england: England) -> None:
    said = england.said
    assert said["dfe-referrals"] == {
        "revisions": 2080,
        "facts": 2080 * 6,
        "periods": 13,
        "agencies": 166,
        "left_out": {},
    }
    assert said["ons-population"]["facts"] == 2080
    assert said["dfe-section47"]["facts"] == 2080 * 8
    assert said["dfe-referrals-by-source"] == {
        "revisions": 160,
        "facts": 160 * 12,
        "periods": 1,
        "agencies": 160,
        "left_out": {},
    }


def test_a_sum_with_a_hidden_part_is_as_unknown_as_the_part(reading: Session, published_data: Path) -> None:
    """Conferences within 15 days are two printed columns; a hidden one is never counted as nothing."""
    rows = rows_of(published_data, TABLES["dfe-section47"])
    points = Reader(reading).points("CP03", {place_of(row) for row in rows})
    for row in rows:
        parts = [row["duration_0-10_days"], row["duration_11-15_days"]]
        expected = sum(map(int, parts)) if all(part.isdigit() for part in parts) else None
        assert points[place_of(row), year_of(row), ""].numerator == expected


PLACES = {  # Birmingham and three of its neighbours, and three whose tables hold every symbol
    "330": "Birmingham", "353": "Oldham", "889": "Blackburn with Darwen", "852": "Southampton",
    "420": "Isles of Scilly", "204": "Hackney", "850": "Hampshire",
}  # fmt: skip
COLUMNS = {
    "RF02": ("dfe-referrals", "referral_count"),
    "RF07": ("dfe-referrals", "rereferral_percent"),
    "RF08": ("dfe-referrals", "no_further_action_percent"),
    "RF09": ("dfe-referrals", "not_in_need_percent"),
    "CP01": ("dfe-section47", "section47"),
}


def test_the_pages_of_places_show_each_year_as_printed(
    england: England, published_data: Path, tmp_path: Path
) -> None:
    file = tmp_path / "hub.sqlite"
    with england.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(str(england.engine.url.database), file)
    engine = make_engine(f"sqlite:///{file}")
    with transaction(engine) as session:
        ann = session.scalars(select(Person).where(Person.email == ANN)).one()
        session.add(Account(person_id=ann.id, kind="local", created_at=real_now()))
        birmingham = queries.partnership(session, "330").id
        now = real_now()
        session.add(
            Grant(
                person_id=ann.id,
                role="BRD",
                partnership_id=birmingham,
                from_at=now - timedelta(days=1),
                until_at=now + timedelta(days=1),
            )
        )
    reader = browser_of(create_app(from_environment({"HUB_SECRET_KEY": "k" * 40}), engine=engine), ann)
    seen, differing = Counter[str](), []
    for code, (return_code, column) in COLUMNS.items():
        rows = {
            (place_of(row), year_of(row)): row[column] for row in rows_of(published_data, TABLES[return_code])
        }
        for place, name in PLACES.items():
            page = reader.get(f"/compare/{place}/{code}").text
            row = re.search(rf"<tr>\s*<th[^>]*>(?:<[^>]+>)*\s*{name}.*?</tr>", page, re.DOTALL)
            assert row is not None, (place, code)
            shown = [
                re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", row[0], re.DOTALL)
            ]
            for year, cell in zip(range(2013, 2026), shown, strict=True):
                was = rows[place, year]
                seen[was if was in LATER else "number"] += 1
                if was in LATER:
                    same = cell == LATER[was].replace("_", " ")
                elif was == "0" and cell == "hidden":
                    same = True  # none of `c`: the publisher prints 0%, the hub no share of a hidden count
                else:
                    same = re.sub("[,%]", "", cell) in (was, f"{was}.0")
                if not same:
                    differing.append((code, place, year, was, cell))
    lower = words(reader.get("/partnerships/330/lower?year=FY2013-14").text).partition("rest of England")[2]
    # England without Birmingham: 64,248 conferences of 139,317 enquiries, 46.1%; of 3,393 that is 1,564.7.
    assert "Conferences for every 100 section 47 enquiries 942 1,564.7 0.60" in lower.partition("not low")[0]
    assert "would stand here by chance alone" in lower
    assert reader.get("/partnerships/330/lower?year=soon").status_code == 400
    engine.dispose()
    assert differing == []
    assert seen.keys() == {"number", "c", "x", "u"} and seen["number"] > 350
