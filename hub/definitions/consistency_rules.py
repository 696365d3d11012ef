"""Whether the rules of a definition agree with its figures and tables: columns, expressions, wording, examples.

Gives (place, cause) pairs, as hub.definitions.consistency does for the rest of a return. Examples are executed elsewhere
(hub.definitions.trial), since that needs Great Expectations.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from string import Formatter
from typing import Any

from hub.definitions import history_kinds
from hub.definitions.expectations import faults_in
from hub.definitions.expressions import columns_of, fault_in
from hub.definitions.faults import Data, Fault, repeated, unknown
from hub.definitions.history_kinds import INVENTED_FIGURES, INVENTED_TABLES
from hub.definitions.model import ANSWERS
from hub.document import Place


def faults_of_rule(rule: Data, place: Place, figures: list[str], breakdowns: list[str]) -> Iterator[Fault]:
    code = rule["code"]
    columns = (*columns_of(rule["frame"], figures), *rule["derive"])
    yield from unknown(rule["breakdowns"], breakdowns, (*place, "breakdowns"), "breakdown")
    if rule["field"] is not None and rule["field"] not in figures:
        yield (*place, "field"), f"{code}: “{rule['field']}” is not a figure of this return."
    yield from _derived(rule, place, figures)
    yield from _wording(rule["message"], columns, (*place, "message"))
    if bool(rule["named"]) == bool(rule["expectation"]):
        yield place, f"{code}: give either an expectation or the name of a rule that is written in Python."
    elif rule["expectation"]:
        for argument, cause in faults_in(rule["expectation"], rule["kwargs"], columns):
            yield (*place, "kwargs", argument) if argument else (*place, "expectation"), f"{code}: {cause}"
    for part, words in (("passes", "passes"), ("fails", "fails")):
        if not rule[part]:
            yield (
                (*place, part),
                f"{code}: give at least one example that {words}, so that the rule can be tried.",
            )
        for number, example in enumerate(rule[part]):
            yield from _example(example, (*place, part, number), figures, breakdowns)


def _derived(rule: Data, place: Place, figures: list[str]) -> Iterator[Fault]:
    columns = columns_of(rule["frame"], figures)
    for name, expression in rule["derive"].items():
        if name in columns:
            yield (*place, "derive", name), f"“{name}” is a column already. Choose another name."
        fault = fault_in(expression, columns)
        if fault:
            yield (*place, "derive", name), f"the expression “{expression}” {fault}."
        columns = (*columns, name)


def derived_twice(rules: list[Data]) -> Iterator[Fault]:
    """The rules of a frame share it, so a derived column means one thing in all of them."""
    meaning: dict[tuple[str, str], str] = {}
    for number, rule in enumerate(rules):
        for name, expression in rule["derive"].items():
            if meaning.setdefault((rule["frame"], name), expression) != expression:
                yield (
                    ("rules", number, "derive", name),
                    f"another rule derives a different “{name}”. Choose another name.",
                )


def _wording(message: str, columns: Collection[str], place: Place) -> Iterator[Fault]:
    try:
        parsed = list(Formatter().parse(message))
    except ValueError:
        yield place, "has a brace { or } without its partner."
        return
    for _text, name, form, conversion in parsed:
        if name is not None and (name not in columns or form or conversion):
            yield place, f"“{{{name}}}” is no column of this frame. It has: {', '.join(columns)}."


def _example(example: Data, place: Place, figures: list[str], breakdowns: list[str]) -> Iterator[Fault]:
    rows = example.get("rows", [example])
    if (
        not isinstance(rows, list)
        or not rows
        or not all(isinstance(row, dict) for row in rows)
        or ("rows" in example and len(example) > 1)
    ):
        yield place, "an example is one row, or “rows:” with a list of rows."
        return
    for row in rows:
        for name, cell in row.items():
            cause = _example_cell(name, cell, figures, breakdowns)
            if cause:
                yield place, f"in the example: {cause}"


def faults_of_history(
    rules: list[Data], figures: list[str] | None = None, breakdowns: list[str] | None = None
) -> Iterator[Fault]:
    """What is wrong with history rules: those of a return, or the standard ones, whose examples name invented figures."""
    yield from repeated("history", [rule["code"] for rule in rules], key="code")
    for number, rule in enumerate(rules):
        place: Place = ("history", number)
        yield from history_kinds.faults_of_rule(rule, place, figures, breakdowns)
        for side in ("passes", "fails"):
            for index, example in enumerate(rule[side]):
                known = (figures or list(INVENTED_FIGURES), breakdowns or list(INVENTED_TABLES))
                yield from _history_example(example, (*place, side, index), *known)


def _history_example(
    example: Data, place: Place, figures: list[str], breakdowns: list[str]
) -> Iterator[Fault]:
    """What is sent, as in any example, with `before` (rows that were signed) or `beside` (the other side's number)."""
    sent = {name: part for name, part in example.items() if name not in ("before", "beside")}
    yield from _example(sent, place, figures, breakdowns)
    for row in example.get("before", []):
        yield from _example(row, place, figures, breakdowns)
    if not isinstance(example.get("beside", 0), int):
        yield place, "in the example: beside must be a whole number."


def _example_cell(name: str, cell: Any, figures: list[str], breakdowns: list[str]) -> str | None:
    if name == "breakdown":
        return None if cell in breakdowns else f"“{cell}” is not a breakdown of this return."
    if name in ("code", "period"):
        return None if isinstance(cell, str) else f"{name} must be text (put it in quotes)."
    if name not in figures:
        return f"“{name}” is neither a figure of this return nor breakdown, code or period."
    number = isinstance(cell, int) and not isinstance(cell, bool) and cell >= 0
    return (
        None
        if number or cell is None or cell in ANSWERS
        else f"{name} must be a whole number, {', '.join(ANSWERS)} or empty."
    )
