"""The one way in: whatever came, by whichever door, becomes a Table or is refused with its reasons.

The order matters: size before parsing, personal data before anything is given back, meaning last.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from hub.definitions.model import Definition
from hub.intake import limits, sniff
from hub.intake.assemble import OPTIONAL, as_table, template_of, understand
from hub.intake.from_csv import from_csv
from hub.intake.from_form import from_form
from hub.intake.from_json import from_json
from hub.intake.from_xlsx import from_xlsx
from hub.intake.grid import Grid
from hub.intake.headings import known_headings
from hub.intake.marks import refuse_other_template
from hub.intake.personal_data import refuse_identifiers, without_identifiers
from hub.intake.table import Received, Refused, Table


def read(received: Received, definition: Definition, *, optional: Collection[str] = OPTIONAL) -> Table:
    """The table of text in what was received. `optional` names key columns that may be missing.

    Errors: Refused, with findings, where nothing can or may be read; nothing of the file is then kept.
    """
    try:
        understood = understand(grid_of(received, known_headings(definition)), definition)
        asked = refuse_identifiers(understood, definition)
        refuse_other_template(template_of(understood), definition)
        table = as_table(understood, definition, optional=optional)
    except Refused as refused:
        raise without_identifiers(refused) from None
    return replace(table, findings=(*table.findings, *asked))


def grid_of(received: Received, known: Mapping[str, str]) -> Grid:
    """The cells of what was received, not yet understood. `known` are the headings looked for, in comparable form."""
    if received.channel == "form":
        return from_form(received)
    if received.channel == "json":
        return from_json(received)
    limits.refuse_bytes(received.content)
    if sniff.kind_of(received.content) == "workbook":
        return from_xlsx(received, known)
    return from_csv(received, known)
