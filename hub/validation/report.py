"""Findings for people and programs: grouped and counted, as text, as CSV and as JSON. (As a workbook: hub.validation.workbook.)"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hub.exports import safe_row
from hub.findings import Finding, Severity, errors, notes, queries
from hub.validation.outcome import Outcome

MOST_SHOWN = 100
CSV_HEADINGS = ("severity", "sheet", "row", "column", "submission", "value", "message", "code")


@dataclass(frozen=True)
class Group:
    """Findings that say the same. `shown` are those that fit under the limit, `count` is all of them."""

    code: str
    severity: Severity
    shown: tuple[Finding, ...]
    count: int


def grouped(outcome: Outcome, *, most: int = MOST_SHOWN) -> list[Group]:
    """Findings by code, errors before queries before notes, in the order in which each kind first stands; the first `most`, then counts."""
    kinds: dict[tuple[Severity, str], list[Finding]] = {}
    for finding in [*errors(outcome.findings), *queries(outcome.findings), *notes(outcome.findings)]:
        kinds.setdefault((finding.severity, finding.code), []).append(finding)
    groups, left = [], most
    for (severity, code), findings in kinds.items():
        groups.append(Group(code, severity, tuple(findings[:left]), len(findings)))
        left -= min(left, len(findings))
    return groups


def place_of(finding: Finding) -> str:
    """A place as people say it: "sheet Data, row 12, column Referrals made"."""
    where = finding.where
    named = [("sheet", where.sheet), ("row", where.row), ("column", where.column)]
    words = [f"{name} {value}" for name, value in named if value is not None]
    return ", ".join(words) or (where.submission or "the whole file")


def summary(outcome: Outcome) -> str:
    """One sentence: "12 rows: 2 errors, 1 query"."""
    counts = [
        _counted(len(errors(outcome.findings)), "error", "errors"),
        _counted(len(queries(outcome.findings)), "query", "queries"),
    ]
    if outcome.refused:
        return f"Not read: {counts[0]}. Nothing of it was kept."
    return f"{_counted(outcome.rows, 'row', 'rows')}: {counts[0]}, {counts[1]}."


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def as_text(outcome: Outcome) -> str:
    return "\n".join([*_lines(outcome), summary(outcome)])


def _lines(outcome: Outcome) -> Iterator[str]:
    for group in grouped(outcome):
        yield f"{group.severity}: {group.code} ({group.count:,})"
        yield from (f"  {place_of(finding)}: {finding.message}" for finding in group.shown)
        if len(group.shown) < group.count:
            yield f"  … and {group.count - len(group.shown):,} more"
    for what, _ in outcome.ignored:
        yield f"left out: {what}"


def as_csv(outcome: Outcome) -> str:
    """Every finding on a line of its own, safe to open in a spreadsheet."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(CSV_HEADINGS)
    for finding in outcome.findings:
        where = finding.where
        cells = [
            finding.severity,
            where.sheet,
            where.row,
            where.column,
            where.submission,
            finding.value,
            finding.message,
            finding.code,
        ]
        writer.writerow(safe_row(cells))
    return text.getvalue()


def as_json(outcome: Outcome) -> dict[str, Any]:
    """What `hub check --format json` prints and the API answers."""
    return {
        "return": outcome.return_code,
        "version": outcome.version,
        "rows": outcome.rows,
        "errors": len(errors(outcome.findings)),
        "queries": len(queries(outcome.findings)),
        "findings": [finding.as_json() for finding in outcome.findings],
    }
