"""Everything that is derived from one file: reading rules, questions, table schema, OpenAPI, dictionary."""

import csv
import json
import re
from pathlib import Path

import pytest

from hub.definitions import catalogue
from hub.definitions.as_dictionary import as_dictionary
from hub.definitions.as_openapi import as_openapi
from hub.definitions.as_questions import as_questions
from hub.definitions.as_schema import BLANK, Reading, as_schema, read_figure
from hub.definitions.as_table_schema import as_table_schema
from hub.definitions.model import Definition, Figure
from hub.errors import NotFound
from hub.periods import parse

AREAS = {"south": "South", "east": "East", "nwc": "North, West and Central"}


@pytest.fixture(scope="module")
def referrals() -> Definition:
    return catalogue.shipped().latest("referrals")


@pytest.fixture(scope="module")
def front_door() -> Definition:
    return catalogue.shipped().latest("front-door")


@pytest.fixture(scope="module")
def lists() -> dict[str, dict[str, str]]:
    codelists = catalogue.shipped().codelists
    return {
        **{code: {item.code: item.title for item in codelist.items} for code, codelist in codelists.items()},
        "areas": AREAS,
        "members": {"RQ3": "Children’s Hospital", "RXK": "Sandwell"},
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("7", 7), ("007", 7), ("99999", 99999)],
)
def test_a_count_is_read_from_ascii_digits(referrals: Definition, text: str, value: int) -> None:
    assert read_figure(text, referrals.figures[0]) == Reading(value, "value")


@pytest.mark.parametrize(
    "text",
    [
        "100000",
        "1,234",
        "12.0",
        "12.5",
        "-1",
        "+1",
        "1_000",
        "١٢٣",
        "１２",
        "²",
        "1e3",
        "0x10",
        "<5",
        "n/a",
        "-",
        "*",
        "c",
        "[c]",
        "[X]",
        "nil",
        " 1",
        "1\n",
        "9999999999",
    ],
)
def test_anything_else_is_not_read(referrals: Definition, text: str) -> None:
    assert read_figure(text, referrals.figures[0]) is None


def test_zero_blank_not_applicable_not_available_and_nil_are_five_answers(referrals: Definition) -> None:
    readings = [read_figure(text, referrals.figures[0]) for text in ("0", "", "[z]", "[x]", "[nil]")]
    assert readings == [
        Reading(0, "value"),
        BLANK,
        Reading(None, "not_applicable"),
        Reading(None, "not_available"),
        Reading(0, "nil"),
    ]


def test_an_answer_that_the_figure_does_not_take_is_not_read(front_door: Definition) -> None:
    assert read_figure("[nil]", front_door.figure("contacts")) is None


def test_money_and_posts_have_two_decimals() -> None:
    pounds = Figure("paid", "Paid", "", "pounds")
    assert read_figure("12.5", pounds) == Reading(1250, "value")
    assert read_figure("12", pounds) == Reading(1200, "value")
    assert read_figure("12.505", pounds) is None


def test_the_schema_reads_a_row(referrals: Definition, lists: dict[str, dict[str, str]]) -> None:
    row = as_schema(referrals, kind="nhs_trust", lists=lists)().load(
        {
            "agency": "RQ3",
            "period": "2014-09",
            "breakdown": "setting",
            "code": "maternity",
            "referrals_made": "4",
        }
    )
    assert row["referrals_made"] == Reading(4, "value")
    assert row["period"].code == "2014-09"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"referrals_made": "<5"}, "referrals_made"),
        ({"period": "Sept 2014"}, "period"),
        ({"period": "FY2014-15"}, "period"),
        ({"breakdown": "sex"}, "breakdown"),
        ({"code": "matenity"}, "code"),
        ({"code": ""}, "code"),
        ({"breakdown": "total"}, "code"),
        ({"nhs_number": "1"}, "nhs_number"),
        ({"agency": None}, "agency"),
    ],
)
def test_the_schema_says_which_cell_is_wrong(
    referrals: Definition, lists: dict[str, dict[str, str]], change: dict[str, str], field: str
) -> None:
    row = {
        "agency": "RQ3",
        "period": "2014-09",
        "breakdown": "setting",
        "code": "maternity",
        "referrals_made": "4",
    }
    assert list(as_schema(referrals, lists=lists)().validate({**row, **change})) == [field]


def test_a_line_carries_only_the_figures_of_its_table(front_door: Definition) -> None:
    row = {
        "agency": "330",
        "period": "2014-09",
        "breakdown": "age_band",
        "code": "under-1",
        "referrals": "3",
        "contacts": "9",
    }
    assert list(as_schema(front_door)().validate(row)) == ["contacts"]


def test_the_councils_form_asks_every_line_of_every_table(
    front_door: Definition, lists: dict[str, dict[str, str]]
) -> None:
    questions = as_questions(front_door, kind="council", period=parse("2014-09"), lists=lists)
    lines = {section.breakdown.name: len(section.lines) for section in questions.sections}
    assert lines == {
        "total": 1,
        "area": 4,
        "source": 11,
        "source_area": 4,  # of one source alone
        "agency": 2,
        "agency_area": 8,  # each agency in each area; there are no teams here, so none are asked for
        "risk_level": 4,
        "age_band": 8,  # the last says that the table is not held
        "ethnic_group": 7,
    }
    # 20 figures in the total, 19 in each of four areas, 8 by source, 1 of the unknown by area, 6 by agency, 3 by risk level, 1 by age and ethnic group
    assert questions.boxes == 20 + 4 * 19 + 11 * 8 + 4 + 2 * 6 + 2 * 4 + 4 * 3 + 8 + 7


