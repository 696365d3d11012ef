"""Short fields of a form as they were typed: texts, days, and the text of a file. Raises NotReady with what is wrong."""

from __future__ import annotations

from datetime import date

from flask import request

from hub.access.objects import LARGEST_NUMBER
from hub.errors import NotReady

LONGEST_TEXT = 200
LARGEST_LIST = 1_000_000


def text(name: str) -> str:
    """One line, without needless spaces."""
    return " ".join(request.form.get(name, "").split())[:LONGEST_TEXT]


def number(name: str) -> int:
    """The number of a row; 0, which no row has, for anything else."""
    typed = text(name)
    fits = typed.isascii() and typed.isdecimal() and len(typed) < 20
    return int(typed) if fits and int(typed) <= LARGEST_NUMBER else 0


def page(name: str = "page") -> int:
    """The page of a long list that an address or a form asks for; the first for anything else."""
    typed = request.values.get(name, "")
    fits = typed.isascii() and typed.isdecimal() and len(typed) < 6
    return max(int(typed), 1) if fits else 1


def day(name: str) -> date | None:
    typed = text(name)
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise NotReady(f"“{typed}” is not a date. Write it as 2026-04-30.") from error


def listed(name: str) -> tuple[str, str]:
    """The text and name of a small CSV: as uploaded, or as a page carried it from its trial."""
    file = request.files.get(name)
    if file is None or not file.filename:
        carried = request.form.get("carried", "")
        if not carried:
            raise NotReady("Choose a CSV file.")
        return carried, request.form.get("carried_name", "")[:LONGEST_TEXT]
    content = file.stream.read(LARGEST_LIST + 1)
    file.stream.seek(0)
    if len(content) > LARGEST_LIST:
        raise NotReady("The list is larger than a million bytes. Split it.")
    try:
        decoded = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        decoded = content.decode("cp1252", errors="replace")
    if "\0" in decoded:
        raise NotReady("This is not a CSV file. Save the sheet as “CSV UTF-8” and choose that file.")
    return decoded, file.filename[:LONGEST_TEXT]


def several(name: str) -> list[str]:
    """The values of boxes that were ticked."""
    return request.form.getlist(name)
