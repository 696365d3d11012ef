"""A draft as it stands and as it is stored: its text, what the check said about it, and what people explained."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hub.audit.canonical import canonical, digest_of
from hub.facts.document import Explained, document_around
from hub.facts.models import Revision, SignedDocument
from hub.facts.registers import rows_of_document
from hub.findings import Finding, queries
from hub.submissions import events
from hub.submissions.models import Draft
from hub.validation.outcome import Outcome, Part


@dataclass(frozen=True)
class DraftRead:
    """A draft as it stands, for pages and for signing."""

    due_item_id: int
    rows: tuple[dict[str, str], ...]
    findings: tuple[Finding, ...]
    explanations: dict[str, str]  # finding key → words
    digest: str  # what a signature of this draft binds to
    channel: str
    definition_version_id: int

    @property
    def unexplained(self) -> list[Finding]:
        return [f for f in queries(self.findings) if not self.explanations.get(finding_key(f))]

    @property
    def explained(self) -> tuple[Explained, ...]:
        return explained_of(self.findings, self.explanations)


def finding_key(finding: Finding) -> str:
    """What an explanation is tied to: the rule, the place and the value. Another value asks again.

    What is said of no place is told apart by its words.
    """
    where = finding.where
    place = [finding.code, where.row, where.field or where.column, finding.value]
    return digest_of(canonical(place if where.row is not None else [*place, finding.message]))[:16]


Place = tuple[str, str, str, str, str | None, str | None]


def places_of(findings: Iterable[Finding], rows: Iterable[Mapping[str, str]]) -> dict[str, Place]:
    """By key, what each query is about wherever its row stands: rule, period, table, line, figure and value.

    The same figures come by form, workbook or interface with other row numbers; what was explained stays explained.
    """
    by_number = {row["row_no"]: row for row in rows}
    found: dict[str, Place] = {}
    for finding in queries(list(findings)):
        row = by_number.get(str(finding.where.row))
        if row is not None:
            line = (row.get("period", ""), row.get("breakdown", ""), row.get("code", ""))
            found[finding_key(finding)] = (finding.code, *line, finding.where.field, finding.value)
    return found


def explained_of(findings: tuple[Finding, ...], explanations: Mapping[str, str]) -> tuple[Explained, ...]:
    return tuple(
        Explained(f.code, f.where.row, f.where.field, f.message, explanations[finding_key(f)])
        for f in queries(findings)
        if explanations.get(finding_key(f))
    )


def read(session: Session, partnership_id: int, due_item_id: int) -> DraftRead | None:
    """The draft of a due item. Without one, what was last signed (imported history has no drafts); else None."""
    draft = session.get(Draft, (partnership_id, due_item_id), populate_existing=True)
    return last_signed(session, partnership_id, due_item_id) if draft is None else _as_read(draft)


def last_signed(session: Session, partnership_id: int, due_item_id: int) -> DraftRead | None:
    query = (
        select(Revision, SignedDocument.body)
        .join(
            SignedDocument,
            and_(
                SignedDocument.partnership_id == Revision.partnership_id,
                SignedDocument.revision_id == Revision.id,
            ),
        )
        .where(Revision.partnership_id == partnership_id, Revision.due_item_id == due_item_id)
        .order_by(Revision.number.desc())
        .limit(1)
    )
    found = session.execute(query).first()
    if found is None:
        return None
    revision, body = found
    return DraftRead(
        due_item_id=due_item_id,
        rows=rows_of_document(session, partnership_id, revision.id, body),
        findings=(),
        explanations={},
        digest=revision.digest,
        channel=revision.channel,
        definition_version_id=revision.definition_version_id,
    )


def _as_read(draft: Draft) -> DraftRead:
    return DraftRead(
        due_item_id=draft.id,
        rows=tuple(json.loads(draft.document)),
        findings=tuple(Finding.from_json(finding) for finding in json.loads(draft.findings)),
        explanations=json.loads(draft.explanations),
        digest=draft.digest,
        channel=draft.channel,
        definition_version_id=draft.definition_version_id,
    )


def findings_of(outcome: Outcome, part: Part) -> tuple[Finding, ...]:
    """The findings about one submission, and those about the file as a whole."""
    return tuple(f for f in outcome.findings if f.where.submission in (None, "", part.key))


def row_of(
    at: events.Standing,
    document: str,
    *,
    version: tuple[int, str],
    findings: str,
    explained: tuple[Explained, ...],
    explanations: Mapping[str, str],
    channel: str,
    signed: str | None = None,
) -> dict[str, Any]:
    """A draft as it is stored, with the digest of what would be signed. `version` is a definition's number and digest.

    `signed` are the rows as they would be signed, where that differs from the document: typed words by their digest.
    """
    version_id, definition_digest = version
    body = document_around(signed or document, definition_digest=definition_digest, explanations=explained)
    return {
        "partnership_id": at.item.partnership_id,
        "id": at.item.id,
        "definition_version_id": version_id,
        "document": document,
        "digest": digest_of(body),
        "findings": findings,
        "explanations": canonical(dict(explanations)),
        "channel": channel,
        "sequence": at.sequence,
    }


def put(session: Session, rows: list[dict[str, Any]]) -> None:
    """Put drafts in the place of those before."""
    if not rows:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(Draft)
    replaced = {name: statement.excluded[name] for name in rows[0] if name not in ("partnership_id", "id")}
    session.execute(
        statement.on_conflict_do_update(index_elements=["partnership_id", "id"], set_=replaced), rows
    )
