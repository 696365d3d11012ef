"""The example's groups, the Board's meetings that were held, and the next one, whose pack is still to be frozen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.board.packs.parts import DEFAULT
from hub.clock import parse_moment
from hub.meetings.models import GroupVersion, MeetingRow
from hub.meetings.told import Told, next_number, tell_meeting
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
NEXT_PLANNED_AT, NEXT_FREEZES_ON, NEXT_HELD_ON = (
    "2015-05-05T09:00+01:00",
    date(2015, 6, 2),
    date(2015, 6, 9),
)


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
    for day, (away, deputies) in BOARD_MET.items():
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
        )
        if written_at <= clock_at:
            tell_meeting(session, partnership.id, told, agenda=DEFAULT)
    _plan_the_next(session, partnership, cast)
    session.flush()


def _plan_the_next(session: Session, partnership: Partnership, cast: dict[str, int]) -> None:
    planned = select(MeetingRow.id).where(
        MeetingRow.partnership_id == partnership.id,
        MeetingRow.group_code == "board",
        MeetingRow.held_on == NEXT_HELD_ON,
    )
    if session.scalars(planned).first() is None:
        session.add(
            MeetingRow(
                partnership_id=partnership.id,
                number=next_number(session, partnership.id),
                group_code="board",
                held_on=NEXT_HELD_ON,
                freezes_on=NEXT_FREEZES_ON,
                quorum=7,
                invited=" ".join(BOARD),
                agenda=" ".join(DEFAULT),
                planned_by=cast[WRITES],
                planned_at=parse_moment(NEXT_PLANNED_AT),
            )
        )
