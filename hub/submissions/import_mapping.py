"""Which mapping reads a file: the one named, or the only one of the return whose columns the file has."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.definitions import catalogue, mappings
from hub.definitions.mapping_model import ColumnMapping
from hub.definitions.model import Definition
from hub.errors import NotReady, WrongUsage
from hub.intake.mapping import fits
from hub.intake.table import Received, Refused
from hub.submissions.import_order import NotImported


def mapping_for(
    session: Session, received: Received, definition: Definition, name: str | None
) -> ColumnMapping | None:
    """None where the file is in the return's own columns. Errors: WrongUsage, NotReady, NotImported."""
    shipped = catalogue.shipped()
    known = mappings.known(session, shipped)
    if name is not None:
        mapping = mappings.named(name, known, shipped)
        if mapping.return_code != definition.code:
            raise WrongUsage(
                f"The mapping “{name}” is for “{mapping.return_code}”, not for “{definition.code}”."
            )
        return mapping
    try:
        fitting = [
            each for each in known.values() if each.return_code == definition.code and fits(received, each)
        ]
    except Refused as refused:
        raise NotImported(refused.findings) from refused
    if len(fitting) > 1:
        raise NotReady(
            f"Several mappings read this file: {', '.join(each.code for each in fitting)}. Name one with --mapping."
        )
    return fitting[0] if fitting else None
