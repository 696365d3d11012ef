"""Writing memberships with the moment from which they are known, and reading them as at a position.

A membership entered late, or ended for a day that is past, takes a position of the partnership's history: whoever reads
as at an earlier one sees what was known then. Before anything was signed there is nothing to repeat, and none is taken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hub.audit.settled import settled
from hub.clock import now_for
from hub.partners.heads import lock_head, step
from hub.partners.history_models import MembershipVersion
from hub.partners.models import Agency, Membership, Partnership
from hub.partners.queries import members_on

NOW = 2**62  # behind every position


class Span(NamedTuple):
    """The days of a membership, the last one included."""

    from_on: date
    until_on: date | None

    def includes(self, day: date) -> bool:
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)


class End(NamedTuple):
    membership: Membership
    last_on: date | None


def write(
    session: Session, partnership: Partnership, *, new: Sequence[Membership] = (), ends: Sequence[End] = ()
) -> None:
    """Add memberships and change the last day of others, known from now on; all of it takes one position."""
    if not new and not ends:
        return
    head = lock_head(session, partnership.id)
    session.add_all(new)
    session.flush()
    if head.position:
        _keep_first(session, partnership.id, [end.membership for end in ends])
    for membership, last_on in ends:
        membership.until_on = last_on
    if head.position:
        step(head, now_for(partnership))
        session.add_all(
            _version(each, head.position, head.signed_at)
            for each in (*new, *(end.membership for end in ends))
        )
    session.flush()


def _keep_first(session: Session, partnership_id: int, changing: Sequence[Membership]) -> None:
    """What was known of memberships before their first change."""
    kept = select(MembershipVersion.membership_id).where(MembershipVersion.partnership_id == partnership_id)
    known = set(session.scalars(kept))
    session.add_all(_version(each, 0, None) for each in changing if each.id not in known)


def _version(membership: Membership, position: int, at: datetime | None) -> MembershipVersion:
    return MembershipVersion(
        partnership_id=membership.partnership_id,
        membership_id=membership.id,
        agency_id=membership.agency_id,
        from_on=membership.from_on,
        until_on=membership.until_on,
        position=position,
        at=at,
    )


def known_otherwise(
    session: Session, partnership_ids: Collection[int] | None, position: int | None
) -> dict[tuple[int, int], tuple[Span, ...]]:
    """By partnership and agency, the memberships as known at a position (None: now), of those agencies alone whose
    memberships were changed, or not yet known: few beside all."""
    table = MembershipVersion
    here = None if partnership_ids is None else tuple(sorted(partnership_ids))
    if not settled(session, _any_changed, here):
        return {}
    changed = (
        select(table.partnership_id, table.agency_id)
        .group_by(table.partnership_id, table.membership_id, table.agency_id)
        .having(or_(func.count() > 1, func.max(table.position) > (position if position is not None else NOW)))
    )
    if partnership_ids is not None:
        changed = changed.where(table.partnership_id.in_(partnership_ids))
    found: dict[tuple[int, int], tuple[Span, ...]] = {}
    places = defaultdict(set)
    for partnership_id, agency_id in session.execute(changed):
        places[partnership_id].add(agency_id)
    for partnership_id, agency_ids in places.items():
        spans = _spans(session, partnership_id, agency_ids, position)
        found |= {(partnership_id, agency_id): tuple(spans[agency_id]) for agency_id in agency_ids}
    return found


def _any_changed(session: Session, partnership_ids: tuple[int, ...] | None) -> bool:
    """Most partnerships never changed a membership after they had begun to sign."""
    query = select(MembershipVersion.membership_id).limit(1)
    if partnership_ids is not None:
        query = query.where(MembershipVersion.partnership_id.in_(partnership_ids))
    return session.scalar(query) is not None


def _spans(
    session: Session, partnership_id: int, agency_ids: Collection[int], position: int | None
) -> dict[int, list[Span]]:
    versions: dict[int, list[MembershipVersion]] = defaultdict(list)
    query = select(MembershipVersion).where(
        MembershipVersion.partnership_id == partnership_id, MembershipVersion.agency_id.in_(agency_ids)
    )
    for version in session.scalars(query.order_by(MembershipVersion.position)):
        versions[version.membership_id].append(version)
    spans = defaultdict(list)
    held = select(Membership).where(
        Membership.partnership_id == partnership_id, Membership.agency_id.in_(agency_ids)
    )
    for membership in session.scalars(held.order_by(Membership.from_on)):
        kept = versions.get(membership.id)
        if kept is None or position is None:
            spans[membership.agency_id].append(Span(membership.from_on, membership.until_on))
            continue
        known = [version for version in kept if version.position <= position]
        if known:
            spans[membership.agency_id].append(Span(known[-1].from_on, known[-1].until_on))
    return spans


def members_as_at(session: Session, partnership_id: int, day: date, *, position: int) -> Sequence[Agency]:
    """The member agencies on a day, as known at a position, by kind and code."""
    otherwise = {
        agency_id: any(span.includes(day) for span in spans)
        for (_, agency_id), spans in known_otherwise(session, [partnership_id], position).items()
    }
    now = [each for each in members_on(session, partnership_id, day) if each.id not in otherwise]
    were = [agency_id for agency_id, member in otherwise.items() if member]
    found = [*now, *(session.scalars(select(Agency).where(Agency.id.in_(were))) if were else ())]
    return sorted(found, key=lambda agency: (agency.kind, agency.code))
