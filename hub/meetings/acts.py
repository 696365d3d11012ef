"""What the data team does with groups and meetings: make a group, plan, record who came, confirm it, note decisions, call off.

Each act locks the partnership's head first, so that two who act at once come one after the other; whoever saw an older
meeting is told so and nothing of theirs is kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.audit.chain import record
from hub.clock import now_for, today_for
from hub.errors import Conflict, NotAllowed, NotReady
from hub.facts.words import keep_words
from hub.meetings.models import GroupVersion, MeetingEvent, MeetingRow
from hub.meetings.read import CADENCES, Group, Meeting, group_as_at, meeting_as_at
from hub.meetings.told import next_number
from hub.partners.heads import lock_head
from hub.partners.models import Partnership
from hub.partners.policy import Actor

MOST_BODIES = 200
MOST_WORDS = 2000
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*|[A-Z0-9]{2,12}")
NO_BODY = "“{}” is no body: write a member’s national code, or a post in small letters as cabinet-member."


@dataclass(frozen=True)
class Doer:
    """Who acts on which meeting, and the event that they saw last."""

    actor: Actor
    number: int
    seen: int


def keep_group(session: Session, actor: Actor, partnership: Partnership, group: Group) -> None:
    """Make a group, or another version of it; meetings that were planned keep whom they invited."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", group.code):
        raise NotReady("Write the short name in small letters, digits and hyphens, as performance-sub-group.")
    if not group.title:
        raise NotReady("Write the group’s name.")
    if group.cadence not in CADENCES:
        raise NotReady("Choose how often it meets.")
    for body in group.bodies:
        if not _CODE.fullmatch(body):
            raise NotReady(NO_BODY.format(body))
    if not group.bodies or len(group.bodies) > MOST_BODIES or len(set(group.bodies)) < len(group.bodies):
        raise NotReady(f"Name each body of the group once, one a line, at most {MOST_BODIES}.")
    if not 1 <= group.quorum <= len(group.bodies):
        raise NotReady("The quorum is at least one body and at most all of them.")
    lock_head(session, partnership.id)
    session.add(
        GroupVersion(
            partnership_id=partnership.id,
            code=group.code,
            title=group.title,
            cadence=group.cadence,
            quorum=group.quorum,
            bodies=" ".join(group.bodies),
            known_from=now_for(partnership),
            known_by=actor.id,
        )
    )
    session.flush()
    _record(session, actor, partnership, "group:kept", f"group:{group.code}")


def plan(
    session: Session,
    actor: Actor,
    partnership: Partnership,
    group_code: str,
    *,
    held_on: date | None,
    freezes_on: date | None,
    agenda: Sequence[str],
) -> int:
    """Plan a meeting of a group; returns its number."""
    group = group_as_at(session, partnership.id, group_code, now_for(partnership))
    if held_on is None or freezes_on is None:
        raise NotReady("Give the day of the meeting, and the day on which its pack is frozen.")
    if freezes_on > held_on:
        raise NotReady("The pack is frozen on or before the day of the meeting.")
    if not agenda:
        raise NotReady("Choose at least one part of the pack.")
    lock_head(session, partnership.id)
    taken = select(MeetingRow.id).where(
        MeetingRow.partnership_id == partnership.id,
        MeetingRow.group_code == group.code,
        MeetingRow.held_on == held_on,
    )
    if session.scalars(taken).first() is not None:
        raise NotReady("A meeting of this group on that day is planned already.")
    row = MeetingRow(
        partnership_id=partnership.id,
        number=next_number(session, partnership.id),
        group_code=group.code,
        held_on=held_on,
        freezes_on=freezes_on,
        quorum=group.quorum,
        invited=" ".join(group.bodies),
        agenda=" ".join(agenda),
        planned_by=actor.id,
        planned_at=now_for(partnership),
    )
    session.add(row)
    session.flush()
    _record(session, actor, partnership, "meeting:planned", f"meeting:{row.number}")
    return row.number


