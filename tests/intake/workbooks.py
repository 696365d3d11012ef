"""Workbooks made for tests, and edited below what spreadsheet libraries let one write."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

Edit = Callable[[bytes], bytes]


def workbook(
    rows: Sequence[Sequence[Any]], *, name: str = "Data", change: Callable[[Worksheet], None] | None = None
) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = name
    for row in rows:
        sheet.append(list(row))
    if change:
        change(sheet)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def edited(
    content: bytes, *, change: dict[str, Edit] | None = None, add: dict[str, bytes] | None = None
) -> bytes:
    """The packed file with parts changed or added."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as before,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for part in before.namelist():
            data = before.read(part)
            after.writestr(part, (change or {}).get(part, lambda same: same)(data))
        for part, data in (add or {}).items():
            after.writestr(part, data)
    return made.getvalue()


_ODS_TYPES = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0"'


def ods_cell(value: Any) -> str:
    if value == "":
        return "<table:table-cell/>"
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'


def ods(
    rows: Sequence[Sequence[Any]],
    *,
    body: str | None = None,
    styles: str = "",
    add: dict[str, bytes] | None = None,
) -> bytes:
    """An OpenDocument spreadsheet of one sheet, or of the XML given as body."""
    lines = "".join(f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows)
    tables = body if body is not None else f'<table:table table:name="Data">{lines}</table:table>'
    content = f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_ODS_TYPES} office:version="1.2"><office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>'
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>',
        )
        for part, data in (add or {}).items():
            archive.writestr(part, data)
    return made.getvalue()
