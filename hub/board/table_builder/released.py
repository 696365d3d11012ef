"""What anybody was given already: tables that were released, and the months behind annual reports. Releasing one more.

A table is released by a person who may freeze packs, never by somebody who only reads: nothing is kept of a table that was
looked at, and what is kept is one row for each measure of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.audit.chain import record
from hub.board.packs.headings import ANNUAL
from hub.board.packs.read import reports
from hub.board.public_models import PublicTable
from hub.board.table_builder.choices import Choices
from hub.clock import now_for
from hub.facts.moments import AsAt, as_at
from hub.partners.heads import lock_head
from hub.partners.models import Partnership
from hub.partners.policy import Actor
from hub.periods import parse


@dataclass(frozen=True)
class Given:
    """Figures of one measure as anybody was given them at a time: of which days, by which breakdown, as known when."""

    at: datetime
    first_on: date
    last_on: date
    by: str
    as_known: AsAt


def given_of(
    session: Session, partnership: Partnership, measure: str, before: datetime | None
) -> list[Given]:
    """In the order of giving; `before` leaves out what was given at that time and later."""
    tables = session.scalars(
        select(PublicTable).where(
            PublicTable.partnership_id == partnership.id, PublicTable.measure == measure
        )
    )
    found = [
        Given(
            row.at, row.first_on, row.last_on, row.by, _pinned(session, partnership, row.as_at, row.position)
        )
        for row in tables
    ]
    for report in reports(session, partnership.id, ANNUAL):
        if report.seal is not None and any(measure in heading.shows for heading in report.headings):
            year = parse(report.period)
            known = _pinned(session, partnership, report.as_at, report.position)
            found.append(Given(report.seal.agreed_at, year.starts_on, year.ends_on, "", known))
    return sorted((each for each in found if before is None or each.at < before), key=lambda each: each.at)


def _pinned(session: Session, partnership: Partnership, moment: datetime, position: int) -> AsAt:
    return replace(as_at(session, partnership, moment), position=position)


def released_at(session: Session, partnership_id: int, address: str, at: AsAt) -> datetime | None:
    """When a table was released as at a moment; None where it was not."""
    return session.scalar(
        select(PublicTable.at)
        .where(
            PublicTable.partnership_id == partnership_id,
            PublicTable.address == address,
            PublicTable.as_at == at.moment,
            PublicTable.position == at.position,
        )
        .limit(1)
    )


def release(
    session: Session,
    actor: Actor,
    partnership: Partnership,
    choices: Choices,
    address: str,
    at: AsAt,
    digest: str,
) -> None:
    """Keep what is given to anybody. A table that was released before as at that moment is one already."""
    lock_head(session, partnership.id)
    if released_at(session, partnership.id, address, at) is not None:
        return
    measures: Sequence[str] = [measure.id for measure in choices.measures]
    session.add_all(
        PublicTable(
            partnership_id=partnership.id,
            measure=measure,
            by=choices.by or ("area" if choices.area else ""),
            first_on=choices.first.starts_on,
            last_on=choices.last.ends_on,
            address=address,
            as_at=at.moment,
            position=at.position,
            digest=digest,
            person_id=actor.id,
            at=now_for(partnership),
        )
        for measure in measures
    )
    session.flush()
    record(
        session,
        actor=actor.principal,
        action="public-table:released",
        subject=f"measure:{','.join(measures)}",
        partnership_id=partnership.id,
        detail={"address": address, "position": at.position, "digest": digest},
    )
