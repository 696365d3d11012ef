"""What is wrong with a definition, as (place in its file, cause), and what can be wrong with any list of names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from hub.document import Place

Fault = tuple[Place, str]
Data = dict[str, Any]


def repeated(part: str, names: list[str], *, key: str = "name") -> Iterator[Fault]:
    counts = Counter(names)
    for number, name in enumerate(names):
        if counts[name] > 1 and name in names[:number]:
            yield (part, number, key), f"“{name}” is used twice in {part}. Give each its own."


def unknown(names: list[str], known: Collection[str], place: Place, what: str) -> Iterator[Fault]:
    for number, name in enumerate(names):
        if name not in known:
            yield (*place, number), f"“{name}” is not a {what} of this return. It has: {', '.join(known)}."
        elif name in names[:number]:
            yield (*place, number), f"“{name}” is named twice."
