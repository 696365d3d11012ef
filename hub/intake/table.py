"""The table of text that every channel becomes: headings, cells as typed, and where each stood.

Channels are functions `from_<channel>(received, definition) -> Table`. A table knows nothing of databases or rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from hub.definitions.template_mark import Mark
from hub.findings import Finding

if TYPE_CHECKING:  # web processes pass Received on and hold no tables
    import pandas as pd

Channel = Literal["form", "csv", "xlsx", "json", "import"]
ROW_NO = "row_no"


@dataclass(frozen=True)
class Received:
    """What came through a door, before anything was understood. `rows` for form and JSON, `content` for files.

    JSON may also come as `content`, still to be parsed. `take_hidden` is the person's word that hidden rows, columns
    and sheets are meant as data; `period` is the person's word for which period it is, where the file does not say.
    """

    channel: Channel
    filename: str = ""
    content: bytes = b""
    rows: tuple[Mapping[str, Any], ...] = ()
    take_hidden: bool = False
    period: str = ""


@dataclass(frozen=True)
class Ignored:
    """Something that was left out on purpose, counted and named so that the person can object."""

    what: str  # "12 blank rows at the end"
    count: int


@dataclass(frozen=True)
class Table:
    """Text cells with their origin.

    Shape: `frame` has one row per data row; columns are the definition's names (KEY_COLUMNS and figures, all present,
    all str, stripped, blank where nothing stood) and `row_no`, the row's number in the person's own file or form.

    `findings` are what reading alone could tell. Where one of them is an error at a cell (row and field), the cell's
    text is kept and need not be complained of again.
    """

    channel: Channel
    sheet: str | None
    frame: pd.DataFrame
    headings: Mapping[str, str] = field(default_factory=dict)  # the definition's name → heading as written
    findings: tuple[Finding, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    version: str | None = None  # the definition version that a template named
    template: Mark | None = None  # for what the hub made the file, where it says so
    # Where a mapping reads one figure from several columns: (figure, breakdown, code) → the heading of that line.
    line_headings: Mapping[tuple[str, str, str], str] = field(default_factory=dict)

    def heading(self, name: str, breakdown: str = "", code: str = "") -> str:
        """What the person's own column is called that holds a name of the definition, in a line of a breakdown."""
        found = self.line_headings.get((name, breakdown, code)) or self.line_headings.get(
            (name, breakdown, "")
        )
        return found or self.headings.get(name, name)


class Refused(Exception):
    """The file cannot be read at all, or must not be: nothing of it is kept. Carries findings with stable codes."""

    def __init__(self, *findings: Finding) -> None:
        self.findings = findings
        super().__init__(findings[0].message)
