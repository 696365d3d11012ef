"""History that was loaded later than a moment: a view as at an earlier day says so instead of looking empty."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.facts.models import Revision


def loaded_later(session: Session, partnership_id: int, position: int) -> list[tuple[datetime, int]]:
    """When history was loaded after a position of the ledger, and how many returns each time, the first load first."""
    query = (
        select(Revision.signed_at, func.count())
        .where(
            Revision.partnership_id == partnership_id,
            Revision.position > position,
            Revision.channel == "import",
            Revision.published.is_(False),
        )
        .group_by(Revision.signed_at)
        .order_by(Revision.signed_at)
    )
    return [(at, count) for at, count in session.execute(query)]
