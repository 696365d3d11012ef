"""What a check takes and gives. Plain values that travel as JSON between a web process and the checker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from hub.findings import Finding

Cell = tuple[int, str, str, str, str, int | None, str]


@dataclass(frozen=True)
class Expected:
    """A submission that the sender may answer: one due item."""

    due_item_id: int
    partnership: str  # code
    agency: str  # code
    agency_kind: str
    period: str  # code of the period of collection
    window: str = "open"  # open, not-yet-open, closed: anything but open is an error that says so
    why: str = ""  # which lock or end shut it, who agreed to it, when it ends and what to do
    waived: tuple[str, ...] = ()  # rules that two persons switched off for the agency

    @property
    def key(self) -> str:
        return f"{self.partnership}/{self.agency}/{self.period}"


@dataclass(frozen=True)
class Signed:
    """What an agency signed before for one period of rows, as it stands now, and who signed it."""

    owner: str  # "partnership/agency"
    period: str
    by: str
    values: dict[
        str, dict[str, dict[str, int | None]]
    ]  # breakdown → line → figure → number, None for no number


@dataclass(frozen=True)
class OtherSide:
    """The figure of the other side of a pair, as it is signed now: what `rule` sets beside the own line `code`."""

    rule: str
    owner: str
    period: str
    code: str
    value: int
    agency: str  # the name of whose figure it is


@dataclass(frozen=True)
class Scope:
    """What the table may speak about: due items, and the codes of the partnership's own lists.

    `lists` maps a partnership's code to a list's name to {code: title}: areas and members per partnership, with ""
    as the key for code lists that are the same everywhere. `said` maps it to a list's name to what a code of the
    partnership's own stands for: {code: {figure: words}}.
    """

    expected: tuple[Expected, ...]
    lists: dict[str, dict[str, dict[str, str]]]
    today: str  # ISO date of the partnership's clock
    default_partnership: str | None = None
    default_agency: str | None = None
    signed: tuple[Signed, ...] = ()  # for the history rules; read by hub.submissions.earlier
    other_sides: tuple[OtherSide, ...] = ()
    meant: int | None = None  # the due item that the sender is filling in, where they said so
    said: dict[str, dict[str, dict[str, dict[str, str]]]] = field(default_factory=dict)

    # A file may hold thousands of submissions: each looks itself up here.
    @cached_property
    def waived_by_key(self) -> dict[str, tuple[str, ...]]:
        return {each.key: each.waived for each in self.expected if each.waived}

    @cached_property
    def signed_by_owner(self) -> dict[str, list[Signed]]:
        found: dict[str, list[Signed]] = {}
        for one in self.signed:
            found.setdefault(one.owner, []).append(one)
        return found

    @cached_property
    def other_sides_by_owner(self) -> dict[str, list[OtherSide]]:
        found: dict[str, list[OtherSide]] = {}
        for one in self.other_sides:
            found.setdefault(one.owner, []).append(one)
        return found

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Scope:
        return cls(
            **{
                **data,
                "expected": tuple(
                    Expected(**{**item, "waived": tuple(item["waived"])}) for item in data["expected"]
                ),
                "signed": tuple(Signed(**item) for item in data.get("signed", ())),
                "other_sides": tuple(OtherSide(**item) for item in data.get("other_sides", ())),
            }
        )


@dataclass(frozen=True)
class Part:
    """The rows of one submission within a checked table: cells as text, and the figures that they make."""

    due_item_id: int
    key: str  # "partnership/agency/period"
    rows: tuple[dict[str, str], ...]  # definition's column names → text, with row_no as text
    cells: tuple[Cell, ...]
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
    mapping: str | None = None  # the name of the mapping that read its columns, if one did
    mapping_version: int = 0
    mapping_digest: str = ""  # of the mapping's text
    # For the workbook made anew: `sheet`, `headings` (definition's name → as written), `columns`, and `unplaced`, the
    # rows (as in Part.rows) that belong to no submission.
    table: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Columns instead of rows: 100,000 rows are half the bytes and a quarter of the time."""
        return {
            **{name: getattr(self, name) for name in (*_PLAIN, "ignored")},
            "parts": [
                {
                    "due_item_id": part.due_item_id,
                    "key": part.key,
                    "digest": part.digest,
                    "rows": _columns(part.rows),
                    "cells": list(zip(*part.cells, strict=True)),
                }
                for part in self.parts
            ],
            "findings": [finding.as_json() for finding in self.findings],
            "table": {**self.table, "unplaced": _columns(self.table.get("unplaced", ()))},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Outcome:
        return cls(
            **{name: data[name] for name in _PLAIN},
            ignored=tuple((what, count) for what, count in data["ignored"]),
            parts=tuple(
                Part(
                    due_item_id=part["due_item_id"],
                    key=part["key"],
                    digest=part["digest"],
                    rows=_rows(part["rows"]),
                    cells=tuple(zip(*part["cells"], strict=True)),
                )
                for part in data["parts"]
            ),
            findings=tuple(Finding.from_json(finding) for finding in data["findings"]),
            table={**data["table"], "unplaced": _rows(data["table"]["unplaced"])},
        )


_PLAIN = ("return_code", "version", "rows", "refused", "mapping", "mapping_version", "mapping_digest")


def _columns(rows: tuple[dict[str, str], ...]) -> dict[str, list[str]]:
    return {name: [row[name] for row in rows] for name in rows[0]} if rows else {}


def _rows(columns: Mapping[str, list[str]]) -> tuple[dict[str, str], ...]:
    names = list(columns)
    return tuple(dict(zip(names, values, strict=True)) for values in zip(*columns.values(), strict=True))
