"""Does the ledger still say what was signed? Documents against digests, facts against documents and positions, words.

Reads every row once. Gives each fault as a sentence that names the revision or the row.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import and_, func, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from hub.audit.canonical import digest_of
from hub.audit.verify import verify_chain
from hub.calendar.models import RequestAnswer
from hub.definitions.models import FigureRow
from hub.facts.models import (
    Explanation,
    Fact,
    RegisterCell,
    Revision,
    SignedDocument,
    Words,
)
from hub.facts.rollups import differences
from hub.partners.history_models import LedgerHead, MembershipVersion
from hub.units import UNITS


def all_faults(session: Session, checkpoints: Path) -> list[str]:
    """What `hub verify` says: the first fault of the audit chain, and every fault of the ledgers."""
    chain = verify_chain(session, checkpoints)
    return [*([chain] if chain else []), *ledger_faults(session)]


def ledger_faults(session: Session) -> Iterator[str]:
    """Every fault of every partnership's ledger."""
    yield from _heads(session)
    yield from _spans(session)
    yield from _words(session)
    for partnership_id in session.scalars(select(LedgerHead.partnership_id)).all():
        yield from _documents(session, partnership_id)
        yield from differences(session, partnership_id)


def _heads(session: Session) -> Iterator[str]:
    heads = {head.partnership_id: head for head in session.scalars(select(LedgerHead))}
    positions: dict[int, int] = defaultdict(int)
    moments: dict[int, datetime] = {}
    signed = select(Revision.partnership_id, Revision.position, Revision.signed_at)
    agreed = select(RequestAnswer.partnership_id, RequestAnswer.position, RequestAnswer.at)
    table = MembershipVersion
    members = (
        select(table.partnership_id, table.position, func.min(table.at))  # many may be brought in at once
        .where(table.position > 0)
        .group_by(table.partnership_id, table.position)
    )
    history: Any = union_all(signed, agreed, members).order_by("partnership_id", "position")
    for partnership_id, position, signed_at in session.execute(history):
        before = moments.get(partnership_id)
        if position != positions[partnership_id] + 1:
            yield f"partnership {partnership_id}: position {positions[partnership_id] + 1} of the ledger is missing"
        if before is not None and signed_at < before:
            yield f"partnership {partnership_id}: position {position} is earlier than the position before it"
        positions[partnership_id], moments[partnership_id] = position, signed_at
    for partnership_id, head in heads.items():
        if head.position != positions[partnership_id]:
            yield f"partnership {partnership_id}: the head says position {head.position}, the ledger ends at {positions[partnership_id]}"


def _documents(session: Session, partnership_id: int) -> Iterator[str]:
    """Each document has the digest that was signed, and each whole figure in it is the fact's value."""
    whole = {row.id: row.name for row in session.scalars(select(FigureRow)) if UNITS[row.unit].places == 0}
    query = (
        select(Revision.id, Revision.digest, SignedDocument.body)
        .outerjoin(
            SignedDocument,
            and_(
                SignedDocument.partnership_id == Revision.partnership_id,
                SignedDocument.revision_id == Revision.id,
            ),
        )
        .where(Revision.partnership_id == partnership_id)
    )
    facts = _facts_by_revision(session, partnership_id)
    for revision_id, digest, body in session.execute(query.execution_options(yield_per=500)):
        if body is None or digest_of(body) != digest:
            yield f"revision {revision_id}: its document is not the one that was signed"
            continue
        rows = {row.get("row_no"): row for row in json.loads(body)["rows"]}
        for figure_id, row_no, value in facts.get(revision_id, ()):
            text = rows.get(str(row_no), {}).get(whole.get(figure_id, ""), "")
            if text.isascii() and text.isdecimal() and int(text) != value:
                yield f"revision {revision_id}: row {row_no} was signed as {text}, the fact says {value}"


Cells = list[tuple[int, int, int | None]]


def _facts_by_revision(session: Session, partnership_id: int) -> dict[int, Cells]:
    query = select(Fact.revision_id, Fact.figure_id, Fact.row_no, Fact.value).where(
        Fact.partnership_id == partnership_id
    )
    found: dict[int, Cells] = defaultdict(list)
    for revision_id, figure_id, row_no, value in session.execute(query.execution_options(yield_per=10_000)):
        found[revision_id].append((figure_id, row_no, value))
    return found


def _spans(session: Session) -> Iterator[str]:
    """Facts are known from their revision's position until that of the revision that superseded it."""
    later = aliased(Revision)
    query = (
        select(Fact.partnership_id, Fact.id)
        .join(Revision, and_(Revision.partnership_id == Fact.partnership_id, Revision.id == Fact.revision_id))
        .outerjoin(
            later,
            and_(later.partnership_id == Revision.partnership_id, later.supersedes_id == Revision.id),
        )
        .where(
            or_(
                Fact.known_from != Revision.position,
                Fact.known_until.is_distinct_from(later.position),
                Fact.agency_id != Revision.agency_id,
                Fact.published != Revision.published,
            )
        )
    )
    for partnership_id, fact_id in session.execute(query):
        yield f"partnership {partnership_id}: fact {fact_id} does not stand as its revision does"


def _words(session: Session) -> Iterator[str]:
    query = select(Words.partnership_id, Words.id, Words.digest, Words.body).where(Words.body.is_not(None))
    for partnership_id, words_id, digest, body in session.execute(query):
        if digest_of(body or "") != digest:
            yield f"partnership {partnership_id}: words {words_id} were changed"
    for model, what in ((Explanation, "an explanation"), (RegisterCell, "a text")):
        yield from _signed_words(session, model, what)


def _signed_words(
    session: Session, model: type[Explanation] | type[RegisterCell], what: str
) -> Iterator[str]:
    """Words that a revision carries are those whose digest was signed."""
    said = (
        select(model.partnership_id, model.revision_id, Words.digest, SignedDocument.body)
        .join(Words, and_(Words.partnership_id == model.partnership_id, Words.id == model.words_id))
        .join(
            SignedDocument,
            and_(
                SignedDocument.partnership_id == model.partnership_id,
                SignedDocument.revision_id == model.revision_id,
            ),
        )
    )
    for partnership_id, revision_id, digest, body in session.execute(said):
        if digest not in body:
            yield f"partnership {partnership_id}: {what} of revision {revision_id} is not the one signed"
