"""What stands on which sheet of a page that Chromium printed.

It writes the tree of a tagged PDF uncompressed, an object after another, so that it can be read without a library for PDFs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

_ELEMENT = re.compile(rb"\n(\d+) 0 obj\n(<</Type /StructElem.*?)\nendobj", re.S)
_ANNOTATION = re.compile(rb"<</Type /OBJR.*?>>")
_HEADING, _SHEET = re.compile(rb"/S /H[1-6]\b"), re.compile(rb"/Pg (\d+) 0 R")
_KIDS = re.compile(rb"/K (\[.*\]|\d+ 0 R)")


class Piece(NamedTuple):
    """`heading`: of which heading it is, counted from nought; None where it is of none."""

    heading: int | None
    sheet: int


def printed(pdf: bytes) -> list[Piece]:
    """Every piece of a tagged PDF, in the order in which it is read."""
    elements = {int(number): _ANNOTATION.sub(b"", body) for number, body in _ELEMENT.findall(pdf)}
    headings = count()

    def walk(number: int, heading: int | None) -> Iterator[Piece]:
        body = elements[number]
        if _HEADING.search(body):
            heading = next(headings)
        if on := _SHEET.search(body):
            yield Piece(heading, int(on[1]))
        kids = _KIDS.search(body)
        for kid in re.findall(rb"(\d+) 0 R", kids[1]) if kids else ():
            yield from walk(int(kid), heading)

    (document,) = (number for number, body in elements.items() if b"/S /Document" in body)
    return list(walk(document, None))