def attend(
    session: Session, partnership: Partnership, doer: Doer, *, present: Sequence[str], deputies: Sequence[str]
) -> None:
    """Write who came. A later record takes the place of an earlier one, once it is confirmed."""
    found = _seen(session, partnership, doer)
    if found.held_on > today_for(partnership):
        raise NotReady("The meeting is still to come.")
    came = [body for body in found.invited if body in {*present, *deputies}]
    if not came:
        raise NotReady("Say which bodies came. A meeting to which nobody came is called off.")
    _happen(
        session,
        partnership,
        doer,
        found,
        "attended",
        present=" ".join(came),
        deputies=" ".join(body for body in came if body in deputies),
    )


def confirm(session: Session, partnership: Partnership, doer: Doer) -> None:
    """Confirm who came, as another person wrote it."""
    found = _seen(session, partnership, doer)
    written = found.written
    if written is None or written.confirmed_at is not None:
        raise NotReady("Nothing waits to be confirmed.")
    if written.written_by == doer.actor.id:
        raise NotAllowed("You wrote who came: another person confirms it.")
    _happen(
        session,
        partnership,
        doer,
        found,
        "confirmed",
        of_sequence=written.sequence,
        of_person_id=written.written_by,
    )


def decide(
    session: Session,
    partnership: Partnership,
    doer: Doer,
    *,
    words: str,
    owner: str,
    due_on: date | None,
    measure: str = "",
) -> None:
    """Note a decision with the body that owns it and the day by which it is done; `measure` is the number that it is about."""
    found = _seen(session, partnership, doer)
    if owner not in found.invited:
        raise NotReady("Choose the body that owns the decision.")
    if due_on is None:
        raise NotReady("Give the day by which it is done.")
    _happen(
        session,
        partnership,
        doer,
        found,
        "decided",
        words_id=_keep(session, partnership, words, "Write the decision."),
        owner=owner,
        due_on=due_on,
        measure=measure,
    )


def question(session: Session, partnership: Partnership, doer: Doer, *, challenge: int) -> None:
    """Note which question to the Board was asked in the meeting."""
    _happen(session, partnership, doer, _seen(session, partnership, doer), "questioned", question=challenge)


def call_off(session: Session, partnership: Partnership, doer: Doer, *, words: str) -> None:
    found = _seen(session, partnership, doer)
    if found.attendances:
        raise NotReady("Who came was written: the meeting was held.")
    _happen(
        session,
        partnership,
        doer,
        found,
        "called-off",
        words_id=_keep(session, partnership, words, "Say why."),
    )


def _keep(session: Session, partnership: Partnership, words: str, missing: str) -> int:
    body = words.strip()
    if not body:
        raise NotReady(missing)
    if len(body) > MOST_WORDS:
        raise NotReady(f"Write at most {MOST_WORDS:,} characters.")
    return keep_words(session, partnership.id, body)


def _seen(session: Session, partnership: Partnership, doer: Doer) -> Meeting:
    """The meeting as it stands, with nobody acting meanwhile."""
    lock_head(session, partnership.id)
    found = meeting_as_at(session, partnership.id, doer.number, now_for(partnership))
    if found.sequence != doer.seen:
        raise Conflict(
            "Somebody else noted something about this meeting after you opened it. Nothing of yours was kept: read it, "
            "then send yours again if it still holds."
        )
    if found.called_off_at is not None:
        raise NotReady("The meeting was called off.")
    return found


def _happen(
    session: Session, partnership: Partnership, doer: Doer, found: Meeting, kind: str, **what: Any
) -> None:
    session.add(
        MeetingEvent(
            partnership_id=partnership.id,
            meeting_id=found.id,
            sequence=found.sequence + 1,
            kind=kind,
            person_id=doer.actor.id,
            at=now_for(partnership),
            **what,
        )
    )
    session.flush()
    _record(session, doer.actor, partnership, f"meeting:{kind}", f"meeting:{found.number}")


def _record(session: Session, actor: Actor, partnership: Partnership, action: str, subject: str) -> None:
    record(session, actor=actor.principal, action=action, subject=subject, partnership_id=partnership.id)
