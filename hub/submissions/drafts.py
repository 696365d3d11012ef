"""Drafts: the text of a submission as it was read, with what the check said about it and what people explained.

A draft with errors may be saved, left and resumed; nothing of it reaches the ledger. All the submissions of one file
are saved in one transaction or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from operator import itemgetter

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from hub.audit.canonical import canonical, digest_of
from hub.audit.chain import record
from hub.definitions.catalogue import definition, definition_version_id
from hub.definitions.models import DefinitionVersion
from hub.errors import NotReady
from hub.facts.document import Explained, document_of
from hub.facts.interning import CHUNK
from hub.facts.models import Revision, SignedDocument
from hub.findings import Finding, queries
from hub.partners.policy import Actor
from hub.submissions import events
from hub.submissions.models import Draft
from hub.validation.outcome import Outcome, Part

UPLOADS = ("csv", "xlsx")


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


@dataclass(frozen=True)
class Saved:
    """What became of one submission of a file. `replaced` says whose draft this took the place of, if another's."""

    due_item_id: int
    key: str
    sequence: int
    status: str
    unchanged: bool = False
    replaced: str | None = None


def finding_key(finding: Finding) -> str:
    """What an explanation is tied to: the rule, the place and the value. Another value asks again."""
    where = finding.where
    return digest_of(canonical([finding.code, where.row, where.field or where.column, finding.value]))[:16]


def explained_of(findings: tuple[Finding, ...], explanations: Mapping[str, str]) -> tuple[Explained, ...]:
    return tuple(
        Explained(f.code, f.where.row, f.where.field, f.message, explanations[finding_key(f)])
        for f in queries(findings)
        if explanations.get(finding_key(f))
    )


def read(session: Session, partnership_id: int, due_item_id: int) -> DraftRead | None:
    """The draft of a due item. Without one, what was last signed (imported history has no drafts); else None."""
    draft = session.get(Draft, (partnership_id, due_item_id), populate_existing=True)
    return _signed(session, partnership_id, due_item_id) if draft is None else _as_read(draft)


def _signed(session: Session, partnership_id: int, due_item_id: int) -> DraftRead | None:
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
        rows=tuple(json.loads(body)["rows"]),
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


def save(
    session: Session,
    actor: Actor,
    outcome: Outcome,
    *,
    channel: str,
    seen: Mapping[int, int] | None = None,
    reason: str | None = None,
) -> list[Saved]:
    """Save every submission of a checked table as a draft, all or none.

    `seen` gives, by due item, the event that the sender saw last; a stale one raises Conflict. A signed submission is
    left alone where its rows are the same, and needs a `reason` where they are not: it is then reopened.
    """
    if outcome.refused:
        raise NotReady("The file could not be read, so nothing of it was kept. Mend it and send it again.")
    if not outcome.parts:
        raise NotReady("There is no return in this that you may send, so nothing was kept.")
    person_id = events.person_of(session, actor)
    text = definition(session, outcome.return_code, version=outcome.version)
    parts = {part.due_item_id: part for part in outcome.parts}
    standings = events.lock(session, parts)
    save_one = _Saving(
        session=session,
        actor=actor,
        person_id=person_id,
        version_id=definition_version_id(session, text),
        definition_digest=text.digest,
        channel=channel,
        reason=reason,
        drafts=_drafts(session, [at.item.id for at in standings if at.last is not None]),
    )
    findings = _by_part(outcome)
    saved = [
        save_one(at, parts[at.item.id], findings(parts[at.item.id]), (seen or {}).get(at.item.id))
        for at in standings
    ]
    session.flush()
    return saved


def _drafts(session: Session, ids: list[int]) -> dict[int, Draft]:
    found: dict[int, Draft] = {}
    for start in range(0, len(ids), CHUNK):
        query = select(Draft).where(Draft.id.in_(ids[start : start + CHUNK]))
        found.update(
            {draft.id: draft for draft in session.scalars(query.execution_options(populate_existing=True))}
        )
    return found


def _by_part(outcome: Outcome) -> Callable[[Part], tuple[Finding, ...]]:
    """`findings_of` for every part of a big file, without reading all its findings for each."""
    keyed: dict[str, list[tuple[int, Finding]]] = {}
    for number, finding in enumerate(outcome.findings):
        keyed.setdefault(finding.where.submission or "", []).append((number, finding))

    def of_part(part: Part) -> tuple[Finding, ...]:
        both = [*keyed.get("", ()), *keyed.get(part.key, ())]
        return tuple(finding for _, finding in sorted(both, key=itemgetter(0)))

    return of_part


def findings_of(outcome: Outcome, part: Part) -> tuple[Finding, ...]:
    """The findings about one submission, and those about the file as a whole."""
    return tuple(f for f in outcome.findings if f.where.submission in (None, "", part.key))