def test_a_schools_form_asks_one_number_a_month(
    referrals: Definition, lists: dict[str, dict[str, str]]
) -> None:
    questions = as_questions(referrals, kind="school", period=parse("AY2014-15T1"), lists=lists)
    assert [section.period.code for section in questions.sections] == [
        "2014-09",
        "2014-10",
        "2014-11",
        "2014-12",
    ]
    assert (questions.boxes, questions.signatures) == (4, 1)
    first = questions.sections[0]
    assert first.field(first.lines[0], "referrals_made") == "2014-09.total..referrals_made"
    assert ("[nil]", "nothing happened, and we checked") in first.columns[0].answers


def test_nothing_is_asked_of_those_who_owe_nothing(
    referrals: Definition, lists: dict[str, dict[str, str]]
) -> None:
    with pytest.raises(NotFound, match="not asked of this kind of agency"):
        as_questions(referrals, kind="council", period=parse("2014-09"), lists=lists)


def write_csv(path: Path, rows: list[dict[str, str]], names: list[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)
    return path


GOOD = [
    {
        "partnership": "p",
        "agency": "RQ3",
        "period": "2014-09",
        "breakdown": "total",
        "code": "",
        "referrals_made": "12",
    },
    {
        "partnership": "p",
        "agency": "RQ3",
        "period": "2014-09",
        "breakdown": "setting",
        "code": "maternity",
        "referrals_made": "[x]",
    },
    {
        "partnership": "p",
        "agency": "RQ3",
        "period": "2014-10",
        "breakdown": "total",
        "code": "",
        "referrals_made": "",
    },
]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_frictionless_accepts_a_good_file_and_names_the_faults_of_a_bad_one(
    referrals: Definition, lists: dict[str, dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from frictionless import Resource, Schema

    monkeypatch.chdir(tmp_path)  # it trusts files below the working directory only
    descriptor = as_table_schema(referrals, lists=lists)
    assert Schema.metadata_validate(descriptor) is not None
    assert list(Schema.metadata_validate(descriptor)) == []
    names = [field["name"] for field in descriptor["fields"]]
    write_csv(tmp_path / "good.csv", GOOD, names)
    good = Resource(path="good.csv", schema=Schema.from_descriptor(descriptor)).validate()
    assert good.valid, good.flatten(["rowNumber", "fieldName", "note"])

    bad = [
        {**GOOD[0], "referrals_made": "1,234"},
        {**GOOD[0], "period": "Sept 2014"},
        {**GOOD[1], "code": "matenity"},
        {**GOOD[0], "period": "2014-11", "agency": ""},
        {**GOOD[0], "period": "2014-12", "breakdown": "sex"},
        GOOD[1],
        GOOD[1],
    ]
    write_csv(tmp_path / "bad.csv", bad, names)
    report = Resource(path="bad.csv", schema=Schema.from_descriptor(descriptor)).validate()
    faults = {tuple(fault) for fault in report.flatten(["rowNumber", "fieldName", "type"])}
    assert faults == {
        (2, "referrals_made", "constraint-error"),
        (3, "period", "constraint-error"),
        (4, "code", "constraint-error"),
        (5, "agency", "constraint-error"),
        (6, "breakdown", "constraint-error"),
        (8, None, "primary-key"),
    }


@pytest.mark.parametrize("code", ["referrals", "front-door"])
def test_every_table_schema_is_valid(code: str, lists: dict[str, dict[str, str]]) -> None:
    from frictionless import Schema

    definition = catalogue.shipped().latest(code)
    descriptor = as_table_schema(definition, lists=lists)
    assert list(Schema.metadata_validate(descriptor)) == []
    assert [field["name"] for field in descriptor["fields"]][5:] == [
        figure.name for figure in definition.figures
    ]


def test_openapi_components_describe_a_row_and_a_body(front_door: Definition) -> None:
    components = as_openapi(front_door)
    assert sorted(components) == ["FrontDoorBody", "FrontDoorRow"]
    row = components["FrontDoorRow"]
    assert row["additionalProperties"] is False
    texts = row["properties"]["contacts"]["anyOf"][1]["pattern"]
    assert [bool(re.search(texts, text)) for text in ("12", "", "[x]", "[nil]", "1,2", "١٢")] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]
    assert json.dumps(components)


def test_the_dictionary_says_what_to_count_and_who_sees_it(
    front_door: Definition, referrals: Definition
) -> None:
    page = as_dictionary(front_door)
    assert all(len(entry.counted) == len(entry.not_counted) == 3 for entry in page.entries)
    assert page.used_by
    assert page.owed == (
        "Councils, for each month, by the 10th working day after it, signed by a second person",
    )
    assert as_dictionary(referrals).owed[1] == (
        "Schools, for each school term, with a row for each month, by the 15th working day after it, signed by one person"
    )
