"""Whether a table is of the submission that its sender is filling in, told before any row is complained of.

A template that was made for another agency or period is named, so that nobody mends row by row a file that is another one.
"""

from __future__ import annotations

import pandas as pd

from hub import periods
from hub.definitions.template_mark import Mark
from hub.findings import Finding, Where
from hub.intake.table import Table
from hub.validation.outcome import Expected, Scope
from hub.validation.wording import offers, say


def not_meant(table: Table, rows: pd.DataFrame, scope: Scope) -> Finding | None:
    """Why none of the table can be kept, where it is of another submission. `rows` as hub.validation.cells.Cells has them."""
    placed = set(rows["due_item_id"])
    meant = next((each for each in scope.expected if each.due_item_id == scope.meant), None)
    mark = table.template
    if meant is not None:
        whose = "" if meant.due_item_id in placed else _whose(mark, placed, scope, meant)
        is_template = mark is not None and mark.whose == whose
        code = "template-of-other-submission" if is_template else "rows-of-other-submission"
        return Finding(code, "error", say(code, whose=whose, meant=_named(meant))) if whose else None
    if mark is None or placed != {-1} or mark.agency in {each.agency for each in scope.expected}:
        return None
    agencies = list(dict.fromkeys(each.agency for each in scope.expected))
    message = say("template-of-other-agency", whose=mark.whose, offer=offers(agencies))
    return Finding("template-of-other-agency", "error", message)


def _whose(mark: Mark | None, placed: set[int], scope: Scope, meant: Expected) -> str:
    """Of what the table is instead: as it says itself, or as its rows were placed. Rows of nobody's are complained of one by one."""
    if mark and (mark.agency, mark.period.code) != (meant.agency, meant.period):
        return mark.whose
    other = next((each for each in scope.expected if each.due_item_id in placed), None)
    return f"{_named(other)} ({other.partnership})" if other else ""


def relabelled(table: Table, rows: pd.DataFrame, scope: Scope) -> Finding | None:
    """A question where a template's rows were given to another agency or period than it was made for."""
    mark, placed = table.template, set(rows["due_item_id"])
    spoken = [each for each in scope.expected if each.due_item_id in placed]
    if mark is None or not spoken:
        return None
    if any((each.agency, each.period) == (mark.agency, mark.period.code) for each in spoken):
        return None
    if any(
        each.agency == mark.agency and mark.period.contains(periods.parse(each.period)) for each in spoken
    ):
        return None
    message = say("template-relabelled", whose=mark.whose, meant=_named(spoken[0]))
    return Finding("template-relabelled", "query", message, Where(table.sheet))


def _named(expected: Expected) -> str:
    return f"{expected.agency} for {periods.parse(expected.period).name}"
