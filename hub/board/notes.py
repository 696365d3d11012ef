"""What persons write beside measures, as known at a moment, and the acts that write it.

An event stands on charts with its date and who noted it. Limits are worked out anew only from where a person asked for it
with a reason and another person agreed. A low figure is "lower than expected" until a person records the cause. Nothing is
changed later: a reader as at an earlier moment sees what had been written by then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from hub.audit.chain import record
from hub.audit.settled import settled
from hub.board.chart_inputs import Note as ChartNote
from hub.board.note_models import MeasureNote
from hub.clock import now_for
from hub.errors import NotAllowed, NotFound, NotReady
from hub.facts.models import Words
from hub.facts.moments import AsAt
from hub.facts.words import keep_words
from hub.measures.load import measures_as_at
from hub.measures.model import Measure, Point
from hub.partners.heads import lock_head
from hub.partners.models import Partnership, Person
from hub.partners.policy import Actor
from hub.periods import Period, containing
from hub.statistics.xmr import Xmr, xmr

MOST_WORDS = 500
BLANKED = "words no longer kept"


@dataclass(frozen=True)
class Note:
    """One thing written. `answer` says what became of a rebase: approved, refused, or nothing yet."""

    id: int
    kind: str
    measure: str
    line: str
    on_date: date
    words: str
    person: str
    person_id: int
    at: datetime
    of_id: int | None = None  # of an answer: the note that it answers
    answer: str = ""
    answered_by: str = ""

    @property
    def sentence(self) -> str:
        return f"{self.words} ({self.on_date.day} {self.on_date:%B %Y}; {self.person})"


def notes_as_at(session: Session, at: AsAt) -> tuple[Note, ...]:
    """Everything that a partnership's persons had written by a moment, by the day that it speaks of."""
    every = settled(session, _every_note, at.partnership_id, here=at.partnership_id)
    written = [each for each in every if each.at <= at.moment]
    answers = {each.of_id: each for each in written if each.of_id is not None}
    return tuple(_answered(each, answers.get(each.id)) for each in written if each.of_id is None)


def _answered(note: Note, answer: Note | None) -> Note:
    return note if answer is None else replace(note, answer=answer.kind, answered_by=answer.person)


def _every_note(session: Session, partnership_id: int) -> list[Note]:
    """Answers among them."""
    row = MeasureNote
    query = (
        select(
            row.id, row.kind, row.measure, row.line, row.on_date, func.coalesce(Words.body, BLANKED).label("words"),
            Person.name.label("person"), row.person_id, row.at, row.of_id,
        )
        .outerjoin(Words, and_(Words.partnership_id == row.partnership_id, Words.id == row.words_id))
        .join(Person, Person.id == row.person_id)
        .where(row.partnership_id == partnership_id)
        .order_by(row.on_date, row.id)
    )  # fmt: skip
    return [Note(**found) for found in session.execute(query).mappings()]


def of_measure(notes: Sequence[Note], measure: str) -> list[Note]:
    return [note for note in notes if note.kind != "cause" and note.measure in ("", measure)]


def causes_of(notes: Sequence[Note], month: Period) -> dict[str, list[Note]]:
    """Measure and line → the causes that persons recorded of a month: `RF01/agency/RXT`."""
    found: dict[str, list[Note]] = {}
    for note in notes:
        if note.kind == "cause" and note.on_date == month.starts_on:
            found.setdefault(f"{note.measure}/{note.line}", []).append(note)
    return found


def limits_of(
    measure: Measure, points: Sequence[Point], notes: Sequence[Note], *, target: float | None = None
) -> Xmr:
    """The chart of a series: what is missing or partial is a gap; a new segment begins where a rebase was approved, and
    where something else is counted."""
    return xmr(
        [point.value if point.state in ("value", "nil") else None for point in points],
        improvement=measure.direction,
        target=target,
        counts=measure.kind == "count",
        rebase=[*_rebases(notes, measure, points), *breaks_of(points)],
    )


def breaks_of(points: Sequence[Point]) -> tuple[int, ...]:
    """The places of points that are counted otherwise than the one before."""
    return tuple(place for place, point in enumerate(points) if place and point.new_definition)


