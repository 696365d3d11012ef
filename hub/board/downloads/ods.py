"""A workbook as OpenDocument: sheets of texts, numbers and dates, and nothing else.

The few elements that this takes are written here: what writes ODS from Python either has no wheel or brings an XML library
with it (docs/dependencies.md).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from hub.exports import formula_safe

MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
_NAMES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
}
_SPACES = " ".join(f'xmlns:{short}="{name}"' for short, name in _NAMES.items())
_MANIFEST = f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">
<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{MIMETYPE}"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
</manifest:manifest>
"""


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook, headings first."""

    name: str
    rows: Sequence[Sequence[Any]]


def as_ods(sheets: Iterable[Sheet]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", MIMETYPE, zipfile.ZIP_STORED)  # first and plain, as the standard asks
        made.writestr("META-INF/manifest.xml", _MANIFEST)
        made.writestr("content.xml", _document(sheets))
    return content.getvalue()


def _document(sheets: Iterable[Sheet]) -> str:
    tables = "".join(
        f"<table:table table:name={quoteattr(sheet.name)}>{''.join(map(_row, sheet.rows))}</table:table>"
        for sheet in sheets
    )
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<office:document-content {_SPACES} office:version="1.3">{body}</office:document-content>'
    )


def _row(cells: Sequence[Any]) -> str:
    return f"<table:table-row>{''.join(map(_cell, cells))}</table:table-row>"


def _cell(cell: Any) -> str:
    if cell is None or cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{cell}"><text:p>{cell}</text:p></table:table-cell>'
    if isinstance(cell, date):
        day = cell.isoformat()
        return f'<table:table-cell office:value-type="date" office:date-value="{day}"><text:p>{day}</text:p></table:table-cell>'
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in formula_safe(str(cell)).splitlines())
    return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'
