"""Rules over tables: the quick way finds what the documented way of Great Expectations finds, and a rule that did not run raises."""

from __future__ import annotations

import random
from typing import Any

import pandas as pd
import pytest

from hub.definitions.expectations import EXPECTATIONS
from hub.definitions.frames import CELL_COLUMNS
from hub.definitions.model import Definition
from hub.validation.tables import Broken, CheckDidNotRun, judge
from tests.validation.small_returns import rule, small_return

KWARGS: dict[str, dict[str, Any]] = {
    "expect_column_values_to_be_between": {"column": "referrals", "min_value": 3, "max_value": 40, "strict_max": True},
    "expect_column_values_to_be_in_set": {"column": "referrals", "value_set": [1, 5, 9]},
    "expect_column_values_to_not_be_in_set": {"column": "code", "value_set": ["south"]},
    "expect_column_values_to_not_be_null": {"column": "nfa"},
    "expect_column_values_to_be_null": {"column": "nfa"},
    "expect_column_values_to_match_regex": {"column": "code", "regex": "^s"},
    "expect_column_pair_values_to_be_equal": {"column_A": "referrals", "column_B": "nfa", "ignore_row_if": "either_value_is_missing"},
    "expect_column_pair_values_a_to_be_greater_than_b": {"column_A": "referrals", "column_B": "nfa", "ignore_row_if": "either_value_is_missing"},
    "expect_compound_columns_to_be_unique": {"column_list": ["submission", "referrals"], "ignore_row_if": "any_value_is_missing"},
}  # fmt: skip


def many_cells(rows: int, seed: int) -> pd.DataFrame:
    """Rows of 40 submissions with small figures, some of them missing. Shape: CELL_COLUMNS."""
    dice = random.Random(seed)
    records = []
    for number in range(rows):
        key = (
            f"birmingham/330/{number % 40}",
            number + 2,
            "2014-04",
            dice.choice(["total", "area"]),
            dice.choice(["south", "east"]),
        )
        for figure in ("referrals", "nfa"):
            value = dice.choice([None, *range(12)])
            records.append((*key, figure, value, "missing" if value is None else "value"))
    return pd.DataFrame.from_records(records, columns=list(CELL_COLUMNS)).astype({"value": "float64"})


def found(broken: list[Broken]) -> dict[str, list[Any]]:
    return {one.rule.code: one.rows["row_no"].tolist() for one in broken}


@pytest.mark.parametrize("breakdowns", [(), ("area",)])
def test_the_quick_way_finds_what_the_documented_way_finds(breakdowns: tuple[str, ...]) -> None:
    assert KWARGS.keys() == EXPECTATIONS.keys()
    rules = tuple(
        rule(name, expectation=name, kwargs=kwargs, breakdowns=breakdowns) for name, kwargs in KWARGS.items()
    )
    definition = small_return(rules=rules)
    cells = many_cells(400, seed=1)
    quick = found(judge(definition, cells))
    assert quick == found(judge(definition, cells, as_documented=True))
    assert all(0 < len(rows) < 400 for rows in quick.values())
    assert quick.keys() == KWARGS.keys()


def test_rules_that_read_each_frame_name_the_rows_that_break_them() -> None:
    records = [
        ("s", 2, "2014-04", "total", "", "referrals", 10, "value"),
        ("s", 2, "2014-04", "total", "", "nfa", 11, "value"),
        ("s", 3, "2014-04", "source", "unknown", "referrals", 3, "value"),
        ("s", 4, "2014-04", "source", "police", "referrals", 6, "value"),
        ("t", 5, "2014-04", "total", "", "referrals", 10, "value"),
        ("t", 6, "2014-04", "source", "unknown", "referrals", 2, "value"),
        ("t", 7, "2014-04", "source", "police", "referrals", None, "missing"),
    ]
    cells = pd.DataFrame.from_records(records, columns=list(CELL_COLUMNS)).astype({"value": "float64"})
    broken = judge(small_return(), cells)
    assert found(broken) == {"nfa-above-referrals": [2], "parts-differ": [2], "many-unknown": [3]}
    assert broken[1].rows[["total", "parts"]].values.tolist() == [[10, 9]]


@pytest.mark.parametrize("as_documented", [False, True])
def test_a_rule_that_cannot_be_evaluated_raises(as_documented: bool) -> None:
    """A text where a number is needed makes the library give up the metric: silence would pass the table."""
    broken = rule(
        "impossible",
        expectation="expect_column_values_to_be_between",
        kwargs={"column": "code", "min_value": 3},
    )
    with pytest.raises(CheckDidNotRun, match="impossible"):
        judge(_only(broken), many_cells(4, seed=2), as_documented=as_documented)


def _only(*rules: Any) -> Definition:
    return small_return(rules=rules)


def test_the_library_keeps_nothing_on_disk(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    judge(small_return(), many_cells(20, seed=3))
    judge(small_return(), many_cells(20, seed=3), as_documented=True)
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")
