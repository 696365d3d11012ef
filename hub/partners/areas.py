"""A partnership's areas, and what was known of them at a moment: names and days change, figures keep pointing to the area.

An area that was never changed after something was signed was always known as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.audit.settled import settled
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
    before = _words(area) if area else None
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


_Words = tuple[str, date, date | None, date | None]


def _words(area: Area | AreaVersion) -> _Words:
    return area.name, area.from_on, area.until_on, area.recast_from_on


def _is_kept(session: Session, area: Area) -> bool:
    query = select(AreaVersion.id).where(
        AreaVersion.partnership_id == area.partnership_id, AreaVersion.area_id == area.id
    )
    return session.scalar(query.limit(1)) is not None


def _keep(session: Session, area: Area, said: _Words, known_at: datetime | None) -> None:
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


class _Said(NamedTuple):
    """What was said of a partnership's areas: what stands now, and of those that were changed, what was said when, oldest first."""

    now: tuple[KnownArea, ...]
    versions: Mapping[int, list[tuple[datetime | None, _Words]]]


def _every_word(session: Session, partnership_id: int) -> _Said:
    now = session.scalars(select(Area).where(Area.partnership_id == partnership_id).order_by(Area.code))
    kept = select(AreaVersion).where(AreaVersion.partnership_id == partnership_id).order_by(AreaVersion.id)
    versions: dict[int, list[tuple[datetime | None, _Words]]] = {}
    # Engines sort NULL apart.
    for each in sorted(session.scalars(kept), key=lambda each: (each.known_at is not None, each.known_at)):
        versions.setdefault(each.area_id, []).append((each.known_at, _words(each)))
    return _Said(tuple(KnownArea(area.id, area.code, *_words(area)) for area in now), versions)


def areas_known(session: Session, partnership_id: int, moment: datetime) -> list[KnownArea]:
    """Every area that was known at a moment, by code."""
    said = settled(session, _every_word, partnership_id)
    found = []
    for area in said.now:
        versions = said.versions.get(area.id)
        known = [words for known_at, words in versions or () if known_at is None or known_at <= moment]
        if versions is None:
            found.append(area)
        elif known:
            found.append(KnownArea(area.id, area.code, *known[-1]))
    return found


def areas_as_at(session: Session, partnership_id: int, day: date, moment: datetime) -> Sequence[KnownArea]:
    """The areas in force on a day, or those to which that day's figures were recast, as known at a moment, by code."""
    return [area for area in areas_known(session, partnership_id, moment) if area.serves(day)]
