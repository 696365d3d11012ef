"""A mapping: how a table with somebody else's columns becomes rows of a return, as data.

A mapping says which column holds what, which symbol means which state, and which rows are left out and why. It serves
national tables and an agency whose own system exports its own column names alike, whether its file is wide (a column for
each line, or for each month) or long (a row for each). Applying one to a file is hub.intake.mapping.
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
    """The period of a row stands in `column`, is always `code`, or, with none of these, is said by whoever sends the file.

    `across` gives a name to the cells of a table that has a column for each period: every column whose heading is a
    period is read, and a line takes its figure from that name as from a column. `year` says what a bare 2014 means:
    the year that ends then, or the one that starts then.
    """

    column: str | None = None
    code: str | None = None
    kind: Kind = "month"
    year: Literal["ends", "starts"] = "ends"
    across: str | None = None
    asked: bool = False


@dataclass(frozen=True)
class LeaveOut:
    where: Conditions
    reason: str


@dataclass(frozen=True)
class LineFrom:
    """One row of the return made of each row of the table to which `where` applies: figure → the column that holds it.

    Where a column holds the codes, `total` in it stands for the total itself.
    """

    breakdown: str
    code: str
    code_column: str | None
    figures: Mapping[str, str]
    where: Conditions = field(default_factory=dict)


@dataclass(frozen=True)
class ColumnMapping:
    """A complete mapping. `values` translates what stands in a column, `symbols` what stands in place of a figure.

    `add_up` says that rows and columns which come to the same line of the return are added to one another.
    """

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
    add_up: bool = False

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
        for line in self.rows:
            named += [*line.where, line.code_column, *line.figures.values()]
        return tuple(dict.fromkeys(each for each in named if each not in (None, self.period.across)))


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
            "rows": tuple(
                LineFrom(**{**each, "where": _conditions(each.get("where", {}))}) for each in data["rows"]
            ),
        }
    )


def _placed(data: dict[str, Any]) -> Placed:
    return Placed(data["column"], data["code"], _conditions(data["where"]))


def _conditions(where: dict[str, list[str]]) -> Conditions:
    return {column: tuple(texts) for column, texts in where.items()}
