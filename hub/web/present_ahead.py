"""The meetings that come next, each with the pack to read for it: what a Board's reader opens the hub for the night before."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub.board.packs.read import Pack, current_packs
from hub.clock import now_for, today_for
from hub.meetings.read import Meeting, groups_as_at, meetings_as_at
from hub.partners.models import Partnership

MOST = 3


@dataclass(frozen=True)
class Coming:
    """`pack` is the one that holds, frozen by two persons; None before that."""

    title: str
    meeting: Meeting
    pack: Pack | None


@dataclass(frozen=True)
class Ahead:
    partnership: Partnership
    meetings: tuple[Coming, ...]


def ahead(session: Session, place: Partnership) -> Ahead:
    """The next meetings of a partnership's groups that were not called off."""
    moment, today = now_for(place), today_for(place)
    titles = {group.code: group.title for group in groups_as_at(session, place.id, moment)}
    planned = [
        each
        for each in meetings_as_at(session, place.id, moment)
        if each.held_on >= today and each.called_off_at is None and each.group_code in titles
    ][:MOST]
    packs = current_packs(session, place.id, moment) if planned else {}
    return Ahead(
        place, tuple(Coming(titles[each.group_code], each, packs.get(each.number)) for each in planned)
    )
