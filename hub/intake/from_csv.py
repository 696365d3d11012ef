"""Text files: CSV with commas, semicolons, tabs or bars, in the encodings that offices use."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Mapping
from typing import Literal

import pandas as pd

from hub.findings import Finding, Where
from hub.intake import limits
from hub.intake.grid import Grid, file_name
from hub.intake.headings import SEARCHED_ROWS, score
from hub.intake.table import Ignored, Received, Refused

_SEPARATORS = ",;\t|"
_SAVE_AS = "Save the file as “CSV UTF-8” and send that."
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")


def from_csv(received: Received, known: Mapping[str, str]) -> Grid:
    """The grid of a text file. `known` are the headings looked for, by which the separator is told."""
    text = _as_lines(_decode(received.content))
    text, separator, dropped_lines = _separator(text, known)
    text, blank = _without_blank_end(text)
    ignored = (Ignored(f"{blank} blank row{'' if blank == 1 else 's'} at the end", blank),) if blank else ()
    lines = text.count("\n") + 1
    _refuse_size(text, separator, lines)
    quoted = '"' in text
    widths = (
        _widths_of_quoted(text, separator)
        if quoted
        else [line.count(separator) + 1 for line in text.split("\n")]
    )
    limits.refuse_table(len(widths) - SEARCHED_ROWS, max(widths))  # exactly, once the headings are known
    cells = _cells(text, separator, max(widths), quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE)
    row_no = range(1 + dropped_lines, 1 + dropped_lines + len(cells))
    return Grid("csv", cells, row_no, widths, ignored=ignored, texts=(file_name(received.filename),))


def _decode(content: bytes) -> str:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _decoded(content[len(mark) :], encoding)
    if content.count(0) > len(content) // 8:
        raise _refuse_encoding()
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(content, "cp1252")


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _refuse_encoding() from error


def _refuse_encoding() -> Refused:
    return limits.refuse(
        "unknown-encoding",
        f"The letters of this file cannot be read: its encoding is none of UTF-8, UTF-16 and Windows-1252. {_SAVE_AS}",
    )


def _as_lines(text: str) -> str:
    """With one kind of line end, and refused where it holds characters that no text has."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\x1a")
    found = _CONTROL.search(text)
    if found:
        row = text.count("\n", 0, found.start()) + 1
        code = "nul-character" if found[0] == "\x00" else "control-character"
        raise Refused(
            Finding(
                code,
                "error",
                f"Row {row} holds a character that is no text. The file may be damaged. {_SAVE_AS}",
                Where(row=row),
            )
        )
    return text


def _separator(text: str, known: Mapping[str, str]) -> tuple[str, str, int]:
    """The text, its separator (the one that shows most headings), and how many lines only named the separator."""
    named = re.match(r'"?sep=([,;\t|])"?\n', text, re.IGNORECASE)
    if named:
        return text[named.end() :], named[1], 1
    top = "\n".join(text.split("\n", SEARCHED_ROWS)[:SEARCHED_ROWS])
    scores = {each: _best_row(top, each, known) for each in _SEPARATORS}
    return text, max(_SEPARATORS, key=lambda each: scores[each]), 0


def _best_row(top: str, separator: str, known: Mapping[str, str]) -> tuple[int, int]:
    rows = list(csv.reader(io.StringIO(top, newline=""), delimiter=separator))
    return max(((score(row, known), len(row)) for row in rows), default=(0, 0))


def _without_blank_end(text: str) -> tuple[str, int]:
    """Without the rows at the end that hold nothing but separators, and how many they were."""
    ends_at = text.find("\n", len(text.rstrip(_SEPARATORS + " \n")))
    if ends_at < 0:
        return text, 0
    rest = text[ends_at + 1 :]
    return text[:ends_at], rest.count("\n") + (1 if rest and not rest.endswith("\n") else 0)


def _refuse_size(text: str, separator: str, lines: int) -> None:
    limits.refuse_table(0 if '"' in text else lines - SEARCHED_ROWS, 1)
    if text.count(separator) > limits.MAX_CELLS + limits.MAX_ROWS:
        raise limits.refuse(
            "too-many-cells", f"There are more than {limits.MAX_CELLS:,} cells. Send the file in parts."
        )


def _cells(text: str, separator: str, width: int, *, quoting: Literal[0, 3]) -> pd.DataFrame:
    return pd.read_csv(
        io.StringIO(text),
        sep=separator,
        header=None,
        names=list(range(width)),
        index_col=False,
        dtype="str",
        keep_default_na=False,
        na_filter=False,
        skip_blank_lines=False,
        quoting=quoting,
        engine="c",
    ).fillna("")


def _widths_of_quoted(text: str, separator: str) -> list[int]:
    """How many cells each row has. Quotes may hold separators and line ends, so a reader of quotes counts them."""
    widths: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        widths.extend(map(len, reader))
    except csv.Error as error:
        row = len(widths) + 1
        message = f"From row {row} on the quotation marks do not match: one is opened and never closed, or stands inside a cell. Mend that row, or save the file as .xlsx."
        raise Refused(Finding("broken-quotes", "error", message, Where(row=row))) from error
    return widths
