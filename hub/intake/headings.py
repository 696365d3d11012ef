"""Which row holds the headings, and which of the definition's columns each heading means.

Headings are matched by name or title, whatever the capitals, spaces, hyphens and underscores. The row may follow a
title, notes or the hub's own version line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.definitions.model import KEY_COLUMNS, Definition
from hub.intake.marks import is_own_column

SEARCHED_ROWS = 30  # a title and notes take fewer


@dataclass(frozen=True)
class Headings:
    """`at` is the row's index in the grid; `columns` the index of each known column; the rest was not understood."""

    at: int
    columns: Mapping[str, int]
    written: Mapping[str, str]
    repeated: tuple[str, ...] = ()
    unknown: tuple[int, ...] = ()
    own: tuple[int, ...] = ()  # columns that the hub put there for people


def plain(heading: str) -> str:
    """The form in which headings are compared: `Referrals  Made ` and `referrals-made` are `referrals_made`."""
    return re.sub(r"[\W_]+", "_", unicodedata.normalize("NFKC", heading).casefold()).strip("_")


def known_headings(definition: Definition) -> dict[str, str]:
    """Comparable heading → the definition's name. Names win over titles."""
    known = {plain(figure.title): figure.name for figure in reversed(definition.figures)}
    known |= {plain(figure.name): figure.name for figure in definition.figures}
    return known | {name: name for name in KEY_COLUMNS}


def score(row: Sequence[str], known: Mapping[str, str]) -> int:
    """How many different columns the row could be heading."""
    return len({known[heading] for heading in map(plain, row) if heading in known})


def find_headings(rows: Sequence[Sequence[str]], known: Mapping[str, str]) -> Headings | None:
    """The first of the rows that names most columns, or None where no row names two."""
    scores = [score(row, known) for row in rows[:SEARCHED_ROWS]]
    best = max(scores, default=0)
    if best < min(2, len(set(known.values()))):
        return None
    at = scores.index(best)
    return _matched(at, rows[at], known)


def _matched(at: int, row: Sequence[str], known: Mapping[str, str]) -> Headings:
    columns: dict[str, int] = {}
    repeated: list[str] = []
    unknown: list[int] = []
    own: list[int] = []
    for index, heading in enumerate(row):
        name = known.get(plain(heading))
        if name is None:
            (own if is_own_column(plain(heading), known) else unknown).append(index)
        elif name in columns:
            repeated.append(name)
        else:
            columns[name] = index
    written = {name: row[index] for name, index in columns.items()}
    return Headings(at, columns, written, tuple(repeated), tuple(unknown), tuple(own))
