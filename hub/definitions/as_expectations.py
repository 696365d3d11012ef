"""A definition's rules as Great Expectations suites, one for each frame that they read.

The library takes seconds to import, so it is imported inside the function, in the checker and on the command line only.
"""

from __future__ import annotations

import os
import warnings
from types import ModuleType
from typing import Any

from hub.definitions.model import Definition, Rule


def library() -> ModuleType:
    """Great Expectations, imported once: it never calls home and prints no progress bars."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    os.environ["TQDM_DISABLE"] = "1"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it imports modules that Python is about to drop
        import great_expectations

    return great_expectations


def quiet_context() -> Any:
    """A context in memory alone, which prints nothing while it works."""
    context = library().get_context(mode="ephemeral")
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context


def as_expectations(definition: Definition) -> dict[str, Any]:
    """Suites by frame (`rows`, `melted`, `parts`), for the frames of hub.definitions.frames.frames_of.

    Each expectation carries `{"code": rule.code}` in its `meta`, since results do not come in the order of the suite.
    Rules that are written in Python (`named`) are not here.
    """
    suite_class = library().ExpectationSuite
    suites: dict[str, Any] = {}
    for rule in definition.rules:
        if rule.expectation:
            name = f"{definition.code}-v{definition.version}-{rule.frame}"
            suite = suites.setdefault(rule.frame, suite_class(name=name))
            suite.expectations.append(as_expectation(rule))
    return suites


def as_expectation(rule: Rule) -> Any:
    """One rule as an expectation, restricted to its breakdowns. Raises what the library raises when it is told nonsense."""
    expectation = getattr(
        library().expectations, "".join(word.capitalize() for word in rule.expectation.split("_"))
    )
    condition = _only_breakdowns(rule.breakdowns)
    return expectation(
        **rule.kwargs, **condition, severity=_SEVERITY[rule.severity], meta={"code": rule.code}
    )


_SEVERITY = {"error": "critical", "query": "warning"}


def _only_breakdowns(breakdowns: tuple[str, ...]) -> dict[str, Any]:
    if not breakdowns:
        return {}
    library()
    from great_expectations.expectations.row_conditions import Column

    return {"row_condition": Column("breakdown").is_in(list(breakdowns))}
