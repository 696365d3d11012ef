"""Whether a table makes sense: the definition's rules, judged by Great Expectations. The only module that runs it.

Every rule is judged over all submissions of a table in one run; the frames carry a `submission` column. A rule that
could not be evaluated is a fault of ours and raises: it is never a finding, and never silence.

There are two ways to the same rows. `_by_condition` asks each expectation for its own condition over the frame: half a
millisecond a rule. `_as_documented` validates as the library's documentation says: 10 ms a rule, and seconds where
thousands of rows fail. The first leans on how the library names its metrics, so its version is pinned, a test holds it
to the second for every expectation that rules may use, and a rule that it cannot plan goes the second way.
"""

from __future__ import annotations

import importlib
import json
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import pandas as pd

from hub.definitions.as_expectations import as_expectation, library, quiet_context
from hub.definitions.frames import frames_of
from hub.definitions.model import Definition, Rule
from hub.errors import HubError

_BATCH = "table"
_ROW = "row_of_frame"
_FORMAT = {
    "result_format": "COMPLETE",
    "unexpected_index_column_names": [_ROW],
    "return_unexpected_index_query": False,
}


class CheckDidNotRun(HubError):
    """A rule could not be evaluated: nothing can be said about the table."""

    def __init__(self, rule: str, cause: object) -> None:
        super().__init__(f"The rule {rule} could not be checked, so nothing was checked: {cause}")


@dataclass(frozen=True)
class Broken:
    """A rule and the rows of its frame that break it. Shape: `rows` as hub.definitions.frames.frames_of makes them."""

    rule: Rule
    rows: pd.DataFrame


@dataclass(frozen=True)
class _Plan:
    """The metrics of one expectation in the order in which they can be computed; the last is its condition."""

    engine: Any
    metrics: tuple[Any, ...]


def judge(definition: Definition, cells: pd.DataFrame, *, as_documented: bool = False) -> list[Broken]:
    """The rules that a table breaks, in the definition's order. Shape of `cells`: hub.definitions.frames.CELL_COLUMNS."""
    if not definition.rules or cells.empty:
        return []
    frames = frames_of(definition, cells)
    broken = []
    for rule in definition.rules:
        frame = frames[rule.frame]
        if rule.breakdowns:
            frame = frame.loc[frame["breakdown"].isin(list(rule.breakdowns))]
        if frame.empty:
            continue
        places = _places(rule, frame, as_documented=as_documented)
        if places:
            broken.append(Broken(rule, frame.loc[places]))
    return broken


def warm(definition: Definition) -> None:
    """Plan every rule of a definition ahead of its first table."""
    for rule in definition.rules:
        if rule.expectation:
            _plan(*_key(rule))


def _places(rule: Rule, frame: pd.DataFrame, *, as_documented: bool) -> list[int]:
    """The index of the rows that break a rule, in their order."""
    if rule.named:
        breaks = importlib.import_module(f"hub.validation.rules.{rule.named}").broken(frame)
        return _where(breaks)
    plan = None if as_documented else _plan(*_key(rule))
    return _by_condition(rule, plan, frame) if plan else _as_documented(rule, frame)


def _where(breaks: pd.Series[bool]) -> list[int]:
    return sorted(int(place) for place in breaks.index[breaks.to_numpy(dtype=bool)])


def _key(rule: Rule) -> tuple[str, str]:
    return rule.expectation, json.dumps(rule.kwargs, sort_keys=True)


def _expectation(rule: Rule) -> Any:
    """The rule's expectation over a frame that is restricted to its breakdowns already."""
    return as_expectation(replace(rule, breakdowns=()))


@lru_cache(maxsize=1024)
def _plan(expectation: str, kwargs: str) -> _Plan | None:
    """What must be computed for an expectation; None where its metrics are not those that are known here."""
    library()
    from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
    from great_expectations.validator.validation_graph import ValidationGraph

    engine = PandasExecutionEngine()
    configuration = _expectation(_bare_rule(expectation, json.loads(kwargs))).configuration
    configuration.kwargs["batch_id"] = _BATCH
    needs = configuration.to_domain_obj().get_validation_dependencies(
        execution_engine=engine, runtime_configuration={"result_format": _FORMAT}
    )
    listed = [
        metric
        for name, metric in needs.metric_configurations.items()
        if name.endswith(".unexpected_index_list")
    ]
    if len(listed) != 1:
        return None
    graph = ValidationGraph(execution_engine=engine)
    graph.build_metric_dependency_graph(metric_configuration=listed[0])
    condition = listed[0].metric_dependencies.get("unexpected_condition")
    return _Plan(engine, tuple(_in_order(condition, {}))) if condition else None


def _bare_rule(expectation: str, kwargs: dict[str, Any]) -> Rule:
    return Rule(
        code="", severity="error", why="", message="", frame="rows", expectation=expectation, kwargs=kwargs, field=None,
        breakdowns=(), derive={}, passes=(), fails=(),
    )  # fmt: skip


def _in_order(metric: Any, seen: dict[Any, Any]) -> list[Any]:
    """A metric after everything that it depends on."""
    for needed in metric.metric_dependencies.values():
        if needed.id not in seen:
            _in_order(needed, seen)
    seen[metric.id] = metric
    return list(seen.values())


def _by_condition(rule: Rule, plan: _Plan, frame: pd.DataFrame) -> list[int]:
    plan.engine.load_batch_data(_BATCH, frame)
    computed: dict[Any, Any] = {}
    try:
        for metric in plan.metrics:
            computed.update(plan.engine.resolve_metrics(metrics_to_resolve=[metric], metrics=computed))
    except Exception as error:
        raise CheckDidNotRun(rule.code, error) from error
    return _where(computed[plan.metrics[-1].id][0])


def _as_documented(rule: Rule, frame: pd.DataFrame) -> list[int]:
    batch = _batch_definition().get_batch({"dataframe": frame.assign(**{_ROW: frame.index})})
    result = batch.validate(_expectation(rule), result_format=_FORMAT)
    faults = [info for info in _flat(result.exception_info or {}) if info["raised_exception"]]
    if faults:
        raise CheckDidNotRun(rule.code, faults[0]["exception_message"])
    return sorted(int(place[_ROW]) for place in result.result.get("unexpected_index_list") or [])


def _flat(info: dict[str, Any]) -> list[dict[str, Any]]:
    """The library gives an exception flat, or one for each of its metrics."""
    return [info] if "raised_exception" in info else list(info.values())


@lru_cache(maxsize=1)
def _batch_definition() -> Any:
    """A whole data frame as the library's batch."""
    asset = quiet_context().data_sources.add_pandas("memory").add_dataframe_asset("tables")
    return asset.add_batch_definition_whole_dataframe(_BATCH)
