"""History rules tried on their own examples: what passes must pass, what fails must be asked about.

For `hub load` and the tests, as hub.definitions.trial is for the other rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hub.definitions.examples import HistoryExample, history_examples
from hub.definitions.frames import Cell
from hub.definitions.history_kinds import INVENTED_FIGURES, INVENTED_TABLES
from hub.definitions.model import TOTAL, Breakdown, Definition, Figure, HistoryRule
from hub.document import Place
from hub.validation.history import by_line
from hub.validation.outcome import OtherSide, Signed
from hub.validation.plausible import KINDS, Look

SIGNER = "Ann Smith"


def misbehaving_history(definition: Definition) -> list[tuple[Place, str]]:
    """Every example of the return's own history rules that does not do what it says, as (place in the file, cause)."""
    own = [rule for rule in definition.history if rule.passes or rule.fails]
    grain = definition.owes[0].grain
    return [fault for example in history_examples(own, grain) for fault in _faults(example, definition)]


def misbehaving_standard(rules: Sequence[HistoryRule]) -> list[tuple[Place, str]]:
    """The same for schemas/history.yaml, on an invented return with two figures and a table."""
    figures = tuple(Figure(name, name, "", "count") for name in INVENTED_FIGURES)
    tables = tuple(Breakdown(name, name, "", INVENTED_FIGURES) for name in INVENTED_TABLES)
    invented = Definition("invented", 1, "draft", "", "", "", False, None, (), tables, figures, ())
    return [fault for example in history_examples(rules, "month") for fault in _faults(example, invented)]


def _faults(example: HistoryExample, definition: Definition) -> list[tuple[Place, str]]:
    code, asked = example.rule.code, fires(example, definition)
    if asked and example.side == "passes":
        return [(example.place, f"{code}: the rule asks about an example that should pass.")]
    if not asked and example.side == "fails":
        return [(example.place, f"{code}: the rule has nothing to ask about an example that should fail.")]
    return []


def fires(example: HistoryExample, definition: Definition) -> bool:
    rule = example.rule
    now = by_line(example.now)
    sides = tuple(
        OtherSide(rule.code, "", period, code, example.beside, "The other side")
        for period, lines in now.items()
        for _breakdown, code in lines
        if example.beside is not None
    )
    look = Look(replace(definition, history=(rule,)), now, _signed(example.before), sides)
    return any(True for _ in KINDS[rule.kind](look, rule))


def _signed(cells: Sequence[Cell]) -> dict[str, Signed]:
    before: dict[str, Signed] = {}
    for _row, period, breakdown, code, figure, value, _state in cells:
        signed = before.setdefault(period, Signed("", period, SIGNER, {}))
        signed.values.setdefault(breakdown or TOTAL, {}).setdefault(code, {})[figure] = value
    return before
