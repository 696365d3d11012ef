"""What is filed with a revision: who touched it, the document, its words, what was explained, waived and countersigned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from hub.db import new_id
from hub.definitions.model import Definition
from hub.facts.models import (
    Countersignature,
    Explanation,
    RegisterCell,
    Revision,
    RevisionHand,
    RevisionWaiver,
    SignedDocument,
)

if TYPE_CHECKING:
    from hub.facts.ledger import Signing

WordsId = Callable[[int, str], int]  # (partnership, typed text) → its number in the side table
Row = tuple[type, dict[str, Any]]

# In the order in which they are written.
PAPERS = (RevisionHand, SignedDocument, RegisterCell, Explanation, RevisionWaiver, Countersignature)


def papers_of(
    revision: Revision, signing: Signing, body: str, definition: Definition, words_id: WordsId
) -> Iterator[Row]:
    """Every row beside the facts, as (model, columns)."""
    rows = [
        *_of_document(signing, body),
        *_words(revision.partnership_id, signing, definition, words_id),
        *_explanations(revision.partnership_id, signing, words_id),
        *_marks(signing),
    ]
    of_revision = {"partnership_id": revision.partnership_id, "revision_id": revision.id}
    for model, columns in rows:
        yield model, {**of_revision, "id": new_id(), **columns}


def _of_document(signing: Signing, body: str) -> Iterator[Row]:
    for person_id in sorted(signing.hands | {signing.prepared_by}):
        yield RevisionHand, {"person_id": person_id}
    yield SignedDocument, {"body": body}


def _words(partnership_id: int, signing: Signing, definition: Definition, words_id: WordsId) -> Iterator[Row]:
    """Every cell that holds words, of every row: signed with the rest, and no fact."""
    typed, plain = definition.in_unit("text"), definition.in_unit("date", "code")
    for row in signing.rows if typed or plain else ():
        for name in (*typed, *plain):
            if text := row.get(name):
                yield (
                    RegisterCell,
                    {
                        "row_no": int(row["row_no"]),
                        "breakdown": row["breakdown"],
                        "code": row["code"],
                        "name": name,
                        "value": None if name in typed else text,
                        "words_id": words_id(partnership_id, text) if name in typed else None,
                    },
                )


def _explanations(partnership_id: int, signing: Signing, words_id: WordsId) -> Iterator[Row]:
    for explained in signing.explanations:
        yield (
            Explanation,
            {
                "code": explained.code,
                "row_no": explained.row_no,
                "field": explained.field,
                "message_id": words_id(partnership_id, explained.message),
                "words_id": words_id(partnership_id, explained.words),
            },
        )


def _marks(signing: Signing) -> Iterator[Row]:
    """What readers must know of the signature: rules that were off, and a countersignature."""
    for request_id, rule in signing.waivers:
        yield RevisionWaiver, {"request_id": request_id, "rule": rule}
    if signing.countersigned_for is not None:
        yield Countersignature, {"person_id": signing.countersigned_for}
