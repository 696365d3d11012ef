"""One gate: whoever reads figures for a page, file, pack or answer asks it, or stands in this list with the reason.

Read off the source: a module that takes a reader of exact figures into a room from which figures leave must take the gate too.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import hub

HUB = Path(hub.__file__).parent
LEAVES = ("agreements", "api", "board", "cli", "comparison", "meetings", "post", "web")
READERS = {
    "hub.facts.queries": {"cells_as_at", "counts_as_at", "ever_signed", "facts_as_at"},
    "hub.facts.registers": {"register_rows_as_at"},
    "hub.facts.models": {"AreaNow", "Fact"},
    "hub.measures.compute": {"Reading", "measure"},
    "hub.measures.lower": {"lower_than_expected"},
    "hub.measures.signers": {"standing"},
    "hub.measures.steps": {"standings_of"},
    "hub.measures.years": {"year_of"},
    "hub.comparison.matrix": {"compared"},
    "hub.comparison.mirror": {"mirror"},
    "hub.comparison.by_area": {"by_area"},
}
GATES = {
    "hub.measures.protect": {"protect"},
    "hub.measures.audience": {"protected"},
    "hub.board.drill": {"withheld_from"},
    "hub.board.view": {"narrowed"},
    "hub.board.panel": {"panel"},
    "hub.board.overview": {"board"},
    "hub.comparison.matrix": {"may_see", "shown"},
}
# Modules that read exact figures and need no gate of their own.
BESIDE = {
    "hub.agreements.money_outside": "contracts of schools: their prices, no children; board.outside says who reads a price",
    "hub.agreements.money_signed": "money, which its permission protects",
    "hub.agreements.papers": "verdicts are worked out on exact figures",
    "hub.api.routes.facts": "an agency's key reads what the agency itself signed",
    "hub.board.coming_in": "asks its reading who owes what, and no figure",
    "hub.board.drill": "leaves out each school's figure itself: what it shows are single signed figures, and no series",
    "hub.board.group_list": "hands what it reads with to board.changed, which asks the gate",
    "hub.board.lower": "leaves out each school's line itself: what it shows are tests, and no series",
    "hub.board.table_builder.build": "is given the gate of its reader",
    "hub.comparison.by_area": "both sides of a flow; its page asks matrix.may_see",
    "hub.comparison.matters": "both sides of a matter read both totals exactly",
    "hub.comparison.mirror": "both sides of a flow; its page asks matrix.may_see",
    "hub.comparison.sides": "both sides of a flow, for matrix.shown",
    "hub.web.present_rows": "rows of a register about contracts and standards, and no children",
}


def test_whoever_reads_figures_for_others_asks_the_gate() -> None:
    ungated = {}
    for file in sorted(each for room in LEAVES for each in (HUB / room).rglob("*.py")):
        taken = _taken(file)
        readers = _named(taken, READERS)
        if readers and not _named(taken, GATES):
            ungated[".".join(file.relative_to(HUB.parent).with_suffix("").parts)] = readers
    new = {name: sorted(readers) for name, readers in ungated.items() if name not in BESIDE}
    assert not new, f"figures leave past the gate, or their reason is missing here: {new}"
    assert not BESIDE.keys() - ungated.keys(), "no longer needed here"


def _taken(file: Path) -> dict[str, set[str]]:
    """Module → the names that a file takes from it, wherever in the file."""
    found: dict[str, set[str]] = defaultdict(set)
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for each in node.names:
                found[node.module].add(each.name)
                found[f"{node.module}.{each.name}"].add(
                    "*"
                )  # a whole module, of which anything may be called
    return found


def _named(taken: dict[str, set[str]], wanted: dict[str, set[str]]) -> set[str]:
    return {
        f"{module}.{name}"
        for module, names in wanted.items()
        for name in (names if "*" in taken.get(module, ()) else names & taken.get(module, set()))
    }
