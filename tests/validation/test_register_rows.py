"""Rows whose cells are words, and that the sender names: read, judged and given the same digest through every channel."""

import csv
import io
import json
from dataclasses import replace

import pytest
from openpyxl import Workbook

from hub.definitions.as_openapi import as_openapi
from hub.definitions.as_questions import as_questions
from hub.definitions.as_table_schema import as_table_schema
from hub.definitions.as_template import Sender, template
from hub.definitions.catalogue import shipped
from hub.definitions.model import KEY_COLUMNS
from hub.intake.table import Received
from hub.periods import parse
from hub.validation.outcome import Expected, Outcome, Scope
from hub.validation.run import check

RETURN = shipped().latest("school-safeguarding")
NAMES = [*KEY_COLUMNS, *(figure.name for figure in RETURN.figures)]
LISTS = {name: {item.code: item.title for item in shipped().codelists[name].items} for name in RETURN.lists}
OFFERED = LISTS["safeguarding-services"] | {"training": "The partnership’s training"}
TRAINING = {"provider": "The training team", "purpose": "training"}
SCOPE = Scope(
    expected=(Expected(7, "here", "990001", "school", "AY2013-14"),),
    lists={"": LISTS, "here": {"safeguarding-services": OFFERED}},
    said={"here": {"safeguarding-services": {"training": TRAINING}}},
    today="2015-05-18",
    default_partnership="here",
    default_agency="990001",
)


def row(breakdown: str, code: str = "", **cells: str) -> dict[str, str]:
    keys = {
        "partnership": "here",
        "agency": "990001",
        "period": "AY2013-14",
        "breakdown": breakdown,
        "code": code,
    }
    return dict.fromkeys(NAMES, "") | keys | cells


SCHOOL = row("total", leads="2", leads_trained="2", audit_approved="1", contracts="2", yearly_cost="1600.50")
FIRST = row(
    "contract", "1", service="none-of-these", provider="Open Door Counselling", purpose="counselling",
    yearly_cost="1200.00", begins_on="2013-09-01",
)  # fmt: skip
SECOND = row("contract", "2", service="training", yearly_cost="400.50", ends_on="2014-08-31")
GOOD = [SCHOOL, FIRST, SECOND]


def sent(channel: str, rows: list[dict[str, str]]) -> Received:
    if channel == "form":
        return Received("form", rows=tuple(rows))
    if channel == "json":
        return Received("json", content=json.dumps({"rows": rows}).encode())
    table = [NAMES, *([each[name] for name in NAMES] for each in rows)]
    if channel == "csv":
        text = io.StringIO()
        csv.writer(text).writerows(table)
        return Received("csv", "school.csv", text.getvalue().encode())
    book, file = Workbook(), io.BytesIO()
    for line in table:
        book.active.append(line)
    book.save(file)
    return Received("xlsx", "school.xlsx", file.getvalue())


def checked(rows: list[dict[str, str]], channel: str = "form") -> Outcome:
    return check(sent(channel, rows), RETURN, SCOPE)


def codes(rows: list[dict[str, str]], severity: str | None = None) -> set[str]:
    return {each.code for each in checked(rows).findings if severity in (None, each.severity)}


def test_every_channel_gives_the_same_figures_and_digest() -> None:
    outcomes = [checked(GOOD, channel) for channel in ("form", "json", "csv", "xlsx")]
    assert [each.findings for each in outcomes] == [()] * 4
    assert len({each.parts[0].digest for each in outcomes}) == 1
    cells = {
        (breakdown, code, figure): value
        for _, _, breakdown, code, figure, value, _ in outcomes[0].parts[0].cells
    }
    # Pounds in pence; words are no figures.
    assert cells["contract", "1", "yearly_cost"] == 120000
    assert cells["total", "", "contracts"] == 2
    assert not {"provider", "purpose", "service", "begins_on"} & {figure for _, _, figure in cells}
    assert outcomes[0].parts[0].rows[1]["provider"] == "Open Door Counselling"


