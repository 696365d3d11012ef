"""The bad-input corpus: made anew in each run, always the same bytes, with what the hub must say of each file.

`cases()` gives every case, made once for a process and when the first test asks (it takes seconds); `write(folder)` writes the files and a manifest. A case of level `table` is settled by
reading alone, one of level `cells` by the check of its cells, one of level `whole` by the whole check. `cell` names row and figure where the answer must stand.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from small_return import HEADINGS, RETURN, ROWS
from workbooks import ods, workbook

from hub.definitions.model import Definition
from hub.intake.table import Channel, Received

Verdict = Literal["accepted", "errors", "queries", "refused"]
Rows = list[list[Any]]


@dataclass(frozen=True)
class Case:
    file: str
    category: str
    received: Received
    verdict: Verdict
    code: str = ""
    row: int | None = None
    field: str | None = None
    level: Literal["table", "cells", "whole"] = "table"
    definition: Definition = RETURN


def table(row: int = 0, column: int | str = 0, value: Any = None) -> Rows:
    """The good return with its headings, with one cell changed (row 0 is the headings)."""
    rows: Rows = [list(HEADINGS), *[list(each) for each in ROWS]]
    if value is not None:
        rows[row][HEADINGS.index(column) if isinstance(column, str) else column] = value
    return rows


def text(rows: Sequence[Sequence[Any]], separator: str = ",") -> bytes:
    """CSV as offices write it: quoted where it must be."""

    def cell(value: Any) -> str:
        word = str(value)
        return (
            '"' + word.replace('"', '""') + '"' if any(mark in word for mark in f'{separator}"\n') else word
        )

    return "".join(separator.join(map(cell, row)) + "\n" for row in rows).encode()


def as_csv(content: bytes, name: str = "return.csv", **options: Any) -> Received:
    return Received("csv", name, content, **options)


def as_book(content: bytes, name: str = "return.xlsx", **options: Any) -> Received:
    return Received("xlsx", name, content, **options)


def records(rows: Rows) -> tuple[Mapping[str, Any], ...]:
    return tuple(dict(zip(rows[0], row, strict=True)) for row in rows[1:])


def through(channel: Channel, rows: Rows) -> Received:
    """The same rows through any channel."""
    if channel == "csv":
        return as_csv(text(rows))
    if channel == "xlsx":
        return as_book(workbook(rows))
    if channel == "json":
        return Received("json", content=json.dumps({"rows": records(rows)}).encode())
    return Received(
        "form", rows=tuple({name: str(value) for name, value in row.items()} for row in records(rows))
    )


CATEGORIES = (
    "attacks",
    "counts",
    "delimiters",
    "encodings",
    "formula text",
    "formulas",
    "good",
    "headers",
    "logic",
    "money",
    "periods",
    "personal data",
    "rules",
    "script text",
    "size",
    "structure",
)
CHANNELS: tuple[Channel, ...] = ("csv", "xlsx", "json", "form")


def row_in(channel: Channel, row: int) -> int:
    """Row 1 below the headings is row 2 of a file and row 1 of a form or of JSON."""
    return row + 1 if channel in ("csv", "xlsx") else row


@cache
def cases() -> list[Case]:
    """Every case, in the same order each time."""
    import corpus_books
    import corpus_cells
    import corpus_logic
    import corpus_money
    import corpus_persons
    import corpus_text

    made = [
        *corpus_text.encodings(),
        *corpus_text.delimiters(),
        *corpus_text.headers(),
        *corpus_cells.counts(),
        *corpus_cells.periods(),
        *corpus_cells.formula_texts(),
        *corpus_cells.scripts(),
        *corpus_money.money(),
        *corpus_logic.lines(),
        *corpus_logic.rules(),
        *corpus_books.structure(),
        *corpus_books.formulas(),
        *corpus_books.attacks(),
        *corpus_books.sizes(),
        *corpus_persons.personal_data(),
        *good_controls(),
    ]
    assert len({case.file for case in made}) == len(made)
    assert {case.category for case in made} == set(CATEGORIES)
    return made


def good_controls() -> Iterator[Case]:
    """What must never be refused: one return, and pieces of it, in every dress."""
    pieces = {
        "whole": table(),
        "one-row": table()[:2],
        "two-agencies": [HEADINGS, ROWS[0], ROWS[3]],
        "three-months": [
            HEADINGS,
            *[[*ROWS[0][:2], f"2014-{month:02d}", *ROWS[0][3:]] for month in (9, 10, 11)],
        ],
        "no-partnership": [row[1:] for row in table()],
        "totals-only": [[*row[:3], *row[5:]] for row in (HEADINGS, ROWS[0], ROWS[3])],
        "columns-turned-round": [row[::-1] for row in table()],
        "zeros": [HEADINGS, [*ROWS[0][:5], "0", "0"]],
        "largest": [HEADINGS, [*ROWS[0][:5], "999999999", "0"]],
        "small-numbers": [HEADINGS, [*ROWS[0][:3], "total", "", "1", "1"], ROWS[3]],
        "blank-rows-between": [*table()[:2], [""] * 7, *table()[2:], [""] * 7],
    }
    for name, rows in pieces.items():
        for channel in CHANNELS:
            yield Case(f"good/{name}-{channel}", "good", through(channel, rows), "accepted", level="cells")
        yield Case(f"good/{name}.ods", "good", as_book(ods(rows), "return.ods"), "accepted", level="cells")
        for separator, word in ((";", "semicolon"), ("\t", "tab"), ("|", "bar")):
            yield Case(
                f"good/{name}-{word}.csv", "good", as_csv(text(rows, separator)), "accepted", level="cells"
            )
        numbers = [[int(value) if str(value).isdigit() else value for value in row] for row in rows]
        yield Case(f"good/{name}-numbers.xlsx", "good", as_book(workbook(numbers)), "accepted", level="cells")
        yield Case(f"good/{name}-numbers.json", "good", through("json", numbers), "accepted", level="cells")
        titled = [["Referrals made"], ["referrals version 3 · RQ3"], [], *rows]
        yield Case(f"good/{name}-titled.xlsx", "good", as_book(workbook(titled)), "accepted", level="cells")
        for encoding in ("utf-8-sig", "utf-16", "cp1252"):
            content = text(rows).decode().encode(encoding)
            yield Case(f"good/{name}-{encoding}.csv", "good", as_csv(content), "accepted", level="cells")


def write(folder: Path) -> None:
    """The files and `manifest.csv`: file, category, channel, verdict, code, row, field, level."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "manifest.csv").open("w", newline="", encoding="utf-8") as manifest:
        writer = csv.writer(manifest)
        writer.writerow(["file", "category", "channel", "verdict", "code", "row", "field", "level"])
        for case in cases():
            path = folder / case.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(case.received.content or json.dumps(case.received.rows, indent=1).encode())
            writer.writerow(
                [
                    case.file,
                    case.category,
                    case.received.channel,
                    case.verdict,
                    case.code,
                    case.row or "",
                    case.field or "",
                    case.level,
                ]
            )
