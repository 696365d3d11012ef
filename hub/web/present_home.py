"""What the first page shows: for an agency's people their work in order of need, for a data team who sent what."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from hub.definitions import catalogue
from hub.facts.models import Words
from hub.partners.models import Agency, Partnership
from hub.periods import Period
from hub.submissions.listing import Line, lines
from hub.web import present_marks
from hub.web.present_marks import Mark

RECENTLY_SIGNED = 6
GRID_PERIODS = 6


@dataclass(frozen=True)
class Entry:
    """One return on the list of what an agency owes."""

    line: Line
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
    agency: Agency
    cells: tuple[tuple[Line, Mark] | None, ...]


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
    listed = [
        line
        for line in lines(session, partnership_ids=list(partnerships), agency_ids=agency_ids)
        if line.due_on is not None and line.timeliness(partnerships[line.partnership_id][1]) != "not-yet"
    ]
    named = titles(session, (line.return_code for line in listed))
    for line in listed:
        partnership, today = partnerships[line.partnership_id]
        entry = Entry(
            line,
            named[line.return_code],
            partnership.name,
            present_marks.of_status(line, today),
            due_in_words(line, today),
            _reason(session, line),
        )
        _place(found, entry, line.agency.id in signs_for)
    found.signed = sorted(found.signed, key=lambda entry: str(entry.line.last_at), reverse=True)[
        :RECENTLY_SIGNED
    ]
    return found


def _place(found: Work, entry: Entry, may_sign: bool) -> None:
    status = entry.line.status
    if status == "sent":
        (found.to_sign if may_sign else found.waiting).append(entry)
    elif status == "sent_back":
        found.came_back.append(entry)
    elif status == "signed":
        found.signed.append(entry)
    else:
        found.to_do.append(entry)


def _reason(session: Session, line: Line) -> str:
    if line.status != "sent_back" or line.last_words_id is None:
        return ""
    words = session.get(Words, (line.partnership_id, line.last_words_id))
    return (words.body or "") if words else ""


def due_in_words(line: Line, today: date) -> str:
    """ "Due 23 April 2015, 3 days ago": a date and how far off it is."""
    if line.due_on is None:
        return ""
    written = f"{line.due_on.day} {line.due_on:%B %Y}"
    days = (line.due_on - today).days
    if line.first_signed_at is not None:
        return f"Was due {written}"
    if days == 0:
        return f"Due today, {written}"
    if days > 0:
        return f"Due {written}, in {days} day{'s' if days != 1 else ''}"
    return f"Was due {written}, {-days} day{'s' if days != -1 else ''} ago"


def grids(session: Session, partnership: Partnership, today: date) -> list[Grid]:
    """The data team's view: the newest periods that have ended, for each return and frequency."""
    listed = [
        line
        for line in lines(session, partnership_ids=[partnership.id], last=today)
        if line.due_on is not None
    ]
    named = titles(session, (line.return_code for line in listed))
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in listed:
        groups.setdefault((line.return_code, line.period.kind), []).append(line)
    return [
        _grid(f"{named[code]}, {KIND_WORDS[kind]}", group, today)
        for (code, kind), group in sorted(groups.items())
    ]


KIND_WORDS = {
    "month": "monthly",
    "quarter": "quarterly",
    "term": "termly",
    "financial_year": "yearly",
    "academic_year": "by school year",
    "instant": "on a day",
    "mid_year": "mid-year",
}


def _grid(title: str, group: list[Line], today: date) -> Grid:
    shown = tuple(sorted({line.period for line in group})[-GRID_PERIODS:])
    by_place = {(line.agency.id, line.period.code): line for line in group}
    agencies = sorted(
        {line.agency.id: line.agency for line in group}.values(), key=lambda agency: agency.name
    )
    rows = tuple(
        GridRow(agency, tuple(_cell(by_place.get((agency.id, period.code)), today) for period in shown))
        for agency in agencies
    )
    received = tuple(
        (
            sum(1 for line in group if line.period == period and line.first_signed_at is not None),
            sum(1 for line in group if line.period == period),
        )
        for period in shown
    )
    return Grid(title, shown, tuple(row for row in rows if any(row.cells)), received)


def _cell(line: Line | None, today: date) -> tuple[Line, Mark] | None:
    return None if line is None else (line, present_marks.in_grid(line, today))
