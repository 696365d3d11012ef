"""Questions to the Board as pages show them: which the reader may see, where each leads, and what each can do next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask import g, url_for
from sqlalchemy.orm import Session

from hub.access import guard
from hub.agreements.versions import agreement_as_at
from hub.board.challenges.acts import DID, OPEN
from hub.board.challenges.read import STANDING_WORDS, Challenge, Happened, Step, about, challenges
from hub.board.challenges.subjects import Subject, subject_of
from hub.clock import now_for, today_for
from hub.errors import NotFound
from hub.facts.queries import AsAt, as_at
from hub.partners.models import Partnership
from hub.partners.policy import Permission, Place
from hub.web import reach

MARKS = {
    "asked": ("circle", "busy"),
    "acknowledged": ("half", "busy"),
    "owned": ("half", "busy"),
    "answered": ("arrow", "good"),
    "merged": ("half", "busy"),
    "closed": ("tick", "good"),
}
STEP_TO = {
    "senior": "the owner’s named senior",
    "chair": "the chair of the Board",
    "chief": "the owner’s chief officer",
}
DATA_TEAM = "the partnership’s data team"


@dataclass(frozen=True)
class Shown:
    """A question in a list or on its page."""

    challenge: Challenge
    subject: Subject
    href: str | None  # the page of what it is about, where the reader may open it
    word: str
    shape: str
    tone: str
    overdue: bool
    steps: tuple[Step, ...]

    @property
    def owner(self) -> str:
        return self.challenge.owner or DATA_TEAM


@dataclass(frozen=True)
class MayDo:
    route: bool
    answer: bool
    judge: bool  # the asker, with an answer before them
    reopen: bool


def shown(session: Session, place: Partnership, found: Iterable[Challenge], today: date) -> list[Shown]:
    """Those that the reader may see: a question about a verdict is read by whoever may read its agreement."""
    return [each for each in (_shown(session, place, one, today) for one in found) if each is not None]


def _shown(session: Session, place: Partnership, found: Challenge, today: date) -> Shown | None:
    try:
        subject = subject_of(session, place, found.about, found.subject)
    except NotFound:
        subject = Subject("free", "", f"{found.subject} (no longer here)")
    if not may_read(session, place, subject):
        return None
    word, (shape, tone) = STANDING_WORDS[found.standing], MARKS[found.standing]
    overdue = found.is_overdue(today)
    return Shown(
        challenge=found,
        subject=subject,
        href=_href(place, subject),
        word=f"late: {word}" if overdue else word,
        shape="cross" if overdue else shape,
        tone="bad" if overdue else tone,
        overdue=overdue,
        steps=tuple(found.steps(today)),
    )


def may_read(session: Session, place: Partnership, subject: Subject) -> bool:
    if subject.about != "verdict":
        return True
    agreement = agreement_as_at(
        session, place.id, subject.place["agreement"], now_for(place), even_dropped=True
    )
    return reach.is_party(place)(agreement)


def _href(place: Partnership, subject: Subject) -> str | None:
    if subject.about == "number":
        return url_for(
            "board.behind",
            partnership=place.code,
            measure=subject.place["measure"],
            period=subject.place["period"],
        )
    if subject.about == "verdict":
        return url_for(
            "commitment.commitment",
            partnership=place.code,
            agreement=subject.place["agreement"],
            commitment=subject.place["commitment"],
            party=subject.text.rpartition("/")[2],
        )
    if subject.about == "return" and reach.may_here(
        Permission.SUBMISSION_STATUS, Place(place.id, subject.agency_id)
    ):
        return url_for("submission.submission", submission=int(subject.place["submission"]))
    return None


def may(place: Partnership, found: Challenge) -> MayDo:
    """What the person at the door may do next; the acts themselves ask again."""
    is_open, asker = found.standing in OPEN, found.asked_by_id == g.actor.id
    where = Place(place.id, found.owner_agency_id)
    may_ask = reach.may_here(Permission.CHALLENGE_ASK, Place(place.id))
    return MayDo(
        route=is_open and reach.may_here(Permission.CHALLENGE_ROUTE, Place(place.id)),
        answer=is_open and guard.allows(g.actor, Permission.CHALLENGE_ANSWER, where),
        judge=asker and may_ask and found.standing == "answered",
        reopen=asker and may_ask and found.standing == "closed",
    )


def asked_about(session: Session, place: Partnership, at: AsAt, kind: str, *subjects: str) -> list[Shown]:
    """What was ever asked about a measure's numbers, an agreement's verdicts or some returns, newest first."""
    return shown(session, place, about(challenges(session, place, at), kind, *subjects), at.today)


@dataclass(frozen=True)
class Waiting:
    """What waits for the reader in one partnership: to route, to answer as owner, to say whether an answer is enough."""

    partnership: Partnership
    questions: tuple[Shown, ...]


def waiting(session: Session, places: Sequence[Partnership]) -> list[Waiting]:
    found = []
    for place in places:
        every = challenges(session, place, as_at(session, place))
        mine = [one for one in every if one.is_open and _waits_for_me(place, one)]
        if mine:
            found.append(Waiting(place, tuple(shown(session, place, mine, today_for(place)))))
    return found


def _waits_for_me(place: Partnership, found: Challenge) -> bool:
    can = may(place, found)
    if found.standing == "owned":
        return can.answer
    return can.judge or (can.route and found.standing in ("asked", "acknowledged"))


def said(found: Happened) -> str:
    return DID[found.kind]
