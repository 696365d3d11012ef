"""The hub's own marks in a file that it handed out: known, and dropped when the file comes back."""

from __future__ import annotations

import re
from collections.abc import Iterable

FINDINGS_COLUMN = "findings"
LISTS_SHEET = "Lists"
FINDINGS_SHEET = "Findings"
OWN_SHEETS = frozenset({"lists", "findings", "read me", "notes"})


def is_own_sheet(name: str) -> bool:
    return name.strip().casefold() in OWN_SHEETS


def version_in(texts: Iterable[str], code: str) -> str | None:
    """The version of the definition that the lines above the headings name: “referrals version 3” gives "3"."""
    above = " ".join(texts)
    found = re.search(
        rf"\b{re.escape(code)}\b\W{{0,12}}v(?:ersion)?\W{{0,5}}([0-9]{{1,4}})\b", above, re.IGNORECASE
    )
    return found[1] if found else None
