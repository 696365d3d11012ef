"""A pack as a value: sections of text, lists, tables and charts. Its pages and its PDF are both made from it alone.

Every figure stands in it as the text that is read, so that no two ways out can differ.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any, Literal

from markupsafe import Markup

from hub.audit.canonical import canonical, digest_of


@dataclass(frozen=True)
class Block:
    """`of` names the agreement whose verdicts it tells: who may not read that agreement may not read the block."""

    kind: Literal["text", "list", "table", "chart"]
    text: str = ""  # of a text; the caption of a table; the title of a chart
    items: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    numeric: tuple[int, ...] = ()  # columns of numbers
    rows: tuple[tuple[str, ...], ...] = ()
    svg: str = ""
    alternative: str = ""  # what a chart shows, in words
    of: str = ""

    @property
    def name(self) -> str:
        """What its permanent address ends in: of what it says, so that it never names another."""
        return digest_of(canonical(asdict(self)))[:16]

    @property
    def drawing(self) -> Markup:
        """The chart as an element of a page."""
        return Markup(self.svg)  # noqa: S704 (drawn by charts.py, which escapes every value; kept under the pack's digest)


@dataclass(frozen=True)
class Section:
    code: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """`as_at` is an instant in ISO 8601; `position` is where the partnership's ledger stood."""

    title: str
    partnership: str
    held_on: str
    as_at: str
    position: int
    illustrative: bool
    sections: tuple[Section, ...]

    def as_json(self) -> str:
        return canonical(asdict(self))

    @property
    def digest(self) -> str:
        return digest_of(self.as_json())

    @property
    def agreements(self) -> set[str]:
        return {block.of for section in self.sections for block in section.blocks if block.of}

    def section(self, code: str) -> Section | None:
        return next((each for each in self.sections if each.code == code), None)

    def block(self, name: str) -> Block | None:
        """A table or chart by its name."""
        every = (block for section in self.sections for block in section.blocks)
        return next((each for each in every if each.kind in ("table", "chart") and each.name == name), None)

    def table_of(self, chart: Block) -> Block | None:
        """The table of a chart's numbers, which stands behind it."""
        for section in self.sections:
            for block, then in pairwise(section.blocks):
                if block == chart and chart.kind == "chart" and then.kind == "table":
                    return then
        return None

    def readable(self, may_read: Callable[[str], bool]) -> Document:
        """Without what tells of agreements that the reader may not read."""
        kept = {code for code in self.agreements if may_read(code)}
        sections = (
            replace(
                section, blocks=tuple(block for block in section.blocks if not block.of or block.of in kept)
            )
            for section in self.sections
        )
        return replace(self, sections=tuple(sections))


def from_json(text: str) -> Document:
    data: dict[str, Any] = json.loads(text)
    sections = tuple(
        Section(
            section["code"],
            section["title"],
            tuple(Block(**{**block, **_tuples(block)}) for block in section["blocks"]),
        )
        for section in data.pop("sections")
    )
    return Document(sections=sections, **data)


def _tuples(block: dict[str, Any]) -> dict[str, Any]:
    return {
        "items": tuple(block["items"]),
        "columns": tuple(block["columns"]),
        "numeric": tuple(block["numeric"]),
        "rows": tuple(tuple(row) for row in block["rows"]),
    }
