"""What people do with a question: ask, acknowledge, merge, give an owner, answer, accept, refuse, open again.

Each is one more event. Whoever acts saw the question at an event; where another came since, nothing is kept and they
are told who was there. A question closes only when its asker accepts the answer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.audit.chain import record
from hub.board.challenges.models import Challenge as Row
from hub.board.challenges.models import ChallengeEvent
from hub.board.challenges.post import tell
from hub.board.challenges.read import Challenge, Standing, challenge
from hub.board.challenges.subjects import Subject
from hub.clock import LONDON, now_for
from hub.errors import Conflict, NotAllowed, NotReady
from hub.facts.moments import as_at
from hub.facts.words import keep_words
from hub.partners import queries
from hub.partners.heads import lock_head
from hub.partners.models import Partnership
from hub.partners.policy import Actor

MOST_WORDS = 2000
MOST_EVIDENCE = 10
OPEN: tuple[Standing, ...] = ("asked", "acknowledged", "owned")

DID = {
    "acknowledged": "acknowledged it",
    "merged": "merged it with another question",
    "owned": "gave it an owner",
    "answered": "answered it",
    "accepted": "accepted the answer",
    "refused": "did not accept the answer",
    "reopened": "opened it again",
}


@dataclass(frozen=True)
class Doer:
    """Who acts on which question, and the event that they saw last."""

    actor: Actor
    number: int
    seen: int


def ask(session: Session, actor: Actor, partnership: Partnership, subject: Subject, *, words: str) -> int:
    """Ask; returns the question's number. It goes to the business manager first."""
    words_id = _keep(session, partnership, words, "Write your question.")
    head = lock_head(session, partnership.id)
    last = session.scalar(select(func.max(Row.number)).where(Row.partnership_id == partnership.id)) or 0
    row = Row(
        partnership_id=partnership.id,
        number=last + 1,
        about=subject.about,
        subject=subject.text,
        words_id=words_id,
        asked_by=actor.id,
        asked_at=now_for(partnership),
        position=head.position,
    )
    session.add(row)
    session.flush()
    record(
        session,
        actor=actor.principal,
        action="challenge:asked",
        subject=f"challenge:{row.number}",
        partnership_id=partnership.id,
        detail={"about": subject.about, "subject": subject.text},
    )
    tell(
        session,
        partnership,
        challenge(session, partnership, as_at(session, partnership), row.number),
        "asked",
    )
    return row.number


def acknowledge(session: Session, partnership: Partnership, doer: Doer) -> None:
    """Say that it has been seen and will be dealt with."""
    found = _seen(session, partnership, doer, ("asked",))
    _happen(session, partnership, doer, found, "acknowledged")


def give_owner(
    session: Session, partnership: Partnership, doer: Doer, *, agency: str | None, words: str = ""
) -> None:
    """Give it to a member agency to answer, or (None) to the data team."""
    found = _seen(session, partnership, doer, OPEN)
    owner_id = None
    if agency is not None:
        owner = queries.agency(session, agency)
        today = as_at(session, partnership).today
        if owner.id not in {member.id for member in queries.members_on(session, partnership.id, today)}:
            raise NotReady("Choose an agency that takes part in the partnership.")
        owner_id = owner.id
    _happen(session, partnership, doer, found, "owned", owner_agency_id=owner_id, words=words)


def merge(session: Session, partnership: Partnership, doer: Doer, *, into: int) -> None:
    """Let the answer to another open question answer this one too. Its asker still accepts or refuses for themselves."""
    found = _seen(session, partnership, doer, OPEN)
    other = challenge(session, partnership, as_at(session, partnership), into)
    if other.number == found.number or other.standing not in OPEN:
        raise NotReady("Choose another question that is still open.")
    if _has_merged(session, partnership.id, found.id):
        raise NotReady("Another question was merged with this one. Merge the other way round.")
    _happen(session, partnership, doer, found, "merged", into_id=other.id)


