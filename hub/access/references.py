"""Every request has a reference: shown when something went wrong, and written in its line of the log."""

from __future__ import annotations

import secrets
from string import ascii_lowercase

from flask import g


def reference() -> str:
    """What a person quotes, perhaps by telephone, and the operator searches for: letters, never taken for a figure."""
    if "reference" not in g:
        letters = [secrets.choice(ascii_lowercase) for _ in range(12)]
        g.reference = "-".join("".join(letters[at : at + 4]) for at in (0, 4, 8))
    return str(g.reference)
