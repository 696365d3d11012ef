"""The example's agencies accept the information-sharing agreement at its start, or when they join."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.agreements import sharing as agreement
from hub.clock import start_of_day
from hub.partners import sharing
from hub.partners.models import Membership, Partnership
from hub.partners.sharing_models import SharingAcceptance


def accept_for_all(session: Session, partnership: Partnership, *, recorded_by: int) -> None:
    """Once for each agency; the officers are posts, not persons."""
    standing = agreement.in_force(session, partnership.id)
    if standing is None:
        return
    text, known = standing.agreement, sharing.accepted_by(session, partnership.id)
    joined = (
        select(Membership.agency_id, func.min(Membership.from_on))
        .where(Membership.partnership_id == partnership.id)
        .group_by(Membership.agency_id)
    )
    session.add_all(
        SharingAcceptance(
            partnership_id=partnership.id,
            agency_id=agency_id,
            agreement=text.code,
            version=text.version,
            digest=standing.digest,
            officer="Director responsible (invented)",
            guardian="Officer in post (invented)",
            guardian_post="data-protection-officer",
            person_id=recorded_by,
            at=start_of_day(max(from_on, text.begins_on)),
        )
        for agency_id, from_on in session.execute(joined)
        if agency_id not in known
    )
    session.flush()