def answer(
    session: Session, partnership: Partnership, doer: Doer, *, words: str, evidence: Collection[str] = ()
) -> None:
    """Answer in words, with addresses of pages of the hub as evidence."""
    if not words.strip():
        raise NotReady("Write the answer.")
    links = [each.strip() for each in evidence if each.strip()]
    if len(links) > MOST_EVIDENCE:
        raise NotReady(f"Give at most {MOST_EVIDENCE} pages as evidence.")
    if any(not link.startswith("/") or link.startswith("//") or "\\" in link for link in links):
        raise NotReady(
            "Evidence is a page of this hub: paste what stands behind its name in the address, from the first / on."
        )
    found = _seen(session, partnership, doer, OPEN)
    _happen(session, partnership, doer, found, "answered", words=words, evidence="\n".join(links))


def accept(session: Session, partnership: Partnership, doer: Doer) -> None:
    """The asker is content: the question is closed."""
    found = _of_asker(session, partnership, doer, ("answered",))
    _happen(session, partnership, doer, found, "accepted")


def refuse(session: Session, partnership: Partnership, doer: Doer, *, words: str) -> None:
    """The asker is not content, and says why. It is open again, by itself, and its days count anew."""
    _happen_again(session, partnership, doer, ("answered",), "refused", words)


def reopen(session: Session, partnership: Partnership, doer: Doer, *, words: str) -> None:
    """The asker comes back to a closed question with a reason."""
    _happen_again(session, partnership, doer, ("closed",), "reopened", words)


def _happen_again(
    session: Session,
    partnership: Partnership,
    doer: Doer,
    standing: tuple[Standing, ...],
    kind: str,
    words: str,
) -> None:
    if not words.strip():
        raise NotReady("Say why.")
    found = _of_asker(session, partnership, doer, standing)
    _happen(session, partnership, doer, found, kind, words=words)


def _has_merged(session: Session, partnership_id: int, challenge_id: int) -> bool:
    query = select(ChallengeEvent.id).where(
        ChallengeEvent.partnership_id == partnership_id, ChallengeEvent.into_id == challenge_id
    )
    return session.scalars(query).first() is not None


def _of_asker(
    session: Session, partnership: Partnership, doer: Doer, standing: tuple[Standing, ...]
) -> Challenge:
    found = _seen(session, partnership, doer, standing)
    if found.asked_by_id != doer.actor.id:
        raise NotAllowed("Only whoever asked can say whether the answer is enough.")
    return found


def _seen(
    session: Session, partnership: Partnership, doer: Doer, standing: tuple[Standing, ...]
) -> Challenge:
    """The question as it stands, with nobody acting meanwhile. Conflict where it is not what the person saw."""
    lock_head(session, partnership.id)
    found = challenge(session, partnership, as_at(session, partnership), doer.number)
    if found.sequence != doer.seen:
        last = found.happened[-1]
        local = last.at.astimezone(LONDON)
        raise Conflict(
            f"{last.person} {DID[last.kind]} on {local.day} {local:%B %Y} at {local:%H:%M}, after you opened it. Nothing "
            "of yours was kept: read it, then send yours again if it still holds."
        )
    if found.standing not in standing:
        raise NotReady("That cannot be done with this question as it stands. Read what became of it.")
    return found


def _happen(
    session: Session,
    partnership: Partnership,
    doer: Doer,
    found: Challenge,
    kind: str,
    *,
    words: str = "",
    owner_agency_id: int | None = None,
    into_id: int | None = None,
    evidence: str = "",
) -> None:
    event = ChallengeEvent(
        partnership_id=partnership.id,
        challenge_id=found.id,
        sequence=found.sequence + 1,
        kind=kind,
        person_id=doer.actor.id,
        at=max(now_for(partnership), found.happened[-1].at if found.happened else found.asked_at),
        words_id=_keep(session, partnership, words) if words.strip() else None,
        owner_agency_id=owner_agency_id,
        into_id=into_id,
        evidence=evidence,
    )
    session.add(event)
    session.flush()
    record(
        session,
        actor=doer.actor.principal,
        action=f"challenge:{kind}",
        subject=f"challenge:{found.number}",
        partnership_id=partnership.id,
        detail={"sequence": event.sequence},
    )
    moment = as_at(session, partnership, event.at)
    tell(session, partnership, challenge(session, partnership, moment, found.number), kind)


def _keep(session: Session, partnership: Partnership, words: str, missing: str = "") -> int:
    body = words.strip()
    if not body:
        raise NotReady(missing)
    if len(body) > MOST_WORDS:
        raise NotReady(f"Write at most {MOST_WORDS:,} characters.")
    return keep_words(session, partnership.id, body)
