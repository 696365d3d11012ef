"""Rules tried on their own examples: those that do not do what they say are named with their place."""

from dataclasses import replace

import pandas as pd
import pytest

from hub.definitions import catalogue
from hub.definitions.model import Definition, Rule
from hub.definitions.trial import misbehaving

REFERRALS = catalogue.shipped().latest("referrals")


def with_rule(**parts: object) -> Definition:
    """The return with its first rule alone, changed."""
    return replace(REFERRALS, rules=(replace(REFERRALS.rules[0], **parts),))  # type: ignore[arg-type]


def test_examples_the_wrong_way_round_are_found() -> None:
    rule = REFERRALS.rules[0]
    faults = misbehaving(with_rule(passes=rule.fails, fails=rule.passes))
    assert {place for place, _cause in faults} == {
        ("rules", 0, side, number) for side in ("passes", "fails") for number in (0, 1)
    }
    assert sorted(cause.split("the rule ")[1] for _place, cause in faults) == [
        "complains about an example that should pass.",
        "complains about an example that should pass.",
        "finds nothing wrong with an example that should fail.",
        "finds nothing wrong with an example that should fail.",
    ]


@pytest.mark.parametrize(
    ("parts", "part", "cause"),
    [
        (
            {"frame": "melted", "derive": {"x": "code - 1"}},
            "derive",
            "a derived column cannot be worked out",
        ),
        (
            {"expectation": "expect_column_values_to_be_between", "kwargs": {"column": "difference", "min_value": 9, "max_value": 3}},
            "kwargs",
            "the expectation cannot be",
        ),
        (
            {"expectation": "expect_column_values_to_be_in_set", "kwargs": {"column": "gone", "value_set": [0]}},
            "kwargs",
            "the expectation cannot be run",
        ),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_run_is_found(parts: dict[str, object], part: str, cause: str) -> None:
    ((place, said),) = misbehaving(with_rule(**parts))
    assert place == ("rules", 0, part)
    assert cause in said


def odd_totals(rule: Rule, frame: pd.DataFrame) -> "pd.Series[bool]":
    if rule.named != "odd_totals":
        raise ImportError(rule.named)
    return frame["referrals_made"] % 2 == 1


def named(name: str) -> Definition:
    return with_rule(
        frame="rows",
        expectation="",
        kwargs={},
        named=name,
        passes=({"referrals_made": 4},),
        fails=({"referrals_made": 3}, {"referrals_made": 6}),
    )


def test_a_rule_written_in_python_is_tried_too() -> None:
    faults = misbehaving(named("odd_totals"), named=odd_totals)
    assert [place for place, _cause in faults] == [("rules", 0, "fails", 1)]
    assert misbehaving(named("odd_totals")) == []  # untried where nobody can run it


def test_a_rule_that_nobody_wrote_is_found() -> None:
    ((place, said),) = misbehaving(named("gone"), named=odd_totals)
    assert place == ("rules", 0, "named")
    assert "there is no rule “gone” written in Python" in said
