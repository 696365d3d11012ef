"""Questions as they stand at a moment, folded from what became of them; their days follow from the partnership's clock.

Nothing escalates by being marked so: whether an answer is late, and how far up it has gone, follows from the day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from hub.board.challenges.models import Challenge as Row
from hub.board.challenges.models import ChallengeEvent
from hub.calendar.local import ChallengeClock, local_calendar
from hub.calendar.working_days import working_day_after, working_day_before
from hub.clock import LONDON
from hub.errors import NotFound
from hub.facts.models import Words
from hub.facts.moments import AsAt
from hub.meetings.read import Freeze, freezes_as_at
from hub.partners.models import Agency, Partnership, Person

Standing = Literal["asked", "acknowledged", "owned", "answered", "closed", "merged"]
LEAVES: dict[str, Standing] = {
    "acknowledged": "acknowledged",
    "merged": "merged",
    "owned": "owned",
    "answered": "answered",
    "accepted": "closed",
    "refused": "owned",
    "reopened": "owned",
}
STANDING_WORDS: dict[Standing, str] = {
    "asked": "not acknowledged yet",
    "acknowledged": "acknowledged",
    "owned": "waits for its owner",
    "answered": "answered, waits for the asker",
    "merged": "merged, waits for that answer",
    "closed": "closed",
}
BEGINS_AGAIN = ("refused", "reopened")  # the asker was not content: the days count anew
MOST_SHOWN = 500


@dataclass(frozen=True)
class Happened:
    sequence: int
    kind: str
    at: datetime
    person: str
    person_id: int
    words: str | None
    owner: str | None
    evidence: tuple[str, ...]
    into_id: int | None


@dataclass(frozen=True)
class Step:
    """Somebody further up who is told when an answer is late: whom, and on which day."""

    to: str
    on: date


@dataclass(frozen=True)
class Challenge:
    """A question with everything that became of it, oldest first. `answer_to` is the question that it was merged with."""

    id: int
    number: int
    about: str
    subject: str
    words: str | None
    asked_by: str
    asked_by_id: int
    asked_at: datetime
    happened: tuple[Happened, ...]
    owner: str | None  # an agency's name; None is the data team
    owner_agency_id: int | None
    clock: ChallengeClock
    freezes: tuple[Freeze, ...] = ()
    answer_to: Challenge | None = None

    @property
    def sequence(self) -> int:
        return self.happened[-1].sequence if self.happened else 0

    @property
    def standing(self) -> Standing:
        if not self.happened:
            return "asked"
        standing = LEAVES[self.happened[-1].kind]
        if standing == "merged" and self.answer is not None:
            return "answered"
        return standing

    @property
    def is_open(self) -> bool:
        return self.standing != "closed"

    @property
    def answer(self) -> Happened | None:
        """The answer that the asker has before them, of this question or of the one that it was merged with."""
        if self.answer_to is not None:
            return self.answer_to.answer
        return next((each for each in reversed(self._since_begun) if each.kind == "answered"), None)

    @property
    def merged_into(self) -> int | None:
        """The question that it was merged with, unless its asker did not accept that answer."""
        return next((each.into_id for each in reversed(self._since_begun) if each.kind == "merged"), None)

    @property
    def _since_begun(self) -> tuple[Happened, ...]:
        begun = [place for place, each in enumerate(self.happened) if each.kind in BEGINS_AGAIN]
        return self.happened[begun[-1] + 1 if begun else 0 :]

    @property
    def acknowledge_by(self) -> date:
        return working_day_after(_day(self.asked_at), self.clock.acknowledge)

    @property
    def answer_by(self) -> date:
        return self._usual if self.before_freeze is None else working_day_before(self.before_freeze, 1)

    @property
    def before_freeze(self) -> date | None:
        """The day of a freeze that comes before the usual days are over: the answer is to be in that pack."""
        soon = [each.on for each in self.freezes if each.on <= self._usual and self._leaves_time(each)]
        return min(soon, default=None)

    @property
    def _usual(self) -> date:
        return working_day_after(self._begun, self.clock.answer)

    def _leaves_time(self, freeze: Freeze) -> bool:
        """Whether the question can be acknowledged first, from when it was asked and the meeting was planned."""
        known = max(self._begun, _day(freeze.planned_at))
        return freeze.on > working_day_after(known, self.clock.acknowledge)

    @property
    def _begun(self) -> date:
        again = [each.at for each in self.happened if each.kind in BEGINS_AGAIN]
        return _day(again[-1] if again else self.asked_at)

    def steps(self, today: date) -> list[Step]:
        """Who has been told by a day that the answer is late; nobody once it is answered."""
        if self.standing in ("answered", "closed", "merged"):
            return []
        due = self.answer_by
        # None before the last day is over: `after: 0` is the next working day.
        every = (Step(to, working_day_after(due, max(1, days))) for to, days in self.clock.escalate)
        return [step for step in every if step.on <= today]

    def is_overdue(self, today: date) -> bool:
        if self.standing == "asked" and today > self.acknowledge_by:
            return True
        return self.standing not in ("answered", "closed", "merged") and today > self.answer_by


def _day(moment: datetime) -> date:
    return moment.astimezone(LONDON).date()


def challenges(
    session: Session, partnership: Partnership, at: AsAt, *, numbers: Sequence[int] | None = None
) -> list[Challenge]:
    """The newest questions of a partnership as known at a moment, with those that they were merged with."""
    query = (
        select(Row, Words.body, Person.name)
        .join(Words, and_(Words.partnership_id == Row.partnership_id, Words.id == Row.words_id))
        .join(Person, Person.id == Row.asked_by)
        .where(Row.partnership_id == partnership.id, Row.asked_at <= at.moment)
        .order_by(Row.number.desc())
        .limit(MOST_SHOWN)
    )
    if numbers is not None:
        query = query.where(Row.number.in_(numbers))
    rows = session.execute(query).all()
    if not rows:
        return []
    happened = _happened(session, at, [row.id for row, _, _ in rows])
    clock = local_calendar(session, partnership.code, as_at=at.moment).challenges
    freezes = freezes_as_at(session, partnership.id, clock.before_freeze_of, at.moment)
    found = [_folded(row, words, name, happened.get(row.id, []), clock, freezes) for row, words, name in rows]
    return _merged(session, partnership, at, found)


def challenge(session: Session, partnership: Partnership, at: AsAt, number: int) -> Challenge:
    """One question. Raises NotFound."""
    found = challenges(session, partnership, at, numbers=[number]) if number < 2**31 else []
    if not found:
        raise NotFound("There is no such question.")
    return found[0]


def about(found: Iterable[Challenge], kind: str, *subjects: str) -> list[Challenge]:
    """Those about a subject or a part of it: `RF02` for every number of a measure, `RF02/2014-03` for one of its months."""
    parts = tuple(f"{subject}/" for subject in subjects)
    return [
        each
        for each in found
        if each.about == kind and (each.subject in subjects or each.subject.startswith(parts))
    ]


def _happened(session: Session, at: AsAt, ids: Sequence[int]) -> dict[int, list[tuple[Happened, int | None]]]:
    """By question, what happened until the moment, each with the owner's number where it named one."""
    query = (
        select(ChallengeEvent, Words.body, Person.name, Agency.name)
        .join(Person, Person.id == ChallengeEvent.person_id)
        .outerjoin(
            Words,
            and_(Words.partnership_id == ChallengeEvent.partnership_id, Words.id == ChallengeEvent.words_id),
        )
        .outerjoin(Agency, Agency.id == ChallengeEvent.owner_agency_id)
        .where(
            ChallengeEvent.partnership_id == at.partnership_id,
            ChallengeEvent.challenge_id.in_(ids),
            ChallengeEvent.at <= at.moment,
        )
        .order_by(ChallengeEvent.challenge_id, ChallengeEvent.sequence)
    )
    found: dict[int, list[tuple[Happened, int | None]]] = {}
    for event, words, person, owner in session.execute(query):
        happened = Happened(
            sequence=event.sequence,
            kind=event.kind,
            at=event.at,
            person=person,
            person_id=event.person_id,
            words=words,
            owner=owner,
            evidence=tuple(event.evidence.splitlines()),
            into_id=event.into_id,
        )
        found.setdefault(event.challenge_id, []).append((happened, event.owner_agency_id))
    return found


