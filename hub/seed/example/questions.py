"""What the example's Board asked, and what became of it: one question closed, one late, one that nobody has seen yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.audit.chain import record
from hub.board.challenges.models import Challenge, ChallengeEvent
from hub.clock import parse_moment
from hub.facts.moments import as_at
from hub.facts.words import keep_words
from hub.partners import queries
from hub.partners.models import Partnership

MANAGER = "board.manager"


@dataclass(frozen=True)
class _Event:
    at: str
    who: str
    kind: str
    words: str = ""
    owner: str | None = None
    evidence: str = ""


@dataclass(frozen=True)
class _Question:
    at: str
    who: str
    about: str
    subject: str
    words: str
    events: tuple[_Event, ...] = ()


QUESTIONS = (
    _Question(
        "2014-05-20T10:00+01:00",
        "member",
        "number",
        "CP02/2014-03",
        "Far fewer enquiries led to a conference this year than last. Has need fallen, or are conferences not being called?",
        (
            _Event("2014-05-22T09:00+01:00", MANAGER, "acknowledged"),
            _Event("2014-05-23T11:00+01:00", MANAGER, "owned", owner="330"),
            _Event(
                "2014-06-02T15:00+01:00",
                "manager.330",
                "answered",
                "Need has not fallen: enquiries rose. Conferences were put off while chairs were short. Six more chairs start in "
                "August.",
                evidence="/partnerships/birmingham-example/measures/CP02",
            ),
            _Event("2014-06-05T09:30+01:00", "member", "accepted"),
        ),
    ),
    _Question(
        "2015-04-07T14:00+01:00",
        "member",
        "number",
        "RF04/2014-11/agency/RXT",
        "This trust counts more referrals than the front door logged from it. Which of the two counts is to be believed?",
        (
            _Event("2015-04-09T09:00+01:00", MANAGER, "acknowledged"),
            _Event("2015-04-10T09:00+01:00", MANAGER, "owned", owner="RXT"),
        ),
    ),
    _Question(
        "2015-05-14T16:00+01:00",
        "chair",
        "free",
        "",
        "Who tells a school that its referral was closed, and within how many days?",
    ),
)


def ask_questions(
    session: Session, partnership: Partnership, cast: dict[str, int], clock_at: datetime
) -> None:
    """Everything that the story has asked by the clock's moment and that is not there yet."""
    known = set(session.scalars(select(Challenge.number).where(Challenge.partnership_id == partnership.id)))
    for number, question in enumerate(QUESTIONS, start=1):
        asked_at = parse_moment(question.at)
        if number in known or asked_at > clock_at:
            continue
        row = Challenge(
            partnership_id=partnership.id,
            number=number,
            about=question.about,
            subject=question.subject,
            words_id=keep_words(session, partnership.id, question.words),
            asked_by=cast[f"{question.who}@example.org"],
            asked_at=asked_at,
            position=as_at(session, partnership, asked_at).position,
        )
        session.add(row)
        session.flush()
        for sequence, event in enumerate(question.events, start=1):
            session.add(
                ChallengeEvent(
                    partnership_id=partnership.id,
                    challenge_id=row.id,
                    sequence=sequence,
                    kind=event.kind,
                    person_id=cast[f"{event.who}@example.org"],
                    at=parse_moment(event.at),
                    words_id=keep_words(session, partnership.id, event.words) if event.words else None,
                    owner_agency_id=queries.agency(session, event.owner).id if event.owner else None,
                    evidence=event.evidence,
                )
            )
        record(
            session,
            actor=f"person:{row.asked_by}",
            action="challenge:asked",
            subject=f"challenge:{number}",
            partnership_id=partnership.id,
            detail={"events": len(question.events)},
        )
    session.flush()
