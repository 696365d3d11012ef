"""Is it plausible beside what was signed before? The definition's history rules over the submissions of a table. Pure.

Run inside the check, so that form, file, API, sign-off and command line ask the same. Each submission is judged by itself
and the ledger alone, never by another submission of the same file, so that signing it later asks nothing new. At most
five things are asked of a submission, the worst first; whatever else was noticed is a note.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from hub.definitions.model import TOTAL, Definition
from hub.findings import Finding, Where
from hub.intake.table import Table
from hub.units import to_text
from hub.validation.outcome import Cell, Part, Scope
from hub.validation.plausible import KINDS, Entry, Line, Look, Noticed

MOST_ASKED = 5


def implausible(definition: Definition, parts: Iterable[Part], scope: Scope, table: Table) -> list[Finding]:
    """What history asks of each submission, the worst first."""
    if not definition.history:
        return []
    findings = []
    for part in parts:
        look = beside(definition, scope, part.key, by_line(part.cells))
        for place, noticed in enumerate(worst_first(look)):
            findings.append(_finding(noticed, part.key, definition, scope, table, asked=place < MOST_ASKED))
    return findings


def beside(
    definition: Definition, scope: Scope, key: str, now: Mapping[str, Mapping[Line, Mapping[str, Entry]]]
) -> Look:
    """A submission's cells beside what was signed before; rules that are waived for it are left out."""
    owner, waived = key.rpartition("/")[0], scope.waived_by_key.get(key, ())
    in_force = tuple(rule for rule in definition.history if rule.code not in waived)
    return Look(
        replace(definition, history=in_force) if waived else definition,
        now,
        {one.period: one for one in scope.signed_by_owner.get(owner, ())},
        tuple(scope.other_sides_by_owner.get(owner, ())),
    )


def by_line(cells: Iterable[Cell]) -> dict[str, dict[Line, dict[str, Entry]]]:
    """Cells by period, line and figure."""
    now: dict[str, dict[Line, dict[str, Entry]]] = {}
    for row_no, period, breakdown, code, figure, value, state in cells:
        lines = now.setdefault(period, {}).setdefault((breakdown, code), {})
        lines[figure] = Entry(row_no, value, state)
    return now


def worst_first(look: Look) -> list[Noticed]:
    """Everything that the rules notice: of each cell the one thing that stands out most, the worst first."""
    found: dict[tuple[str, Line, str], Noticed] = {}
    for rule in look.definition.history:
        for noticed in KINDS[rule.kind](look, rule):
            place = (noticed.period.code, noticed.line, noticed.figure or rule.code)
            if place not in found or noticed.weight > found[place].weight:
                found[place] = noticed
    return sorted(found.values(), key=lambda one: (-one.weight, one.period, one.row_no, one.figure))


def _finding(
    noticed: Noticed, key: str, definition: Definition, scope: Scope, table: Table, *, asked: bool
) -> Finding:
    rule, field = noticed.rule, noticed.figure or None
    where = Where(
        sheet=table.sheet,
        row=noticed.row_no,
        column=table.heading(field, *noticed.line) if field else None,
        field=field,
        submission=key,
    )
    value = None if noticed.value is None else str(noticed.value)
    severity = rule.severity if asked or rule.severity == "error" else "note"
    return Finding(rule.code, severity, in_words(noticed, key, definition, scope), where, value)


def in_words(noticed: Noticed, key: str, definition: Definition, scope: Scope) -> str:
    """The question as its rule words it."""
    return _message(noticed, definition, _place(noticed.line, key.partition("/")[0], definition, scope))


def _place(line: Line, partnership: str, definition: Definition, scope: Scope) -> str:
    """The title of a line; nothing for the total."""
    breakdown, code = line
    if breakdown == TOTAL:
        return ""
    name = definition.breakdown(breakdown).list
    titles = {**scope.lists.get("", {}).get(name, {}), **scope.lists.get(partnership, {}).get(name, {})}
    return titles.get(code, code)


def _message(noticed: Noticed, definition: Definition, place: str) -> str:
    figure = definition.figure(noticed.figure) if noticed.figure else None
    title = figure.title if figure else ""
    return noticed.rule.message.format(
        figure=f"{title} ({place})" if place else title,
        place=place,
        period=noticed.period.name,
        value=to_text(noticed.value, figure.unit) if figure and noticed.value is not None else "",
        compared=noticed.compared,
        **noticed.words,
    )
