"""The only writer of facts: signing.

Takes signings that somebody checked before; gives the revisions they became. Locks the partnership's head row
first, so that positions and moments only grow. Nothing is edited: the facts of a superseded revision get their
`known_until`, once. Checks of data, of persons and of states happen in submissions/ and in the database's triggers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from hub.audit.canonical import digest_of
from hub.calendar.models import DueItem
from hub.db import new_id
from hub.definitions.model import Definition
from hub.errors import NotReady
from hub.facts import rollups
from hub.facts.document import Cell, Explained, document_of
from hub.facts.interning import CHUNK, Numbers, numbers_for
from hub.facts.models import (
    STATE_NUMBER,
    Fact,
    Revision,
    Words,
)
from hub.facts.papers import PAPERS, papers_of
from hub.facts.rollups import FactRow
from hub.facts.standing import definitions, due_items, standing_revisions
from hub.partners.deployment import keep_profiles
from hub.partners.heads import lock_head, step
from hub.partners.history_models import LedgerHead

FACTS_PER_REVISION = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Signing:
    """What a named person signs: the rows as read, the figures they make, and how they came about."""

    partnership_id: int
    due_item_id: int
    definition_version_id: int
    rows: Sequence[dict[str, str]]
    cells: Sequence[Cell]
    signed_by: int
    prepared_by: int
    at: datetime
    channel: str  # form, csv, xlsx, json, import
    hands: frozenset[int] = frozenset()  # everybody who touched the data since the sign-off before
    single_signature: bool = False
    explanations: tuple[Explained, ...] = ()
    waivers: tuple[
        tuple[int, str], ...
    ] = ()  # requests that were in force, each with the rule it switched off
    countersigned_for: int | None = None  # the one person of an agency beside whom the partnership signs
    due_on: date | None = None  # where more time was agreed than the calendar gives
    reason: str | None = None  # needed where a signed return is corrected
    source: str | None = None
    published: bool = False


def sign(session: Session, signings: Sequence[Signing]) -> list[Revision]:
    """Write signings to the ledger, in order of their moments; returns the revision of each, in the order given.

    Signing the same document again is no new revision: the one that stands is returned.
    """
    order = sorted(range(len(signings)), key=lambda i: (signings[i].partnership_id, signings[i].at))
    revisions: dict[int, Revision] = {}
    for partnership_id, numbers in groupby(order, key=lambda i: signings[i].partnership_id):
        places = list(numbers)
        signed = _sign_in_one_partnership(session, partnership_id, [signings[i] for i in places])
        revisions.update(zip(places, signed, strict=True))
    return [revisions[place] for place in range(len(signings))]


@dataclass
class _Batch:
    """What a partnership's signings write, gathered before anything is."""

    texts: dict[int, Definition]  # of each definition version
    new: list[tuple[Revision, Signing]] = field(default_factory=list)
    words: dict[str, dict[str, Any]] = field(default_factory=dict)
    rows: dict[type, list[dict[str, Any]]] = field(default_factory=dict)
    closed_at: dict[int, int] = field(default_factory=dict)  # superseded revision → position

    def words_id(self, partnership_id: int, body: str) -> int:
        known = self.words.setdefault(
            body, {"partnership_id": partnership_id, "id": new_id(), "digest": digest_of(body), "body": body}
        )
        return int(known["id"])


def _sign_in_one_partnership(
    session: Session, partnership_id: int, signings: list[Signing]
) -> list[Revision]:
    head = lock_head(session, partnership_id)
    items = due_items(session, partnership_id, {s.due_item_id for s in signings})
    standing = standing_revisions(session, partnership_id, items)
    texts = definitions(session, {s.definition_version_id for s in signings})
    batch = _Batch(texts)
    signed = [
        _enter(
            batch,
            head,
            items[s.due_item_id],
            signing=s,
            standing=standing,
        )
        for s in signings
    ]
    if batch.new:
        keep_profiles(session, partnership_id)
        _write(session, batch, partnership_id)
    return signed


