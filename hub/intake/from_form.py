"""A web form's answers: rows of text by the definition's names, one for each line that the page showed."""

from __future__ import annotations

from hub.intake.from_json import from_rows
from hub.intake.grid import Grid
from hub.intake.table import Received


def from_form(received: Received) -> Grid:
    return from_rows("form", received.rows)
