"""From a checked import to what two persons sign: which submissions are new, in which words, with which reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy.orm import Session

from hub.clock import now_for
from hub.definitions import catalogue
from hub.definitions.mapping_model import ColumnMapping
from hub.facts.document import Explained
from hub.facts.ledger import Signing
from hub.findings import queries
from hub.intake.table import ROW_NO
from hub.partners.models import Partnership
from hub.submissions.held import Held, as_held
from hub.submissions.import_order import Hands, NotImported, Order
from hub.validation.outcome import Outcome, Part

STANDING = "standing-explanation"


def news(outcome: Outcome, standing: Mapping[int, frozenset[Held]]) -> tuple[list[Part], int]:
    """The submissions whose figures are not what the ledger holds, and how many rows of the file the others took."""
    fresh = [part for part in outcome.parts if standing.get(part.due_item_id) != as_held(part.cells)]
    kept = {part.due_item_id for part in fresh}
    known = {row[ROW_NO] for part in outcome.parts if part.due_item_id not in kept for row in part.rows}
    return fresh, len(known)


class Maker:
    """Turns checked parts into signings by the two persons."""

    def __init__(
        self,
        session: Session,
        order: Order,
        outcome: Outcome,
        *,
        hands: Hands,
        partnerships: Mapping[str, Partnership],
    ) -> None:
        self.order, self.hands = order, hands
        self.explained = _explained(outcome, order.mapping)
        self.version_id = catalogue.definition_version_id(session, order.definition)
        self.places = {code: (place.id, now_for(place)) for code, place in partnerships.items()}

    def signing(self, part: Part, *, corrects: bool) -> Signing:
        partnership_id, now = self.places[part.key.split("/")[0]]
        definition = self.order.definition
        name = self.order.received.filename or definition.title
        return Signing(
            partnership_id=partnership_id,
            due_item_id=part.due_item_id,
            definition_version_id=self.version_id,
            rows=part.rows,
            cells=part.cells,
            signed_by=self.hands.signed_by,
            prepared_by=self.hands.prepared_by,
            at=now,
            channel="import",
            explanations=self.explained.get(part.key, ()),
            reason=f"A later import gives other figures: {name}." if corrects else None,
            source=definition.publisher,
            published=definition.published,
        )


def _explained(outcome: Outcome, mapping: ColumnMapping | None) -> dict[str, tuple[Explained, ...]]:
    """The mapping's standing words, with every submission and as the answer to each of its queries."""
    words = mapping.explanation if mapping is not None else ""
    asked = queries(outcome.findings)
    if asked and not words:
        raise NotImported(asked)
    by_part: dict[str, list[Explained]] = defaultdict(list)
    for part in outcome.parts:
        if mapping is not None and words:
            by_part[part.key].append(Explained(STANDING, None, None, mapping.title, words))
    for finding in asked:
        where = finding.where
        by_part[where.submission or ""].append(
            Explained(finding.code, where.row, where.field, finding.message, words)
        )
    return {key: tuple(explained) for key, explained in by_part.items()}
