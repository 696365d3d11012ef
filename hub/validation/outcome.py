"""What a check takes and gives. Plain values that travel as JSON between a web process and the checker."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hub.findings import Finding


@dataclass(frozen=True)
class Expected:
    """A submission that the sender may answer: one due item."""

    due_item_id: int
    partnership: str  # code
    agency: str  # code
    agency_kind: str
    period: str  # code of the period of collection
    window: str = "open"  # open, not-yet-open, closed: anything but open is an error that says so


@dataclass(frozen=True)
class Scope:
    """What the table may speak about: due items, and the codes of the partnership's own lists.

    `lists` maps a partnership's code to a list's name to {code: title}: areas and members per partnership, with ""
    as the key for code lists that are the same everywhere.
    """

    expected: tuple[Expected, ...]
    lists: dict[str, dict[str, dict[str, str]]]
    today: str  # ISO date of the partnership's clock
    default_partnership: str | None = None
    default_agency: str | None = None


@dataclass(frozen=True)
class Part:
    """The rows of one submission within a checked table: cells as text, and the figures that they make."""

    due_item_id: int
    key: str  # "partnership/agency/period"
    rows: tuple[dict[str, str], ...]  # definition's column names → text, with row_no as text
    cells: tuple[tuple[int, str, str, str, str, int | None, str], ...]
    # each: (row_no, period, breakdown, code, figure, value in the smallest unit or None, state)
    digest: str  # SHA-256 of the canonical rows


@dataclass(frozen=True)
class Outcome:
    """The result of a check: complete, whatever was wrong."""

    return_code: str
    version: int
    rows: int
    parts: tuple[Part, ...]
    findings: tuple[Finding, ...]
    ignored: tuple[tuple[str, int], ...] = ()
    refused: bool = False  # the file could not be read: nothing of it is kept
    table: dict[str, Any] = field(
        default_factory=dict
    )  # headings and cells as read, for the workbook made anew
