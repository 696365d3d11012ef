"""Cells of a table: whose, which line, which number; each fault with its own code, place and words."""

from __future__ import annotations

import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import given
from marshmallow import ValidationError

from hub.definitions.as_schema import FigureField
from hub.definitions.model import KEY_COLUMNS
from hub.intake.table import Table
from hub.validation.cells import Cells, read_cells
from hub.validation.outcome import Expected
from tests.validation.small_returns import small_return, small_scope

COLUMNS = [*KEY_COLUMNS, "referrals", "nfa", "row_no"]


def table(*rows: str) -> Table:
    """Rows as "partnership agency period breakdown code referrals nfa", `.` for a blank cell."""
    cells = [["" if text == "." else text for text in row.split()] for row in rows]
    frame = pd.DataFrame([[*row, number] for number, row in enumerate(cells, 2)], columns=COLUMNS)
    return Table("csv", None, frame, headings={"referrals": "Referrals received"})


APRIL = (
    ". 330 2014-04 total . 100 40",
    ". 330 2014-04 area south 60 .",
    ". 330 2014-04 area east 40 .",
    ". 330 2014-04 source police 70 .",
    ". 330 2014-04 source schools 30 .",
)


def read(*rows: str, **scope: object) -> Cells:
    return read_cells(table(*rows), small_return(), small_scope(**scope))


def codes(cells: Cells) -> list[tuple[str, int | None, str | None]]:
    return [(finding.code, finding.where.row, finding.where.field) for finding in cells.findings]


def test_a_good_table_gives_its_figures_and_no_findings() -> None:
    cells = read(*APRIL)
    assert codes(cells) == []
    assert cells.rows["partnership"].tolist() == ["birmingham"] * 5
    found = cells.figures[["submission", "breakdown", "code", "figure", "value", "state"]].values.tolist()
    assert found == [
        ["birmingham/330/2014-04", "total", "", "referrals", 100.0, "value"],
        ["birmingham/330/2014-04", "total", "", "nfa", 40.0, "value"],
        ["birmingham/330/2014-04", "area", "south", "referrals", 60.0, "value"],
        ["birmingham/330/2014-04", "area", "east", "referrals", 40.0, "value"],
        ["birmingham/330/2014-04", "source", "police", "referrals", 70.0, "value"],
        ["birmingham/330/2014-04", "source", "schools", "referrals", 30.0, "value"],
    ]


@pytest.mark.parametrize(
    ("key", "code", "field"),
    [
        ("dudley 330 2014-04", "partnership-unknown", "partnership"),
        (". RZZ 2014-04", "agency-unknown", "agency"),
        (". . 2014-04", "agency-missing", "agency"),
        (". 330 .", "period-missing", "period"),
        (". 330 Apr-2014", "period-malformed", "period"),
        (". 330 FY2014-15", "period-of-another-kind", "period"),
        (". 330 2014-07", "period-in-future", "period"),
        (". 330 2014-03", "period-not-asked", "period"),
    ],
)
def test_a_row_that_belongs_nowhere_says_why(key: str, code: str, field: str) -> None:
    cells = read(f"{key} total . 1 1")
    assert codes(cells) == [(code, 2, field)]
    assert cells.figures.empty


def test_windows_that_are_not_open_are_errors_and_keep_their_rows() -> None:
    early = Expected(1, "birmingham", "330", "council", "2014-06", window="not-yet-open")
    late = Expected(2, "birmingham", "330", "council", "2013-01", window="closed")
    cells = read_cells(
        table(". 330 2014-06 total . 1 1", ". 330 2013-01 total . 1 1"),
        small_return(),
        small_scope(early, late),
    )
    assert [code for code, row, _ in codes(cells) if row] == ["period-not-open", "period-closed"]
    assert cells.rows["due_item_id"].tolist() == [1, 2]


def test_published_figures_know_no_windows() -> None:
    closed = Expected(1, "birmingham", "330", "council", "2014-04", window="closed")
    cells = read_cells(table(*APRIL), small_return(published=True), small_scope(closed))
    assert codes(cells) == []


