"""What the first page shows: for an agency's people their work in order of need, for a data team who sent what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from hub.calendar.agreed import agreed_as_at
from hub.clock import real_now, today_for
from hub.definitions import catalogue
from hub.partners.models import Partnership
from hub.partners.one_person import one_persons
from hub.partners.queries import members_on
from hub.submissions import events
from hub.submissions.grid import Column, ended_periods, kinds_asked
from hub.submissions.queries import Listed, my_list
from hub.submissions.sent_back import still_sent_back
from hub.submissions.sign_off import one_person_of
from hub.submissions.signatories import without_signatory
from hub.web import present_marks, present_requests
from hub.web.present_grid import KIND_WORDS
from hub.web.present_marks import Mark
from hub.web.present_requests import Shown

RECENTLY_SIGNED = 6
NEWEST = 3

Todays = Mapping[int, tuple[Partnership, date]]


@dataclass(frozen=True)
class Entry:
    """One return on the list of what an agency owes."""

    listed: Listed
    title: str
    partnership: str
    mark: Mark
    due: str
    reason: str = ""  # why it came back


@dataclass
class Work:
    """An agency's list, in the order in which it wants doing."""

    to_sign: list[Entry] = field(default_factory=list)
    came_back: list[Entry] = field(default_factory=list)
    to_do: list[Entry] = field(default_factory=list)
    waiting: list[Entry] = field(default_factory=list)
    signed: list[Entry] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any((self.to_sign, self.came_back, self.to_do, self.waiting, self.signed))


@dataclass(frozen=True)
class ReturnRow:
    """One return and frequency with its newest periods that have ended."""

    title: str
    code: str
    kind: str
    columns: Sequence[Column]


@dataclass(frozen=True)
class Overview:
    partnership: Partnership
    rows: tuple[ReturnRow, ...]
    waiting: int  # requests that wait for a second person
    unsigned: int  # agencies with nobody to sign what is coming
    to_countersign: tuple[Entry, ...]  # sent by agencies with one person


def titles(session: Session, codes: Iterable[str]) -> dict[str, str]:
    return {code: catalogue.definition(session, code).title for code in set(codes)}


def work(
    session: Session,
    partnerships: dict[int, tuple[Partnership, date]],
    agency_ids: Collection[int],
    signs_for: set[int],
) -> Work:
    """`partnerships` gives each with its own today; `signs_for` the agencies that the person signs for."""
    found = Work()
    mine = [
        each
        for each in my_list(session, sorted(agency_ids))
        if each.due_on is not None and each.partnership_id in partnerships and _is_open(each, partnerships)
    ]
    named = titles(session, (each.return_code for each in mine))
    for each in mine:
        partnership, today = partnerships[each.partnership_id]
        mark, due = present_marks.of_status(each, today), due_in_words(each, today)
        entry = Entry(each, named[each.return_code], partnership.name, mark, due, _reason(session, each))
        _place(found, entry, each.agency_id in signs_for)
    found.signed = sorted(found.signed, key=lambda entry: str(entry.listed.signed_at), reverse=True)[
        :RECENTLY_SIGNED
    ]
    return found


def _is_open(listed: Listed, partnerships: dict[int, tuple[Partnership, date]]) -> bool:
    """A return can be answered from the day after its period."""
    return listed.period.ends_on < partnerships[listed.partnership_id][1]


def _place(found: Work, entry: Entry, may_sign: bool) -> None:
    status = entry.listed.status
    if status == "sent":
        (found.to_sign if may_sign else found.waiting).append(entry)
    elif status == "sent_back":
        found.came_back.append(entry)
    elif status == "signed":
        found.signed.append(entry)
    else:
        found.to_do.append(entry)


def _reason(session: Session, listed: Listed) -> str:
    """What the signatory wrote when sending it back."""
    if listed.status != "sent_back":
        return ""
    found = still_sent_back(session, listed.partnership_id, listed.due_item_id)
    return found.words if found else ""


def due_in_words(listed: Listed, today: date) -> str:
    """ "Due 23 April 2015, in 3 days": a date and how far off it is."""
    if listed.due_on is None:
        return ""
    written = f"{listed.due_on.day} {listed.due_on:%B %Y}"
    days = (listed.due_on - today).days
    if listed.first_signed_at is not None:
        return f"Due {written}" if days >= 0 else f"Was due {written}"
    if days == 0:
        return f"Due today, {written}"
    if days > 0:
        return f"Due {written}, in {days} day{'s' if days != 1 else ''}"
    return f"Was due {written}, {-days} day{'s' if days != -1 else ''} ago"


def overview(session: Session, partnership: Partnership) -> Overview:
    """The data team's first look: for each return how much of the newest periods came, and what waits for somebody."""
    asked = kinds_asked(session, partnership.id)
    named = titles(session, (code for code, _ in asked))
    rows = [
        ReturnRow(f"{named[code]}, {KIND_WORDS[kind]}", code, kind, columns[:NEWEST])
        for code, kind in asked
        if (columns := ended_periods(session, partnership, code, kind))
    ]
    waiting = sum(each.standing == "waiting" for each in agreed_as_at(session, partnership.id))
    return Overview(
        partnership,
        tuple(rows),
        waiting,
        len(without_signatory(session, partnership)),
        to_countersign(session, partnership),
    )


def to_countersign(session: Session, partnership: Partnership) -> tuple[Entry, ...]:
    """What the one person of an agency has sent and nobody there can sign."""
    today = today_for(partnership)
    members = [each.id for each in members_on(session, partnership.id, today)]
    alone = one_persons(session, members, now=real_now())
    sent = [
        each
        for each in (my_list(session, sorted(alone), partnership_id=partnership.id) if alone else ())
        if each.status == "sent" and one_person_of(session, events.standing(session, each.due_item_id).item)
    ]
    named = titles(session, (each.return_code for each in sent))
    return tuple(
        Entry(
            each,
            named[each.return_code],
            partnership.name,
            present_marks.of_status(each, today),
            due_in_words(each, today),
        )
        for each in sent
    )


def to_answer(session: Session, partnerships: Collection[Partnership], todays: Todays) -> list[Shown]:
    """What waits for the person at the door as its second person, and what they asked for themselves."""
    found = []
    for one in partnerships:
        waiting = [each for each in agreed_as_at(session, one.id) if each.standing == "waiting"]
        shown = present_requests.shown(session, one, waiting, todays[one.id][1])
        found += [each for each in shown if each.may_answer or each.mine]
    return found
