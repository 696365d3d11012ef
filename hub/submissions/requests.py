"""Asking for more time, an exception, a waiver, a reopening or a lock, and answering: always two persons.

An extension is agreed before the due day, an exception after it, or while the window is shut. Whoever answers is not the asker, and for all but a
reopening and a lock not of the agency that it is for (security.md section 1). A granted reopening opens the return.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.audit.chain import record
from hub.calendar.agreed import Agreed, Kind, agreed_as_at, due_day
from hub.calendar.models import Request, RequestAnswer
from hub.clock import LONDON, london_date, now_for, today_for
from hub.db import new_id
from hub.errors import Conflict, NotAllowed, NotFound, NotReady
from hub.facts.words import keep_words
from hub.partners.heads import lock_head, step
from hub.partners.history_models import LedgerHead
from hub.partners.models import Partnership, Person
from hub.partners.policy import Actor
from hub.submissions import events
from hub.submissions.windows import CLOSED, lapsed_on, windows

OF_AN_ITEM = ("extension", "exception", "reopening")
NOT_FOR_ONE_S_OWN = ("extension", "exception", "waiver")
SAID = {
    "granted": "granted",
    "refused": "refused",
    "withdrawn": "took back",
    "ended": "ended",
}
CALLED = {
    "extension": "more time",
    "exception": "an exception",
    "waiver": "a waiver",
    "reopening": "reopening",
    "lock": "a lock",
}


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is asked: of one due item, or (waiver) of a rule for an agency, or (lock) of a span of periods."""

    kind: Kind
    reason: str
    until_on: date | None
    due_item_id: int | None = None
    from_on: date | None = None  # today, unless a waiver or lock begins later
    agency_id: int | None = None
    return_code: str | None = None
    rule: str | None = None
    period_id: int | None = None


def ask(session: Session, actor: Actor, partnership: Partnership, wish: Wish) -> Request:
    """Keep a request, which then waits for a second person. NotReady says why it cannot be asked now."""
    person_id = events.person_of(session, actor)
    if not wish.reason.strip():
        raise NotReady("Say why: the second person decides by it, and it is kept.")
    item = None
    if wish.kind in OF_AN_ITEM:
        at = events.lock_one(session, wish.due_item_id or 0)
        item = at.item
        _check_item(session, partnership, wish, at)
    _check_days(partnership, wish)
    _check_not_waiting(session, partnership, wish)
    request = Request(
        partnership_id=partnership.id,
        id=new_id(),
        kind=wish.kind,
        agency_id=item.agency_id if item else wish.agency_id,
        due_item_id=item.id if item else None,
        return_code=item.return_code if item else wish.return_code,
        rule=wish.rule,
        period_id=wish.period_id,
        from_on=wish.from_on or today_for(partnership),
        until_on=wish.until_on,
        reason_id=keep_words(session, partnership.id, wish.reason.strip()),
        asked_by=person_id,
        asked_at=now_for(partnership),
    )
    session.add(request)
    session.flush()
    _record(session, actor, request, "ask")
    return request


def _check_item(session: Session, partnership: Partnership, wish: Wish, at: events.Standing) -> None:
    today, due_on = today_for(partnership), due_day(session, at.item)
    if wish.kind == "reopening":
        if lapsed_on(session, partnership, at.item) is None:
            events.check_allowed(at, "reopened")
        return
    if due_on is None:
        raise NotReady("Nobody owes this return, so there is no day to move.")
    if at.status == "signed":
        raise NotReady("This return is signed already, so it needs no more time.")
    if wish.kind == "extension" and today > due_on:
        raise NotReady(f"It was due on {_day(due_on)}. After that day, ask for an exception instead.")
    if wish.kind == "extension" and (wish.until_on is None or wish.until_on <= due_on):
        raise NotReady(f"It is due on {_day(due_on)}. Ask for a later day than that.")
    shut = (
        windows(session, partnership, [at.item])[at.item.id].state == CLOSED
    )  # more time would open nothing
    if wish.kind == "exception" and today <= due_on and not shut:
        raise NotReady(f"It is due on {_day(due_on)}. Until then, ask for more time instead.")