def test_an_agency_says_which_partnership_only_where_it_has_several() -> None:
    scope = (
        Expected(1, "birmingham", "330", "council", "2014-04"),
        Expected(2, "solihull", "334", "council", "2014-04"),
        Expected(3, "birmingham", "20", "council", "2014-04"),
        Expected(4, "solihull", "20", "council", "2014-04"),
    )
    rows = (
        ". 20 2014-04 total . 1 1",
        "solihull 330 2014-04 total . 1 1",
        "solihull 334 2014-04 area south 1 .",
    )
    cells = read_cells(table(". 330 2014-04 total . 1 1"), small_return(), small_scope(*scope))
    assert cells.rows["partnership"].tolist() == ["birmingham"]
    cells = read_cells(table(*rows), small_return(), small_scope(*scope))
    assert [code for code, row, _ in codes(cells) if row] == [
        "partnership-missing",
        "agency-not-in-partnership",
        "code-unknown",
    ]


@pytest.mark.parametrize(
    ("line", "code", "field"),
    [
        ("sources police 1 .", "breakdown-unknown", "breakdown"),
        (". police 1 .", "breakdown-missing", "breakdown"),
        ("source . 1 .", "code-missing", "code"),
        ("source polise 1 .", "code-unknown", "code"),
        ("total police 1 1", "code-not-asked", "code"),
        ("area south 2 .", "duplicate-row", "breakdown"),
        ("source unknown 1 7", "figure-not-asked", "nfa"),
    ],
)
def test_a_line_that_belongs_to_no_table_says_so(line: str, code: str, field: str) -> None:
    assert codes(read(*APRIL, f". 330 2014-04 {line}")) == [(code, 7, field)]


def test_a_slip_of_the_pen_is_offered_first() -> None:
    (finding,) = read(*APRIL, ". 330 2014-04 source polise 1 .").findings
    assert (
        finding.message
        == "“polise” is not a line of the table “By source”. Write one of police, schools, unknown."
    )
    assert finding.value == "polise"


def test_what_is_missing_is_said_once_for_the_submission() -> None:
    cells = read(". 330 2014-04 area south 60 .")
    assert [(finding.code, finding.where.submission) for finding in cells.findings] == [
        ("total-missing", "birmingham/330/2014-04"),
        ("line-missing", "birmingham/330/2014-04"),
    ]
    cells = read(APRIL[0])
    assert [finding.code for finding in cells.findings] == [
        "breakdown-without-lines",
        "breakdown-without-lines",
    ]
    cells = read(". 330 2014-04 total . 0 0", *APRIL[1:3])
    assert cells.findings == ()  # a total of nothing has no sources


def test_a_listed_line_without_figures_is_left_out() -> None:
    cells = read(*APRIL, ". 330 2014-04 source unknown . .")
    assert codes(cells) == []
    assert cells.rows["left_out"].tolist() == [False] * 5 + [True]
    assert len(cells.figures) == 6


def test_a_school_gives_a_row_for_each_month_of_its_term() -> None:
    months = [f". 100001 2014-0{month} . . 1 ." for month in range(4, 9)]
    cells = read(*months, today="2014-09-10")
    assert codes(cells) == []
    assert cells.rows["breakdown"].tolist() == ["total"] * 5
    assert cells.figures["period"].tolist() == ["2014-04", "2014-05", "2014-06", "2014-07", "2014-08"]
    cells = read(*months[:3], months[3].replace(" . . 1", " area south 1"), today="2014-09-10")
    assert [finding.code for finding in cells.findings] == ["breakdown-not-asked", "period-lines-missing"]
    assert "July 2014, August 2014 are missing" in cells.findings[1].message


def test_zero_blank_and_the_answers_are_all_different() -> None:
    rows = [
        ". 330 2014-04 total . [x] .",
        *APRIL[1:],
        ". 330 2014-05 total . [nil] 0",
        ". 330 2014-05 area south . .",
        ". 330 2014-05 area east [z] .",
    ]
    cells = read(*rows)
    assert codes(cells) == [
        ("answer-not-offered", 9, "referrals"),
        ("figure-missing", 8, "referrals"),
        ("figure-blank", 2, "nfa"),
    ]
    total = cells.figures[cells.figures["breakdown"] == "total"]
    assert total["state"].tolist() == ["not_available", "missing", "nil", "value"]
    assert total["value"].fillna(-1).tolist() == [-1, -1, 0, 0]
    assert "[x] if the number is not available" in cells.findings[1].message


