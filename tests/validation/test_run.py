"""Whole checks: bytes or rows in, figures and findings out, the same through every channel."""

from __future__ import annotations

import csv
import io
import json
import re

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from openpyxl import Workbook

from hub.definitions.model import KEY_COLUMNS
from hub.findings import Finding
from hub.intake.table import Received
from hub.validation.outcome import Outcome, Scope
from hub.validation.run import check
from tests.validation.small_returns import small_return, small_scope

NAMES = [*KEY_COLUMNS, "referrals", "nfa"]
Row = dict[str, str]

APRIL: list[Row] = [
    dict(zip(NAMES, ["birmingham", "330", "2014-04", *cells], strict=True))
    for cells in (
        ["total", "", "100", "40"],
        ["area", "south", "60", ""],
        ["area", "east", "40", ""],
        ["source", "police", "70", ""],
        ["source", "schools", "30", ""],
    )
]


def as_csv(rows: list[Row]) -> Received:
    text = io.StringIO()
    writer = csv.DictWriter(text, NAMES)
    writer.writeheader()
    writer.writerows(rows)
    return Received("csv", "april.csv", text.getvalue().encode())


def as_xlsx(rows: list[Row]) -> Received:
    """As people make it: numbers are numbers, the rest is text."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(NAMES)
    for row in rows:
        cells = [row[name] for name in NAMES]
        sheet.append(
            [
                int(cell)
                if cell.isascii() and cell.isdigit() and len(cell) < 15 and cell == str(int(cell))
                else cell
                for cell in cells
            ]
        )
    content = io.BytesIO()
    book.save(content)
    return Received("xlsx", "april.xlsx", content.getvalue())


def as_form(rows: list[Row]) -> Received:
    return Received("form", rows=tuple(rows))


def as_json(rows: list[Row]) -> Received:
    return Received("json", content=json.dumps({"rows": rows}).encode())


CHANNELS = [as_csv, as_xlsx, as_form, as_json]


def changed(row: int, **cells: str) -> list[Row]:
    return [{**one, **(cells if number == row else {})} for number, one in enumerate(APRIL)]


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_good_return_has_figures_and_no_findings(channel: object) -> None:
    outcome = check(channel(APRIL), small_return(), small_scope())  # type: ignore[operator]
    assert outcome.findings == ()
    (part,) = outcome.parts
    assert (part.due_item_id, part.key) == (1, "birmingham/330/2014-04")
    assert [cell[1:] for cell in part.cells] == [
        ("2014-04", "total", "", "referrals", 100, "value"),
        ("2014-04", "total", "", "nfa", 40, "value"),
        ("2014-04", "area", "south", "referrals", 60, "value"),
        ("2014-04", "area", "east", "referrals", 40, "value"),
        ("2014-04", "source", "police", "referrals", 70, "value"),
        ("2014-04", "source", "schools", "referrals", 30, "value"),
    ]
    assert [row["referrals"] for row in part.rows] == ["100", "60", "40", "70", "30"]


def test_rules_say_what_is_wrong_in_the_persons_words_and_places() -> None:
    rows = [*changed(0, nfa="140"), {**APRIL[3], "code": "unknown", "referrals": "41"}]
    findings = check(as_csv(rows), small_return(), small_scope()).findings
    assert [(f.code, f.severity, f.where.row, f.where.field, f.value, f.message) for f in findings] == [
        ("nfa-above-referrals", "error", 2, "nfa", "140", "140 were closed, but only 100 referrals were received. Correct the smaller or the larger number."),
        ("parts-differ", "error", 2, "referrals", "100", "The lines add to 141, the total is 100. Correct one of them."),
        ("many-unknown", "query", 7, "referrals", "41", "41 of 100 have an unknown source. Correct it or say why."),
    ]  # fmt: skip
    assert {f.where.submission for f in findings} == {"birmingham/330/2014-04"}


def test_a_cell_that_cannot_be_read_is_complained_of_once() -> None:
    """The total of the table is unknown then, so that no rule can say that the lines do not add to it."""
    for row in (0, 1):
        (finding,) = check(as_csv(changed(row, referrals="1,00")), small_return(), small_scope()).findings
        assert (finding.where.row, finding.where.column, finding.value) == (row + 2, "referrals", "1,00")


def test_a_missing_line_is_not_also_a_wrong_sum() -> None:
    findings = check(as_csv(APRIL[:2] + APRIL[3:]), small_return(), small_scope()).findings
    assert [finding.code for finding in findings] == ["line-missing"]


def test_one_file_may_hold_many_submissions_each_judged_alone() -> None:
    may = [{**row, "period": "2014-05"} for row in changed(2, referrals="39")]
    outcome = check(as_csv(APRIL + may), small_return(), small_scope())
    assert [(part.due_item_id, len(part.rows), len(part.cells)) for part in outcome.parts] == [
        (1, 5, 6),
        (2, 5, 6),
    ]
    assert [(f.code, f.where.submission) for f in outcome.findings] == [
        ("parts-differ", "birmingham/330/2014-05")
    ]


def test_rows_without_a_submission_are_kept_aside_for_the_person() -> None:
    outcome = check(as_csv([*APRIL, {**APRIL[0], "agency": "RZZ"}]), small_return(), small_scope())
    assert [finding.code for finding in outcome.findings] == ["agency-unknown"]
    assert [row["agency"] for row in outcome.table["unplaced"]] == ["RZZ"]
    assert len(outcome.parts) == 1


def test_a_file_that_cannot_be_read_is_refused_and_nothing_is_kept() -> None:
    outcome = check(Received("csv", "x.csv", b"a,b\n1,2\n"), small_return(), small_scope())
    assert outcome.refused and outcome.findings and not outcome.parts


def test_the_digest_knows_the_content_and_not_how_it_was_written() -> None:
    def digest(rows: list[Row]) -> str:
        return check(as_csv(rows), small_return(), small_scope()).parts[0].digest

    same = digest(APRIL)
    assert digest(APRIL[::-1]) == same
    assert digest(changed(0, referrals="0100")) == same
    assert digest([{**row, "partnership": ""} for row in APRIL]) == same
    assert digest([*APRIL, {**APRIL[4], "code": "unknown", "referrals": ""}]) == same
    assert digest(changed(0, referrals="101")) != same
    assert digest(changed(0, nfa="")) != digest(changed(0, nfa="0"))


def test_an_outcome_travels_as_json() -> None:
    rows = [*changed(0, nfa="x"), {**APRIL[0], "agency": "RZZ"}]
    outcome = check(as_csv(rows), small_return(), small_scope())
    assert Outcome.from_json(json.loads(json.dumps(outcome.as_json()))) == outcome
    scope = small_scope()
    assert Scope.from_json(json.loads(json.dumps(scope.as_json()))) == scope


TEXTS = st.sampled_from(
    [
        "",
        "0",
        "1",
        "7",
        "007",
        "39",
        "40",
        "100",
        "5001",
        "1,234",
        "12.5",
        "-1",
        "[x]",
        "[z]",
        "[nil]",
        "n/a",
        "<5",
        "#REF!",
        "1e3",
        "twelve",
        "١",
    ]
)
MONTHS = st.sampled_from(["2014-04", "2014-04", "2014-05", "2014-07", "2013-01", "april", ""])
LINES = st.sampled_from([("total", ""), ("area", "south"), ("area", "east"), ("area", "not-known"), ("source", "police"), ("source", "unknown"), ("source", "polise"), ("setting", "a"), ("total", "south")])  # fmt: skip
ROWS = st.builds(
    lambda agency, month, line, referrals, nfa: dict(zip(NAMES, ["birmingham", agency, month, *line, referrals, nfa], strict=True)),
    st.sampled_from(["330", "330", "330", "100001", "RZZ"]), MONTHS, LINES, TEXTS, TEXTS,
)  # fmt: skip


def told(findings: tuple[Finding, ...], *, first_row: int) -> list[tuple[object, ...]]:
    """Findings without the sheet and counted from the first row of data, since only places differ between channels."""
    return [
        (f.code, f.severity, re.sub("in row [0-9]+", "in a row", f.message), f.value, f.where.submission, f.where.field, None if f.where.row is None else f.where.row - first_row)
        for f in findings
    ]  # fmt: skip


@settings(max_examples=20)
@given(st.lists(ROWS, min_size=1, max_size=30))
def test_the_same_content_means_the_same_through_every_channel(rows: list[Row]) -> None:
    outcomes = [check(channel(rows), small_return(), small_scope()) for channel in CHANNELS]
    places = [2, 2, 1, 1]
    seen = [
        (
            told(outcome.findings, first_row=first),
            [(part.key, part.digest, [cell[1:] for cell in part.cells]) for part in outcome.parts],
            [[{**row, "row_no": ""} for row in part.rows] for part in outcome.parts],
        )
        for outcome, first in zip(outcomes, places, strict=True)
    ]
    assert seen[0] == seen[1] == seen[2] == seen[3]
