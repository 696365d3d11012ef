"""Answering requests for corrections: a new value or "as it is", each with why, then a signature.

New values make a draft like any other edit: it is checked, and its sign-off signs the answers with it. Where every
answer is "as it is" nothing changes in the return, and a signatory signs the answers alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from hub.audit.chain import record
from hub.calendar.models import DueItem
from hub.clock import now_for
from hub.errors import Conflict, NotAllowed, NotFound, NotReady
from hub.facts.words import keep_words
from hub.partners.models import Partnership
from hub.partners.policy import Actor
from hub.submissions import drafted, drafts, events, requests
from hub.submissions.corrections import MOST_WORDS, Correction, corrections, is_row, value_at
from hub.submissions.models import CorrectionEvent
from hub.submissions.windows import OPEN
from hub.validation.outcome import Outcome, Scope

LONGEST_VALUE = 40


@dataclass(frozen=True)
class Answer:
    """What the agency says to one request. `new_value` is "" for "as it is"."""

    request_id: int
    new_value: str
    why: str


def rows_with(
    session: Session,
    partnership_id: int,
    due_item_id: int,
    answers: Sequence[Answer],
    *,
    partnership: str,
    agency: str,
) -> list[dict[str, str]]:
    """The return's rows with the new values in their places, as they are then checked and saved."""
    draft = drafted.read(session, partnership_id, due_item_id)
    asked = {each.id: each for each in corrections(session, partnership_id, [due_item_id])}
    rows = [dict(row) for row in draft.rows] if draft else []
    for answer in answers:
        request = asked.get(answer.request_id)
        if request is None or not answer.new_value:
            continue
        place = request.place
        row = next((each for each in rows if is_row(each, place)), None)
        if row is None:
            row = {"partnership": partnership, "agency": agency, "period": place.period}
            row |= {"breakdown": place.breakdown, "code": place.code}
            rows.append(row)
        row[place.figure] = answer.new_value
    return rows


def as_reopened(scope: Scope) -> Scope:
    """The scope of a check whose return these answers open: a window that closed is open for it."""
    return replace(scope, expected=tuple(replace(each, window=OPEN) for each in scope.expected))


def answer(
    session: Session,
    actor: Actor,
    due_item_id: int,
    answers: Sequence[Answer],
    *,
    outcome: Outcome | None,
    channel: str,
    seen: int | None = None,
) -> None:
    """Keep the answers, and the new values as a draft. `outcome` is the check of `rows_with`, where a value is new.

    Errors: Conflict where the return changed since it was opened; NotReady where an answer says nothing.
    """
    person_id = events.person_of(session, actor)
    at = events.lock_one(session, due_item_id)
    events.check_seen(session, at, seen, person_id=person_id)
    tenant = at.item.partnership_id
    asked = {each.id: each for each in corrections(session, tenant, [due_item_id])}
    if not answers:
        raise NotReady("Answer at least one of the rows: a new value, or “as it is”.")
    draft = drafted.read(session, tenant, due_item_id)
    for each in answers:
        if each.request_id not in asked:
            raise NotFound("There is no such request about this return.")
        _check(each, asked[each.request_id], draft.rows if draft else ())
    if any(each.new_value for each in answers):
        if outcome is None:
            raise NotReady("New values are checked before they are kept. Send them again.")
        _check_readable(answers, asked, outcome)
        if at.status == "signed":
            first = next(asked[each.request_id] for each in answers if each.new_value)
            requests.reopen_as_asked(
                session,
                actor,
                at,
                asked_by=first.asked_by_id,
                asked_at=first.asked_at,
                reason=_reason(answers),
            )
        # What was asked about was answered when these words were first sent; an answer here is a figure.
        drafts.save(session, actor, outcome, channel=channel, sure=True)
    moment = now_for(session.get_one(Partnership, tenant))
    for each in answers:
        words_id = keep_words(session, tenant, each.why.strip())
        session.add(
            _event(
                asked[each.request_id],
                tenant,
                "answered",
                person_id,
                moment,
                new_value=each.new_value,
                words_id=words_id,
            )
        )
    session.flush()
    record(
        session,
        actor=actor.principal,
        action="correction:answer",
        subject=f"submission:{due_item_id}",
        partnership_id=tenant,
        detail={"requests": [each.request_id for each in answers]},
    )


