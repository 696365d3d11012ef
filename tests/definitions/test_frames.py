"""The three frames that rules read, by hand; and the shipped rules on many tables at once."""

import math
import subprocess
import sys

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.definitions import catalogue
from hub.definitions.expressions import fault_in
from hub.definitions.frames import (
    Cell,
    cells_frame,
    frames_of,
    melted_frame,
    parts_frame,
    rows_frame,
    with_derived,
)
from hub.errors import WrongUsage

MONTH = "2014-09"


def line(row: int, breakdown: str, code: str, **figures: int | str | None) -> list[Cell]:
    """A row's cells: a number, a state, or None for a blank."""
    cells: list[Cell] = []
    for name, given_ in figures.items():
        if isinstance(given_, int):
            cells.append((row, MONTH, breakdown, code, name, given_, "value"))
        else:
            cells.append((row, MONTH, breakdown, code, name, None, given_ or "missing"))
    return cells


def parts_of(*cells: list[Cell]) -> pd.DataFrame:
    frame = cells_frame([("p/RQ3/2014-09", [cell for row in cells for cell in row])])
    return parts_frame(frame, ["setting"])


def test_the_lines_are_compared_with_the_total() -> None:
    parts = parts_of(
        line(2, "total", "", made=12), line(3, "setting", "a", made=7), line(4, "setting", "b", made=4)
    )
    assert parts.to_dict("records") == [
        {
            "submission": "p/RQ3/2014-09",
            "row_no": 2,
            "period": MONTH,
            "breakdown": "setting",
            "figure": "made",
            "total": 12.0,
            "parts": 11.0,
            "difference": 1.0,
        }
    ]


@pytest.mark.parametrize(
    ("total", "lines", "difference"),
    [
        (12, (7, 5), 0.0),
        (12, (7, None), math.nan),  # a blank: nobody can say
        (12, (7, "not_available"), math.nan),
        (12, (12, "not_applicable"), 0.0),  # what does not apply adds nothing
        (12, (13, None), -1.0),  # too many, whatever the blank holds
        (None, (7, 5), math.nan),
        (0, (0, 0), 0.0),
    ],
)
def test_what_is_missing_is_neither_zero_nor_wrong(
    total: int | None, lines: tuple[int | str | None, ...], difference: float
) -> None:
    rows = [line(number, "setting", f"c{number}", made=made) for number, made in enumerate(lines, start=3)]
    found = parts_of(line(2, "total", "", made=total), *rows)["difference"].iloc[0]
    assert found == difference or (math.isnan(found) and math.isnan(difference))


def test_each_submission_is_judged_alone() -> None:
    one = [*line(2, "total", "", made=5), *line(3, "setting", "a", made=5)]
    other = [*line(4, "total", "", made=9), *line(5, "setting", "a", made=8)]
    parts = parts_frame(cells_frame([("one", one), ("other", other)]), ["setting"])
    assert dict(zip(parts["submission"], parts["difference"], strict=True)) == {"one": 0.0, "other": 1.0}


def test_rows_hold_figures_side_by_side() -> None:
    cells = [*line(2, "total", "", contacts=9, referrals=None), *line(3, "source", "police", contacts=4)]
    rows = rows_frame(cells_frame([("s", cells)]), ["contacts", "referrals"])
    assert list(rows["row_no"]) == [2, 3]
    assert list(rows["contacts"]) == [9.0, 4.0]
    assert rows["referrals"].isna().all()


def test_melted_figures_stand_beside_their_total() -> None:
    cells = [
        *line(2, "total", "", made=20),
        *line(3, "setting", "a", made=5),
        *line(4, "setting", "b", made="not_available"),
    ]
    melted = melted_frame(cells_frame([("s", cells)]))
    assert list(melted["percent"].iloc[:2]) == [100.0, 25.0]
    assert math.isnan(melted["percent"].iloc[2])
    assert list(melted["total"]) == [20.0, 20.0, 20.0]


def test_a_share_of_nothing_is_nothing() -> None:
    cells = [*line(2, "total", "", made=0), *line(3, "setting", "a", made=0)]
    assert melted_frame(cells_frame([("s", cells)]))["percent"].isna().all()


def test_no_cells_give_empty_frames() -> None:
    for definition in catalogue.shipped().returns:
        assert all(frame.empty for frame in frames_of(definition, cells_frame([])).values())


@pytest.mark.parametrize(
    "expression",
    ["contacts.sum()", "__import__('os')", "@os", "contacts[0]", "lambda: 1", "contacts if contacts else 0", "gone + 1",
     "contacts ** 9999", "[1]", "f'{contacts}'", "contacts and 1", "1j", "None", "(" * 300, "contacts; contacts", "x := 1"],
)  # fmt: skip
def test_expressions_compute_and_do_nothing_else(expression: str) -> None:
    assert fault_in(expression, ["contacts"])
    with pytest.raises(WrongUsage, match="expression"):
        with_derived(pd.DataFrame({"contacts": [1.0]}), {"x": expression})


# One example is a table of many submissions, since every run of the suite costs the same however long the table.
TABLES = st.lists(
    st.tuples(st.integers(0, 30), st.lists(st.one_of(st.none(), st.integers(0, 12)), min_size=1, max_size=4)),
    min_size=60,
    max_size=120,
)


@settings(max_examples=3)
@given(TABLES)
def test_the_sum_rule_complains_exactly_where_the_lines_cannot_make_the_total(
    tables: list[tuple[int, list[int | None]]],
) -> None:
    from hub.definitions.as_expectations import as_expectation, library, quiet_context

    definition = catalogue.shipped().latest("referrals")
    parts = []
    for number, (total, lines) in enumerate(tables):
        cells = line(1, "total", "", referrals_made=total)
        for row, made in enumerate(lines, start=2):
            cells += line(row, "setting", f"c{row}", referrals_made=made)
        parts.append((str(number), cells))
    frame = frames_of(definition, cells_frame(parts))["parts"]
    suite = library().ExpectationSuite(name="sum", expectations=[as_expectation(definition.rules[0])])
    asset = quiet_context().data_sources.add_pandas("tables").add_dataframe_asset("parts")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    wanted = {"result_format": "COMPLETE", "unexpected_index_column_names": ["submission"]}
    result = batch.validate(suite, result_format=wanted).results[0].result
    complained = {int(index["submission"]) for index in result.get("unexpected_index_list") or []}
    expected = set()
    for number, (total, lines) in enumerate(tables):
        known = sum(made for made in lines if made is not None)
        if known > total or (None not in lines and known != total):
            expected.add(number)
    assert complained == expected


def test_what_web_processes_import_of_definitions_is_light() -> None:
    modules = "catalogue, as_questions, as_schema, as_dictionary, as_openapi, as_table_schema, as_template, lists, mappings"
    heavy = "{'pandas', 'great_expectations', 'openpyxl', 'numpy'}"
    code = f"import sys\nfrom hub.definitions import {modules}\nassert not {heavy} & set(sys.modules), {heavy} & set(sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
