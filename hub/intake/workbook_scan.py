"""The streaming scan of an XLSX workbook (security.md T3): sheet XML, comments, properties, and parts that must not be there.

Never loads the workbook. What is everyday in other people's spreadsheets is told with its places; what can run,
reach out or hide is refused.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from typing import Any
from xml.sax.handler import ContentHandler

from hub.findings import Finding, Where
from hub.intake import limits
from hub.intake.grid import Text
from hub.intake.scan_model import Scan, SheetScan, no_value, parse, refuse_document_type
from hub.intake.sheet_scan import SheetReader
from hub.intake.table import Refused

_MACROS = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml)$|^xl/(macrosheets|dialogsheets)/", re.IGNORECASE)
_LINKS = re.compile(r"^xl/(externallinks|querytables)/|^xl/connections\.xml$", re.IGNORECASE)
_OBJECTS = re.compile(r"^xl/(embeddings|activex)/|oleobject", re.IGNORECASE)
_PIVOTS = re.compile(r"^xl/pivotcache/pivotcachedefinition", re.IGNORECASE)
_WORDS = re.compile(
    r"^xl/(threadedcomments|drawings|pivotcache|revisions|persons)/(?!_rels)|^xl/[^/]*comments|^(docprops|customxml)/(?!_rels)",
    re.IGNORECASE,
)
_COMMENTS = re.compile(r"comments", re.IGNORECASE)
_HARMLESS_LINK = "/hyperlink"


def scan_xlsx(archive: zipfile.ZipFile) -> Scan:
    """What is hidden in the workbook and what is written outside its cells. Refuses what T3 forbids."""
    names = archive.namelist()
    _refuse_parts(archive, names)
    links = _links(archive, names)
    sheets: dict[str, SheetScan] = {}
    texts: list[Text] = []
    unstored: list[tuple[str, str]] = []
    for name, state, part in _sheets_of(archive, links):
        reader = SheetReader()
        parse(_read(archive, part), reader)
        commented = _commented(archive, links.get(part, {}))
        sheets[name] = reader.result(name, state == "visible", commented)
        texts += [Text(Where(name), text) for text in (name, *reader.words)]
        unstored += [(name, cell) for cell in reader.unstored]
        if reader.forbidden:
            raise _refuse_links()
    if unstored:
        raise no_value(unstored)
    for part in [name for name in names if name.endswith(".xml") and _WORDS.search(name)]:
        texts += _words(archive, part)
    findings = [_pivots()] if any(map(_PIVOTS.search, names)) else []
    return Scan(sheets, tuple(findings), tuple(texts))


def _refuse_parts(archive: zipfile.ZipFile, names: list[str]) -> None:
    types = _read(archive, "[Content_Types].xml").lower()
    if any(map(_MACROS.search, names)) or b"macroenabled" in types or b"vbaproject" in types:
        raise limits.refuse(
            "macros",
            "The workbook holds macros. Save it as an Excel workbook without macros (.xlsx) and send that.",
        )
    if any(map(_LINKS.search, names)):
        raise _refuse_links()
    if any(map(_OBJECTS.search, names)):
        raise limits.refuse(
            "embedded-objects",
            "The workbook holds embedded objects or controls. Take them out, or copy the rows into the template and send that.",
        )
    for name in names:
        if name.endswith((".xml", ".rels", ".vml")):
            refuse_document_type(_read(archive, name))


def _refuse_links() -> Refused:
    return limits.refuse(
        "external-links",
        "The workbook takes values from other files or services. Replace the links by their values (Data, Edit links, Break link) and send it again.",
    )


def _read(archive: zipfile.ZipFile, part: str) -> bytes:
    try:
        return archive.read(part)
    except (KeyError, zipfile.BadZipFile) as error:
        raise limits.damaged() from error


def _links(archive: zipfile.ZipFile, names: list[str]) -> dict[str, dict[str, str]]:
    """Part → relation id → the part related to. Refuses relations that lead out of the file, but for links to click on."""
    related: dict[str, dict[str, str]] = {}
    for name in names:
        if not name.endswith(".rels"):
            continue
        folder, base = posixpath.split(name)
        source = posixpath.join(posixpath.dirname(folder), base.removesuffix(".rels"))
        for attributes in _elements(_read(archive, name), "Relationship"):
            target = attributes.get("Target", "")
            if attributes.get("TargetMode", "").lower() == "external":
                if not attributes.get("Type", "").endswith(_HARMLESS_LINK):
                    raise _refuse_links()
                continue
            path = (
                target.lstrip("/")
                if target.startswith("/")
                else posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
            )
            related.setdefault(source, {})[attributes.get("Id", "")] = path
    return related


def _sheets_of(archive: zipfile.ZipFile, links: dict[str, dict[str, str]]) -> list[tuple[str, str, str]]:
    """Name, state and part of each sheet of cells, in the workbook's order."""
    book = next(name for name in archive.namelist() if name.casefold() == "xl/workbook.xml")
    parts = links.get(book, {})
    found = []
    for attributes in _elements(_read(archive, book), "sheet"):
        part = parts.get(next((value for key, value in attributes.items() if key.endswith(":id")), ""), "")
        if "worksheets/" in part:
            found.append((attributes.get("name", ""), attributes.get("state", "visible"), part))
    if not found:
        raise limits.damaged()
    return found


def _commented(archive: zipfile.ZipFile, related: dict[str, str]) -> tuple[str, ...]:
    cells = [
        attributes.get("ref", "")
        for part in related.values()
        if _COMMENTS.search(part) and part.endswith(".xml")
        for element in ("comment", "threadedComment")
        for attributes in _elements(_read(archive, part), element)
    ]
    return tuple(dict.fromkeys(cells))


def _words(archive: zipfile.ZipFile, part: str) -> list[Text]:
    reader = _Texts()
    parse(_read(archive, part), reader)
    return [Text(Where(), text, by_staff=part.lower().startswith("docprops/")) for text in reader.texts]


def _pivots() -> Finding:
    return Finding(
        "pivot-cache",
        "query",
        "The workbook holds a pivot table with a copy of the rows behind it. Nothing of it was taken. Are these the figures that you mean to send? Take the pivot table out if those rows should not leave your agency.",
    )


class _Elements(ContentHandler):
    def __init__(self, wanted: str) -> None:
        super().__init__()
        self.wanted = wanted
        self.found: list[dict[str, str]] = []

    def startElement(self, name: str, attrs: Any) -> None:
        if name.rpartition(":")[2] == self.wanted:
            self.found.append(dict(attrs.items()))


def _elements(data: bytes, wanted: str) -> list[dict[str, str]]:
    reader = _Elements(wanted)
    parse(data, reader)
    return reader.found


class _Texts(ContentHandler):
    """All words of a part: a text of each run of them, and of attributes that hold words (pivot caches)."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._run: list[str] = []

    def startElement(self, name: str, attrs: Any) -> None:
        if name in ("s", "n", "cacheField") and ("v" in attrs or "name" in attrs):
            self.texts.append(attrs.get("v") or attrs.get("name"))

    def characters(self, content: str) -> None:
        self._run.append(content)

    def endElement(self, name: str) -> None:
        if name.rpartition(":")[2] in ("r", "t", "rPh"):
            return  # runs of one comment belong together
        text = "".join(self._run).strip()
        self._run = []
        if text:
            self.texts.append(text)