def _check_days(partnership: Partnership, wish: Wish) -> None:
    today = today_for(partnership)
    if wish.until_on is None and wish.kind != "lock":
        raise NotReady("Say until when.")
    if wish.until_on is not None and wish.until_on < max(today, wish.from_on or today):
        raise NotReady(f"{_day(wish.until_on)} has passed, or lies before the first day. Give a later day.")


def _check_not_waiting(session: Session, partnership: Partnership, wish: Wish) -> None:
    """The same wish twice is one wish: the first is still waiting."""
    for each in agreed_as_at(session, partnership.id, kinds=[wish.kind]):
        same = (
            each.due_item_id == wish.due_item_id
            if wish.kind in OF_AN_ITEM
            else (each.agency_id, each.return_code, each.rule, each.period_id)
            == (wish.agency_id, wish.return_code, wish.rule, wish.period_id)
        )
        if same and each.standing == "waiting":
            raise NotReady(
                f"{_name(session, each.asked_by)} asked for {CALLED[wish.kind]} on {_day(london_date(each.asked_at))}. "
                "It waits for a second person."
            )


Decision = Literal["granted", "refused"]


def answer(
    session: Session, actor: Actor, request_id: int, decision: Decision, *, words: str = ""
) -> RequestAnswer:
    """Grant or refuse as the second person.

    Errors: NotAllowed for the asker, and for one's own agency; Conflict where somebody answered before; NotReady where
    it can no longer be granted.
    """
    asked = found(session, request_id)
    person_id = events.person_of(session, actor)
    if person_id == asked.asked_by:
        raise NotAllowed("You asked for this yourself. Another person must answer it.")
    if asked.kind in NOT_FOR_ONE_S_OWN and any(held.agency_id == asked.agency_id for held in actor.held):
        raise NotAllowed("This is for your own agency. Somebody outside it must answer.")
    if decision == "refused" and not words.strip():
        raise NotReady("Say why you refuse, so that the asker knows what to do.")
    at = events.lock_one(session, asked.due_item_id) if asked.due_item_id is not None else None
    head = _locked(session, asked, number=1)
    if decision == "granted":
        _check_still(session, asked, at)
    given = _add(session, actor, asked, head, decision, words=words)
    if decision == "granted" and asked.kind == "reopening" and at is not None and at.status == "signed":
        now = events.after(at, "reopened", person_id=person_id, moment=given.at, words_id=asked.reason_id)
        events.append_all(session, [now])
    return given


DAYS_TO_CORRECT = 28


def reopen_as_asked(
    session: Session, actor: Actor, at: events.Standing, *, asked_by: int, asked_at: datetime, reason: str
) -> None:
    """Open a signed return because one person asked for a row of it to be corrected and another, here, agrees.

    Errors: NotAllowed where the asker is the one who agrees.
    """
    person_id = events.person_of(session, actor)
    if person_id == asked_by:
        raise NotAllowed("You asked for this correction yourself. Another person must answer it.")
    tenant = at.item.partnership_id
    today = today_for(session.get_one(Partnership, tenant))
    request = Request(
        partnership_id=tenant,
        id=new_id(),
        kind="reopening",
        agency_id=at.item.agency_id,
        due_item_id=at.item.id,
        return_code=at.item.return_code,
        from_on=today,
        until_on=today + timedelta(days=DAYS_TO_CORRECT),
        reason_id=keep_words(session, tenant, reason),
        asked_by=asked_by,
        asked_at=asked_at,
    )
    session.add(request)
    session.flush()
    asked = found(session, request.id)
    given = _add(session, actor, asked, _locked(session, asked, number=1), "granted")
    now = events.after(at, "reopened", person_id=person_id, moment=given.at, words_id=asked.reason_id)
    events.append_all(session, [now])


