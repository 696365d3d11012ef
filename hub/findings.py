"""What a rule says about a place in the data.

The same words serve page, workbook, CSV and API, so a message says what is wrong, then what to do,
in plain text. Finding codes are kebab-case and never reused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

# A note says something and asks nothing.
Severity = Literal["error", "query", "note"]


@dataclass(frozen=True)
class Where:
    """A place that the person can go to: sheet and row as in their file, column by its heading, field by its name."""

    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    field: str | None = None
    submission: str | None = None  # "partnership/agency/period", where a file holds several


@dataclass(frozen=True)
class Finding:
    """One complaint. `value` is what stood there (never a suspected identifier of a person)."""

    code: str
    severity: Severity
    message: str
    where: Where = Where()
    value: str | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Finding:
        return cls(data["code"], data["severity"], data["message"], Where(**data["where"]), data.get("value"))


_ORDER: dict[Severity, int] = {"error": 0, "query": 1, "note": 2}


def errors(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == "error"]


def queries(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == "query"]


def notes(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == "note"]


def in_reading_order(findings: Iterable[Finding]) -> list[Finding]:
    """Errors before queries before notes, then by submission, row and column."""
    return sorted(
        findings,
        key=lambda f: (
            _ORDER[f.severity],
            f.where.submission or "",
            f.where.row or 0,
            f.where.column or "",
            f.code,
        ),
    )
