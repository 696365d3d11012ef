"""What the example's data team noted on its charts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.board.note_models import MeasureNote
from hub.board.notes import note_event
from hub.clock import parse_moment
from hub.partners.load import set_clock
from hub.partners.models import Partnership
from hub.partners.policy import actor_for

OPENED_ON = date(2014, 7, 28)
NOTED_AT = "2014-07-29T10:00+01:00"
WORDS = "The multi-agency safeguarding hub (MASH) opened"


def note_what_happened(
    session: Session, partnership: Partnership, cast: dict[str, int], told_until: datetime
) -> None:
    """On every chart, by the steward, on the day after; once."""
    noted = select(MeasureNote.id).where(
        MeasureNote.partnership_id == partnership.id, MeasureNote.on_date == OPENED_ON
    )
    noted_at, stands_at = parse_moment(NOTED_AT), partnership.clock_at
    if noted_at > told_until or stands_at is None or session.scalars(noted.limit(1)).first() is not None:
        return
    set_clock(partnership, noted_at)
    steward = actor_for(session, cast["steward@example.org"])
    note_event(session, steward, partnership, measure="", on=OPENED_ON, words=WORDS)
    set_clock(partnership, stands_at)