def _folded(
    row: Row,
    words: str | None,
    asker: str,
    happened: list[tuple[Happened, int | None]],
    clock: ChallengeClock,
    freezes: tuple[Freeze, ...],
) -> Challenge:
    named = [(each.owner, agency_id) for each, agency_id in happened if each.kind == "owned"]
    owner, owner_agency_id = named[-1] if named else (None, None)
    return Challenge(
        id=row.id,
        number=row.number,
        about=row.about,
        subject=row.subject,
        words=words,
        asked_by=asker,
        asked_by_id=row.asked_by,
        asked_at=row.asked_at,
        happened=tuple(each for each, _ in happened),
        owner=owner,
        owner_agency_id=owner_agency_id,
        clock=clock,
        freezes=freezes,
    )


def _merged(session: Session, partnership: Partnership, at: AsAt, found: list[Challenge]) -> list[Challenge]:
    """Each merged question with the one that it was merged with; a question is merged once, never in a ring (acts.merge)."""
    into = {each.id: each.merged_into for each in found if each.merged_into is not None}
    if not into:
        return found
    by_id = {each.id: each for each in found}
    absent = set(into.values()) - set(by_id)
    if absent:
        numbers = session.scalars(
            select(Row.number).where(Row.partnership_id == partnership.id, Row.id.in_(absent))
        ).all()
        by_id |= {each.id: each for each in challenges(session, partnership, at, numbers=list(numbers))}
    return [replace(each, answer_to=by_id.get(into[each.id])) if each.id in into else each for each in found]
