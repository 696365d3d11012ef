"""What signings refer to, read in bulk: due items, the revisions that stand, definitions' digests."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.calendar.models import DueItem
from hub.definitions.canonical import definition_from_json
from hub.definitions.model import Definition
from hub.definitions.models import DefinitionVersion
from hub.errors import NotFound
from hub.facts.interning import CHUNK
from hub.facts.models import Revision


def due_items(session: Session, partnership_id: int, wanted: set[int]) -> dict[int, DueItem]:
    ids = sorted(wanted)
    found: dict[int, DueItem] = {}
    for start in range(0, len(ids), CHUNK):
        query = select(DueItem).where(
            DueItem.partnership_id == partnership_id, DueItem.id.in_(ids[start : start + CHUNK])
        )
        found.update({item.id: item for item in session.scalars(query)})
    if len(found) < len(wanted):
        raise NotFound("There is no such due item in this partnership.")
    return found


def standing_revisions(session: Session, partnership_id: int, items: Iterable[int]) -> dict[int, Revision]:
    """The latest revision of each due item that has one."""
    ids = sorted(items)
    found: dict[int, Revision] = {}
    for start in range(0, len(ids), CHUNK):
        query = (
            select(Revision)
            .where(
                Revision.partnership_id == partnership_id,
                Revision.due_item_id.in_(ids[start : start + CHUNK]),
            )
            .order_by(Revision.number)
        )
        found.update({revision.due_item_id: revision for revision in session.scalars(query)})
    return found


def definitions(session: Session, ids: set[int]) -> dict[int, Definition]:
    rows = session.execute(
        select(DefinitionVersion.id, DefinitionVersion.document).where(DefinitionVersion.id.in_(ids))
    )
    return {version_id: definition_from_json(document) for version_id, document in rows}
