"""A check from beginning to end: what was received is read, its cells are typed, its table is judged. Pure, no database.

The same content gives the same figures, findings and digests through every channel; only the places differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from hub import periods
from hub.definitions import canonical, mapping_model
from hub.definitions.mapping_model import ColumnMapping
from hub.definitions.model import Definition
from hub.findings import Finding, Where, errors, in_reading_order, notes, queries
from hub.intake.any_columns import read_any
from hub.intake.assemble import OPTIONAL
from hub.intake.mapping import read_mapped
from hub.intake.sample import sample_of
from hub.intake.table import Received, Refused, Table
from hub.units import to_text
from hub.validation.cells import BLANK_CODE, Cells, read_cells
from hub.validation.history import implausible
from hub.validation.lines import codes_of
from hub.validation.meant import not_meant, relabelled
from hub.validation.outcome import Outcome, Scope
from hub.validation.parts import parts_of, texts_of
from hub.validation.tables import Broken, judge


def check(
    received: Received,
    definition: Definition,
    scope: Scope,
    *,
    mapping: ColumnMapping | None = None,
    offered: Sequence[ColumnMapping] = (),
) -> Outcome:
    """Everything that is wrong with what was received, and the figures of each submission in it.

    `mapping` says how its columns are read; without one, those `offered` are tried where they are not the return's own.
    Errors: CheckDidNotRun where a rule could not be evaluated. Bad data never raises.
    """
    optional = OPTIONAL | {"agency"} if scope.default_agency else OPTIONAL
    by = mapping
    try:
        if mapping is None:
            table, by = read_any(received, definition, optional=optional, offered=offered)
        else:
            table = read_mapped(received, mapping, definition)
    except Refused as refused:
        return refusal(refused, definition)
    outcome = check_table(table, definition, scope)
    if by is None:
        return outcome
    digest = canonical.digest_of(mapping_model.as_json(by))
    return replace(outcome, mapping=by.code, mapping_version=by.version, mapping_digest=digest)


def sampled(received: Received, definition: Definition, *, headings_row: int = 0) -> dict[str, Any]:
    """What a mapping can be made from, or the findings for which the file is `refused`."""
    try:
        return sample_of(received, definition, headings_row=headings_row).as_json()
    except Refused as refused:
        return {"refused": [finding.as_json() for finding in in_reading_order(refused.findings)]}


def refusal(refused: Refused, definition: Definition) -> Outcome:
    """The outcome of something that could not be read: nothing of it is kept."""
    findings = tuple(in_reading_order(refused.findings))
    return Outcome(definition.code, definition.version, rows=0, parts=(), findings=findings, refused=True)


def check_table(table: Table, definition: Definition, scope: Scope) -> Outcome:
    """The same for a table that was read already, for example through a mapping."""
    cells = read_cells(table, definition, scope)
    stranger = not_meant(table, cells.rows, scope)
    if stranger:
        return refusal(Refused(stranger), definition)
    asked_of_all = relabelled(table, cells.rows, scope)
    broken = judge(definition, cells.figures)
    seen = _not_again(table.findings, cells)
    mapped = bool(table.line_headings)
    read = _without(cells.findings, seen, mapped=mapped)
    of_rules = _without(_of_rules(broken, table, definition, scope), [*seen, *read], mapped=mapped)
    findings = [*seen, *read, *of_rules, *([asked_of_all] if asked_of_all else [])]
    parts = parts_of(cells, definition)
    asked = implausible(definition, parts, scope, table)
    homeless = cells.rows.loc[cells.rows["due_item_id"] < 0]
    return Outcome(
        return_code=definition.code,
        version=definition.version,
        rows=len(table.frame),
        parts=parts,
        findings=tuple(
            _with_history(_ordered(_not_waived(findings, scope)), asked, definition, mapped=mapped)
        ),
        ignored=tuple((ignored.what, ignored.count) for ignored in table.ignored),
        table={
            "sheet": table.sheet,
            "headings": dict(table.headings),
            "unplaced": tuple(texts_of(homeless, definition)),
        },
    )


def _ordered(findings: Iterable[Finding]) -> list[Finding]:
    """In reading order; counts of what is not listed stand last among the errors, or among the queries."""
    return sorted(in_reading_order(findings), key=lambda one: (one.severity, one.code == "more-like-this"))


def _with_history(
    ordered: list[Finding], asked: list[Finding], definition: Definition, *, mapped: bool
) -> Iterator[Finding]:
    """Errors, then what history asks, the worst first, then other queries, then notes.

    A figure with an error is not asked about, and a blank that history asks about is not asked about twice.
    """
    wrong = {_cell(one, mapped=mapped) for one in errors(ordered) if one.where.field}
    asked = [one for one in asked if _cell(one, mapped=mapped) not in wrong]
    blanks = {rule.code for rule in definition.history if rule.kind == "blank"}
    again = {_cell(one, mapped=mapped) for one in asked if one.code in blanks}
    yield from [*errors(ordered), *errors(asked), *queries(asked)]
    for one in queries(ordered):
        if one.code != BLANK_CODE or _cell(one, mapped=mapped) not in again:
            yield one
    yield from notes(asked)


def _without(findings: Iterable[Finding], earlier: Iterable[Finding], *, mapped: bool) -> list[Finding]:
    """What is still worth saying: a cell that was complained of while it was read is not complained of again."""
    said = {_cell(one, mapped=mapped) for one in earlier if one.where.row is not None and one.where.field}
    return [one for one in findings if _cell(one, mapped=mapped) not in said]


def _cell(finding: Finding, *, mapped: bool) -> tuple[int | None, str | None, str | None]:
    """A row of a mapped file can hold a figure in several columns; elsewhere the figure says the column."""
    return finding.where.row, finding.where.field, finding.where.column if mapped else None


def _not_again(findings: Iterable[Finding], cells: Cells) -> list[Finding]:
    """What reading the file told, but for a spreadsheet's error cells that were judged as text, as in every channel."""
    told = {(one.where.row, one.where.field) for one in cells.findings if one.where.field}
    return [
        one for one in findings if one.code != "error-cell" or (one.where.row, one.where.field) not in told
    ]


