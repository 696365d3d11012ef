"""What a tagged PDF says to a screen reader: whether a validator finds it to be PDF/UA-1, and what its structure tree holds.

typst writes the tree uncompressed, an object after another, so that it can be read without a library for PDFs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from page import ValidationProfile, validate_pdf_bytes

from hub.board.packs.document import Document

_OBJECT = re.compile(rb"\n(\d+) 0 obj\n(.*?)\nendobj", re.S)
_KIDS = re.compile(rb"/K\[([^\]]*)\]")


@dataclass(frozen=True)
class Element:
    tag: str
    body: bytes
    kids: tuple[int, ...]


class Structure:
    def __init__(self, pdf: bytes) -> None:
        bodies = {int(number): body for number, body in _OBJECT.findall(pdf)}
        self.pdf = pdf
        self.catalog = next(body for body in bodies.values() if body.startswith(b"<</Type/Catalog"))
        self.elements = {
            number: Element(re.search(rb"/S/(\w+)", body)[1].decode(), body, _kids(body))  # type: ignore[index]
            for number, body in bodies.items()
            if body.startswith(b"<</Type/StructElem")
        }
        root = next(body for body in bodies.values() if body.startswith(b"<</Type/StructTreeRoot"))
        self.order = list(self._walk(_kids(root)))

    def _walk(self, numbers: tuple[int, ...]) -> Iterator[Element]:
        for number in numbers:
            if number in self.elements:
                yield self.elements[number]
                yield from self._walk(self.elements[number].kids)

    def below(self, element: Element, tag: str) -> list[Element]:
        return [each for each in self._walk(element.kids) if each.tag == tag]

    def all(self, tag: str) -> list[Element]:
        return [each for each in self.order if each.tag == tag]


def _kids(body: bytes) -> tuple[int, ...]:
    """The structure elements under one, in the order in which they are read; a bare number is a piece of a page."""
    found = _KIDS.search(body)
    return tuple(int(number) for number in re.findall(rb"(\d+) 0 R", found[1])) if found else ()


def breaches(pdf: bytes) -> list[str]:
    """The rules of PDF/UA-1 that a PDF does not keep."""
    report = validate_pdf_bytes(pdf, profile=ValidationProfile.PDF_UA_1)
    assert report.rules.total > 100, "the whole profile is asked"
    return [f"{each.rule_id}: {each.message}" for each in report.failures]


def faults(pdf: bytes, document: Document) -> list[str]:
    """What is wrong with the PDF of a pack, for whoever has it read out."""
    tree = Structure(pdf)
    blocks = [block for section in document.sections for block in section.blocks]
    tables, charts = ([block for block in blocks if block.kind == kind] for kind in ("table", "chart"))
    found = breaches(pdf)
    for what, wanted in (
        ("language", b"/Lang(en-GB)"),
        ("marked", b"/Marked true"),
        ("title in the window", b"/DisplayDocTitle true"),
    ):
        if wanted not in tree.catalog:
            found.append(f"no {what}")
    if f"{document.title}, {document.partnership}".encode() not in pdf or b"<pdfuaid:part>1<" not in pdf:
        found.append("no title, or no claim of PDF/UA in its metadata")
    if len(tree.order) != len(tree.elements):
        found.append(f"{len(tree.elements) - len(tree.order)} elements that no reader comes to")
    told = [re.search(rb"/Alt\(", each.body) is not None for each in tree.all("Figure")]
    if told != [True] * len(charts):
        found.append(f"{sum(told)} of {len(charts)} charts say what they show")
    heads = [int(each.tag[1]) for each in tree.order if re.fullmatch("H[1-6]", each.tag)]
    if heads[:1] != [1] or any(after > before + 1 for before, after in pairwise(heads)):
        found.append(f"headings leave out a level: {heads}")
    if heads.count(1) < len(document.sections):
        found.append("a section without a heading")
    columns = [len(tree.below(each, "TH")) for each in tree.all("Table")]
    if columns != [len(each.columns) for each in tables]:
        found.append(f"columns with a heading: {columns}")
    if any(b"/Scope/Column" not in each.body for each in tree.all("TH")):
        found.append("a heading of a table that does not say of what")
    rows = [len(tree.below(each, "TR")) - 1 for each in tree.all("Table")]
    if rows != [len(each.rows) for each in tables]:
        found.append(f"rows: {rows}")
    return found + _pages_of_their_own(tree)


def _pages_of_their_own(tree: Structure) -> list[str]:
    """The chair's summary is one page; seal and method stand behind everything, where nothing else is."""
    pages: dict[str, set[bytes]] = {}
    last = ""
    for each in tree.order:
        titled = re.search(rb"/S/H1/.*/T\(([^)]*)\)", each.body)
        last = titled[1].decode("latin-1") if titled else last
        pages.setdefault(last, set()).update(re.findall(rb"/Pg (\d+) 0 R", each.body))
    found = []
    if len(pages.get("Summary for the chair", {b"one"})) != 1:
        found.append("a summary that is not one page")
    behind = pages.pop("Provenance", set())
    if last != "Provenance" or not behind or behind & set().union(*pages.values()):
        found.append("provenance that is not on a page of its own at the end")
    return found
