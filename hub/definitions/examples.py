"""The examples that a rule gives of rows that pass and rows that fail, as cells that a check could have read.

hub.definitions.trial executes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from hub.definitions.frames import Cell
from hub.definitions.model import ANSWERS, TOTAL, Definition, HistoryRule, Rule
from hub.document import Place

# A period of each grain for examples that name none.
_PERIODS = {
    "month": "2014-09",
    "quarter": "FY2014-15Q2",
    "term": "AY2014-15T1",
    "financial_year": "FY2014-15",
    "academic_year": "AY2014-15",
    "mid_year": "MY2014",
}


@dataclass(frozen=True)
class Example:
    """One example of a rule. `key` stands for the submission that it would be."""

    rule: Rule
    place: Place
    side: Literal["passes", "fails"]
    key: str
    cells: tuple[Cell, ...]


def examples_of(definition: Definition) -> list[Example]:
    return list(_examples(definition))


def _examples(definition: Definition) -> Iterator[Example]:
    period = _PERIODS[definition.owes[0].grain]
    sides: tuple[Literal["passes", "fails"], ...] = ("passes", "fails")
    for number, rule in enumerate(definition.rules):
        for side in sides:
            for index, example in enumerate(getattr(rule, side)):
                cells = tuple(_cells(example.get("rows", [example]), period))
                yield Example(
                    rule, ("rules", number, side, index), side, f"{rule.code}/{side}/{index}", cells
                )


@dataclass(frozen=True)
class HistoryExample:
    """What a history rule's example sends, what was signed before, and the other side's number where there is one."""

    rule: HistoryRule
    place: Place
    side: Literal["passes", "fails"]
    now: tuple[Cell, ...]
    before: tuple[Cell, ...]
    beside: int | None


def history_examples(rules: Sequence[HistoryRule], grain: str) -> Iterator[HistoryExample]:
    period = _PERIODS[grain]
    sides: tuple[Literal["passes", "fails"], ...] = ("passes", "fails")
    for number, rule in enumerate(rules):
        for side in sides:
            for index, example in enumerate(getattr(rule, side)):
                sent = {name: part for name, part in example.items() if name not in ("before", "beside")}
                yield HistoryExample(
                    rule=rule,
                    place=("history", number, side, index),
                    side=side,
                    now=tuple(_cells(sent.get("rows", [sent]), period)),
                    before=tuple(_cells(example.get("before", []), period)),
                    beside=example.get("beside"),
                )


def _cells(rows: list[dict[str, Any]], period: str) -> Iterator[Cell]:
    for row_no, row in enumerate(rows, start=1):
        where = (str(row.get("period", period)), str(row.get("breakdown", TOTAL)), str(row.get("code", "")))
        for name, cell in row.items():
            if name not in ("period", "breakdown", "code"):
                yield (row_no, *where, name, *_value_and_state(cell))


def _value_and_state(cell: Any) -> tuple[int | None, str]:
    if cell is None:
        return None, "missing"
    if isinstance(cell, int):
        return cell, "value"
    state = ANSWERS[cell]
    return (0 if state == "nil" else None), state