@dataclass(frozen=True)
class _Saving:
    """What is the same for every submission of a file."""

    session: Session
    actor: Actor
    person_id: int
    version_id: int
    definition_digest: str
    channel: str
    reason: str | None
    drafts: dict[int, Draft]

    def __call__(
        self, at: events.Standing, part: Part, findings: tuple[Finding, ...], seen: int | None
    ) -> Saved:
        events.check_seen(self.session, at, seen, person_id=self.person_id)
        draft = self.drafts.get(at.item.id)
        before = _as_read(draft) if draft else None
        if before is None and at.last is not None:
            before = _signed(self.session, at.item.partnership_id, at.item.id)
        if at.status == "signed":
            if before is not None and before.rows == part.rows:
                return Saved(at.item.id, part.key, at.sequence, at.status, unchanged=True)
            at = self._reopen(at, part)
        replaced = self._replaced(at)
        kind: events.Kind = "uploaded" if self.channel in UPLOADS else "saved"
        now = events.append(self.session, at, kind, person_id=self.person_id)
        fresh = DraftRead(
            due_item_id=at.item.id,
            rows=part.rows,
            findings=findings,
            explanations=_kept(findings, before),
            digest="",
            channel=self.channel,
            definition_version_id=self.version_id,
        )
        _put(self.session, draft, now, fresh, definition_digest=self.definition_digest)
        self._record("draft:write", now, rows=len(part.rows))
        return Saved(at.item.id, part.key, now.sequence, now.status, replaced=replaced)

    def _reopen(self, at: events.Standing, part: Part) -> events.Standing:
        if not self.reason:
            raise NotReady(
                f"The return {part.key} is signed. To correct it, say why: the reason is kept with it."
            )
        reopened = events.append(self.session, at, "reopened", person_id=self.person_id, words=self.reason)
        self._record("submission:reopen", reopened)
        return reopened

    def _replaced(self, at: events.Standing) -> str | None:
        theirs = (
            at.last is not None and at.last.kind in events.TOUCHING and at.last.person_id != self.person_id
        )
        return events.said(self.session, at.last) if theirs and at.last else None

    def _record(self, action: str, at: events.Standing, **detail: int) -> None:
        record(
            self.session,
            actor=self.actor.principal,
            action=action,
            subject=f"submission:{at.item.id}",
            partnership_id=at.item.partnership_id,
            detail={"sequence": at.sequence, **detail},
        )


def _kept(findings: tuple[Finding, ...], before: DraftRead | None) -> dict[str, str]:
    """Explanations of queries that are still there stay."""
    keys = {finding_key(f) for f in queries(findings)}
    return {key: words for key, words in before.explanations.items() if key in keys} if before else {}


def _put(
    session: Session, draft: Draft | None, at: events.Standing, fresh: DraftRead, *, definition_digest: str
) -> None:
    """Put a draft in the place of the one before, with the digest of what would be signed."""
    body = document_of(fresh.rows, definition_digest=definition_digest, explanations=fresh.explained)
    if draft is None:
        draft = Draft(partnership_id=at.item.partnership_id, id=at.item.id)
        session.add(draft)
    draft.definition_version_id = fresh.definition_version_id
    draft.document = canonical(list(fresh.rows))
    draft.digest = digest_of(body)
    draft.findings = canonical([finding.as_json() for finding in fresh.findings])
    draft.explanations = canonical(fresh.explanations)
    draft.channel = fresh.channel
    draft.sequence = at.sequence


def explain(
    session: Session, actor: Actor, due_item_id: int, *, words: Mapping[str, str], seen: int | None = None
) -> Saved:
    """Say why queried figures are right, by finding key. The words stay with the figures for good."""
    person_id = events.person_of(session, actor)
    at = events.lock_one(session, due_item_id)
    events.check_seen(session, at, seen, person_id=person_id)
    draft = read(session, at.item.partnership_id, due_item_id)
    if draft is None:
        raise NotReady("Nothing has been entered yet, so there is nothing to explain.")
    known = {finding_key(f) for f in queries(draft.findings)}
    said = {key: text.strip() for key, text in words.items() if key in known}
    explanations = {key: text for key, text in {**draft.explanations, **said}.items() if text}
    if explanations == draft.explanations:
        return Saved(due_item_id, "", at.sequence, at.status, unchanged=True)
    now = events.append(session, at, "explained", person_id=person_id)
    fresh = replace(draft, explanations=explanations)
    stored = session.get(Draft, (at.item.partnership_id, due_item_id))
    digest = session.get_one(DefinitionVersion, fresh.definition_version_id).digest
    _put(session, stored, now, fresh, definition_digest=digest)
    session.flush()
    record(
        session,
        actor=actor.principal,
        action="draft:explain",
        subject=f"submission:{due_item_id}",
        partnership_id=at.item.partnership_id,
        detail={"sequence": now.sequence, "queries": len(said)},
    )
    return Saved(due_item_id, "", now.sequence, now.status)
