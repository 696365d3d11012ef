"""Where the next page of a list begins: opaque to the caller, checked when it comes back, holding no right of its own."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

from hub.api.fields import Closed, Text, Whole
from hub.api.problems import Refusal

MOST = 500
USUAL = 100
UNKNOWN = "The cursor is not one of this list. Begin again without it."


class Page(Closed):
    """A list comes in pages."""

    limit = Whole(least=1, most=MOST, load_default=USUAL, says="How many at most.", in_query=True)
    cursor = Text(longest=400, load_default="", says="`next` of the page before; empty for the first page.")


def write(*place: str | int) -> str:
    return base64.urlsafe_b64encode(json.dumps(place, separators=(",", ":")).encode()).decode().rstrip("=")


def read(text: str, kinds: Sequence[type]) -> list[Any] | None:
    """The place in a cursor of ours: values of these kinds. None without a cursor."""
    if not text:
        return None
    try:
        place = json.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise _unknown() from error
    if not isinstance(place, list) or [type(each) for each in place] != list(kinds):
        raise _unknown()
    if any(isinstance(each, int) and not 0 <= each < 2**63 for each in place):
        raise _unknown()
    return place


def _unknown() -> Refusal:
    return Refusal(400, UNKNOWN)
