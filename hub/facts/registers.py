"""Signed rows that hold words: a school's contracts, the evidence of an audit. Read whole, as at a moment.

The numbers of such a row are facts like any others; its words are cells of the revision. What the retention job has
blanked reads as such: that something was signed stays known.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from hub.facts.document import DIGEST_MARK
from hub.facts.models import RegisterCell, SignedDocument, Words
from hub.facts.moments import AsAt
from hub.facts.revisions import RevisionAsAt, revisions_as_at
from hub.periods import Period

REMOVED = "(removed when its time to be kept was over)"


@dataclass(frozen=True)
class RegisterRow:
    """One row of a register, or of another table that has words. `cells` holds every column as it was signed."""

    revision: RevisionAsAt
    breakdown: str
    code: str
    cells: Mapping[str, str] = field(default_factory=dict)


def register_rows_as_at(
    session: Session,
    at: AsAt,
    return_code: str,
    breakdown: str,
    *,
    agency_ids: Sequence[int] | None = None,
    period: Period | None = None,
) -> list[RegisterRow]:
    """The rows of one table in the revisions that stood, by period and agency; of one period where that is named."""
    first, last = (period.starts_on, period.ends_on) if period else (None, None)
    standing = revisions_as_at(session, at, return_code, agency_ids=agency_ids, first=first, last=last)
    if not standing:
        return []
    documents = dict(
        session.execute(
            select(SignedDocument.revision_id, SignedDocument.body).where(
                SignedDocument.partnership_id == at.partnership_id,
                SignedDocument.revision_id.in_([revision.id for revision in standing]),
            )
        ).all()
    )
    words = _words(session, at.partnership_id, [revision.id for revision in standing])
    return [
        RegisterRow(revision, breakdown, row["code"], row)
        for revision in standing
        for row in _readable(documents.get(revision.id), words.get(revision.id, {}))
        if row["breakdown"] == breakdown
    ]


def rows_of_document(
    session: Session, partnership_id: int, revision_id: int, body: str
) -> tuple[dict[str, str], ...]:
    """The rows of a signed document as they were typed: words in their places."""
    words = _words(session, partnership_id, [revision_id]) if DIGEST_MARK in body else {}
    return tuple(_readable(body, words.get(revision_id, {})))


def _readable(body: str | None, words: Mapping[str, str]) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads(body)["rows"] if body else []
    return [
        {
            name: words.get(text, REMOVED) if text.startswith(DIGEST_MARK) else text
            for name, text in row.items()
        }
        for row in rows
    ]


def _words(session: Session, partnership_id: int, revision_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """Revision → digest, as it stands in the signed rows → typed words."""
    query = (
        select(RegisterCell.revision_id, Words.digest, Words.body)
        .join(
            Words,
            and_(Words.partnership_id == RegisterCell.partnership_id, Words.id == RegisterCell.words_id),
        )
        .where(RegisterCell.partnership_id == partnership_id, RegisterCell.revision_id.in_(revision_ids))
    )
    found: dict[int, dict[str, str]] = {}
    for revision_id, digest, body in session.execute(query):
        found.setdefault(revision_id, {})[DIGEST_MARK + digest] = REMOVED if body is None else body
    return found