def chart_notes(measure: Measure, points: Sequence[Point], notes: Sequence[Note]) -> tuple[ChartNote, ...]:
    """Events and approved rebases in the periods that a chart shows."""
    found = []
    for note in of_measure(notes, measure.id):
        place = _place(points, note.on_date)
        if place is not None and (note.kind == "event" or note.answer == "approved"):
            again = "" if note.kind == "event" else "limits worked out anew: "
            found.append(ChartNote(place, again + note.sentence))
    return tuple(found)


def _rebases(notes: Sequence[Note], measure: Measure, points: Sequence[Point]) -> list[int]:
    places = [
        _place(points, note.on_date)
        for note in notes
        if note.kind == "rebase" and note.measure == measure.id and note.answer == "approved"
    ]
    return [place for place in places if place]  # at the first point there is nothing to part from


def _place(points: Sequence[Point], day: date) -> int | None:
    return next(
        (i for i, each in enumerate(points) if each.period.starts_on <= day <= each.period.ends_on), None
    )


def note_event(
    session: Session, actor: Actor, partnership: Partnership, *, measure: str, on: date, words: str
) -> None:
    """An event on one measure's chart, or on every chart where `measure` is empty."""
    if on > now_for(partnership).date():
        raise NotReady("Give a day that has come: a note says what happened.")
    _add(session, actor, partnership, "event", measure=measure, on=on, words=words)


def ask_rebase(
    session: Session, actor: Actor, partnership: Partnership, *, measure: Measure, on: date, words: str
) -> None:
    """Ask that limits are worked out anew from the period that a day lies in. It counts once another person agrees."""
    first = containing(on, measure.usual).starts_on
    if first > now_for(partnership).date():
        raise NotReady("Give a month that has begun.")
    _add(session, actor, partnership, "rebase", measure=measure.id, on=first, words=words)


def answer_rebase(
    session: Session, actor: Actor, partnership: Partnership, note_id: int, *, approve: bool
) -> None:
    """Agree to a rebase, or refuse it; another person than whoever asked."""
    lock_head(session, partnership.id)
    asked = session.get(MeasureNote, (partnership.id, note_id))
    if asked is None or asked.kind != "rebase":
        raise NotFound(
            "There is nothing here that you can see. Check the address, or go back to your home page."
        )
    if asked.person_id == actor.id:
        raise NotAllowed("Another person than whoever asked for new limits agrees to them.")
    answered = select(MeasureNote.id).where(
        MeasureNote.partnership_id == partnership.id, MeasureNote.of_id == note_id
    )
    if session.scalar(answered) is not None:
        raise NotReady("It was answered already. Read what became of it.")
    kind = "approved" if approve else "refused"
    _write(session, actor, partnership, kind, measure=asked.measure, on=asked.on_date, of_id=note_id)


def record_cause(
    session: Session,
    actor: Actor,
    partnership: Partnership,
    *,
    measure: str,
    line: str,
    month: Period,
    words: str,
) -> None:
    """Why a line was low in a month, as a person found it."""
    if not line or "/" not in line:
        raise NotReady("Say of which line it is the cause.")
    _add(session, actor, partnership, "cause", measure=measure, on=month.starts_on, words=words, line=line)


def _add(
    session: Session,
    actor: Actor,
    partnership: Partnership,
    kind: str,
    *,
    measure: str,
    on: date,
    words: str,
    line: str = "",
) -> None:
    body = words.strip()
    if not body:
        raise NotReady("Write what happened, or why.")
    if len(body) > MOST_WORDS:
        raise NotReady(f"Write at most {MOST_WORDS} characters.")
    if measure and measure not in measures_as_at(session, now_for(partnership)):
        raise NotReady("There is no such measure.")
    lock_head(session, partnership.id)
    words_id = keep_words(session, partnership.id, body)
    _write(session, actor, partnership, kind, measure=measure, on=on, words_id=words_id, line=line)


def _write(
    session: Session,
    actor: Actor,
    partnership: Partnership,
    kind: str,
    *,
    measure: str,
    on: date,
    words_id: int | None = None,
    of_id: int | None = None,
    line: str = "",
) -> None:
    row = MeasureNote(
        partnership_id=partnership.id, kind=kind, measure=measure, line=line, on_date=on, of_id=of_id,
        words_id=words_id, person_id=actor.id, at=now_for(partnership),
    )  # fmt: skip
    session.add(row)
    session.flush()
    record(
        session,
        actor=actor.principal,
        action=f"measure-note:{kind}",
        subject=f"measure-note:{row.id}",
        partnership_id=partnership.id,
        detail={"measure": measure, "on": on.isoformat()},
    )