def test_another_word_is_another_digest() -> None:
    other = [SCHOOL, FIRST | {"provider": "Another body"}, SECOND]
    assert checked(GOOD).parts[0].digest != checked(other).parts[0].digest


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"begins_on": "01/09/2013"}, "date-malformed"),
        ({"begins_on": "2013-02-30"}, "date-malformed"),
        ({"purpose": "chatting"}, "words-not-in-list"),
        ({"purpose": ""}, "words-missing"),
        ({"provider": ""}, "words-missing"),
        ({"service": "nursing"}, "words-not-in-list"),
        ({"service": "training"}, "words-said"),  # and its own provider beside it
        ({"provider": "x" * 121}, "text-too-long"),
        ({"code": "Our own contract!"}, "key-malformed"),
        ({"code": ""}, "key-missing"),
        ({"code": "2"}, "duplicate-row"),
        ({"leads": "1"}, "figure-not-asked"),
        ({"yearly_cost": "1300.00"}, "school-safeguarding-costs-do-not-add-up"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_at_its_cell(wrong: dict[str, str], code: str) -> None:
    assert code in codes([SCHOOL, FIRST | wrong, SECOND], "error")


def test_a_row_too_many_is_found() -> None:
    assert codes([SCHOOL, FIRST | {"yearly_cost": "1600.50"}], "error") == {
        "school-safeguarding-rows-and-count-differ"
    }


def test_a_blank_row_of_the_form_is_as_good_as_left_out() -> None:
    blank = row("contract", "3")
    assert checked([*GOOD, blank]).parts[0].digest == checked(GOOD).parts[0].digest


def test_a_school_that_buys_nothing_needs_no_rows() -> None:
    assert codes([SCHOOL | {"contracts": "0", "yearly_cost": "0"}]) == set()


def test_an_identifier_refuses_the_whole_and_a_likely_name_is_asked_about() -> None:
    refused = checked([SCHOOL, FIRST | {"provider": "about 943 476 5919"}, SECOND])
    assert refused.refused and not refused.parts
    asked = checked([SCHOOL, FIRST | {"provider": "Mother of Jane Smith"}, SECOND])
    assert [each.severity for each in asked.findings] == ["query"]


def test_the_form_shows_the_rows_there_are_and_more() -> None:
    keys = {"contract": ("1", "2", "7", "8", "9")}
    questions = as_questions(RETURN, kind="school", period=parse("AY2013-14"), lists=LISTS, keys=keys)
    register = questions.sections[1]
    assert [line.code for line in register.lines] == ["1", "2", "7", "8", "9", "3", "4"]
    purpose = next(column for column in register.columns if column.figure.name == "purpose")
    assert ("counselling", "Counselling of children") in purpose.choices


def test_the_derived_forms_know_the_words() -> None:
    described = {field["name"]: field for field in as_table_schema(RETURN, lists=LISTS)["fields"]}
    assert described["begins_on"]["type"] == "date"
    assert described["provider"]["constraints"] == {"maxLength": 120}
    properties = as_openapi(RETURN)["SchoolSafeguardingRow"]["properties"]
    assert properties["provider"]["anyOf"][0] == {"type": "string", "maxLength": 120}
    filled = template(RETURN, Sender("here", "990001", "school", LISTS), parse("AY2013-14"), format="csv")
    lines = list(csv.DictReader(io.StringIO(filled.decode("utf-8-sig"))))
    assert [line["code"] for line in lines] == ["", "1", "2", "3", "4", "5"]


def test_a_template_filled_in_comes_back() -> None:
    from openpyxl import load_workbook

    made = template(RETURN, Sender("here", "990001", "school", LISTS), parse("AY2013-14"), format="xlsx")
    book = load_workbook(io.BytesIO(made))
    sheet = book["Data"]
    titles = {sheet.cell(3, column).value: column for column in range(1, sheet.max_column + 1)}
    for number, cells in enumerate(GOOD, start=4):
        for figure in RETURN.figures:
            if cells[figure.name]:
                sheet.cell(number, titles[figure.title]).value = cells[figure.name]
    file = io.BytesIO()
    book.save(file)
    outcome = check(Received("xlsx", "back.xlsx", file.getvalue()), RETURN, replace(SCOPE))
    assert outcome.findings == ()
    assert outcome.parts[0].digest == checked(GOOD).parts[0].digest
