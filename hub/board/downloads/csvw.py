"""What a CSV file says of itself by CSV on the Web: titles, types, what a blank means, terms, as at when, over what."""

from __future__ import annotations

from typing import Any

from hub.board.downloads.model import Column, Download

DIALECT = {
    "encoding": "utf-8",
    "delimiter": ",",
    "quoteChar": '"',
    "doubleQuote": True,
    "header": True,
    "headerRowCount": 1,
    "lineTerminators": ["\r\n"],
}


def metadata(download: Download) -> dict[str, Any]:
    """The document that lies beside the file (https://www.w3.org/TR/tabular-metadata/); `dc` is Dublin Core."""
    span = (download.first, download.last)
    dates = "/".join(day.isoformat() for day in span if day is not None)
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": f"{download.stem}.csv",
        "dc:title": download.title,
        "dc:description": [f"{label}: {words}" for label, words in download.notes],
        "dc:publisher": download.place,
        "dc:spatial": download.place,
        **({"dc:temporal": dates} if dates else {}),
        "dc:valid": download.as_at.isoformat(),
        "dc:source": {"@id": download.address},
        "dc:license": {"@id": download.terms},
        "dialect": DIALECT,
        "tableSchema": {"columns": [_column(column) for column in download.columns]},
    }


def _column(column: Column) -> dict[str, Any]:
    about = column.about
    if column.answers:
        about += " " + "; ".join(f"{code}: {words}" for code, words in column.answers) + "."
    return {
        "name": column.name,
        "titles": [column.name, column.title],
        "datatype": column.datatype,
        "null": [""],
        "dc:description": about,
    }
