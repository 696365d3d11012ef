"""The examples that a rule gives of rows that pass and rows that fail, really executed.

All examples of a return are judged in one run: each is a submission of its own, and rules judge submissions alone.
Needs Great Expectations, so `hub load` and the tests do this, and no web process.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from hub import document
from hub.definitions.folders import Catalogue
from hub.definitions.frames import Cell, cells_frame, frames_of
from hub.definitions.model import ANSWERS, TOTAL, Definition, Rule
from hub.document import Place
from hub.errors import DefinitionError

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


def faults_of_examples(file: Path, catalogue: Catalogue) -> list[DefinitionError]:
    """The misbehaving examples of the return in a file, with their lines."""
    read = document.read(file)
    definition = next(
        d for d in catalogue.returns if (d.code, d.version) == (read.data["return"], read.data["version"])
    )
    return [read.fault(place, cause) for place, cause in misbehaving(definition)]


def misbehaving(definition: Definition) -> list[tuple[Place, str]]:
    """Every example that does not do what it says, as (place in the file, cause). Empty when all is well."""
    examples = [example for example in examples_of(definition) if example.rule.expectation]
    if not examples:
        return []
    caught, faults = _run(definition, examples)
    for example in examples:
        complained = (example.rule.code, example.key) in caught
        if complained and example.side == "passes":
            faults.append(
                (example.place, f"{example.rule.code}: the rule complains about an example that should pass.")
            )
        if not complained and example.side == "fails":
            faults.append(
                (
                    example.place,
                    f"{example.rule.code}: the rule finds nothing wrong with an example that should fail.",
                )
            )
    return faults


def _run(
    definition: Definition, examples: list[Example]
) -> tuple[set[tuple[str, str]], list[tuple[Place, str]]]:
    """(rule, example) pairs that were complained about, and rules that could not be run."""
    from hub.definitions.as_expectations import as_expectations, quiet_context

    frames = frames_of(definition, cells_frame((example.key, example.cells) for example in examples))
    caught: set[tuple[str, str]] = set()
    faults: list[tuple[Place, str]] = []
    numbers = {rule.code: number for number, rule in enumerate(definition.rules)}
    source = quiet_context().data_sources.add_pandas("examples")
    for frame, suite in as_expectations(definition).items():
        batch = (
            source.add_dataframe_asset(frame)
            .add_batch_definition_whole_dataframe("all")
            .get_batch({"dataframe": frames[frame]})
        )
        results = batch.validate(suite, result_format=_RESULT_FORMAT)
        for result in results.results:
            code = result.expectation_config.meta["code"]
            if any(info.get("raised_exception") for info in _exceptions(result.exception_info)):
                faults.append(
                    (
                        ("rules", numbers[code], "kwargs"),
                        f"{code}: the expectation cannot be run with these arguments.",
                    )
                )
                continue
            caught |= {
                (code, index["submission"]) for index in result.result.get("unexpected_index_list") or []
            }
    return caught, faults


_RESULT_FORMAT = {
    "result_format": "COMPLETE",
    "unexpected_index_column_names": ["submission", "row_no"],
    "return_unexpected_index_query": False,
}


def _exceptions(info: dict[str, Any]) -> list[dict[str, Any]]:
    """One rule's exceptions: the library gives them flat, or by metric."""
    return (
        [info]
        if "raised_exception" in info
        else [inner for inner in info.values() if isinstance(inner, dict)]
    )
