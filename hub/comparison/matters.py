"""Matters: differences that two sides look into together. Read as at a moment; nothing opens or closes by itself.

A matter is there where a month is a query, from the partnership's first month on; about one area of it, where a side has
begun one. It is closed where both sides have
signed a note about these very totals, or where the difference is gone; both are worked out from the ledger and from
what was said, so that the matter reads the same for ever. A note is about totals: when one of them is corrected and the
months still differ, the matter is open again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from hub.comparison.matrix import compared
from hub.comparison.model import Asked, Cell, Compared, Pair, Sender
from hub.comparison.models import MatterEvent
from hub.comparison.sides import source_of
from hub.comparison.terms import terms_as_at
from hub.definitions.models import PeriodRow
from hub.facts.models import WHOLE, Words
from hub.facts.moments import AsAt
from hub.facts.revisions import revisions_as_at
from hub.measures.model import Measure
from hub.partners.areas import KnownArea, areas_known
from hub.partners.models import Agency, Person
from hub.periods import Period, containing, parse
from hub.statistics.reconcile import State

Side = Literal["sent", "logged", "partnership"]
Kind = Literal["explained", "noted", "agreed"]
Key = tuple[int, str, int]  # sender, month, area
BOTH: frozenset[str] = frozenset({"sent", "logged"})
MONTHS_WITHOUT_TERMS = 12  # where no partnership said from when on

# Why two honest counts differ. No word says whose count is to be mended.
REASONS = {
    "timing": "Timing: counted in different months",
    "definition": "Definition: the two sides count different things",
    "unit": "Unit: one counts children, the other forms or families",
    "lost": "Lost on the way: sent, and not logged",
    "counted-twice": "Counted twice",
    "other": "Something else",
}


@dataclass(frozen=True)
class Said:
    """One thing that somebody said, with the totals that they saw."""

    sequence: int
    kind: str
    side: str
    reason: str | None
    words: str | None
    sent: int | None
    logged: int | None
    at: datetime
    person: str
    person_id: int


@dataclass(frozen=True)
class Matter:
    """One sender's month, in all or in one area, with everything that was said about it, oldest first."""

    sender: Sender
    month: Period
    cell: Cell
    pair: Pair
    said: tuple[Said, ...]
    area: KnownArea | None = None  # None: the whole place

    @property
    def place(self) -> str:
        """The area's code, "" for the whole place."""
        return self.area.code if self.area else ""

    @property
    def sequence(self) -> int:
        return self.said[-1].sequence if self.said else 0

    @property
    def note(self) -> Said | None:
        """The note that stands: the last one written."""
        return next((each for each in reversed(self.said) if each.kind == "noted"), None)

    @property
    def signatures(self) -> tuple[Said, ...]:
        """Who signed the note for which side; a side that wrote it has signed it."""
        note = self.note
        if note is None:
            return ()
        after = (each for each in self.said if each.sequence > note.sequence and each.kind == "agreed")
        return tuple(each for each in (note, *after) if each.side in BOTH)

    @property
    def waits_for(self) -> frozenset[str]:
        return BOTH - {each.side for each in self.signatures}

    @property
    def note_is_about_other_totals(self) -> bool:
        note = self.note
        return note is not None and (note.sent, note.logged) != (self.cell.sent, self.cell.logged)

    @property
    def standing(self) -> Literal["open", "agreed", "gone", "none"]:
        if self.cell.state is not State.QUERY:
            return "gone" if self.said else "none"
        signed = self.note is not None and not self.waits_for and not self.note_is_about_other_totals
        return "agreed" if signed else "open"


def matters(
    session: Session,
    at: AsAt,
    measure: Measure,
    *,
    sender_ids: Sequence[int] | None = None,
    first: date | None = None,
) -> list[Matter]:
    """Every matter, newest month first: the open ones, and those about which something was said.

    `first` leaves out older months, for a page that shows the latest alone.
    """
    since = terms_as_at(session, at.partnership_id, measure.id, at.moment).since or _a_year_ago(at)
    asked = Asked(
        max(since.starts_on, first or since.starts_on),
        at.today,
        None if sender_ids is None else tuple(sender_ids),
    )
    found = compared(session, at, measure, asked)
    said = _said(session, at, measure.id, sender_ids)
    every = [*_of(found, said, None), *_of_areas(session, at, measure, asked, said)]
    there = [each for each in every if each.standing != "none"]
    return sorted(there, key=lambda each: (-each.month.starts_on.toordinal(), each.sender.code, each.place))


