"""The example's groups, the Board's meetings that were held, and the next one, whose pack is still to be frozen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.board.packs.parts import DEFAULT
from hub.clock import parse_moment
from hub.meetings.models import GroupVersion
from hub.meetings.told import Told, plan_meeting, tell_meeting
from hub.partners.models import Partnership

WRITES, CONFIRMS = "board.manager@example.org", "steward@example.org"
MADE_AT = "2014-04-01T09:00+01:00"
BOARD = ("330", "20", "RQ3", "RLU", "RR1", "RRK", "RYW", "RXT", "13P", "04X", "05L", "X24")
HEALTH_AND_COUNCIL = ("330", "13P", "04X", "05L", "RYW", "X24")


@dataclass(frozen=True)
class _Group:
    code: str
    title: str
    cadence: str
    quorum: int
    bodies: Sequence[str]


GROUPS = (
    _Group("board", "Safeguarding Board", "quarter", 7, BOARD),
    _Group("executive", "Executive of the Board", "month", 3, ("330", "20", "13P", "RQ3", "RYW")),
    _Group("performance-sub-group", "Performance sub-group", "month", 3, ("330", "20", "RR1", "RXT", "13P")),
    _Group("memorandum-leads", "Leads of the memorandum", "month", 4, HEALTH_AND_COUNCIL),
    _Group(
        "accountable-body",
        "Accountable group",
        "fortnight",
        3,
        ("leader", "cabinet-member", "chief-executive", "strategic-director"),
    ),
)
# Day of the meeting → bodies that were away, and those that came by a deputy.
BOARD_MET = {
    "2014-06-10": (("RXT", "20"), ("X24",)),
    "2014-09-09": (("RXT",), ("05L", "RLU")),
    "2014-12-09": (("RXT", "04X", "X24", "05L", "RLU", "RRK"), ("20",)),
    "2015-03-10": (("05L",), ("RXT",)),
}
NEXT = "2015-06-09"
PLANNED_BEFORE, FROZEN_BEFORE = timedelta(weeks=5), timedelta(weeks=1)


def seed_meetings(
    session: Session, partnership: Partnership, cast: dict[str, int], clock_at: datetime
) -> None:
    """What the story knows by the clock's moment and that is not there yet."""
    known = set(
        session.scalars(select(GroupVersion.code).where(GroupVersion.partnership_id == partnership.id))
    )
    for group in GROUPS:
        if group.code not in known:
            session.add(
                GroupVersion(
                    partnership_id=partnership.id,
                    code=group.code,
                    title=group.title,
                    cadence=group.cadence,
                    quorum=group.quorum,
                    bodies=" ".join(group.bodies),
                    known_from=parse_moment(MADE_AT),
                    known_by=cast[WRITES],
                )
            )
    for day, (away, deputies) in {**BOARD_MET, NEXT: ((), ())}.items():
        written_at = parse_moment(f"{day}T17:00+00:00")
        told = Told(
            "board",
            date.fromisoformat(day),
            7,
            BOARD,
            [body for body in BOARD if body not in away],
            written_by=cast[WRITES],
            written_at=written_at,
            confirmed_by=cast[CONFIRMS],
            confirmed_at=written_at,
            deputies=deputies,
            planned_at=written_at - PLANNED_BEFORE,
            freezes_on=date.fromisoformat(day) - FROZEN_BEFORE,
        )
        if written_at <= clock_at and day in BOARD_MET:
            tell_meeting(session, partnership.id, told, agenda=DEFAULT)
        elif written_at - PLANNED_BEFORE <= clock_at:
            plan_meeting(session, partnership.id, told, agenda=DEFAULT)
    session.flush()
