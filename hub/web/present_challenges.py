"""Questions to the Board as pages show them: which the reader may see, where each leads, and what each can do next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qs, urlencode, urlsplit

from flask import current_app, g, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from hub.access import guard
from hub.agreements.versions import agreement_as_at
from hub.board.challenges.acts import DID, OPEN
from hub.board.challenges.read import STANDING_WORDS, Challenge, Happened, Step, about, challenges
from hub.board.challenges.subjects import Subject, subject_of
from hub.clock import now_for, today_for
from hub.errors import HubError, NotFound
from hub.facts.moments import AsAt, as_at
from hub.measures.load import measure_as_at
from hub.partners.models import Partnership
from hub.partners.policy import Permission, Place
from hub.periods import parse
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
NOBODY = "nobody: it was answered before it had one"
NOBODY_YET = "nobody yet: the Board’s business manager has it"
PAGES = {
    "board.board": "Board",
    "board.scorecard_page": "Scorecard",
    "board.journey_page": "The journey",
    "board.lower": "Lower than expected",
    "board.revisions": "What changed between two moments",
    "challenges.one": "Question {question}",
    "packs.one": "Pack {number}",
}


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
        question = self.challenge
        if question.answer_to is not None:
            return f"whose question {question.answer_to.number} is"
        if any(each.kind == "owned" for each in question.happened) or question.standing == "owned":
            return question.owner or DATA_TEAM
        return NOBODY_YET if question.standing in ("asked", "acknowledged") else NOBODY


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
    as_at = request.args.get("as_at") or None
    if subject.about == "number":
        return url_for(
            "board.behind",
            partnership=place.code,
            measure=subject.place["measure"],
            period=subject.place["period"],
            as_at=as_at,
        )
    if subject.about == "verdict":
        return url_for(
            "commitment.commitment",
            partnership=place.code,
            agreement=subject.place["agreement"],
            commitment=subject.place["commitment"],
            party=subject.text.rpartition("/")[2],
            as_at=as_at,
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
            each = shown(session, place, mine, today_for(place))
            found.append(
                Waiting(
                    place, tuple(sorted(each, key=lambda one: (not one.overdue, one.challenge.answer_by)))
                )
            )
    return found


def _waits_for_me(place: Partnership, found: Challenge) -> bool:
    can = may(place, found)
    if found.standing == "owned":
        return can.answer
    return can.judge or (can.route and found.standing in ("asked", "acknowledged"))


@dataclass(frozen=True)
class Evidence:
    """A page that an answer rests on."""

    href: str
    title: str


def evidence(session: Session, at: AsAt, links: Iterable[str]) -> list[Evidence]:
    """Each page by its name. Who reads an earlier day stays there, unless the answer itself names a day."""
    as_at = request.args.get("as_at")
    found = []
    for link in links:
        parts = urlsplit(link)
        day = parse_qs(parts.query).get("as_at", [""])[0]
        title = _page_title(session, at, parts.path) or link
        if day and title != link:
            title = f"{title}, as known on {day}"
        elif as_at and not day:
            query = "&".join(each for each in (parts.query, urlencode({"as_at": as_at})) if each)
            link = parts._replace(query=query).geturl()
        found.append(Evidence(link, title))
    return found


def _page_title(session: Session, at: AsAt, path: str) -> str:
    """What a page of the Board is called; nothing where its address says all."""
    try:
        endpoint, told = current_app.url_map.bind("").match(path)
        if endpoint in PAGES:
            return PAGES[endpoint].format(**told)
        if endpoint in ("board.measure", "board.behind"):
            period = f", {parse(told['period']).name}" if endpoint == "board.behind" else ""
            return measure_as_at(session, told["measure"], at.moment).name + period
    except (HTTPException, HubError, ValueError):
        pass  # an address that leads nowhere any more is shown as it was written
    return ""


def said(found: Happened) -> str:
    return DID[found.kind]
