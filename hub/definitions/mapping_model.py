"""A mapping: how a table with somebody else's columns becomes rows of a return, as data.

A mapping says which column holds what, which symbol means which state, and which rows are left out and why. It serves
national tables and an agency whose own system exports its own column names alike. Applying one to a file is
hub.intake.mapping.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from hub.definitions import canonical
from hub.periods import Kind

MISSING = "missing"  # a symbol that means the same as a blank cell

Conditions = Mapping[str, tuple[str, ...]]  # column → the texts of which one must stand there; all must hold


@dataclass(frozen=True)
class Placed:
    """A code for the rows to which `where` applies: what stands in `column`, or always `code`."""

    column: str | None = None
    code: str | None = None
    where: Conditions = field(default_factory=dict)


@dataclass(frozen=True)
class PeriodFrom:
    """`year` says what a bare 2014 means: the year that ends then, or the one that starts then."""

    column: str | None = None
    code: str | None = None
    kind: Kind = "month"
    year: Literal["ends", "starts"] = "ends"


@dataclass(frozen=True)
class LeaveOut:
    where: Conditions
    reason: str


@dataclass(frozen=True)
class LineFrom:
    """One row of the return made of each row of the table: figure → the column that holds it."""

    breakdown: str
    code: str
    code_column: str | None
    figures: Mapping[str, str]


@dataclass(frozen=True)
class ColumnMapping:
    """A complete mapping. `values` translates what stands in a column, `symbols` what stands in place of a figure."""

    code: str
    version: int
    title: str
    return_code: str
    about: str
    explanation: str
    partnership: tuple[Placed, ...]
    agency: tuple[Placed, ...]
    period: PeriodFrom
    values: Mapping[str, Mapping[str, str]]
    symbols: Mapping[str, str]
    leave_out: tuple[LeaveOut, ...]
    rows: tuple[LineFrom, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the mapping reads, each once."""
        named: list[str | None] = [
            column
            for placed in (*self.partnership, *self.agency)
            for column in (*placed.where, placed.column)
        ]
        named.append(self.period.column)
        named += [column for rule in self.leave_out for column in rule.where]
        named += [column for line in self.rows for column in (line.code_column, *line.figures.values())]
        return tuple(dict.fromkeys(column for column in named if column is not None))


def as_json(mapping: ColumnMapping) -> str:
    """Canonical JSON, as the database keeps it."""
    return canonical.canonical(asdict(mapping))


def from_json(document: str) -> ColumnMapping:
    return mapping_of(json.loads(document))


def mapping_of(data: dict[str, Any]) -> ColumnMapping:
    return ColumnMapping(
        **{
            **data,
            "partnership": tuple(_placed(each) for each in data["partnership"]),
            "agency": tuple(_placed(each) for each in data["agency"]),
            "period": PeriodFrom(**data["period"]),
            "leave_out": tuple(
                LeaveOut(_conditions(each["where"]), each["reason"]) for each in data["leave_out"]
            ),
            "rows": tuple(LineFrom(**each) for each in data["rows"]),
        }
    )


def _placed(data: dict[str, Any]) -> Placed:
    return Placed(data["column"], data["code"], _conditions(data["where"]))


def _conditions(where: dict[str, list[str]]) -> Conditions:
    return {column: tuple(texts) for column, texts in where.items()}
