"""Which mappings may read a file of an agency: offered on the upload page, and named by its systems."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy.orm import Session

from hub.definitions import agency_mappings, catalogue, mappings
from hub.definitions.mapping_model import ColumnMapping
from hub.definitions.model import Definition
from hub.errors import NotReady


def offered(
    session: Session, definition: Definition, *, agency_ids: Collection[int]
) -> dict[str, ColumnMapping]:
    """The mappings that make this return, by name: the agencies' own, and the shared ones that are not retired."""
    retired = agency_mappings.retired_everywhere(session, agency_ids)
    shared = mappings.shared(session, catalogue.shipped())
    known = {name: mapping for name, mapping in shared.items() if name not in retired}
    known |= agency_mappings.in_use(session, agency_ids)
    return {name: mapping for name, mapping in known.items() if mapping.return_code == definition.code}


def named(name: str, among: Mapping[str, ColumnMapping]) -> ColumnMapping:
    """The mapping of that name. Errors: NotReady, with the names that there are."""
    if name not in among:
        there_are = ", ".join(sorted(among)) or "none"
        raise NotReady(f"No mapping “{name[:60]}” makes this return. There are: {there_are}.")
    return among[name]
