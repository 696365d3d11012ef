"""What is given back of a file from which somebody makes a mapping. Light: web processes hold it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from hub.findings import Finding


@dataclass(frozen=True)
class Sample:
    """`rows` are the first ones of the file, those above the headings too; `values` the texts of each column below them."""

    rows: tuple[tuple[str, ...], ...]
    headings_at: int  # the index of the row of headings
    below: int  # rows below the headings that hold anything
    values: tuple[tuple[str, ...], ...]
    more_values: tuple[int, ...]  # of each column, how many texts are not among them
    asked: tuple[Finding, ...] = ()  # what may point to a person

    @property
    def headings(self) -> tuple[str, ...]:
        return self.rows[self.headings_at]

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "asked": [finding.as_json() for finding in self.asked]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Sample:
        return cls(
            rows=tuple(map(tuple, data["rows"])),
            headings_at=data["headings_at"],
            below=data["below"],
            values=tuple(map(tuple, data["values"])),
            more_values=tuple(data["more_values"]),
            asked=tuple(Finding.from_json(each) for each in data["asked"]),
        )
