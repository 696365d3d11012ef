"""Workbooks made for tests, and edited below what spreadsheet libraries let one write."""

from __future__ import annotations

import io
import re
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
    return edited(content.getvalue(), change={"docProps/core.xml": _undated})


def _undated(xml: bytes) -> bytes:
    """The same bytes whenever the workbook is made."""
    return re.sub(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z", b"2015-05-18T09:00:00Z", xml)


def _part(name: str, compression: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (2015, 5, 18, 9, 0, 0))
    entry.compress_type = compression
    return entry


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
            after.writestr(_part(part), (change or {}).get(part, lambda same: same)(data))
        for part, data in (add or {}).items():
            after.writestr(_part(part), data)
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
        archive.writestr(
            _part("mimetype", zipfile.ZIP_STORED), "application/vnd.oasis.opendocument.spreadsheet"
        )
        archive.writestr(_part("content.xml"), content)
        archive.writestr(
            _part("META-INF/manifest.xml"),
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>',
        )
        for part, data in (add or {}).items():
            archive.writestr(_part(part), data)
    return made.getvalue()