def _of(found: Compared, said: Mapping[Key, Sequence[Said]], area: KnownArea | None) -> Iterator[Matter]:
    """The months of every sender, with what was said about each."""
    area_id = area.id if area else WHOLE
    for row in found.rows:
        for month, cell in zip(found.months, row.cells, strict=True):
            if cell is not None:
                about = said.get((row.sender.id, month.code, area_id), ())
                yield Matter(row.sender, month, cell, row.pair, tuple(about), area)


def _of_areas(
    session: Session, at: AsAt, measure: Measure, asked: Asked, said: Mapping[Key, Sequence[Said]]
) -> Iterator[Matter]:
    """What was begun about single areas: a query of the whole is looked into once, not once more for each of its areas."""
    begun = {area_id for _, _, area_id in said} - {WHOLE}
    for area in areas_known(session, at.partnership_id, at.moment) if begun else ():
        if area.id not in begun:
            continue
        found = compared(session, at, measure, replace(asked, area_id=area.id))
        yield from (each for each in _of(found, said, area) if each.said)


def matter(
    session: Session,
    at: AsAt,
    measure: Measure,
    sender_id: int,
    month: Period,
    *,
    area: KnownArea | None = None,
) -> Matter | None:
    """One sender's month, whether or not it is a matter; None where nothing was asked of the sender then."""
    area_id = area.id if area else WHOLE
    asked = Asked(month.starts_on, month.ends_on, (sender_id,), area_id)
    said = _said(session, at, measure.id, (sender_id,))
    return next(_of(compared(session, at, measure, asked), said, area), None)


@dataclass(frozen=True)
class Paper:
    """The signed return that a side's total stands in."""

    side: Side
    agency: str
    due_item_id: int
    number: int
    signed_at: datetime
    signed_by: str


def papers(
    session: Session, at: AsAt, measure: Measure, *, sender_id: int, council_id: int, month: Period
) -> dict[str, Paper]:
    """Side → the revision that stands for the month, where one does."""
    source, receiving, _, _ = source_of(measure)
    both: tuple[tuple[Side, str, int], ...] = (
        ("sent", source.return_code, sender_id),
        ("logged", receiving, council_id),
    )
    found: dict[str, Paper] = {}
    for side, return_code, agency_id in both:
        for each in revisions_as_at(session, at, return_code, agency_ids=[agency_id]):
            if each.starts_on <= month.starts_on and month.ends_on <= each.ends_on:
                name = session.get_one(Agency, agency_id).name
                signer = session.get_one(Person, each.signed_by).name
                found[side] = Paper(side, name, each.due_item_id, each.number, each.signed_at, signer)
    return found


def _a_year_ago(at: AsAt) -> Period:
    day = at.today.replace(day=1)
    return containing(day.replace(year=day.year - MONTHS_WITHOUT_TERMS // 12), "month")


def _said(
    session: Session, at: AsAt, measure: str, sender_ids: Iterable[int] | None
) -> dict[Key, list[Said]]:
    query = (
        select(MatterEvent, PeriodRow.code, Person.name, Words.body)
        .join(PeriodRow, PeriodRow.id == MatterEvent.period_id)
        .join(Person, Person.id == MatterEvent.person_id)
        .outerjoin(
            Words,
            and_(Words.partnership_id == MatterEvent.partnership_id, Words.id == MatterEvent.words_id),
        )
        .where(
            MatterEvent.partnership_id == at.partnership_id,
            MatterEvent.measure == measure,
            MatterEvent.at <= at.moment,
        )
        .order_by(MatterEvent.sequence)
    )
    if sender_ids is not None:
        query = query.where(MatterEvent.sender_id.in_(tuple(sender_ids)))
    found: dict[Key, list[Said]] = {}
    for event, month, person, words in session.execute(query):
        found.setdefault((event.sender_id, parse(month).code, event.area_id), []).append(
            Said(
                event.sequence,
                event.kind,
                event.side,
                event.reason,
                words,
                event.sent,
                event.logged,
                event.at,
                person,
                event.person_id,
            )
        )
    return found
