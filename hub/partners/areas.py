"""A partnership's areas, and what was known of them at a moment: names and days change, figures keep pointing to the area.

An area that was never changed after something was signed was always known as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.clock import now_for
from hub.db import new_id
from hub.partners.heads import lock_head
from hub.partners.history_models import AreaVersion
from hub.partners.models import Area, Partnership


@dataclass(frozen=True)
class KnownArea:
    """An area as it was known."""

    id: int
    code: str
    name: str
    from_on: date
    until_on: date | None
    recast_from_on: date | None

    def serves(self, day: date) -> bool:
        """In force on a day, or that day's figures were recast to it."""
        began = self.from_on <= day or (self.recast_from_on is not None and self.recast_from_on <= day)
        return began and (self.until_on is None or self.until_on >= day)


def write_area(
    session: Session,
    partnership: Partnership,
    code: str,
    *,
    name: str,
    from_on: date,
    until_on: date | None,
    recast_from_on: date | None,
) -> Area:
    """Add an area or change what is said of it, known from now on."""
    head = lock_head(session, partnership.id)
    area = session.scalar(
        select(Area)
        .where(Area.partnership_id == partnership.id, Area.code == code)
        .execution_options(populate_existing=True)
    )
    before = _said(area) if area else None
    after = (name, from_on, until_on, recast_from_on)
    area = area or Area(partnership_id=partnership.id, code=code)
    area.name, area.from_on, area.until_on, area.recast_from_on = after
    session.add(area)
    session.flush()
    if not head.position or before == after:
        return area  # before anything was signed there is nothing to repeat
    if before is not None and not _is_kept(session, area):
        _keep(session, area, before, None)
    _keep(session, area, after, now_for(partnership))
    return area


_Said = tuple[str, date, date | None, date | None]


def _said(area: Area) -> _Said:
    return area.name, area.from_on, area.until_on, area.recast_from_on


def _is_kept(session: Session, area: Area) -> bool:
    query = select(AreaVersion.id).where(
        AreaVersion.partnership_id == area.partnership_id, AreaVersion.area_id == area.id
    )
    return session.scalar(query.limit(1)) is not None


def _keep(session: Session, area: Area, said: _Said, known_at: datetime | None) -> None:
    name, from_on, until_on, recast_from_on = said
    session.add(
        AreaVersion(
            partnership_id=area.partnership_id,
            id=new_id(),
            area_id=area.id,
            name=name,
            from_on=from_on,
            until_on=until_on,
            recast_from_on=recast_from_on,
            known_at=known_at,
        )
    )
    session.flush()


def areas_known(session: Session, partnership_id: int, moment: datetime) -> list[KnownArea]:
    """Every area that was known at a moment, by code."""
    found = {
        area.id: KnownArea(area.id, area.code, *_said(area))
        for area in session.scalars(
            select(Area).where(Area.partnership_id == partnership_id).order_by(Area.code)
        )
    }
    kept: dict[int, list[AreaVersion]] = {}
    versions = select(AreaVersion).where(AreaVersion.partnership_id == partnership_id)
    for version in session.scalars(versions.order_by(AreaVersion.known_at, AreaVersion.id)):
        kept.setdefault(version.area_id, []).append(version)
    for number, versions_of in kept.items():
        known = [each for each in versions_of if each.known_at is None or each.known_at <= moment]
        known.sort(key=lambda each: (each.known_at is not None, each.known_at))  # engines sort NULL apart
        area = found.pop(number)
        if known:
            last = known[-1]
            found[number] = KnownArea(
                number, area.code, last.name, last.from_on, last.until_on, last.recast_from_on
            )
    return sorted(found.values(), key=lambda area: area.code)


def areas_as_at(session: Session, partnership_id: int, day: date, moment: datetime) -> Sequence[KnownArea]:
    """The areas in force on a day, or those to which that day's figures were recast, as known at a moment, by code."""
    return [area for area in areas_known(session, partnership_id, moment) if area.serves(day)]
