"""Cells as they stood, before any of them is understood: what each channel makes of its bytes.

A grid knows rows and columns by number only. Which row holds the headings, and what a heading means, is settled in
`headings` and `assemble`, the same way for every channel.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

import pandas as pd

from hub.findings import Finding, Where
from hub.intake.table import Channel, Ignored

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_ODD_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")


@dataclass(frozen=True)
class Text:
    """Words outside the cells (a comment, a sheet's name, a property): searched for personal data, never taken.

    `by_staff` marks places where the name of the person who made the file is to be expected.
    """

    where: Where
    text: str
    by_staff: bool = False


@dataclass(frozen=True)
class Grid:
    """Rows of text.

    Shape: `cells` has columns 0 to n-1, all str; `row_no` gives each row's number in the person's file;
    `widths` gives the number of cells that the row was written with, where the channel can tell.
    """

    channel: Channel
    cells: pd.DataFrame
    row_no: Sequence[int]
    widths: Sequence[int] | None = None
    sheet: str | None = None
    findings: tuple[Finding, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    texts: tuple[Text, ...] = ()


def file_name(name: str) -> Text:
    """A file's name as words."""
    return Text(Where(), PurePath(name).stem.replace("_", " "))


def grid_of(channel: Channel, rows: Sequence[Sequence[str]], row_no: Sequence[int]) -> Grid:
    """A grid from rows of unequal length; short rows are filled with blanks."""
    widths = [len(row) for row in rows]
    width = max(widths, default=0)
    filled = [row if len(row) == width else [*row, *[""] * (width - len(row))] for row in rows]
    columns = zip(*filled, strict=True) if filled else iter(())
    frame = pd.DataFrame({at: pd.array(list(column), dtype="str") for at, column in enumerate(columns)})
    return Grid(channel, frame, row_no, widths)


def tidy(text: str) -> str:
    """Without characters that nobody can see, and without spaces around."""
    return _ODD_SPACE.sub(" ", _INVISIBLE.sub("", text)).strip()


def has_unseen(text: str) -> bool:
    return bool(_INVISIBLE.search(text) or _ODD_SPACE.search(text))


def tidied(cells: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Every cell tidied, and how many held unseen characters. Works on distinct values: columns repeat themselves."""
    columns: dict[int, pd.Series[str]] = {}
    unseen = 0
    for at in range(len(cells.columns)):
        column = cells[at]
        mended = {text: tidy(text) for text in column.unique()}
        changed = {text: new for text, new in mended.items() if text != new}
        if changed:
            odd = [text for text in changed if has_unseen(text)]
            unseen += int(column.isin(odd).sum()) if odd else 0
            column = column.map(mended).astype("str")
        columns[at] = column
    return pd.DataFrame(columns, index=cells.index), unseen


def column_name(at: int) -> str:
    """The letters by which a spreadsheet names a column: 0 is A, 27 is AB."""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
