"""How long typed text is kept, as data: what is due to be blanked, legal holds, and the job that alone may blank.

Two persons decide: one asks, another agrees. The job blanks words in place; digests stay, so that documents and the
audit chain still verify. Figures are never removed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from hub.audit.chain import record
from hub.audit.models import RetentionRun
from hub.clock import now_for, real_now, today_for
from hub.db import new_id
from hub.errors import Conflict, NotAllowed, NotFound, NotReady
from hub.partners.models import Partnership
from hub.partners.retention_due import CHUNK, TextClass, classes, count, due_columns, due_words, table_of
from hub.partners.retention_models import RetentionChange

ALL = "all"
LONGEST_YEARS = 100


@dataclass(frozen=True)
class Kept:
    """One class as it stands in a partnership: its years, whether it is held, and what the job would blank next."""

    text_class: TextClass
    years: int | None
    held: bool
    due_before: date | None  # text from before this day is due
    due: int


def schedule(session: Session, partnership: Partnership) -> list[Kept]:
    """Every class with its years, and how much the job would blank of it now."""
    years, held = _years(session, partnership.id), holds(session, partnership.id)
    found = []
    for each in classes():
        kept_years = years.get(each.code, each.years)
        before = _before(today_for(partnership), kept_years)
        is_held = bool({ALL, each.code} & held.keys())
        due = 0 if is_held else count(session, partnership.id, each, before)
        found.append(Kept(each, kept_years, is_held, before, due))
    return found


def holds(session: Session, partnership_id: int) -> dict[str, RetentionChange]:
    """Legal holds in force, by class."""
    found: dict[str, RetentionChange] = {}
    for change in _changes(session, partnership_id):
        if change.kind == "hold" and change.decision != "refused":
            found[change.class_code] = change
        elif change.kind == "release" and change.decision == "agreed":
            found.pop(change.class_code, None)
    return found


def waiting(session: Session, partnership_id: int) -> list[RetentionChange]:
    """What waits for a second person; a hold holds already and waits for nobody."""
    return [
        change
        for change in _changes(session, partnership_id)
        if change.decision is None and change.kind != "hold"
    ]


def runs(session: Session, partnership_id: int) -> list[RetentionChange]:
    """What the job did, the latest first."""
    done = [each for each in _changes(session, partnership_id) if each.blanked is not None]
    return done[::-1]


def ask(
    session: Session,
    partnership: Partnership,
    *,
    person_id: int,
    kind: str,
    class_code: str,
    years: int | None,
    reason: str,
) -> RetentionChange:
    """Ask for other years, a hold, its release, or a run of the job."""
    known = {each.code for each in classes()} | ({ALL} if kind != "years" else set())
    if kind not in ("years", "hold", "release", "run") or class_code not in known:
        raise NotReady("Choose what is asked for, and of which class of text.")
    if not reason:
        raise NotReady("Say why: it is kept beside what is decided.")
    if years is not None and not 1 <= years <= LONGEST_YEARS:
        raise NotReady(f"Years are a number from 1 to {LONGEST_YEARS}, or nothing for good.")
    if kind == "release" and class_code not in holds(session, partnership.id):
        raise NotReady("There is no such hold.")
    change = RetentionChange(
        partnership_id=partnership.id,
        kind=kind,
        class_code=class_code,
        years=years if kind == "years" else None,
        reason=reason,
        asked_by=person_id,
        asked_at=now_for(partnership),
    )
    session.add(change)
    session.flush()
    _record(session, change, f"retention:ask-{kind}", person_id)
    return change


def decide(session: Session, partnership: Partnership, number: int, decision: str, *, person_id: int) -> None:
    """Agree or refuse, by another person than the asker. An agreed run blanks at once."""
    change = session.get(RetentionChange, (partnership.id, number))
    if change is None or change.kind == "hold":
        raise NotFound("There is nothing to decide.")
    if decision == "agreed" and change.asked_by == person_id:
        raise NotAllowed("You asked for this yourself. Another person agrees.")
    changed = session.execute(
        update(RetentionChange)
        .where(
            RetentionChange.partnership_id == partnership.id,
            RetentionChange.id == number,
            RetentionChange.decision.is_(None),
        )
        .values(decision=decision, decided_by=person_id, decided_at=now_for(partnership)),
        execution_options={"synchronize_session": False},
    )
    if cast("CursorResult[object]", changed).rowcount != 1:
        raise Conflict("Somebody decided this meanwhile. Look at what stands now.")
    session.refresh(change)
    if change.kind == "run" and decision == "agreed":
        change.blanked = _run(session, partnership, change)
        session.flush()
    _record(session, change, f"retention:{decision}", person_id, blanked=change.blanked)


def _run(session: Session, partnership: Partnership, change: RetentionChange) -> int:
    """Blank what is due of the classes asked for, but for what is held."""
    run = RetentionRun(
        id=new_id(),
        asked_by=change.asked_by,
        agreed_by=change.decided_by,
        reason=change.reason,
        started_at=real_now(),
        ended_at=None,
    )
    session.add(run)
    session.flush()
    blanked = 0
    for kept in schedule(session, partnership):
        if not kept.held and change.class_code in (ALL, kept.text_class.code):
            blanked += _blank_words(session, partnership.id, kept)
            blanked += _blank_columns(session, partnership.id, kept)
    run.ended_at = real_now()
    session.flush()
    return blanked


def _blank_words(session: Session, partnership_id: int, kept: Kept) -> int:
    words, ids = (
        table_of("words"),
        sorted(due_words(session, partnership_id, kept.text_class, kept.due_before)),
    )
    for start in range(0, len(ids), CHUNK):
        session.execute(
            update(words)
            .where(words.c.partnership_id == partnership_id, words.c.id.in_(ids[start : start + CHUNK]))
            .values(body=None)
        )
    return len(ids)


def _blank_columns(session: Session, partnership_id: int, kept: Kept) -> int:
    blanked = 0
    for where in kept.text_class.columns:
        for column, rows in due_columns(session, partnership_id, where, kept.due_before):
            table = table_of(where.table)
            session.execute(update(table).where(table.c.id.in_(rows)).values({column: where.blank}))
            blanked += len(rows)
    return blanked


def _years(session: Session, partnership_id: int) -> dict[str, int | None]:
    """What two persons agreed to for a class; the latest holds."""
    return {
        change.class_code: change.years
        for change in _changes(session, partnership_id)
        if change.kind == "years" and change.decision == "agreed"
    }


def _before(today: date, years: int | None) -> date | None:
    if years is None or years >= today.year:
        return None
    day = 28 if (today.month, today.day) == (2, 29) else today.day
    return date(today.year - years, today.month, day)


def _changes(session: Session, partnership_id: int) -> list[RetentionChange]:
    query = select(RetentionChange).where(RetentionChange.partnership_id == partnership_id)
    return list(session.scalars(query.order_by(RetentionChange.asked_at, RetentionChange.id)))


def _record(
    session: Session, change: RetentionChange, action: str, person_id: int, *, blanked: int | None = None
) -> None:
    record(
        session,
        actor=f"person:{person_id}",
        action=action,
        subject=f"retention:{change.id}",
        partnership_id=change.partnership_id,
        detail={"kind": change.kind, "class": change.class_code, "years": change.years, "blanked": blanked},
    )
