"""One return in every format and encoding reads the same: written files, and rows made up by hypothesis."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from corpus import text, through
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from small_return import HEADINGS, RETURN, ROWS
from workbooks import ods, workbook

from hub.intake.read import read
from hub.intake.table import Received, Table

EQUIVALENTS = Path(__file__).parents[1] / "examples" / "equivalents"


def received(path: Path) -> Received:
    if path.suffix == ".json":
        return Received("json", content=path.read_bytes())
    return Received("xlsx" if path.suffix in (".xlsx", ".ods") else "csv", path.name, path.read_bytes())


def assert_same(table: Table, other: Table) -> None:
    """The same rows in the same order; their numbers are the places in each file."""
    assert_frame_equal(table.frame.drop(columns="row_no"), other.frame.drop(columns="row_no"))
    assert [(each.code, each.where.field) for each in table.findings] == [
        (each.code, each.where.field) for each in other.findings
    ]


@pytest.mark.parametrize("path", sorted(EQUIVALENTS.iterdir()), ids=lambda path: path.name)
def test_every_written_equivalent_reads_the_same(path: Path) -> None:
    assert_same(
        read(received(path), RETURN),
        read(Received("form", rows=tuple(dict(zip(HEADINGS, row, strict=True)) for row in ROWS)), RETURN),
    )


def test_there_are_equivalents_of_every_kind() -> None:
    assert {path.suffix for path in EQUIVALENTS.iterdir()} == {
        ".csv",
        ".txt",
        ".tsv",
        ".xlsx",
        ".ods",
        ".json",
    }


# Words without control characters and without what only looks like another type; the rest of Unicode is welcome.
WORDS = st.text(
    st.characters(
        codec="utf-8",
        exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp", "Co", "Cn"),
        exclude_characters="\u00a0",
    ),
    max_size=8,
).filter(lambda text: not text.startswith("="))  # a spreadsheet takes that for a formula; see the corpus
CELLS = st.one_of(
    st.integers(0, 999_999_999).map(str),
    st.sampled_from(
        ["", "0", "007", "[x]", "n/a", "1,234", "12.5", "-1", "a;b", "a|b", "a\tb", 'say "so"', "’", "total"]
    ),
    WORDS,
)
KEYS = st.tuples(
    st.sampled_from(["", "birmingham-example", "330"]),
    st.sampled_from(["RQ3", "RXT", "05L"]),
    st.sampled_from(["2014-09", "2014-10", "FY2014-15", "Sept 2014"]),
    st.sampled_from(["", "total", "setting"]),
    st.one_of(st.sampled_from(["", "ae", "maternity"]), WORDS),
)
RETURNS = st.lists(
    st.builds(lambda keys, first, second: [*keys, first, second], KEYS, CELLS, CELLS), min_size=1, max_size=6
)


@settings(deadline=None, max_examples=40)
@given(RETURNS)
def test_the_same_rows_give_the_same_table_through_every_channel(rows: list[list[str]]) -> None:
    table = [HEADINGS, *rows]
    expected = read(
        Received("form", rows=tuple(dict(zip(HEADINGS, row, strict=True)) for row in rows)), RETURN
    )
    for channel in ("csv", "xlsx", "json"):
        assert_same(read(through(channel, table), RETURN), expected)  # type: ignore[arg-type]
    for separator in ";\t|":
        assert_same(read(Received("csv", "a.csv", text(table, separator)), RETURN), expected)
    for encoding in ("utf-8-sig", "utf-16", "utf-32"):
        content = text(table).decode().encode(encoding)
        assert_same(read(Received("csv", "a.csv", content), RETURN), expected)
    quoted = "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\r\n" for row in table)
    assert_same(read(Received("csv", "a.csv", quoted.encode()), RETURN), expected)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.tuples(st.integers(0, 999_999_999), st.integers(0, 99)), min_size=1, max_size=5))
def test_numbers_of_workbooks_and_json_are_the_texts_of_forms(numbers: list[tuple[int, int]]) -> None:
    rows = [[*ROWS[0][:5], *pair] for pair in numbers]
    texts = [[*ROWS[0][:5], *map(str, pair)] for pair in numbers]
    expected = read(through("form", [HEADINGS, *texts]), RETURN)
    assert_same(read(Received("xlsx", "a.xlsx", workbook([HEADINGS, *rows])), RETURN), expected)
    assert_same(read(Received("xlsx", "a.ods", ods([HEADINGS, *rows])), RETURN), expected)
    body = {"rows": [dict(zip(HEADINGS, [*row[:5], float(row[5]), row[6]], strict=True)) for row in rows]}
    assert_same(read(Received("json", content=json.dumps(body).encode()), RETURN), expected)
