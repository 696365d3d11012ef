"""A checked table taken apart into its submissions: rows as text, figures as numbers, and the digest of each."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np
import pandas as pd

from hub.definitions.model import ANSWERS, KEY_COLUMNS, Definition
from hub.intake.table import ROW_NO
from hub.validation.cells import UNREADABLE, Cells
from hub.validation.outcome import Cell, Part
from hub.validation.rows import Array

_SYMBOLS = {state: symbol for symbol, state in ANSWERS.items()}

_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def parts_of(cells: Cells, definition: Definition) -> tuple[Part, ...]:
    """One part for each submission of the table, in the order of their keys."""
    rows = cells.rows
    texts = texts_of(rows, definition)
    due_item = rows["due_item_id"].to_numpy()
    kept = cells.figures.loc[cells.figures["kept"].astype(bool) & (cells.figures["state"] != UNREADABLE)]
    figures = _cells(kept)
    figures_of = _groups(kept["due_item_id"].to_numpy())
    contents = _contents(cells, definition)
    rows_of = _groups(due_item)
    parts = []
    for due_item_id, expected in sorted(cells.submissions.items(), key=lambda item: item[1].key):
        places = rows_of[due_item_id].tolist()
        content = sorted(contents[place] for place in places if contents[place])
        parts.append(
            Part(
                due_item_id=due_item_id,
                key=expected.key,
                rows=tuple(texts[place] for place in places),
                cells=tuple(figures[place] for place in figures_of.get(due_item_id, ())),
                digest=_digest(definition, expected.key, content),
            )
        )
    return tuple(parts)


def texts_of(rows: pd.DataFrame, definition: Definition) -> list[dict[str, str]]:
    """Each row as text by the definition's names, with row_no as text."""
    names = [*KEY_COLUMNS, *(figure.name for figure in definition.figures), ROW_NO]
    columns = [rows[name].tolist() for name in names[:-1]]
    columns.append([str(number) for number in rows[ROW_NO].tolist()])
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _groups(keys: Array) -> dict[int, Array]:
    """For each key the positions at which it stands, in order."""
    order = np.argsort(keys, kind="stable")
    different, starts = np.unique(keys[order], return_index=True)
    return dict(zip(different.tolist(), np.split(order, starts[1:]), strict=True)) if len(keys) else {}


def _cells(figures: pd.DataFrame) -> list[Cell]:
    numbers = [
        None if missing else int(value)
        for value, missing in zip(figures["value"].tolist(), figures["value"].isna().tolist(), strict=True)
    ]
    names = ["row_no", "period", "breakdown", "code", "figure"]
    columns: list[list[Any]] = [figures[name].tolist() for name in names]
    return list(zip(*columns, numbers, figures["state"].tolist(), strict=True))


def _contents(cells: Cells, definition: Definition) -> list[tuple[str, ...] | None]:
    """What each row says, apart from how it was written and where it stood; None for lines that are left out.

    A figure that can be read is its value (7 for "007"), so that the digest is the same through every channel; what
    cannot be read, or does not count, is the text.
    """
    rows, figures = cells.rows, cells.figures
    columns: list[list[str]] = [rows[name].tolist() for name in ("period", "breakdown", "code")]
    read = figures.loc[figures["kept"].astype(bool) & (figures["state"] != UNREADABLE)]
    for figure in definition.figures:
        texts = rows[figure.name].to_numpy(dtype=object).copy()
        own = read.loc[read["figure"] == figure.name]
        values = [
            str(int(value)) if state == "value" else _SYMBOLS.get(state, "")
            for value, state in zip(own["value"].tolist(), own["state"].tolist(), strict=True)
        ]
        texts[own["position"].to_numpy(dtype=np.int64)] = values
        columns.append(texts.tolist())
    left_out = rows["left_out"].tolist()
    return [None if out else values for out, values in zip(left_out, zip(*columns, strict=True), strict=True)]


def _digest(definition: Definition, key: str, content: list[tuple[str, ...] | None]) -> str:
    document = {"return": definition.code, "version": definition.version, "submission": key, "rows": content}
    return hashlib.sha256(_CANONICAL.encode(document).encode()).hexdigest()
