"""Following a figure back: to the revision, its signer, the row as it was read, and what was explained."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from hub.definitions.models import DefinitionVersion, PeriodRow
from hub.errors import NotFound
from hub.facts.models import Explanation, Revision, SignedDocument, Words
from hub.partners.models import Agency, Person


@dataclass(frozen=True)
class ExplainedQuery:
    """A query and the agency's words to it; None where the retention job has blanked them."""

    code: str
    row_no: int | None
    field: str | None
    message: str | None
    words: str | None


@dataclass(frozen=True)
class Evidence:
    """Everything that stands behind the figures of one revision."""

    revision_id: int
    due_item_id: int
    agency_id: int
    agency: str
    agency_name: str
    return_code: str
    version: int
    period: str
    number: int
    position: int
    signed_at: datetime
    signed_by: str
    prepared_by: str
    single_signature: bool
    due_on: date | None
    channel: str
    source: str | None
    digest: str
    reason: str | None  # why it corrects an earlier one
    supersedes_id: int | None
    superseded_by: int | None
    rows: tuple[dict[str, str], ...]
    explanations: tuple[ExplainedQuery, ...]

    def row(self, row_no: int) -> dict[str, str] | None:
        """The row that a fact's `row_no` points to, as it was read."""
        return next((row for row in self.rows if row.get("row_no") == str(row_no)), None)


def evidence(session: Session, partnership_id: int, revision_ids: Sequence[int]) -> list[Evidence]:
    """The evidence of revisions, in their order. NotFound where one of them is not there."""
    found = {row.Revision.id: row for row in session.execute(_query(partnership_id, revision_ids))}
    if len(found) < len(set(revision_ids)):
        raise NotFound("There is no such signed return.")
    explained = _explanations(session, partnership_id, revision_ids)
    later = _superseding(session, partnership_id, revision_ids)
    made = []
    for revision_id in revision_ids:
        row = found[revision_id]
        revision: Revision = row.Revision
        made.append(
            Evidence(
                revision_id=revision.id,
                due_item_id=revision.due_item_id,
                agency_id=revision.agency_id,
                agency=row.agency,
                agency_name=row.agency_name,
                return_code=revision.return_code,
                version=row.version,
                period=row.period,
                number=revision.number,
                position=revision.position,
                signed_at=revision.signed_at,
                signed_by=row.signed_by,
                prepared_by=row.prepared_by,
                single_signature=revision.single_signature,
                due_on=revision.due_on,
                channel=revision.channel,
                source=revision.source,
                digest=revision.digest,
                reason=row.reason,
                supersedes_id=revision.supersedes_id,
                superseded_by=later.get(revision.id),
                rows=tuple(json.loads(row.document)["rows"]),
                explanations=tuple(explained.get(revision.id, ())),
            )
        )
    return made


def _query(partnership_id: int, revision_ids: Sequence[int]) -> Any:
    signer, preparer = aliased(Person), aliased(Person)
    return (
        select(
            Revision,
            Agency.code.label("agency"),
            Agency.name.label("agency_name"),
            DefinitionVersion.version.label("version"),
            PeriodRow.code.label("period"),
            signer.name.label("signed_by"),
            preparer.name.label("prepared_by"),
            Words.body.label("reason"),
            SignedDocument.body.label("document"),
        )
        .join(Agency, Agency.id == Revision.agency_id)
        .join(DefinitionVersion, DefinitionVersion.id == Revision.definition_version_id)
        .join(PeriodRow, PeriodRow.id == Revision.period_id)
        .join(signer, signer.id == Revision.signed_by)
        .join(preparer, preparer.id == Revision.prepared_by)
        .join(
            SignedDocument,
            and_(
                SignedDocument.partnership_id == Revision.partnership_id,
                SignedDocument.revision_id == Revision.id,
            ),
        )
        .outerjoin(
            Words, and_(Words.partnership_id == Revision.partnership_id, Words.id == Revision.reason_id)
        )
        .where(Revision.partnership_id == partnership_id, Revision.id.in_(revision_ids))
    )


def _explanations(
    session: Session, partnership_id: int, revision_ids: Sequence[int]
) -> dict[int, list[ExplainedQuery]]:
    message, said = aliased(Words), aliased(Words)
    query = (
        select(Explanation, message.body, said.body)
        .outerjoin(
            message,
            and_(message.partnership_id == Explanation.partnership_id, message.id == Explanation.message_id),
        )
        .outerjoin(
            said, and_(said.partnership_id == Explanation.partnership_id, said.id == Explanation.words_id)
        )
        .where(Explanation.partnership_id == partnership_id, Explanation.revision_id.in_(revision_ids))
        .order_by(Explanation.row_no, Explanation.code)
    )
    found: dict[int, list[ExplainedQuery]] = {}
    for explanation, asked, words in session.execute(query):
        one = ExplainedQuery(explanation.code, explanation.row_no, explanation.field, asked, words)
        found.setdefault(explanation.revision_id, []).append(one)
    return found


def _superseding(session: Session, partnership_id: int, revision_ids: Sequence[int]) -> dict[int, int]:
    query = select(Revision.supersedes_id, Revision.id).where(
        Revision.partnership_id == partnership_id, Revision.supersedes_id.in_(revision_ids)
    )
    return {before: after for before, after in session.execute(query) if before is not None}
