"""What a file really is, by its bytes: names and channels may be wrong."""

from __future__ import annotations

import zipfile
from typing import Literal

from hub.intake import limits
from hub.intake.table import Refused

Kind = Literal["text", "workbook"]

_SAVE_AS = "Open it, save it as an Excel workbook (.xlsx) or as CSV, and send that."
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_NOT_TABLES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"{\\rtf", "a text document"),
    (b"7z\xbc\xaf\x27\x1c", "an archive"),
    (b"Rar!", "an archive"),
    (b"\x1f\x8b", "an archive"),
    (b"MZ", "a program"),
)
_MARKUP = (b"<html", b"<!doctype", b"<?xml", b"<table", b"<svg", b"<script")


def kind_of(content: bytes) -> Kind:
    """Text or workbook. Refuses what is neither, naming what it is."""
    if content.startswith(b"PK"):
        return "workbook"
    if content.startswith(_OLE):
        raise _ole(content)
    for start, what in _NOT_TABLES:
        if content.startswith(start) and not _is_plain(content):
            raise not_a_table(what)
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:64].lower().startswith(_MARKUP):
        raise not_a_table("a web page or XML, whatever its name says")
    return "text"


def not_a_table(what: str) -> Refused:
    return limits.refuse("not-a-table", f"This is {what}, not a table that can be read. {_SAVE_AS}")


def _is_plain(content: bytes) -> bool:
    """A CSV may begin with the letters MZ."""
    return content[:2] == b"MZ" and b"\x00" not in content[:512]


def _ole(content: bytes) -> Refused:
    if _ENCRYPTED_PACKAGE in content:
        return limits.encrypted()
    return limits.refuse(
        "old-excel", f"This is a workbook of the old kind (.xls), which may hold macros. {_SAVE_AS}"
    )


def is_ods(archive: zipfile.ZipFile) -> bool:
    """XLSX or ODS. Refuses other packed files: binary workbooks, documents, plain archives."""
    names = set(archive.namelist())
    if "content.xml" in names and "mimetype" in names:
        if b"spreadsheet" in archive.read("mimetype"):
            return True
        raise not_a_table("a text document or presentation")
    if "xl/workbook.bin" in names:
        raise limits.refuse("old-excel", f"This is a binary workbook (.xlsb). {_SAVE_AS}")
    if "[Content_Types].xml" not in names or not any(name.casefold() == "xl/workbook.xml" for name in names):
        raise not_a_table("a document, presentation or archive")
    return False
