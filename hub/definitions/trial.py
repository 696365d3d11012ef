"""Rules tried on their own examples: what passes must pass, what fails must fail.

All examples of a return are judged in one run: each is a submission of its own, and rules judge submissions alone.
Needs Great Expectations, so `hub load` and the tests do this, and no web process.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from hub import document
from hub.definitions.examples import Example, examples_of
from hub.definitions.folders import Catalogue
from hub.definitions.frames import cells_frame, frames_of, with_derived
from hub.definitions.model import Definition, Rule
from hub.document import Place
from hub.errors import DefinitionError

# A rule written in Python: which rows of its frame break it. Raises ImportError where there is no such rule.
Named = Callable[[Rule, pd.DataFrame], "pd.Series[bool]"]

_RESULT_FORMAT = {
    "result_format": "COMPLETE",
    "unexpected_index_column_names": ["submission", "row_no"],
    "return_unexpected_index_query": False,
}


def faults_of_examples(
    file: Path, catalogue: Catalogue, *, named: Named | None = None
) -> list[DefinitionError]:
    """The misbehaving examples of the return in a file, with their lines."""
    read = document.read(file)
    said = (read.data["return"], read.data["version"])
    definition = next(d for d in catalogue.returns if (d.code, d.version) == said)
    return [read.fault(place, cause) for place, cause in misbehaving(definition, named=named)]


def misbehaving(definition: Definition, *, named: Named | None = None) -> list[tuple[Place, str]]:
    """Every example that does not do what it says, as (place in the file, cause). Empty when all is well.

    `named` runs rules that are written in Python; without it they are left untried.
    """
    examples = examples_of(definition)
    if not examples:
        return []
    trial = _Trial(definition, examples)
    trial.derive()
    trial.expectations()
    if named:
        trial.named(named)
    untried = {rule.code for rule in definition.rules if rule.named and not named}
    return [*trial.faults, *(_verdicts(examples, trial, untried))]


def _verdicts(examples: list[Example], trial: _Trial, untried: set[str]) -> list[tuple[Place, str]]:
    faults = []
    for example in examples:
        code = example.rule.code
        if code in trial.broken or code in untried:
            continue
        complained = (code, example.key) in trial.caught
        if complained and example.side == "passes":
            faults.append((example.place, f"{code}: the rule complains about an example that should pass."))
        if not complained and example.side == "fails":
            faults.append(
                (example.place, f"{code}: the rule finds nothing wrong with an example that should fail.")
            )
    return faults


class _Trial:
    """One run over all examples. `caught` holds (rule, example) that were complained about, `broken` rules that cannot run."""

    def __init__(self, definition: Definition, examples: list[Example]) -> None:
        self.definition = definition
        self.caught: set[tuple[str, str]] = set()
        self.broken: set[str] = set()
        self.faults: list[tuple[Place, str]] = []
        self._place = {rule.code: ("rules", number) for number, rule in enumerate(definition.rules)}
        self._cells = cells_frame((example.key, example.cells) for example in examples)
        self.frames: dict[str, pd.DataFrame] = {}

    def _broken(self, rule: Rule, part: str, cause: str) -> None:
        self.broken.add(rule.code)
        self.faults.append(((*self._place[rule.code], part), f"{rule.code}: {cause}"))

    def derive(self) -> None:
        """The frames, with the columns that each rule derives, one rule at a time, to see whose cannot be worked out."""
        plain = frames_of(self.definition, self._cells, derived=False)
        for rule in self.definition.rules:
            try:
                plain[rule.frame] = with_derived(plain[rule.frame], rule.derive)
            except (TypeError, ValueError, NotImplementedError):
                self._broken(
                    rule, "derive", "a derived column cannot be worked out. Do numbers and texts meet in it?"
                )
        self.frames = plain

    def expectations(self) -> None:
        from hub.definitions.as_expectations import as_expectation, library, quiet_context

        source = quiet_context().data_sources.add_pandas("examples")
        for name, frame in self.frames.items():
            suite = library().ExpectationSuite(name=name)
            for rule in self.definition.rules:
                if rule.frame != name or not rule.expectation or rule.code in self.broken:
                    continue
                try:
                    suite.expectations.append(as_expectation(rule))
                except (TypeError, ValueError):
                    self._broken(rule, "kwargs", "the expectation cannot be made with these arguments.")
            whole = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe("all")
            results = whole.get_batch({"dataframe": frame}).validate(suite, result_format=_RESULT_FORMAT)
            for result in results.results:
                self._take(result)

    def _take(self, result: Any) -> None:
        code = result.expectation_config.meta["code"]
        if any(info.get("raised_exception") for info in _exceptions(result.exception_info)):
            rule = next(rule for rule in self.definition.rules if rule.code == code)
            self._broken(rule, "kwargs", "the expectation cannot be run with these arguments.")
            return
        unexpected = result.result.get("unexpected_index_list") or []
        self.caught |= {(code, index["submission"]) for index in unexpected}

    def named(self, run: Named) -> None:
        for rule in self.definition.rules:
            if rule.named is None or rule.code in self.broken:
                continue
            frame = self.frames[rule.frame]
            if rule.breakdowns:
                frame = frame.loc[frame["breakdown"].isin(list(rule.breakdowns))]
            try:
                broken = run(rule, frame)
            except ImportError:
                self._broken(rule, "named", f"there is no rule “{rule.named}” written in Python.")
                continue
            self.caught |= {(rule.code, key) for key in frame.loc[broken, "submission"]}


def _exceptions(info: dict[str, Any]) -> list[dict[str, Any]]:
    """One rule's exceptions: the library gives them flat, or by metric."""
    return (
        [info]
        if "raised_exception" in info
        else [inner for inner in info.values() if isinstance(inner, dict)]
    )
