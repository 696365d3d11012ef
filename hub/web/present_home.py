"""What the first page shows: for an agency's people their work in order of need, for a data team who sent what."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from hub.definitions import catalogue
from hub.partners.models import Partnership
from hub.periods import Period
from hub.submissions.queries import Listed, my_list, timeline
from hub.web import present_marks
from hub.web.present_marks import Mark

RECENTLY_SIGNED = 6
GRID_PERIODS = 6


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
class GridRow:
    agency: str
    cells: tuple[tuple[Listed, Mark] | None, ...]


@dataclass(frozen=True)
class Grid:
    """Agency × period for one return and frequency."""

    title: str
    periods: tuple[Period, ...]
    rows: tuple[GridRow, ...]
    received: tuple[tuple[int, int], ...]  # (received, due) under each period


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
    happened = timeline(session, listed.partnership_id, listed.due_item_id)
    return next((each.words or "" for each in reversed(happened) if each.kind == "sent_back"), "")


def due_in_words(listed: Listed, today: date) -> str:
    """ "Due 23 April 2015, in 3 days": a date and how far off it is."""
    if listed.due_on is None:
        return ""
    written = f"{listed.due_on.day} {listed.due_on:%B %Y}"
    days = (listed.due_on - today).days
    if listed.first_signed_at is not None:
        return f"Was due {written}"
    if days == 0:
        return f"Due today, {written}"
    if days > 0:
        return f"Due {written}, in {days} day{'s' if days != 1 else ''}"
    return f"Was due {written}, {-days} day{'s' if days != -1 else ''} ago"


def grids(session: Session, partnership: Partnership, today: date) -> list[Grid]:
    """The data team's view: the newest periods that have ended, for each return and frequency."""
    owed = [
        each
        for each in my_list(session, None, partnership_id=partnership.id, first=_since(today), last=today)
        if each.due_on is not None
    ]
    named = titles(session, (each.return_code for each in owed))
    groups: dict[tuple[str, str], list[Listed]] = {}
    for each in owed:
        groups.setdefault((each.return_code, each.period.kind), []).append(each)
    return [
        _grid(f"{named[code]}, {KIND_WORDS[kind]}", group) for (code, kind), group in sorted(groups.items())
    ]


def _since(today: date) -> date:
    """Far enough back for the longest kind of period shown."""
    return date(today.year - 3, today.month, 1)


KIND_WORDS = {
    "month": "monthly",
    "quarter": "quarterly",
    "term": "termly",
    "financial_year": "yearly",
    "academic_year": "by school year",
    "instant": "on a day",
    "mid_year": "mid-year",
}


def _grid(title: str, group: list[Listed]) -> Grid:
    # Newest first: where a screen is too narrow for all, it is the oldest that must be scrolled to.
    shown = tuple(sorted({each.period for each in group}, reverse=True)[:GRID_PERIODS])
    by_place = {(each.agency, each.period.code): each for each in group}
    agencies = sorted({each.agency: each.agency_name for each in group}.items(), key=lambda item: item[1])
    rows = tuple(
        GridRow(name, tuple(_cell(by_place.get((code, period.code))) for period in shown))
        for code, name in agencies
    )
    return Grid(
        title,
        shown,
        tuple(row for row in rows if any(row.cells)),
        tuple(_received([each for each in group if each.period == period]) for period in shown),
    )


def _cell(listed: Listed | None) -> tuple[Listed, Mark] | None:
    return None if listed is None else (listed, present_marks.in_grid(listed))


def _received(owed: list[Listed]) -> tuple[int, int]:
    return sum(1 for each in owed if each.first_signed_at is not None), len(owed)
