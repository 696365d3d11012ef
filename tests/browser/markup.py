"""What a page is made of, for choosing pages that together hold all markup there is: two pages of the same markup say the
same to whoever looks for faults of markup."""

from __future__ import annotations

import re

TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)([^>]*)>")
ATTRIBUTE = re.compile(r'([a-z-]+)(?:="([^"]*)")?')
EMPTY = {"br", "col", "hr", "img", "input", "link", "meta"}

Element = tuple[str, ...]


def pieces(page: str) -> set[tuple[Element, Element]]:
    """Each element within its parent (by name, class, role, type and what else is said of it), and each heading after the one before."""
    found: set[tuple[Element, Element]] = set()
    above: list[Element] = [("", "")]
    heading = ""
    for end, name, rest in TAG.findall(page):
        if end:
            if name == above[-1][0]:
                above.pop()
            continue
        said = dict(ATTRIBUTE.findall(rest))
        look = (name, said.get("class", ""))
        found.add((above[-1], (*look, said.get("role", ""), said.get("type", ""), *sorted(said))))
        if re.fullmatch("h[1-6]", name):
            found.add(((heading,), (name,)))
            heading = name
        if name not in EMPTY and not rest.endswith("/"):
            above.append(look)
    return found
