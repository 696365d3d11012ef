"""Which mapping read which rows: kept with the event, so that it stays known whatever becomes of the mapping."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from hub.calendar.models import DueItem
from hub.db import new_id
from hub.submissions.events import Standing
from hub.submissions.models import MappingUse, SubmissionEvent
from hub.validation.outcome import Outcome


@dataclass(frozen=True)
class Used:
    """How often a version of a mapping read rows that were kept, and when last."""

    code: str
    version: int
    agency_id: int
    times: int
    last_at: datetime


def keep(session: Session, outcome: Outcome, happened: Iterable[Standing]) -> None:
    """Note of every event of a file which mapping read it."""
    rows = [
        {
            "partnership_id": at.item.partnership_id,
            "id": new_id(),
            "due_item_id": at.item.id,
            "sequence": at.sequence,
            "code": outcome.mapping,
            "version": outcome.mapping_version,
            "digest": outcome.mapping_digest,
        }
        for at in happened
    ]
    if rows:
        session.execute(insert(MappingUse), rows)


def used(session: Session, *, partnership_id: int | None = None, agency_id: int | None = None) -> list[Used]:
    """Every version that read anything in a partnership, or of an agency, the latest first."""
    query = (
        select(
            MappingUse.code,
            MappingUse.version,
            DueItem.agency_id,
            func.count(),
            func.max(SubmissionEvent.at),
        )
        .join(
            SubmissionEvent,
            (SubmissionEvent.partnership_id == MappingUse.partnership_id)
            & (SubmissionEvent.due_item_id == MappingUse.due_item_id)
            & (SubmissionEvent.sequence == MappingUse.sequence),
        )
        .join(
            DueItem,
            (DueItem.partnership_id == MappingUse.partnership_id) & (DueItem.id == MappingUse.due_item_id),
        )
        .group_by(MappingUse.code, MappingUse.version, DueItem.agency_id)
        .order_by(func.max(SubmissionEvent.at).desc())
    )
    if partnership_id is not None:
        query = query.where(MappingUse.partnership_id == partnership_id)
    if agency_id is not None:
        query = query.where(DueItem.agency_id == agency_id)
    return [Used(*row) for row in session.execute(query)]