def take_back(session: Session, actor: Actor, request_id: int) -> RequestAnswer:
    """The asker no longer asks."""
    asked = found(session, request_id)
    if events.person_of(session, actor) != asked.asked_by:
        raise NotAllowed("Only the person who asked can take it back.")
    return _add(session, actor, asked, _locked(session, asked, number=1), "withdrawn")


def end(session: Session, actor: Actor, request_id: int, *, words: str) -> RequestAnswer:
    """End what was granted before its last day: a waiver that is no longer needed, a lock that is lifted."""
    asked = found(session, request_id)
    if asked.standing != "granted" or asked.kind not in ("waiver", "lock"):
        raise NotReady("Only a waiver or a lock that is in force can be ended.")
    if not words.strip():
        raise NotReady("Say why it ends: the reason is kept.")
    return _add(session, actor, asked, _locked(session, asked, number=2), "ended", words=words)


def found(session: Session, request_id: int) -> Agreed:
    """A request with what became of it. NotFound where there is none."""
    partnership_id = session.scalar(select(Request.partnership_id).where(Request.id == request_id))
    if partnership_id is None:
        raise NotFound("There is no such request.")
    return agreed_as_at(session, partnership_id, only=request_id)[0]


def _locked(session: Session, asked: Agreed, *, number: int) -> LedgerHead:
    """The partnership's head, under whose lock of two answers the later one sees the first."""
    head = lock_head(session, asked.partnership_id)
    before = agreed_as_at(session, asked.partnership_id, only=asked.id)[0]
    if number == 1 and before.standing != "waiting" and before.answered_at is not None:
        who, local = _name(session, before.answered_by), before.answered_at.astimezone(LONDON)
        when = f"{_day(local.date())} at {local:%H:%M}"
        raise Conflict(f"{who} {SAID[before.standing]} this on {when}. Nothing was changed by you.")
    if number == 2 and before.standing == "ended":
        raise Conflict(
            f"{_name(session, before.ended_by)} ended this before you. Nothing was changed by you."
        )
    return head


def _add(
    session: Session, actor: Actor, asked: Agreed, head: LedgerHead, kind: str, *, words: str = ""
) -> RequestAnswer:
    partnership = session.get_one(Partnership, asked.partnership_id)
    now = now_for(partnership)
    step(head, now)
    given = RequestAnswer(
        partnership_id=asked.partnership_id,
        id=new_id(),
        request_id=asked.id,
        asked_by=asked.asked_by,
        number=2 if kind == "ended" else 1,
        kind=kind,
        person_id=events.person_of(session, actor),
        at=head.signed_at or now,
        position=head.position,
        words_id=keep_words(session, asked.partnership_id, words.strip()) if words.strip() else None,
    )
    session.add(given)
    session.flush()
    _record(session, actor, asked, kind)
    return given


def _check_still(session: Session, asked: Agreed, at: events.Standing | None) -> None:
    """What was asked in time must also be granted in time."""
    today = today_for(session.get_one(Partnership, asked.partnership_id))
    if asked.until_on is not None and asked.until_on < today:
        raise NotReady(
            f"It was asked until {_day(asked.until_on)}, which has passed. Refuse it, or have it asked anew."
        )
    due_on = due_day(session, at.item) if at is not None else None
    if asked.kind == "extension" and due_on is not None and due_on < today:
        raise NotReady(
            f"It was due on {_day(due_on)}, and more time is agreed before that day. Refuse it, and have an exception "
            "asked for."
        )


def _record(session: Session, actor: Actor, asked: Request | Agreed, act: str) -> None:
    record(
        session,
        actor=actor.principal,
        action=f"request:{act}",
        subject=f"request:{asked.id}",
        partnership_id=asked.partnership_id,
        detail={"kind": asked.kind},
    )


def _name(session: Session, person_id: int | None) -> str:
    person = session.get(Person, person_id) if person_id is not None else None
    return person.name if person else "Somebody"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
