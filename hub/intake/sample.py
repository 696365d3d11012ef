"""A file of which nobody has said yet how its columns are read: its headings, its first rows, and what stands in each.

It passes the limits and the gate that every file passes. What is given back is text; the bytes are nowhere kept.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.definitions.model import Definition
from hub.findings import Finding
from hub.intake import limits
from hub.intake.assemble import Understood
from hub.intake.grid import tidied
from hub.intake.headings import SEARCHED_ROWS, Headings
from hub.intake.personal_data import refuse_identifiers, without_identifiers
from hub.intake.read import grid_of
from hub.intake.sample_model import Sample
from hub.intake.table import Received, Refused

MOST_ROWS = 400
MOST_CELLS = 20_000
MOST_VALUES = 600  # different texts of one column
MOST_TEXTS = 12_000  # of all columns together
LONGEST = 200


def sample_of(received: Received, definition: Definition, *, headings_row: int = 0) -> Sample:
    """What a mapping can be made from. `headings_row` counts from 1; without it the fullest of the first rows is taken.

    Errors: Refused, as for any file.
    """
    try:
        grid = grid_of(received, {})
        cells, unseen = tidied(grid.cells)
        if cells.empty:
            raise Refused(
                Finding("no-rows", "error", "The file is empty. Choose one with headings and figures.")
            )
        at = headings_row - 1 if headings_row else _fullest(cells.head(SEARCHED_ROWS).to_numpy().tolist())
        if not 0 <= at < len(cells):
            message = f"The file has no row {headings_row}. Say which row holds the headings."
            raise Refused(Finding("no-headings", "error", message))
        asked = refuse_identifiers(Understood(grid, cells, Headings(at, {}, {}), unseen), definition)
    except Refused as refused:
        raise without_identifiers(refused) from None
    below = cells.iloc[at + 1 :]
    filled = int((below != "").to_numpy().any(axis=1).sum())
    if not filled:
        raise Refused(Finding("no-rows", "error", "There are headings but no rows below them."))
    limits.refuse_table(filled, len(cells.columns))
    width = max(len(cells.columns), 1)
    kept = cells.head(at + 1 + max(20, min(MOST_ROWS, MOST_CELLS // width)))
    each = max(20, min(MOST_VALUES, MOST_TEXTS // width))
    different = [[str(text)[:LONGEST] for text in below[column].unique()] for column in cells.columns]
    return Sample(
        rows=tuple(tuple(str(text)[:LONGEST] for text in row) for row in kept.to_numpy().tolist()),
        headings_at=at,
        below=filled,
        values=tuple(tuple(texts[:each]) for texts in different),
        more_values=tuple(max(len(texts) - each, 0) for texts in different),
        asked=tuple(asked),
    )


def _fullest(rows: Sequence[Sequence[str]]) -> int:
    """The first row with most different words; years may head columns, other numbers do not."""
    scores = [len({text for text in row if text and not _is_figure(text)}) for row in rows]
    return scores.index(max(scores))


def _is_figure(text: str) -> bool:
    plain = text.replace(",", "").replace(".", "", 1)
    return plain.isdecimal() and not (len(plain) == 4 and plain[:2] in ("19", "20"))
