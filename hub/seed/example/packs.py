"""What the example froze: an annual report and its second edition, the Board's pack of March 2015 and the one that took its place,
an inspector's progress report.

Done by the acts that people do them by, each at its own moment of the partnership's clock: what is signed later must not be in the
ledger yet, because a pack is pinned to the ledger's last position.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.board.packs import acts, drafting
from hub.board.packs.headings import ANNUAL, PROGRESS
from hub.board.packs.parts import DEFAULT
from hub.board.packs.read import pack, rebuilt
from hub.clock import now_for, parse_moment
from hub.facts.models import Revision
from hub.meetings.read import meetings_as_at
from hub.partners.load import set_clock
from hub.partners.models import Partnership
from hub.partners.policy import Actor, actor_for
from hub.periods import parse

ASKS, AGREES, INSPECTS = "board.manager", "steward", "inspector"
BOARD_MEETS_ON = date(2015, 3, 10)
WRONG_COLUMN = (
    "The table of attendance named a body twice. Read the pack that took its place; no figure changed."
)
OF_THE_YEAR = (
    "Enquiries rose in this year and far fewer of them led to a conference. The Board asked why in May 2014; the answer stands beside "
    "the figures."
)
INSPECTED = {
    2: "The front door decides faster than a year ago. Ask next what became of contacts that came back.",
    3: "Conferences are called again. They are not yet called as often as in places like this one.",
    4: "Every partner sits at the same table since July 2014.",
}


@dataclass(frozen=True)
class Freezing:
    """Where packs are frozen, by whom, and with which key."""

    session: Session
    partnership: Partnership
    cast: dict[str, int]
    secret_key: str

    def actor(self, who: str) -> Actor:
        return actor_for(self.session, self.cast[f"{who}@example.org"])

    def freeze(self, number: int, who: str) -> None:
        session, place, actor = self.session, self.partnership, self.actor(who)
        found = pack(session, place.id, number)
        proof = rebuilt(session, place, found)
        made = acts.prepare(
            session, actor, place, found, proof, shown_digest=proof.digest, secret_key=self.secret_key
        )
        acts.freeze(session, actor, place, number, made)


def _annual(on: Freezing) -> None:
    place, asker = on.partnership, on.actor(ASKS)
    lines = "\n".join(each.line for each in drafting.usual_headings(on.session, place.id, ANNUAL))
    number = drafting.begin(on.session, asker, place, ANNUAL, lines=lines, year=parse("FY2013-14"))
    drafting.write(on.session, asker, place, number, {2: OF_THE_YEAR}, seen=0)
    on.freeze(number, AGREES)


def _of_march(on: Freezing) -> int:
    (meeting,) = [
        each.number
        for each in meetings_as_at(on.session, on.partnership.id, now_for(on.partnership))
        if (each.group_code, each.held_on) == ("board", BOARD_MEETS_ON)
    ]
    number = acts.ask(on.session, on.actor(ASKS), on.partnership, meeting, parts=DEFAULT)
    on.freeze(number, AGREES)
    return number


def _of_march_again(on: Freezing) -> None:
    last = _of_march(on)
    acts.withdraw(on.session, on.actor(ASKS), on.partnership, last - 1, words=WRONG_COLUMN)


def _progress(on: Freezing) -> None:
    place, inspector = on.partnership, on.actor(INSPECTS)
    lines = "\n".join(each.line for each in drafting.usual_headings(on.session, place.id, PROGRESS))
    number = drafting.begin(on.session, inspector, place, PROGRESS, lines=lines)
    drafting.write(on.session, inspector, place, number, INSPECTED, seen=0)
    on.freeze(number, INSPECTS)


MOMENTS: tuple[tuple[str, Callable[[Freezing], object]], ...] = (
    ("2014-09-16T10:00+01:00", _annual),
    ("2015-02-17T10:00+00:00", _annual),  # once the year's corrections were in
    ("2015-03-03T15:00+00:00", _of_march),
    ("2015-03-05T09:30+00:00", _of_march_again),
    ("2015-04-21T14:00+01:00", _progress),
)


def to_freeze(
    session: Session, partnership: Partnership, until: datetime
) -> list[tuple[datetime, Callable[[Freezing], object]]]:
    """What the story froze by a moment and behind the last signature; what the ledger has passed cannot be frozen any more."""
    signed = select(func.max(Revision.signed_at)).where(Revision.partnership_id == partnership.id)
    last = session.scalar(signed)
    moments = [(parse_moment(at), freeze) for at, freeze in MOMENTS]
    return [(at, freeze) for at, freeze in moments if (last is None or last < at) and at <= until]


def at_its_moment(on: Freezing, at: datetime, freeze: Callable[[Freezing], object]) -> None:
    stands_at = on.partnership.clock_at
    set_clock(on.partnership, at)
    freeze(on)
    if stands_at is not None:
        set_clock(on.partnership, stands_at)
