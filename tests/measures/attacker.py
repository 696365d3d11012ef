"""One reader who fetches what they may of the example, adds it all up, and solves for what they may not see.

Each number that a page, file or answer shows is an equation over true counts that nobody is shown one by one; the auditor
works out how closely those are known from everything together. Nothing but what was fetched enters an equation; the true
counts only say afterwards which cells are small, and that the equations were read rightly.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hub.statistics.disclosure.audit import Audit, audit
from hub.statistics.disclosure.model import Cell, Equation, Profile, Published, knowing
from tests.clients import Browser
from tests.example_world import CODE

PROFILE = Profile("partnership")


@dataclass
class Notes:
    """What a reader has put together: numbers of their own, and sums."""

    ranges: dict[Cell, tuple[int, int | None]] = field(default_factory=dict)
    sums: dict[Equation, None] = field(default_factory=dict)
    truth: dict[Cell, int] = field(default_factory=dict)

    def adds_up(self, total: Cell, number: int, parts: Mapping[Cell, int]) -> None:
        """These parts, which nobody showed, come to a number; `parts` with their true counts."""
        assert number == sum(parts.values()), f"{total} was told as {number} and is {sum(parts.values())}"
        self.ranges[total] = (number, number)
        for part, count in parts.items():
            self.ranges.setdefault(part, (0, None))
            self.truth[part] = count
        self.sums[Equation(total, tuple(sorted(parts)))] = None

    def shown(self, cell: Cell, number: int) -> None:
        self.ranges[cell] = (number, number)

    def solved(self, *, own: Iterable[Cell] = ()) -> Audit:
        """How closely every cell is known that holds one to four children, to a reader who knows some by themselves."""
        known = {cell: self.truth[cell] for cell in own}
        small = {cell for cell, count in self.truth.items() if 0 < count < PROFILE.threshold} - known.keys()
        published = Published(self.ranges, tuple(self.sums))
        return audit(knowing(published, known), small, profile=PROFILE)


Row = tuple[str, str]  # period, line


def numbers(reader: Browser, measure: str, **asked: str) -> dict[Row, int]:
    """(period, line) → the count above the line, as the downloaded file tells it; nothing where it is withheld."""
    answer = reader.get(f"/partnerships/{CODE}/measures/{measure}/download.csv", query_string=asked)
    assert answer.status_code == 200, answer.status
    by = asked.get("by", "")
    return {
        (row["period"], row[by] if by else ""): int(row["numerator"])
        for row in csv.DictReader(io.StringIO(answer.text))
        if row["numerator"]
    }
