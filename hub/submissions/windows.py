"""Whether a return may be changed today: its window opens, closes, is locked, and is opened again for a while.

A return opens on the day after its period. It closes where the partnership's calendar says so, and it is locked while a
lock that two persons agreed to holds. An exception opens a window that closed, a reopening opens what was signed, both
until their end. Every refusal says what shut it, who agreed to that, when it ends and what to do.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import periods
from hub.calendar.agreed import Agreed, agreed_as_at, latest_days
from hub.calendar.local import LocalCalendar, local_calendar
from hub.calendar.models import DueItem
from hub.clock import today_for
from hub.definitions.models import PeriodRow
from hub.errors import NotReady
from hub.facts.interning import CHUNK
from hub.facts.models import Words
from hub.facts.owed import counting
from hub.partners.models import Partnership, Person
from hub.periods import Period

OPEN, NOT_YET_OPEN, CLOSED = "open", "not-yet-open", "closed"


@dataclass(frozen=True)
class Window:
    """`why` is a whole explanation for the sender where the window is not open."""

    state: str
    why: str = ""


_OPEN = Window(OPEN)


def windows(session: Session, partnership: Partnership, items: Collection[DueItem]) -> dict[int, Window]:
    """The window of each due item of a partnership on its own today. Published returns have none to miss."""
    owed = [item for item in items if item.due_on is not None]
    if not owed:
        return {item.id: _OPEN for item in items}
    looking = _Looking(session, partnership)
    shown = looking.periods({item.period_id for item in owed})
    ended = not_asked(session, partnership.id, [item.id for item in owed])
    return {item.id: _OPEN for item in items} | {
        item.id: _not_asked(partnership, shown[item.period_id])
        if item.id in ended
        else looking.window(item, shown[item.period_id])
        for item in owed
    }


def not_asked(session: Session, partnership_id: int, item_ids: Collection[int]) -> set[int]:
    """Which of the items nobody owes any more, because the agency's membership was ended before their period."""
    members = counting(session, [partnership_id])
    if not members:
        return set()
    asked = select(DueItem.id).where(DueItem.partnership_id == partnership_id, *members)
    return set(item_ids) - set(session.scalars(asked.where(DueItem.id.in_(item_ids))))


def _not_asked(partnership: Partnership, period: Period) -> Window:
    return Window(
        CLOSED,
        f"Nothing is due for {period.name}: the data team has set the dates of the agency’s membership so that it was no member "
        f"of {partnership.name} when that period began. If that is wrong, ask {partnership.contact_name} to put the dates "
        "right; this return then opens again.",
    )


def check_open(session: Session, item: DueItem) -> None:
    """Raise NotReady with the whole explanation where nothing of the item may be sent or signed today."""
    if why := why_shut(session, item):
        raise NotReady(why)


def why_shut(session: Session, item: DueItem) -> str:
    """The whole explanation where nothing of the item may be sent or signed today; nothing where it may."""
    partnership = session.get_one(Partnership, item.partnership_id)
    window = windows(session, partnership, [item])[item.id]
    if window.state != OPEN:
        return window.why
    lapsed = lapsed_on(session, partnership, item)
    if lapsed is None:
        return ""
    return (
        f"This return was opened for correction until {_day(lapsed)}, and that day has passed. What was signed stands. "
        "If it must still be corrected, ask for it to be reopened on this return’s page."
    )


def lapsed_on(session: Session, partnership: Partnership, item: DueItem) -> date | None:
    """The day on which a return’s last reopening ended, where that has passed."""
    found = agreed_as_at(session, partnership.id, kinds=["reopening"], due_item_ids=[item.id])
    ended = latest_days(found).get(item.id)
    return ended if ended is not None and ended < today_for(partnership) else None


class _Looking:
    """What is read once for all the items of a partnership."""

    def __init__(self, session: Session, partnership: Partnership) -> None:
        self.session, self.today = session, today_for(partnership)
        self.contact = partnership.contact_name
        self.calendar: LocalCalendar = local_calendar(session, partnership.code)
        found = agreed_as_at(session, partnership.id, kinds=["lock", "extension", "exception", "reopening"])
        self.locks = [each for each in found if each.kind == "lock" and each.holds_on(self.today)]
        self.later = latest_days(each for each in found if each.kind == "extension")
        self.opened = latest_days(each for each in found if each.kind in ("exception", "reopening"))
        self.exceptions = {each.due_item_id: each for each in found if _was_exception(each, self.today)}
        self.of_locks = self.periods({each.period_id for each in self.locks if each.period_id is not None})

    def periods(self, ids: set[int]) -> dict[int, Period]:
        ordered, found = sorted(ids), {}
        for start in range(0, len(ordered), CHUNK):
            query = select(PeriodRow.id, PeriodRow.code).where(
                PeriodRow.id.in_(ordered[start : start + CHUNK])
            )
            found.update({number: periods.parse(code) for number, code in self.session.execute(query)})
        return found

    def window(self, item: DueItem, period: Period) -> Window:
        if period.ends_on >= self.today:
            opens_on = _day(period.ends_on + timedelta(days=1))
            return Window(
                NOT_YET_OPEN,
                f"{_first(period.name)} is not over yet: this return opens on {opens_on}. Come back then.",
            )
        if self.opened.get(item.id, date.min) >= self.today:
            return _OPEN
        lock = next((each for each in self.locks if self._covers(each, item, period)), None)
        if lock is not None:
            return Window(CLOSED, self._locked(lock, period) + self._lapsed(item))
        closed_on = self.calendar.closes_on(item.return_code, self.later.get(item.id, item.due_on))
        if closed_on is not None and closed_on < self.today:
            return Window(CLOSED, self._closed(period, closed_on) + self._lapsed(item))
        return _OPEN

    def _covers(self, lock: Agreed, item: DueItem, period: Period) -> bool:
        return (
            (lock.return_code in (None, item.return_code))
            and (lock.agency_id in (None, item.agency_id))
            and (lock.period_id is None or self.of_locks[lock.period_id].contains(period))
        )

    def _locked(self, lock: Agreed, period: Period) -> str:
        ends = f"until {_day(lock.until_on)}" if lock.until_on else "until the data team lifts it"
        reason = self.session.get(Words, (lock.partnership_id, lock.reason_id))
        return (
            f"{_first(period.name)} is locked {ends}. {self._name(lock.asked_by)} set the lock and "
            f"{self._name(lock.answered_by)} agreed to it: “{reason.body if reason else ''}”. To send or change figures before "
            "then, ask for an exception, or for a signed return to be reopened, on this return’s page."
        )

    def _closed(self, period: Period, closed_on: date) -> str:
        return (
            f"{_first(period.name)} closed for this return on {_day(closed_on)}, by the calendar that "
            f"{self.contact} keeps, and does not open by itself. To send or change figures now, ask for an exception, or for a signed return to be reopened, on this return’s page."
        )

    def _lapsed(self, item: DueItem) -> str:
        """What to add where an exception had opened it: whoever was granted one knows no other reason."""
        over = self.exceptions.get(item.id)
        if over is None:
            return ""
        return f" The exception that {self._name(over.answered_by)} granted ended on {_day(over.until_on)}."

    def _name(self, person_id: int | None) -> str:
        person = self.session.get(Person, person_id) if person_id is not None else None
        return person.name if person else "Somebody"


def _was_exception(one: Agreed, today: date) -> bool:
    return (
        one.kind == "exception"
        and one.standing == "granted"
        and one.until_on is not None
        and one.until_on < today
    )


def _first(name: str) -> str:
    return name[:1].upper() + name[1:]


def _day(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else "no date"
