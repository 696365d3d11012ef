"""What a streaming look at a workbook's XML tells that its values do not: what is hidden, and what must be refused."""

from __future__ import annotations

import io
import re
import xml.sax.handler
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from hub.findings import Finding, Where
from hub.intake import limits
from hub.intake.grid import Text
from hub.intake.table import Refused

_NAMED = 20  # places named in a message; then a count


@dataclass(frozen=True)
class SheetScan:
    """One sheet. Rows are numbered from 1, columns from 0; `cells` that hold something decide how far it reaches."""

    name: str
    visible: bool
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    errors: Mapping[tuple[int, int], str] = field(default_factory=dict)
    merged: tuple[str, ...] = ()
    commented: tuple[str, ...] = ()
    rows: int = 0
    columns: int = 0


@dataclass(frozen=True)
class Scan:
    sheets: Mapping[str, SheetScan]
    findings: tuple[Finding, ...] = ()
    texts: tuple[Text, ...] = ()


def parse(data: bytes, handler: xml.sax.handler.ContentHandler) -> None:
    """Streams a part through a handler. Refuses document types, entities and broken XML."""
    from xml.sax import SAXException

    from defusedxml.common import DefusedXmlException
    from defusedxml.expatreader import DefusedExpatParser

    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setContentHandler(handler)
    try:
        parser.parse(io.BytesIO(data))
    except DefusedXmlException as error:
        raise crafted_xml() from error
    except (SAXException, ValueError, LookupError) as error:
        raise limits.damaged() from error


def refuse_document_type(data: bytes) -> None:
    """The same refusal for a part that nobody needs to read, by its bytes where its encoding lets them be read so."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise crafted_xml()
    declared = re.search(rb"""encoding\s*=\s*["']([A-Za-z0-9._-]+)""", data[:200])
    if (
        data[:2] in (b"\xff\xfe", b"\xfe\xff")
        or b"\x00" in data[:8]
        or (declared and declared[1].lower() not in (b"utf-8", b"us-ascii", b"iso-8859-1"))
    ):
        parse(data, xml.sax.handler.ContentHandler())


def crafted_xml() -> Refused:
    return limits.refuse(
        "crafted-xml",
        "The file holds document types or entities, which no spreadsheet program writes. Copy the rows into the template and send that.",
    )


def no_value(places: list[tuple[str, str]]) -> Refused:
    """Formulas whose result was never stored, by sheet and cell."""
    return Refused(
        *[
            Finding(
                "formula-without-value",
                "error",
                f"Cell {cell} of the sheet “{sheet}” holds a formula but not its result. Open the file in your spreadsheet program and save it, or replace the formula by its value.",
                Where(sheet, row_of(cell), re.sub("[0-9]", "", cell)),
            )
            for sheet, cell in places[:100]
        ]
    )


def row_of(cell: str) -> int:
    return int(re.sub("[^0-9]", "", cell) or 0)


@lru_cache(maxsize=1024)
def column_of(cell: str) -> int:
    """0 for A1, 27 for AB3."""
    at = 0
    for letter in cell:
        if not letter.isalpha():
            break
        at = at * 26 + ord(letter.upper()) - 64
    return at - 1


def listed(places: list[str]) -> str:
    """“B2, C7 and 3 more”."""
    if len(places) <= _NAMED:
        return ", ".join(places)
    return f"{', '.join(places[:_NAMED])} and {len(places) - _NAMED} more"


def in_runs(numbers: Iterable[int]) -> list[str]:
    """Row numbers as people write them: 5–9, 12."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][-1] == number - 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return [f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]