def _enter(
    batch: _Batch,
    head: LedgerHead,
    item: DueItem,
    *,
    signing: Signing,
    standing: dict[int, Revision],
) -> Revision:
    definition = batch.texts[signing.definition_version_id]
    body = document_of(
        signing.rows,
        definition_digest=definition.digest,
        explanations=signing.explanations,
        typed=definition.in_unit("text"),
    )
    digest, before = digest_of(body), standing.get(item.id)
    if before is not None and before.digest == digest:
        return before
    if before is not None and not signing.reason:
        raise NotReady("A signed return is corrected with a reason. Say why it changes.")
    step(head, signing.at)
    tenant = signing.partnership_id
    revision = Revision(
        partnership_id=tenant,
        id=new_id(),
        due_item_id=item.id,
        agency_id=item.agency_id,
        return_code=item.return_code,
        definition_version_id=signing.definition_version_id,
        period_id=item.period_id,
        number=before.number + 1 if before else 1,
        position=head.position,
        signed_at=head.signed_at,
        signed_by=signing.signed_by,
        prepared_by=signing.prepared_by,
        single_signature=signing.single_signature,
        due_on=signing.due_on or item.due_on,
        digest=digest,
        reason_id=batch.words_id(tenant, signing.reason) if signing.reason else None,
        supersedes_id=before.id if before else None,
        channel=signing.channel,
        source=signing.source,
        nil=bool(signing.cells) and all(cell[6] == "nil" for cell in signing.cells),
        partial=any(cell[6] in ("missing", "partial") for cell in signing.cells),
        published=signing.published,
    )
    standing[item.id] = revision
    batch.new.append((revision, signing))
    if before is not None:
        batch.closed_at[before.id] = revision.position
    for model, row in papers_of(revision, signing, body, definition, batch.words_id):
        batch.rows.setdefault(model, []).append(row)
    return revision


def _write(session: Session, batch: _Batch, partnership_id: int) -> None:
    if batch.words:
        session.execute(insert(Words), list(batch.words.values()))
    session.add_all(revision for revision, _ in batch.new)
    session.flush()
    for model in PAPERS:
        if batch.rows.get(model):
            session.execute(insert(model), batch.rows[model])
    _write_facts(session, batch, partnership_id)


def _write_facts(session: Session, batch: _Batch, partnership_id: int) -> None:
    cells = [cell for _, signing in batch.new for cell in signing.cells]
    numbers = numbers_for(
        session,
        partnership_id,
        return_codes={revision.return_code for revision, _ in batch.new},
        period_codes={cell[1] for cell in cells},
        lines={(cell[2], cell[3]) for cell in cells},
    )
    facts = [fact for revision, signing in batch.new for fact in _facts(revision, signing, numbers, batch)]
    delta: rollups.Delta = {}
    rollups.add(delta, _close(session, batch, partnership_id), sign=-1)
    rollups.add(delta, (fact for fact in facts if fact.known_until is None), sign=1)
    rollups.insert_facts(session, facts)
    rollups.apply(session, delta)


def _facts(revision: Revision, signing: Signing, numbers: Numbers, batch: _Batch) -> list[FactRow]:
    first_id = revision.position * FACTS_PER_REVISION
    closed_at = batch.closed_at.get(revision.id)  # superseded within this very batch
    definition = batch.texts[signing.definition_version_id]
    facts = []
    for ordinal, (row_no, period, breakdown, code, name, value, state) in enumerate(signing.cells):
        area_id, set_id = numbers.place(definition, breakdown, code)
        facts.append(
            FactRow(
                partnership_id=revision.partnership_id,
                id=first_id + ordinal,
                revision_id=revision.id,
                figure_id=numbers.figure(revision.return_code, breakdown, name),
                period_id=numbers.periods[period],
                agency_id=revision.agency_id,
                area_id=area_id,
                dimension_set_id=set_id,
                value=value,
                state=STATE_NUMBER[state],
                row_no=row_no,
                known_from=revision.position,
                known_until=closed_at,
                published=revision.published,
            )
        )
    return facts


def _close(session: Session, batch: _Batch, partnership_id: int) -> list[FactRow]:
    """Close the facts of revisions that stood before this batch; returns them as they were."""
    new = {revision.id for revision, _ in batch.new}
    closing = {id_: position for id_, position in batch.closed_at.items() if id_ not in new}
    columns = [Fact.__table__.c[name] for name in FactRow._fields]
    closed: list[FactRow] = []
    for start in range(0, len(closing), CHUNK):
        ids = list(closing)[start : start + CHUNK]
        query = select(*columns).where(Fact.partnership_id == partnership_id, Fact.revision_id.in_(ids))
        closed.extend(FactRow(*row) for row in session.execute(query))
    if closing:
        statement = (
            update(Fact.__table__)  # type: ignore[arg-type]
            .where(
                Fact.partnership_id == partnership_id,
                Fact.revision_id == bindparam("closing_id"),
                Fact.known_until.is_(None),
            )
            .values(known_until=bindparam("closing_at"))
        )
        rows = [{"closing_id": id_, "closing_at": position} for id_, position in closing.items()]
        session.connection().execute(statement, rows)
    return closed
