"""What an import of history is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.definitions.mapping_model import ColumnMapping
from hub.definitions.model import Definition
from hub.errors import HubError
from hub.findings import Finding, errors, in_reading_order, queries
from hub.intake.table import Received


class NotImported(HubError):
    """The file has errors, or queries that nothing explains: nothing was written."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(in_reading_order(findings))
        wrong, asked = len(errors(findings)), len(queries(findings))
        counted = f"{wrong} errors" if wrong else f"{asked} queries without an explanation"
        super().__init__(f"Nothing was imported: the file has {counted}.")


@dataclass(frozen=True)
class Imported:
    """What was written, and the rows of the file that were not, by reason."""

    revisions: int
    facts: int
    periods: int
    agencies: int
    left_out: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        return {
            "revisions": self.revisions,
            "facts": self.facts,
            "periods": self.periods,
            "agencies": self.agencies,
            "left_out": dict(self.left_out),
        }


@dataclass(frozen=True, kw_only=True)
class Order:
    """What the operator asks for. `partnership` narrows published rows to one, and places an agency's own history."""

    received: Received
    definition: Definition
    prepared_by: str
    signed_by: str
    mapping: ColumnMapping | None = None
    partnership: str | None = None


@dataclass(frozen=True)
class Hands:
    """The two persons, by id."""

    prepared_by: int
    signed_by: int
