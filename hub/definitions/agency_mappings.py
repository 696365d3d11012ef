"""Mappings that an agency makes for its own exports: versions that supersede one another, retired and restored.

Nothing is changed or removed: what held at a moment is the last thing that had been done then. A mapping is its
agency's, in every partnership that the agency takes part in.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.definitions import canonical, mapping_model
from hub.definitions.mapping_model import ColumnMapping
from hub.definitions.mapping_models import AgencyMapping, SharedMappingEvent
from hub.errors import Conflict, NotReady
from hub.partners.models import Membership, Person


def standing(
    session: Session, agency_ids: Collection[int] | None = None, *, as_at: datetime | None = None
) -> list[AgencyMapping]:
    """The last thing done with each mapping of the agencies (of all where none are named), by code."""
    last = select(AgencyMapping.code, func.max(AgencyMapping.sequence).label("sequence"))
    if agency_ids is not None:
        last = last.where(AgencyMapping.agency_id.in_(agency_ids))
    if as_at is not None:
        last = last.where(AgencyMapping.at <= as_at)
    latest = last.group_by(AgencyMapping.code).subquery()
    query = (
        select(AgencyMapping)
        .join(
            latest,
            (AgencyMapping.code == latest.c.code) & (AgencyMapping.sequence == latest.c.sequence),
        )
        .order_by(AgencyMapping.code)
    )
    return list(session.scalars(query))


def in_use(
    session: Session, agency_ids: Collection[int] | None = None, *, as_at: datetime | None = None
) -> dict[str, ColumnMapping]:
    """The mappings of the agencies that are not retired, by name."""
    rows = standing(session, agency_ids, as_at=as_at)
    return {row.code: mapping_model.from_json(row.document) for row in rows if row.kind != "retired"}


def history(session: Session, agency_id: int, code: str) -> list[AgencyMapping]:
    """Everything done with one mapping, the latest first; nothing where the agency has none of that name."""
    query = select(AgencyMapping).where(AgencyMapping.agency_id == agency_id, AgencyMapping.code == code)
    return list(session.scalars(query.order_by(AgencyMapping.sequence.desc())))


def save(
    session: Session, agency_id: int, mapping: ColumnMapping, *, person_id: int, seen: int, now: datetime
) -> AgencyMapping:
    """A new version, in use from now on.

    `seen` is the sequence that its maker saw last, 0 for a new name. Errors: Conflict, with who and when, where
    somebody was there meanwhile.
    """
    earlier = history(session, agency_id, mapping.code)
    _check_seen(session, earlier, seen)
    version = max((row.version for row in earlier), default=0) + 1
    document = mapping_model.as_json(replace(mapping, version=version))
    row = AgencyMapping(
        agency_id=agency_id,
        code=mapping.code,
        sequence=seen + 1,
        kind="saved",
        return_code=mapping.return_code,
        version=version,
        document=document,
        digest=canonical.digest_of(document),
        person_id=person_id,
        at=now,
    )
    return _added(session, row)


def set_in_use(
    session: Session,
    agency_id: int,
    code: str,
    *,
    used: bool,
    person_id: int,
    seen: int,
    now: datetime,
) -> AgencyMapping:
    """Retire a mapping, or restore it: its last version is offered no longer, or again."""
    earlier = history(session, agency_id, code)
    _check_seen(session, earlier, seen)
    last = earlier[0]
    if (last.kind != "retired") is used:
        raise NotReady(f"The mapping is {'in use' if used else 'retired'} already.")
    row = AgencyMapping(
        agency_id=agency_id,
        code=code,
        sequence=seen + 1,
        kind="restored" if used else "retired",
        return_code=last.return_code,
        version=last.version,
        document=last.document,
        digest=last.digest,
        person_id=person_id,
        at=now,
    )
    return _added(session, row)


def _check_seen(session: Session, earlier: list[AgencyMapping], seen: int) -> None:
    last = earlier[0].sequence if earlier else 0
    if last == seen:
        return
    if not seen:
        raise NotReady("There is a mapping of this name already. Give it another name, or change that one.")
    by = session.get_one(Person, earlier[0].person_id).name
    raise Conflict(
        f"{by} {earlier[0].kind} this mapping on {earlier[0].at:%-d %B %Y at %H:%M} UTC, after you had opened it. "
        "Look at it first."
    )


def _added(session: Session, row: AgencyMapping) -> AgencyMapping:
    try:
        session.add(row)
        session.flush()
    except IntegrityError as error:
        raise Conflict("Somebody else changed this mapping at the same moment. Look at it first.") from error
    return row


def retired_shared(session: Session, partnership_id: int) -> dict[str, SharedMappingEvent]:
    """The shared mappings that a partnership no longer offers, each with who said so and when."""
    query = select(SharedMappingEvent).where(SharedMappingEvent.partnership_id == partnership_id)
    last = {row.code: row for row in session.scalars(query.order_by(SharedMappingEvent.id))}
    return {code: row for code, row in last.items() if row.kind == "retired"}


def retired_everywhere(session: Session, agency_ids: Collection[int]) -> set[str]:
    """The shared mappings that no partnership of the agencies offers."""
    query = select(Membership.partnership_id).where(Membership.agency_id.in_(agency_ids)).distinct()
    retired = [set(retired_shared(session, each)) for each in session.scalars(query)]
    return set.intersection(*retired) if retired else set()


def set_shared_in_use(
    session: Session, partnership_id: int, code: str, *, used: bool, person_id: int, now: datetime
) -> None:
    """A partnership no longer offers a shared mapping to its members, or offers it again."""
    if (code not in retired_shared(session, partnership_id)) is used:
        raise NotReady(f"The mapping is {'in use' if used else 'retired'} already.")
    session.add(
        SharedMappingEvent(
            partnership_id=partnership_id,
            code=code,
            kind="restored" if used else "retired",
            person_id=person_id,
            at=now,
        )
    )
    session.flush()
