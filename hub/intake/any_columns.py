"""Whose columns a file has: the return's own, or those that one of the mappings offered for it reads.

A file that reads in the return's own columns is read so, and no mapping is looked at. Where its figures cannot be found
that way, the only mapping whose columns all stand there reads it; where several would, the person says which.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hub.definitions.mapping_model import ColumnMapping
from hub.definitions.model import Definition
from hub.findings import Finding
from hub.intake.mapping import fits, read_mapped
from hub.intake.read import read
from hub.intake.table import Received, Refused, Table

_OTHER_COLUMNS = {"no-headings", "missing-column"}


def read_any(
    received: Received,
    definition: Definition,
    *,
    optional: Collection[str],
    offered: Sequence[ColumnMapping],
) -> tuple[Table, ColumnMapping | None]:
    """The table, and the mapping that read it if one did. Errors: Refused, as the columns that it has would have it."""
    try:
        table = read(received, definition, optional=optional)
    except Refused as refused:
        if not {finding.code for finding in refused.findings} <= _OTHER_COLUMNS:
            raise
        mapping = _only_fitting(received, offered)
        if mapping is None:
            raise
        return read_mapped(received, mapping, definition), mapping
    if any(figure.name in table.headings for figure in definition.figures):
        return table, None
    mapping = _only_fitting(received, offered)
    return (table, None) if mapping is None else (read_mapped(received, mapping, definition), mapping)


def _only_fitting(received: Received, offered: Sequence[ColumnMapping]) -> ColumnMapping | None:
    fitting = [mapping for mapping in offered if fits(received, mapping)]
    if len(fitting) > 1:
        titles = "; ".join(f"“{mapping.title}”" for mapping in fitting)
        message = f"Several mappings read columns like these: {titles}. Say which one is meant and send the file again."
        raise Refused(Finding("several-mappings", "error", message))
    return fitting[0] if fitting else None
