"""Text that leaves in a CSV or a workbook must never be taken for a formula (security.md T6).

Takes cells, gives cells. Numbers stay numbers: a caller hands them over as numbers, and a text that is nothing but a
number is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_STARTS_FORMULA = re.compile(
    r"[\s\x00-\x1f\u00ad\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠﹢﹣﹦﹫−]|[\t\r\n\x00]"
)
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?|[+-]?[0-9]+(\.[0-9]+)?")
_NO_FILE_HOLDS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_MOST_DIGITS = 9


def formula_safe(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet could calculate it; characters that no file holds are dropped."""
    kept = _NO_FILE_HOLDS.sub("", text)
    if _PLAIN_NUMBER.fullmatch(text):
        return text
    if _STARTS_FORMULA.match(text) or _STARTS_FORMULA.match(kept):
        return f"'{kept}"
    return kept


def whole_number(text: str) -> int | None:
    """The number that a text is, where a spreadsheet would show it as the very same text; None for everything else."""
    plain = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS and str(int(text)) == text
    return int(text) if plain else None


def safe_row(cells: Iterable[Any]) -> list[Any]:
    """A row for a CSV or a sheet: its texts made safe, everything else as it is."""
    return [formula_safe(cell) if isinstance(cell, str) else cell for cell in cells]
