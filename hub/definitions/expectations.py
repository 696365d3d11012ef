"""The Great Expectations expectations that a rule may use, and what each must be told.

Only those that name failing rows are here: a finding without a place helps nobody. Known without importing
Great Expectations, which takes seconds, so that every process can read definitions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_EITHER_MISSING = "either_value_is_missing"


@dataclass(frozen=True)
class Argument:
    """One keyword argument. `kind` is column, columns, regex, values, number, yes_no or one of `choices`."""

    name: str
    kind: str
    required: bool = False
    choices: tuple[str, ...] = ()


def _column(*others: Argument) -> tuple[Argument, ...]:
    return (Argument("column", "column", required=True), *others)


_BOUNDS = (
    Argument("min_value", "number"),
    Argument("max_value", "number"),
    Argument("strict_min", "yes_no"),
    Argument("strict_max", "yes_no"),
)
_PAIR = (Argument("column_A", "column", required=True), Argument("column_B", "column", required=True))
_IGNORE_PAIR = Argument(
    "ignore_row_if", "choice", choices=("both_values_are_missing", _EITHER_MISSING, "neither")
)
_IGNORE_ROW = Argument(
    "ignore_row_if", "choice", choices=("all_values_are_missing", "any_value_is_missing", "never")
)
_LIST = Argument("column_list", "columns", required=True)

EXPECTATIONS: dict[str, tuple[Argument, ...]] = {
    "expect_column_values_to_be_between": _column(*_BOUNDS),
    "expect_column_values_to_be_in_set": _column(Argument("value_set", "values", required=True)),
    "expect_column_values_to_not_be_in_set": _column(Argument("value_set", "values", required=True)),
    "expect_column_values_to_not_be_null": _column(),
    "expect_column_values_to_be_null": _column(),
    "expect_column_values_to_match_regex": _column(Argument("regex", "regex", required=True)),
    "expect_column_pair_values_to_be_equal": (*_PAIR, _IGNORE_PAIR),
    "expect_column_pair_values_a_to_be_greater_than_b": (
        *_PAIR,
        Argument("or_equal", "yes_no"),
        _IGNORE_PAIR,
    ),
    "expect_compound_columns_to_be_unique": (_LIST, _IGNORE_ROW),
}


def faults_in(
    expectation: str, kwargs: dict[str, Any], columns: tuple[str, ...]
) -> Iterator[tuple[str | None, str]]:
    """What is wrong with a rule's arguments, as (argument or None, cause)."""
    if expectation not in EXPECTATIONS:
        yield (
            None,
            f"“{expectation}” is not an expectation that rules may use. Use one of: {', '.join(EXPECTATIONS)}.",
        )
        return
    arguments = {argument.name: argument for argument in EXPECTATIONS[expectation]}
    for name in kwargs.keys() - arguments.keys():
        yield name, f"“{name}” is no argument of {expectation}. It takes: {', '.join(arguments)}."
    for argument in arguments.values():
        if argument.name in kwargs:
            cause = _wrong(argument, kwargs[argument.name], columns)
            if cause:
                yield argument.name, cause
        elif argument.required:
            yield None, f"{expectation} needs the argument “{argument.name}”."
    if "min_value" in arguments and kwargs.keys().isdisjoint({"min_value", "max_value"}):
        yield None, f"{expectation} needs min_value, max_value or both."


def _wrong(argument: Argument, value: Any, columns: tuple[str, ...]) -> str | None:
    name = argument.name
    if argument.kind == "column":
        return (
            None
            if value in columns
            else f"{name} “{value}” is no column of this frame. It has: {', '.join(columns)}."
        )
    if argument.kind == "columns":
        known = isinstance(value, list) and len(value) > 1 and all(column in columns for column in value)
        return None if known else f"{name} must list two or more columns of this frame: {', '.join(columns)}."
    if argument.kind == "number":
        return (
            None
            if isinstance(value, int | float) and not isinstance(value, bool)
            else f"{name} must be a number."
        )
    if argument.kind == "yes_no":
        return None if isinstance(value, bool) else f"{name} must be true or false."
    if argument.kind == "values":
        return None if isinstance(value, list) and value else f"{name} must be a list of at least one value."
    if argument.kind == "choice":
        return None if value in argument.choices else f"{name} must be one of: {', '.join(argument.choices)}."
    return None if isinstance(value, str) and _is_regex(value) else f"{name} must be a regular expression."


def _is_regex(text: str) -> bool:
    try:
        return bool(text) and bool(re.compile(text))
    except re.error:
        return False
