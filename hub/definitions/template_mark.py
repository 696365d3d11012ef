"""By what a template is known again: which return and version, for whom and when it was made.

A workbook says it in the line above its headings, a CSV in its last column, in words that people read as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from hub import periods
from hub.definitions.model import Definition
from hub.errors import WrongUsage
from hub.periods import Period

TEMPLATE_COLUMN = "template"
SIGNED_FOR = (
    "Signed for"  # heads a column of what was signed before: shown beside the empty cells, never read
)

_WORDS = re.compile(
    r"\b([a-z][a-z0-9-]*) version ([0-9]{1,4})\W{1,5}agency (\S{1,20})\W{1,5}[^()]{1,60} \(([0-9A-Z-]{4,12})\)"
)


@dataclass(frozen=True)
class Mark:
    return_code: str
    version: int
    agency: str  # code
    period: Period

    @property
    def whose(self) -> str:
        return f"{self.agency} for {self.period.name}"


def in_words(definition: Definition, agency_code: str, period: Period) -> str:
    """ "referrals version 1 · agency RYW · April 2015 (2015-04)" """
    return f"{definition.code} version {definition.version} · agency {agency_code} · {period.name} ({period.code})"


def mark_in(texts: Iterable[str]) -> Mark | None:
    """The first mark that stands in one of the texts."""
    for text in texts:
        found = _WORDS.search(text)
        if found:
            try:
                return Mark(found[1], int(found[2]), found[3], periods.parse(found[4]))
            except WrongUsage:
                continue
    return None


def signed_for(period: str, heading: str) -> str:
    """What heads the column beside another one: “Signed for March 2015: Referrals made”."""
    return f"{SIGNED_FOR} {period}: {heading}"
