"""The receipt of a signature as a printable page: what was signed, and which measures and promises it serves."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.agreements.versions import agreement_as_at, agreements_of
from hub.clock import now_for
from hub.errors import NotFound
from hub.facts.models import Explanation, Revision, Words
from hub.measures.model import Measure
from hub.submissions.receipts import Receipt
from hub.submissions.receipts import receipt as read_receipt
from hub.web.present_dictionary import measures_of
from hub.web.subject import Subject


@dataclass(frozen=True)
class Promise:
    agreement: str
    clause: str
    text: str


@dataclass(frozen=True)
class ShownReceipt:
    receipt: Receipt
    late: bool
    reason: str
    explanations: tuple[str, ...]
    measures: tuple[Measure, ...]
    promises: tuple[Promise, ...]


def receipt(session: Session, about: Subject, number: int) -> ShownReceipt:
    revision = session.scalar(
        select(Revision).where(
            Revision.partnership_id == about.partnership.id,
            Revision.due_item_id == about.id,
            Revision.number == number,
        )
    )
    if revision is None:
        raise NotFound("There is no such signed return.")
    read = read_receipt(session, about.partnership.id, revision.id)
    measures = tuple(measures_of(session, about.definition.code))
    return ShownReceipt(
        receipt=read,
        late=about.listed.answer == "late",
        reason=_words(session, revision.partnership_id, revision.reason_id),
        explanations=_explanations(session, revision),
        measures=measures,
        promises=_promises(session, about, {measure.id for measure in measures}),
    )


def _words(session: Session, partnership_id: int, words_id: int | None) -> str:
    words = session.get(Words, (partnership_id, words_id)) if words_id else None
    return (words.body or "") if words else ""


def _explanations(session: Session, revision: Revision) -> tuple[str, ...]:
    query = select(Explanation).where(
        Explanation.partnership_id == revision.partnership_id, Explanation.revision_id == revision.id
    )
    return tuple(
        f"{_words(session, each.partnership_id, each.message_id)} – {_words(session, each.partnership_id, each.words_id)}"
        for each in session.scalars(query)
    )


def _promises(session: Session, about: Subject, measures: set[str]) -> tuple[Promise, ...]:
    """Commitments, of agreements in force or to come, that this agency's figures bear on."""
    moment = now_for(about.partnership)
    found = []
    for code in agreements_of(session, about.partnership.id):
        agreement = agreement_as_at(session, about.partnership.id, code, moment)
        for commitment in agreement.commitments:
            concerned = about.agency.code in (*commitment.promisor, *commitment.supporting)
            named = {commitment.terms.get("return"), commitment.terms.get("measure")}
            if concerned and named & {about.definition.code, *measures}:
                found.append(Promise(agreement.title, commitment.clause, commitment.text))
    return tuple(found)
