"""A group's list between two of its meetings: what is new since the last one, and one line where nothing is.

New are questions that were asked, opened again or became late; signals that the charts did not give then; promises that
slip now and did not then. Everything is worked out as at the two moments: nobody marks anything as seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from hub.agreements import remembered
from hub.agreements.model import Agreement
from hub.agreements.papers import Papers
from hub.agreements.verdict import Verdict
from hub.agreements.versions import agreements_as_at
from hub.board.challenges.read import Challenge, challenges
from hub.board.changed import Changed, WhatChanged, what_changed
from hub.board.view import View
from hub.clock import end_of_day
from hub.facts.moments import AsAt, as_at
from hub.facts.recalled import recalled
from hub.measures.compute import Reading
from hub.measures.protect import Audience
from hub.meetings.read import Group, Meeting, meetings_as_at
from hub.partners.models import Partnership

SLIPS = ("missed", "at risk")
DAYS = {"fortnight": 14, "month": 31, "quarter": 92, "needed": 31}  # back, where the group has not met yet


@dataclass(frozen=True)
class Slipping:
    agreement: Agreement
    verdict: Verdict
    before: str  # the verdict then


@dataclass(frozen=True)
class GroupList:
    """`meeting` is the last one, since which things are new. The numbers are of what stands as it stood then."""

    since: date
    meeting: Meeting | None
    questions: tuple[Challenge, ...]
    signals: tuple[Changed, ...]
    slipping: tuple[Slipping, ...]
    questions_before: int
    signals_before: int
    slipping_before: int

    @property
    def is_nothing_new(self) -> bool:
        return not (self.questions or self.signals or self.slipping)

    @property
    def as_before(self) -> str:
        """What stands as it stood, in one line."""
        return (
            f"As before: {_counted(self.questions_before, 'open question')}, {_counted(self.signals_before, 'signal')}, "
            f"{_counted(self.slipping_before, 'slipping promise')}."
        )


def _counted(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"


def group_list(
    session: Session,
    partnership: Partnership,
    group: Group,
    at: AsAt,
    audience: Audience,
    may_read: Callable[[Agreement], bool],
) -> GroupList:
    """The list of a group as at a moment, for a reader."""
    last = last_met(meetings_as_at(session, partnership.id, at.moment), group.code, at.today)
    since = last.held_on if last else at.today - timedelta(days=DAYS[group.cadence])
    then = as_at(session, partnership, end_of_day(since))
    is_open = [each for each in challenges(session, partnership, at) if each.is_open]
    known = {each.number: each for each in challenges(session, partnership, then)}
    new = [each for each in is_open if _is_new(each, known.get(each.number), since, at.today)]
    before = {(each.measure.id, each.word) for each in _signals(session, partnership, then, audience).signals}
    signals = _signals(session, partnership, at, audience).signals
    fresh = [each for each in signals if (each.measure.id, each.word) not in before]
    slipping = _slipping(session, partnership, then, at, may_read)
    slips = [each for each in slipping if each.before not in SLIPS]
    return GroupList(
        since=since,
        meeting=last,
        questions=tuple(
            sorted(new, key=lambda each: (not each.is_overdue(at.today), each.answer_by, each.number))
        ),
        signals=tuple(fresh),
        slipping=tuple(slips),
        questions_before=len(is_open) - len(new),
        signals_before=len(signals) - len(fresh),
        slipping_before=len(slipping) - len(slips),
    )


def last_met(meetings: Sequence[Meeting], group_code: str, today: date) -> Meeting | None:
    """The group's last meeting before a day. One that was called off was none."""
    held = [
        each
        for each in meetings
        if each.group_code == group_code and each.held_on < today and each.called_off_at is None
    ]
    return held[-1] if held else None


def _is_new(now: Challenge, then: Challenge | None, since: date, today: date) -> bool:
    if then is None or not then.is_open:
        return True
    return now.is_overdue(today) and not then.is_overdue(since)


def _signals(session: Session, partnership: Partnership, at: AsAt, audience: Audience) -> WhatChanged:
    return recalled(
        at,
        ("changed", View(), audience, None),
        lambda: what_changed(Reading(session, partnership, at), audience, View()),
    )


def _slipping(
    session: Session, partnership: Partnership, then: AsAt, now: AsAt, may_read: Callable[[Agreement], bool]
) -> list[Slipping]:
    """Every promise that slips now, with what its verdict was then."""
    before = {
        (agreement.code, verdict.commitment, verdict.party): verdict.word
        for agreement, verdict in _verdicts(session, partnership, then, may_read)
    }
    return [
        Slipping(
            agreement,
            verdict,
            before.get((agreement.code, verdict.commitment, verdict.party), "not promised yet"),
        )
        for agreement, verdict in _verdicts(session, partnership, now, may_read)
        if verdict.word in SLIPS
    ]


def _verdicts(
    session: Session, partnership: Partnership, at: AsAt, may_read: Callable[[Agreement], bool]
) -> list[tuple[Agreement, Verdict]]:
    papers = Papers(session, partnership, at)
    return [
        (agreement, verdict)
        for agreement in agreements_as_at(session, partnership.id, at.moment)
        if may_read(agreement)
        for verdict in remembered.verdicts(papers, agreement)
    ]
