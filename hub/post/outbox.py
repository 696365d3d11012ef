"""The outbox: notices are put in with the act, letters are claimed by one sender at a time, and what became of each is kept.

Knows nothing of returns: what a letter says, and whether it is still wanted, is worked out by whoever is above.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Table, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hub.db import new_id
from hub.post.models import Letter, Notice, Round

LEASE = timedelta(minutes=2)
# How long after each failed attempt the next one comes; after the last one the letter has failed.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, 240, 480, 480, 960))


@dataclass(frozen=True)
class Telling:
    """A notice to be put in: to a person or to a contact of an agency, once for its occasion."""

    partnership_id: int
    kind: str
    occasion: str
    made_at: datetime
    person_id: int | None = None
    contact_id: int | None = None
    due_item_id: int | None = None
    sequence: int = 0

    @property
    def recipient(self) -> str:
        return f"contact:{self.contact_id}" if self.contact_id else f"person:{self.person_id}"


def tell(session: Session, tellings: Sequence[Telling]) -> int:
    """Put notices in, in the transaction of what they tell of. One that was put in before is left as it is; returns how many are new."""
    rows = [
        {
            **vars(each),
            "id": new_id(),
            "occasion": f"{each.kind}:{each.occasion}:{each.recipient}",
            "why": "",
        }
        for each in tellings
    ]
    return sum(_put(session, rows[start : start + 500]) for start in range(0, len(rows), 500))


def _put(session: Session, rows: list[dict[str, Any]]) -> int:
    put = _insert(session, Notice).on_conflict_do_nothing().values(rows)
    return len(session.scalars(put.returning(Notice.__table__.c.id)).all())


def _insert(session: Session, model: type[Notice] | type[Round]) -> Any:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(cast(Table, model.__table__))


def begin_round(session: Session, name: str, *, now: datetime) -> datetime | None:
    """Take the lock of a round of work until this transaction ends; says when it last ran."""
    session.execute(_insert(session, Round).values(name=name, at=now).on_conflict_do_nothing())
    found = session.scalars(select(Round).where(Round.name == name).with_for_update()).one()
    last, found.at = found.at, now
    return None if last == now else last


def last_round(session: Session, name: str) -> datetime | None:
    return session.scalar(select(Round.at).where(Round.name == name))


def waiting_notices(session: Session) -> list[Notice]:
    """Notices that are in no letter yet, oldest first."""
    query = (
        select(Notice)
        .where(Notice.letter_id.is_(None), Notice.dropped_at.is_(None))
        .order_by(Notice.made_at, Notice.id)
    )
    return list(session.scalars(query))


def notices_of(session: Session, letter: Letter) -> list[Notice]:
    """What a letter tells of, without what was dropped from it."""
    query = select(Notice).where(Notice.letter_id == letter.id, Notice.dropped_at.is_(None))
    return list(session.scalars(query.order_by(Notice.made_at, Notice.id)))


def drop(notice: Notice, why: str, *, now: datetime) -> None:
    notice.dropped_at, notice.why = now, why


def claim(session: Session, *, now: datetime) -> Letter | None:
    """The next letter that is due to go, leased to the caller, who commits before sending it. None where nothing waits."""
    query = (
        select(Letter)
        .where(
            Letter.state == "waiting",
            Letter.next_at <= now,
            or_(Letter.leased_until.is_(None), Letter.leased_until <= now),
        )
        .order_by(Letter.next_at, Letter.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    letter = session.scalars(query).first()
    if letter is not None:
        letter.leased_until, letter.attempts = now + LEASE, letter.attempts + 1
    return letter


def sent(session: Session, letter_id: int, *, now: datetime) -> None:
    _settle(session, letter_id, state="sent", sent_at=now, fault="")


def refused(session: Session, letter_id: int, fault: str) -> None:
    """For good: it waits for somebody of the data team to look at it and send it again."""
    _settle(session, letter_id, state="failed", fault=fault)


def failed(session: Session, letter_id: int, fault: str, *, now: datetime) -> None:
    """This time: the next attempt comes later each time, and after the last one the letter has failed."""
    attempts = session.scalar(select(Letter.attempts).where(Letter.id == letter_id)) or 0
    if attempts > len(BACK_OFF):
        refused(session, letter_id, fault)
    else:
        _settle(session, letter_id, next_at=now + BACK_OFF[max(attempts, 1) - 1], fault=fault)


def again(session: Session, letter_id: int, *, now: datetime) -> bool:
    """Send a letter that failed once more, under the same message id. False where it is not one that failed."""
    done = session.execute(
        update(Letter)
        .where(Letter.id == letter_id, Letter.state == "failed")
        .values(state="waiting", next_at=now, leased_until=None, attempts=0)
    )
    return cast("CursorResult[object]", done).rowcount == 1


def _settle(session: Session, letter_id: int, **values: Any) -> None:
    session.execute(
        update(Letter)
        .where(Letter.id == letter_id, Letter.state == "waiting")
        .values(leased_until=None, **values)
    )
