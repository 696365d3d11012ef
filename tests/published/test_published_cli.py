"""`hub seed england`, `hub import` and `hub measure` as an operator types them."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.cli import main
from hub.clock import real_now
from hub.db import make_engine, transaction
from hub.partners import queries
from hub.partners.models import Grant, Person
from tests.databases import NewDatabase
from tests.england_world import ANN, BOB, TABLES, England, two_persons

TABLE = """time_period,geographic_level,region_code,old_la_code,section47,section47_child,icpc,icpc_child,duration_0-10_days,duration_11-15_days,duration_16-20_days,duration_21+_days
2014,National,,,142500,121000,65200,64000,10000,35000,9000,11200
2014,Local authority,E12000005,330,4000,3500,1100,1000,c,600,200,u
"""


class Hub:
    """The command line over one database."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def run(self, *arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        out, err = self.capsys.readouterr()
        return code, out, err

    def json(self, *arguments: str) -> Any:
        code, out, err = self.run(*arguments, "--format", "json")
        assert (code, err) == (0, "")
        return json.loads(out)


@pytest.fixture
def hub(
    new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Hub:
    """England's councils with two persons, made by the command itself."""
    url = new_database("sqlite")
    monkeypatch.setenv("HUB_DATABASE_URL", url)
    made = Hub(capsys)
    assert made.run("seed", "england")[:2] == (0, "170 agencies and 159 partnerships were made.\n")
    engine = make_engine(url)
    with transaction(engine) as session:
        two_persons(session)
    engine.dispose()
    return made


@pytest.fixture
def published_hub(
    england: England, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Hub:
    """England with every published table, to be read only."""
    monkeypatch.setenv("HUB_DATABASE_URL", england.url)
    return Hub(capsys)


def signed_by_both(return_code: str, file: Path) -> list[str]:
    return ["import", return_code, str(file), "--prepared-by", ANN, "--signed-by", BOB]


def test_a_table_is_imported_and_read(hub: Hub, tmp_path: Path) -> None:
    file = tmp_path / "section47.csv"
    file.write_text(TABLE, encoding="utf-8")
    said = hub.json(*signed_by_both("dfe-section47", file))
    assert said == {"revisions": 2, "facts": 16, "periods": 1, "agencies": 2, "left_out": {}}
    again = hub.json(*signed_by_both("dfe-section47", file))
    assert again["left_out"] == {"already held with the same figures": 2}
    series = hub.json("measure", "CP02", "--partnership", "330")
    assert (series["measure"], series["unit"]) == ("CP02", "per 100 section 47 enquiries")
    assert series["rows"] == [
        {
            "period": "FY2013-14",
            "value": 27.5,
            "numerator": 1100,
            "denominator": 4000,
            "coverage": {"received": 1, "due": 1},
            "state": "value",
        }
    ]
    timely = hub.json("measure", "CP03", "--partnership", "330")["rows"][0]
    assert (timely["value"], timely["numerator"], timely["state"]) == (
        None,
        None,
        "hidden",
    )  # a part of it is


def test_a_damaged_table_gives_its_findings_and_exit_code_1(hub: Hub, tmp_path: Path) -> None:
    file = tmp_path / "section47.csv"
    file.write_text(TABLE.replace(",u\n", ",q\n").replace(",330,", ",331x,"), encoding="utf-8")
    code, out, err = hub.run(*signed_by_both("dfe-section47", file), "--format", "json")
    said = json.loads(out)
    assert (code, err) == (1, "")
    assert [(each["code"], each["where"]["row"]) for each in said["findings"]] == [
        ("unknown-symbol", 3),  # a row's findings stand in the order of its columns
        ("row-not-placed", 3),
    ]
    code, out, err = hub.run(*signed_by_both("dfe-section47", file))
    assert (code, out) == (1, "")
    assert "line 3, duration_21+_days: “q” is neither a number nor a symbol" in err
    assert "line 3, old_la_code or region_code: “331x” is not the code of an agency known here" in err
    assert hub.json("measure", "CP01", "--partnership", "330")["rows"] == []


def test_a_published_table_is_checked_and_nothing_is_stored(hub: Hub, tmp_path: Path) -> None:
    file = tmp_path / "section47.csv"
    file.write_text(TABLE, encoding="utf-8")
    said = hub.json("check", "dfe-section47", str(file))
    assert (said["rows"], said["errors"], said["queries"], said["findings"]) == (2, 0, 0, [])
    file.write_text(TABLE.replace(",u\n", ",q\n"), encoding="utf-8")
    code, out, _ = hub.run("check", "dfe-section47", str(file), "--format", "json")
    findings = [(each["code"], each["where"]["row"]) for each in json.loads(out)["findings"]]
    assert (code, findings) == (1, [("unknown-symbol", 3)])
    assert hub.json("measure", "CP01", "--partnership", "330")["rows"] == []


def test_what_is_not_there_is_one_sentence(hub: Hub, tmp_path: Path) -> None:
    missing = tmp_path / "none.csv"
    assert hub.run(*signed_by_both("dfe-section47", missing))[0] == 1
    assert hub.run("measure", "RF02", "--partnership", "999")[::2] == (1, "There is no partnership “999”.\n")
    assert hub.run("measure", "XX99", "--partnership", "330")[0] == 1
    assert hub.run("measure", "RF02", "--partnership", "330", "--from", "2014")[0] == 2
    code, _, err = hub.run(
        "measure", "RF02", "--partnership", "330", "--from", "2014-04", "--to", "FY2014-15"
    )
    assert (code, "two kinds" in err) == (2, True)


@pytest.mark.published
def test_birmingham_reads_as_published(published_hub: Hub) -> None:
    rows = published_hub.json("measure", "CP02", "--partnership", "330", "--to", "FY2014-15")["rows"]
    assert [round(row["value"]) for row in rows] == [54, 28, 33]
    referrals = published_hub.json("measure", "RF02", "--partnership", "330", "--from", "FY2017-18")["rows"]
    assert referrals[0]["value"] == 17_418
    rate = published_hub.json(
        "measure", "RF03", "--partnership", "330", "--from", "FY2017-18", "--to", "FY2017-18"
    )
    assert round(rate["rows"][0]["value"], 1) == 597.9
    assert rate["rows"][0]["denominator"] == 291_299


@pytest.mark.published
def test_the_nation_and_its_regions_are_read_from_england(published_hub: Hub) -> None:
    nation = published_hub.json("measure", "RF02", "--partnership", "england")["rows"]
    assert (nation[0]["period"], nation[0]["value"]) == ("FY2012-13", 593_470)
    by_agency = published_hub.json(
        "measure", "RF02", "--partnership", "england", "--by", "agency", "--from", "FY2024-25"
    )
    values = {row["agency"]: row["value"] for row in by_agency["rows"]}
    assert (values["ENG"], values["E12000005"], len(values)) == (632_830, 62_720, 12)
    rates = published_hub.json(
        "measure", "RF03", "--partnership", "england", "--by", "agency", "--from", "FY2024-25"
    )
    nation = next(row for row in rates["rows"] if row["agency"] == "ENG")
    assert (round(nation["value"], 1), nation["denominator"]) == (519.4, 12_183_016)


@pytest.mark.published
def test_the_past_reads_as_it_was_known(published_hub: Hub) -> None:
    rows = published_hub.json("measure", "RF02", "--partnership", "330", "--as-at", "2020-01-01")["rows"]
    assert [row for row in rows if row["value"] is not None] == []


@pytest.mark.published
def test_a_measure_as_a_table(published_hub: Hub, published_data: Path) -> None:
    code, out, _ = published_hub.run("measure", "RF08", "--partnership", "201", "--format", "csv")
    lines = list(csv.DictReader(io.StringIO(out)))
    with (published_data / TABLES["dfe-referrals"]).open(encoding="utf-8", newline="") as file:
        printed = {
            row["time_period"]: row["no_further_action_count"]
            for row in csv.DictReader(file)
            if row["old_la_code"] == "201"
        }
    assert code == 0
    assert {f"20{line['period'][-2:]}": line["numerator"] for line in lines} == {
        year: count if count.isdigit() else "" for year, count in printed.items()
    }
    assert "hidden" in {line["state"] for line in lines}


@pytest.mark.published
def test_published_figures_are_for_everybody_with_a_role(published_hub: Hub, england: England) -> None:
    with transaction(england.engine) as session:
        elsewhere = queries.partnership(session, "301")
        now = real_now()
        for role, partnership_id in (("BRD", elsewhere.id), ("ADM", None)):
            person = Person(email=f"{role.lower()}@example.org", name=role)
            session.add(person)
            session.flush()
            session.add(
                Grant(
                    person_id=person.id,
                    role=role,
                    partnership_id=partnership_id,
                    from_at=now - timedelta(days=1),
                    until_at=now + timedelta(days=1),
                )
            )
    rows = published_hub.json("measure", "RF02", "--partnership", "330", "--as", "brd@example.org")["rows"]
    assert rows[0]["value"] == 14_177
    refused = published_hub.run("measure", "RF02", "--partnership", "330", "--as", "adm@example.org")
    assert refused[::2] == (1, "There is no partnership “330”.\n")
    months = ("measure", "FD01", "--partnership", "330", "--as", "brd@example.org")
    assert published_hub.run(*months)[::2] == (1, "There is no partnership “330”.\n")