def _not_waived(findings: Iterable[Finding], scope: Scope) -> list[Finding]:
    """Without what two persons agreed not to ask of an agency for a while."""
    waived = {(each.key, rule) for each in scope.expected for rule in each.waived}
    return [one for one in findings if (one.where.submission, one.code) not in waived]


def _of_rules(broken: list[Broken], table: Table, definition: Definition, scope: Scope) -> Iterator[Finding]:
    for one in broken:
        for row in one.rows.to_dict("records"):
            yield _finding(one, {str(name): value for name, value in row.items()}, table, definition, scope)


def _finding(one: Broken, row: dict[str, Any], table: Table, definition: Definition, scope: Scope) -> Finding:
    rule = one.rule
    field: str | None = rule.field or row.get("figure")
    facts = {name: _worded(name, value, row, definition) for name, value in row.items()}
    if rule.frame == "within":
        facts["code"] = _line_title(row, definition, scope)
    where = Where(
        sheet=table.sheet,
        row=int(row["row_no"]) if row["row_no"] >= 0 else None,
        column=table.heading(field, row.get("breakdown", ""), row.get("code", "")) if field else None,
        field=field,
        submission=row["submission"],
    )
    shown = row.get({"rows": field or "", "melted": "value", "parts": "total", "within": "total"}[rule.frame])
    value = str(int(shown)) if isinstance(shown, float) and shown == shown else None
    return Finding(rule.code, rule.severity, rule.message.format(**facts), where, value)


def _line_title(row: dict[str, Any], definition: Definition, scope: Scope) -> str:
    """The name of the line in which others lie."""
    other = definition.breakdown(definition.breakdown(row["breakdown"]).within)
    partnership = str(row["submission"]).partition("/")[0]
    code: str = row["code"]
    return codes_of(definition, other, scope, partnership).get(code, code)


def _worded(name: str, value: Any, row: dict[str, Any], definition: Definition) -> str:
    """A column of a frame as a sentence says it: titles for names, numbers in their unit, periods by name."""
    if name == "figure":
        return definition.figure(value).title
    if name == "breakdown":
        return definition.breakdown(value).title
    if name == "period":
        return periods.parse(value).name
    if not isinstance(value, float):
        return str(value)
    if value != value:
        return "an unknown number"
    figures = {figure.name: figure.unit for figure in definition.figures}
    unit = figures.get(name) or (figures[row["figure"]] if name in _IN_UNIT_OF_FIGURE else "count")
    return to_text(int(value), unit) if value.is_integer() or unit != "count" else f"{value:.1f}"


_IN_UNIT_OF_FIGURE = {"value", "total", "parts", "difference"}
