"""The hub's own marks in a file that it handed out: known, and dropped when the file comes back.

A file that says that it was made for another return, or for another version of it, is refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from hub.definitions.model import Definition
from hub.definitions.template_mark import SIGNED_FOR, TEMPLATE_COLUMN, Mark
from hub.findings import Finding
from hub.intake.table import Refused

FINDINGS_COLUMN = "findings"
LISTS_SHEET = "Lists"
FINDINGS_SHEET = "Findings"
OWN_SHEETS = frozenset({"lists", "findings", "read me", "notes"})


def is_own_sheet(name: str) -> bool:
    return name.strip().casefold() in OWN_SHEETS


def is_own_column(heading: str, known: Collection[str]) -> bool:
    """Whether a heading, in comparable form, heads a column that the hub put there to be read by people only."""
    beside = f"{SIGNED_FOR.casefold().replace(' ', '_')}_"
    return heading in (FINDINGS_COLUMN, TEMPLATE_COLUMN) or (
        heading.startswith(beside) and any(heading.endswith(f"_{name}") for name in known)
    )


def version_in(texts: Iterable[str], code: str) -> str | None:
    """The version of the definition that the lines above the headings name: “referrals version 3” gives "3"."""
    above = " ".join(texts)
    found = re.search(
        rf"\b{re.escape(code)}\b\W{{0,12}}v(?:ersion)?\W{{0,5}}([0-9]{{1,4}})\b", above, re.IGNORECASE
    )
    return found[1] if found else None


def refuse_other_template(mark: Mark | None, definition: Definition) -> None:
    """Errors: Refused where the file was made for another return, or for another version of this one."""
    if mark is None or (mark.return_code, mark.version) == (definition.code, definition.version):
        return
    if mark.return_code != definition.code:
        message = (
            f"This is the template of the return “{mark.return_code}”, of {mark.whose}; you are sending "
            f"“{definition.title}” ({definition.code}). Nothing of it was kept. Choose the return that the file is of, or "
            "download the template of this one."
        )
        raise Refused(Finding("template-of-other-return", "error", message))
    message = (
        f"This is the template of version {mark.version} of “{definition.title}”, of {mark.whose}; version "
        f"{definition.version} is asked now. Nothing of it was kept. Download the template again and copy your figures into it."
    )
    raise Refused(Finding("template-of-other-version", "error", message))