def _check(answer: Answer, asked: Correction, rows: Sequence[dict[str, str]]) -> None:
    if asked.standing == "signed":
        raise Conflict(f"{asked.signed_by} has signed an answer to one of these rows. Look at it again.")
    if not answer.why.strip():
        raise NotReady("Say why, for each row that you answer: the asker reads it, and it is kept.")
    if len(answer.why) > MOST_WORDS:
        raise NotReady(f"Write at most {MOST_WORDS:,} characters.")
    if len(answer.new_value) > LONGEST_VALUE:
        raise NotReady("A new value is a number, or a word that the return allows.")
    if answer.new_value and answer.new_value == value_at(rows, asked.place):
        raise NotReady("A new value is the one that stands already. Say “as it is”, or write another.")


def _check_readable(
    answers: Sequence[Answer], asked: Mapping[int, Correction], outcome: Outcome | None
) -> None:
    """An answer is kept for good, so it is a figure that could be read: no other text gets into history this way."""
    cells = {cell[1:5]: cell for part in (outcome.parts if outcome else ()) for cell in part.cells}
    for each in answers:
        place = asked[each.request_id].place
        cell = cells.get((place.period, place.breakdown, place.code, place.figure))
        if each.new_value and (cell is None or cell[6] == "missing"):
            raise NotReady("A new value cannot be read. Write it as the return asks for it, for example 12.")


def _reason(answers: Sequence[Answer]) -> str:
    """Why the signed return is corrected: what was said to each row, kept with the correction."""
    words = " ".join(each.why.strip() for each in answers if each.new_value)
    return f"Asked to look at it again. {words}"


def sign_as_it_is(session: Session, actor: Actor, due_item_id: int, *, signatures: int) -> int:
    """Sign the answers that leave the return as it is; returns how many. With two signatures another person answered.

    Errors: NotReady where there is none, or where new values wait for the return's own sign-off.
    """
    at = events.lock_one(session, due_item_id)
    tenant = at.item.partnership_id
    waiting = [each for each in corrections(session, tenant, [due_item_id]) if each.standing == "answered"]
    if any(not each.is_as_it_is for each in waiting):
        raise NotReady(
            "A new value waits with them: they are signed together, when the return is signed off."
        )
    if not waiting:
        raise NotReady("There is no answer to sign.")
    if signatures > 1 and any(each.answered_by_id == actor.id for each in waiting):
        raise NotAllowed("You have answered one of these. Another person of your agency signs the answers.")
    moment = now_for(session.get_one(Partnership, tenant))
    session.add_all(
        _event(each, tenant, "signed", actor.id, moment, new_value=each.old_value) for each in waiting
    )
    session.flush()
    record(
        session,
        actor=actor.principal,
        action="correction:sign",
        subject=f"submission:{due_item_id}",
        partnership_id=tenant,
        detail={"requests": [each.id for each in waiting]},
    )
    return len(waiting)


def signed_with(session: Session, item: DueItem, *, person_id: int, revision_id: int) -> None:
    """Sign-off calls this: what was answered is signed with the revision."""
    tenant = item.partnership_id
    waiting = [each for each in corrections(session, tenant, [item.id]) if each.standing == "answered"]
    signed = drafted.last_signed(session, tenant, item.id) if waiting else None
    moment = now_for(session.get_one(Partnership, tenant))
    for each in waiting:
        stands = value_at(signed.rows, each.place) if signed else None
        session.add(
            _event(each, tenant, "signed", person_id, moment, new_value=stands, revision_id=revision_id)
        )
    session.flush()


def _event(
    asked: Correction,
    tenant: int,
    kind: str,
    person_id: int,
    moment: datetime,
    *,
    new_value: str | None = None,
    words_id: int | None = None,
    revision_id: int | None = None,
) -> CorrectionEvent:
    return CorrectionEvent(
        partnership_id=tenant,
        request_id=asked.id,
        sequence=asked.sequence + 1,
        kind=kind,
        new_value=new_value,
        words_id=words_id,
        revision_id=revision_id,
        person_id=person_id,
        at=moment,
    )
