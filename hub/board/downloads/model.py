"""A table to take away, before it becomes a file: its rows, what each column means, what must be said beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from hub.clock import london_date

Datatype = Literal["string", "integer", "number", "date", "dateTime"]  # as CSV on the Web names them
Cells = tuple[Any, ...]

ILLUSTRATIVE = "Illustrative: invented figures"


@dataclass(frozen=True)
class Column:
    """One column: `about` says what stands in it, `answers` which codes may stand there and what they mean."""

    name: str
    title: str
    datatype: Datatype
    about: str
    answers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Download:
    """A table to take away. `laid_out` gives the same as a page lays it out, where one does: a workbook alone asks for it."""

    stem: str  # of the file's name: what, which periods, as at when
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Cells, ...]
    notes: tuple[tuple[str, str], ...]
    place: str
    as_at: datetime
    address: str  # shows the same figures again
    terms: str  # the address of what may be done with them
    first: date | None = None
    last: date | None = None
    laid_out: Callable[[], Sequence[Sequence[Any]]] | None = None


def stem(*parts: str, as_at: datetime) -> str:
    """A file's name without its ending: what it holds, of which periods, as at which day."""
    return "_".join([*(part for part in parts if part), f"as-at-{london_date(as_at).isoformat()}"])