@pytest.mark.parametrize(
    ("text", "code", "offer"),
    [
        ("1,234", "number-with-separator", "Write 1234."),
        ("1_000", "number-with-separator", "Write 1000."),
        ("12.0", "number-with-decimals", "Write 12."),
        ("12.5", "number-with-decimals", "Write a whole number."),
        ("£12", "number-with-currency", "Write 12."),
        ("٣", "number-with-other-digits", "Write 3."),
        ("１２", "number-with-other-digits", "Write 12."),
        ("1e3", "number-with-exponent", "Write 1000."),
        ("-5", "number-negative", ""),
        ("(5)", "number-negative", ""),
        ("<5", "number-hidden", "Send the true number"),
        ("*", "number-hidden", ""),
        ("c", "number-hidden", ""),
        ("n/a", "answer-not-offered", "0 if there were none, [x] if the number is not available, [nil] for a nil return"),
        ("-", "answer-not-offered", ""),
        ("nil", "answer-not-offered", ""),
        ("[z]", "answer-not-offered", ""),
        ("#REF!", "error-cell", ""),
        ("5001", "number-too-large", "5,000"),
        ("99999999999999999999", "number-too-large", "5,000"),
        ("twelve", "not-a-number", "Write a whole number, for example 12"),
        ("²", "number-with-other-digits", "Write 2."),
        ("½", "not-a-number", ""),
        ("+7", "number-with-currency", "Write 7."),
        ("TRUE", "not-a-number", ""),
        ("inf", "not-a-number", ""),
        ("0x1F", "not-a-number", ""),
    ],
)  # fmt: skip
def test_a_number_that_cannot_be_read_is_explained(text: str, code: str, offer: str) -> None:
    cells = read(APRIL[0].replace("100", text), *APRIL[1:])
    (finding,) = cells.findings
    assert (finding.code, finding.value, finding.where.row, finding.where.column) == (
        code,
        text,
        2,
        "Referrals received",
    )
    assert offer in finding.message
    assert cells.figures["state"].iloc[0] == "unreadable"


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("007", 7), ("5000", 5000)])
def test_whole_numbers_are_read(text: str, value: int) -> None:
    cells = read(APRIL[0].replace("100", text), *APRIL[1:])
    assert cells.findings == ()
    assert cells.figures["value"].iloc[0] == value


def test_a_column_of_nothing_but_faults_is_counted_beyond_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.validation.pen.MOST_OF_ONE_KIND", 3)
    cells = read(*[". 330 2014-04 source nowhere 1 ."] * 5, *APRIL)
    assert [finding.code for finding in cells.findings] == ["code-unknown"] * 3 + ["more-like-this"]
    assert cells.findings[-1].message.startswith("The same is wrong in 2 more places.")


def test_a_table_without_rows_says_so() -> None:
    assert codes(read()) == [("no-rows", None, None)]


@given(
    st.lists(
        st.one_of(st.text(max_size=12), st.from_regex(r"[0-9,.\-]{1,11}", fullmatch=True)),
        min_size=1,
        max_size=30,
    )
)
def test_columns_are_read_by_the_rule_by_which_marshmallow_reads_rows(texts: list[str]) -> None:
    """One column of many agencies at once says of each text what the field of the schema says of it alone."""
    figure = small_return().figures[0]
    field = FigureField(figure)
    agencies = [f"R{number:02d}" for number in range(len(texts))]
    scope = small_scope(
        *(Expected(number, "birmingham", code, "council", "2014-04") for number, code in enumerate(agencies))
    )
    rows = [
        ["", code, "2014-04", "total", "", text.strip(), "0", number]
        for number, (code, text) in enumerate(zip(agencies, texts, strict=True))
    ]
    cells = read_cells(Table("csv", None, pd.DataFrame(rows, columns=COLUMNS)), small_return(), scope)
    wrong = {finding.where.row for finding in cells.findings if finding.where.field == "referrals"}
    assert wrong == {number for number, text in enumerate(texts) if not _is_read(field, text.strip())}


def _is_read(field: FigureField, text: str) -> bool:
    try:
        field.deserialize(text)
    except ValidationError:
        return False
    return True
