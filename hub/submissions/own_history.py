"""An agency's own history through the browser: one file, many periods, one signing "as our records show".

Prepared by one person and signed by another, checked like any return at both moments. What is on the due list, or has
been sent or signed here already, is no history: it is answered as a return. Nobody owes a past period, so its due item
has no due day and is never late.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from hub import periods
from hub.audit.canonical import canonical, digest_of
from hub.audit.chain import record
from hub.calendar.due import period_id
from hub.calendar.models import DueItem
from hub.clock import now_for, today_for
from hub.db import new_id
from hub.definitions.catalogue import definition_version_id
from hub.definitions.model import Definition
from hub.definitions.models import PeriodRow
from hub.errors import Conflict, NotAllowed, NotReady
from hub.facts.document import Explained
from hub.facts.ledger import Signing
from hub.findings import errors, queries
from hub.partners.models import Agency, Partnership
from hub.partners.policy import Actor
from hub.partners.sharing import refuse_unless_accepted
from hub.submissions.history import sign_history
from hub.submissions.models import HistoryBatch
from hub.submissions.scope import scope_for
from hub.validation.outcome import Expected, Outcome, Scope

YEARS_BACK = 10
STATEMENT = "These figures are as our records show."


@dataclass(frozen=True)
class Place:
    """Whose history of which return."""

    partnership: Partnership
    agency: Agency
    definition: Definition


def scope(session: Session, place: Place) -> Scope:
    """Every past period of ten years that is not on the due list."""
    owes = place.definition.owes_for(place.agency.kind)
    if owes is None:
        raise NotReady(f"{place.agency.name} does not owe this return, so it has no history of it.")
    today, taken = today_for(place.partnership), set(_on_due_list(session, place))
    period = periods.containing(today, owes.frequency)
    first = date(today.year - YEARS_BACK, 1, 1)
    expected: list[Expected] = []
    while (period := periods.preceding(period)).starts_on >= first:
        if period.code not in taken:
            number = len(expected) + 1  # a due item is made when it is signed
            expected.append(
                Expected(number, place.partnership.code, place.agency.code, place.agency.kind, period.code)
            )
    general = scope_for(session, place.definition, agency_ids=[], partnership_id=place.partnership.id)
    return replace(
        general,
        expected=tuple(expected),
        default_partnership=place.partnership.code,
        default_agency=place.agency.code,
    )


def prepare(
    session: Session, actor: Actor, place: Place, outcome: Outcome, *, explanation: str
) -> HistoryBatch:
    """Keep a checked file for the signatory. Errors: NotReady where it has errors, or queries and no explanation."""
    refuse_unless_accepted(session, place.partnership.id, place.agency.id)
    _refuse_faults(outcome, explanation)
    rows = [
        {name: text for name, text in row.items() if name != "row_no"}
        for part in outcome.parts
        for row in part.rows
    ]
    document = canonical(rows)
    batch = HistoryBatch(
        partnership_id=place.partnership.id,
        agency_id=place.agency.id,
        return_code=place.definition.code,
        definition_version_id=definition_version_id(session, place.definition),
        document=document,
        digest=digest_of(document + explanation),
        explanation=explanation,
        prepared_by=actor.id,
        prepared_at=now_for(place.partnership),
    )
    session.add(batch)
    session.flush()
    _record(session, actor, batch, "history:prepare", len(outcome.parts))
    return batch


def waiting(session: Session, partnership_id: int, agency_id: int) -> list[HistoryBatch]:
    """What was prepared and is neither signed nor dropped."""
    query = select(HistoryBatch).where(
        HistoryBatch.partnership_id == partnership_id,
        HistoryBatch.agency_id == agency_id,
        HistoryBatch.signed_at.is_(None),
        HistoryBatch.dropped_at.is_(None),
    )
    return list(session.scalars(query.order_by(HistoryBatch.id)))


def rows_of(batch: HistoryBatch) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads(batch.document)
    return rows


def drop(session: Session, actor: Actor, batch: HistoryBatch, *, now: datetime) -> None:
    """Not to be signed after all."""
    if batch.signed_at is not None:
        raise Conflict("It was signed meanwhile. Correct a signed return on its own page.")
    if batch.dropped_at is None:
        batch.dropped_at = now
        session.flush()
        _record(session, actor, batch, "history:drop", 0)


def sign(
    session: Session, actor: Actor, place: Place, batch: HistoryBatch, outcome: Outcome, *, shown: str
) -> int:
    """Sign all of it. `outcome` is the check of its rows made just now; returns how many returns were signed."""
    if batch.signed_at is not None:
        return 0
    if batch.prepared_by == actor.id:
        raise NotAllowed("You prepared this yourself. Another person signs it.")
    if batch.dropped_at is not None or shown != batch.digest:
        raise Conflict("This changed after it was shown to you. Nothing was signed: look at it again.")
    refuse_unless_accepted(session, place.partnership.id, place.agency.id)
    explanation = batch.explanation or STATEMENT
    _refuse_faults(outcome, explanation)
    now, items = now_for(place.partnership), _items(session, place, outcome)
    explained = _explained(outcome, explanation)
    signings = [
        Signing(
            partnership_id=place.partnership.id,
            due_item_id=items[part.key],
            definition_version_id=batch.definition_version_id,
            rows=part.rows,
            cells=part.cells,
            signed_by=actor.id,
            prepared_by=batch.prepared_by,
            at=now,
            channel="import",
            hands=frozenset({batch.prepared_by}),
            explanations=explained.get(part.key, ()),
        )
        for part in outcome.parts
    ]
    sign_history(session, signings)
    batch.signed_by, batch.signed_at = actor.id, now
    session.flush()
    _record(session, actor, batch, "history:import", len(signings))
    return len(signings)


def _refuse_faults(outcome: Outcome, explanation: str) -> None:
    if outcome.refused or errors(outcome.findings):
        raise NotReady("The file has errors. Nothing was kept: mend it and send it again.")
    if not outcome.parts:
        raise NotReady(
            "No row of the file belongs to a past period of this return. Periods on the due list are sent as returns."
        )
    if queries(outcome.findings) and not explanation:
        raise NotReady("The file has queries: say in a sentence why the figures are right.")


def _explained(outcome: Outcome, words: str) -> dict[str, tuple[Explained, ...]]:
    """The one sentence as the answer to every query of each return."""
    found: dict[str, tuple[Explained, ...]] = {}
    for finding in queries(outcome.findings):
        where, key = finding.where, finding.where.submission or ""
        found[key] = (
            *found.get(key, ()),
            Explained(finding.code, where.row, where.field, finding.message, words),
        )
    return found


def _on_due_list(session: Session, place: Place) -> Sequence[str]:
    """The periods that are owed or answered here already."""
    query = (
        select(PeriodRow.code)
        .join(DueItem, DueItem.period_id == PeriodRow.id)
        .where(
            DueItem.partnership_id == place.partnership.id,
            DueItem.agency_id == place.agency.id,
            DueItem.return_code == place.definition.code,
        )
    )
    return session.scalars(query).all()


def _items(session: Session, place: Place, outcome: Outcome) -> dict[str, int]:
    """A due item without a due day for each return of the file. Errors: Conflict where one is there by now."""
    taken = set(_on_due_list(session, place))
    rows, items = [], {}
    for part in outcome.parts:
        period = periods.parse(part.key.split("/")[2])
        if period.code in taken:
            raise Conflict(f"{period.name} is on the due list by now. Prepare the file again without it.")
        items[part.key] = new_id()
        rows.append(
            {
                "partnership_id": place.partnership.id,
                "id": items[part.key],
                "agency_id": place.agency.id,
                "return_code": place.definition.code,
                "period_id": period_id(session, period),
                "due_on": None,
            }
        )
    session.execute(insert(DueItem), rows)
    return items


def _record(session: Session, actor: Actor, batch: HistoryBatch, action: str, returns: int) -> None:
    record(
        session,
        actor=actor.principal,
        action=action,
        subject=f"history:{batch.id}",
        partnership_id=batch.partnership_id,
        detail={"return": batch.return_code, "digest": batch.digest, "returns": returns},
    )
