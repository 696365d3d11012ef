"""One submission's page: where it stands, what may be done next, what happened, what is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import g
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import periods
from hub.access import guard
from hub.clock import london_date
from hub.definitions.model import NOT_HELD, NOT_HELD_TITLE, TOTAL, Definition
from hub.errors import WrongUsage
from hub.facts.models import Revision
from hub.partners import policy
from hub.partners.policy import Permission
from hub.submissions.queries import Happened
from hub.submissions.sent_back import parts_of_return, still_sent_back
from hub.web.subject import Subject

DID = {
    "saved": "saved the form",
    "uploaded": "uploaded a file",
    "explained": "explained queries",
    "sent": "sent it for sign-off",
    "withdrawn": "withdrew it",
    "sent_back": "sent it back",
    "signed": "signed it",
    "reopened": "opened it for correction",
}

Lists = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class May:
    """What the person at the door may do with it."""

    see: bool
    write: bool
    send: bool
    sign: bool
    read_signed: bool


@dataclass(frozen=True)
class Moment:
    at: Happened
    words: str


@dataclass(frozen=True)
class DataTable:
    """The rows of one breakdown as they were typed."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    in_words: bool = False


def may(about: Subject) -> May:
    place = policy.Place(about.partnership.id, about.agency.id, part=about.definition.part)

    def allowed(permission: Permission) -> bool:
        return guard.allows(g.actor, permission, place)

    return May(
        see=allowed(Permission.DRAFT_READ),
        write=allowed(Permission.DRAFT_WRITE),
        send=allowed(Permission.SUBMISSION_SEND),
        sign=allowed(Permission.SUBMISSION_SIGN),
        read_signed=allowed(Permission.FIGURES_OWN),
    )


@dataclass(frozen=True)
class CameBack:
    """Why a return came back, with the parts that were named, in words."""

    person: str
    at: datetime
    words: str
    parts: tuple[str, ...]


def came_back(session: Session, about: Subject) -> CameBack | None:
    """While it has not been sent again."""
    found = still_sent_back(session, about.partnership.id, about.id)
    if found is None:
        return None
    titles = dict(parts_of_return(about.definition, about.agency.kind))
    parts = tuple(titles.get(part, part[0]) for part in found.parts)
    return CameBack(found.person, found.at, found.words, parts)


def moments(happened: Iterable[Happened]) -> list[Moment]:
    """Newest first. Saving again and again on one day, as the form does by itself, is told once with its last moment."""
    told: list[Moment] = []
    times = 1
    for each in reversed(list(happened)):
        words = DID.get(each.kind, each.kind)
        newer = told[-1].at if told else None
        if newer and each.kind == newer.kind == "saved" and _same_hand(each, newer):
            times += 1
            told[-1] = Moment(newer, f"{words}, {times} times that day")
        else:
            times = 1
            told.append(Moment(each, words))
    return told


def _same_hand(one: Happened, other: Happened) -> bool:
    return one.person_id == other.person_id and london_date(one.at) == london_date(other.at)


def revisions(session: Session, about: Subject) -> list[Revision]:
    """The signed revisions, newest first."""
    query = select(Revision).where(
        Revision.partnership_id == about.partnership.id, Revision.due_item_id == about.id
    )
    return list(session.scalars(query.order_by(Revision.number.desc())))


def tables(definition: Definition, rows: Sequence[Mapping[str, str]], lists: Lists) -> list[DataTable]:
    """What was typed, table by table; periods are told apart where there are several."""
    several = len({row.get("period") for row in rows}) > 1
    return [
        table
        for breakdown in definition.breakdowns
        if (table := _table(definition, breakdown.name, rows, lists, several)).rows
    ]


def _table(
    definition: Definition, name: str, rows: Iterable[Mapping[str, str]], lists: Lists, several: bool
) -> DataTable:
    breakdown = definition.breakdown(name)
    mine = [row for row in rows if row.get("breakdown") == name]
    titles = {NOT_HELD: NOT_HELD_TITLE, **lists.get(breakdown.list, {})}
    if breakdown.key:
        titles = {row.get("code", ""): f"{breakdown.key} {row.get('code', '')}" for row in mine}
    figures = [figure for figure in breakdown.figures if any(row.get(figure) for row in mine)]
    columns = tuple(definition.figure(figure).title for figure in figures)
    lines = tuple(
        (_label(row, titles, several, breakdown.title), tuple(row.get(figure, "") for figure in figures))
        for row in mine
        if any(row.get(figure) for figure in breakdown.figures)
    )
    if any(definition.figure(figure).in_words for figure in figures):
        return DataTable(breakdown.title, columns, lines, in_words=True)
    if len(columns) > len(lines):  # the longer side goes down the page
        turned = tuple((name, tuple(cells[at] for _, cells in lines)) for at, name in enumerate(columns))
        return DataTable(breakdown.title, tuple(label for label, _ in lines), turned if lines else ())
    return DataTable(breakdown.title, columns, lines)


def _label(row: Mapping[str, str], titles: Mapping[str, str], several: bool, whole: str) -> str:
    code = row.get("code", "")
    label = titles.get(code, code) if row.get("breakdown") != TOTAL else whole
    return f"{label}, {_period_name(row.get('period', ''))}" if several else label


def _period_name(typed: str) -> str:
    """In words where it can be read; a draft may hold a period that cannot."""
    try:
        return periods.parse(typed).name
    except WrongUsage:
        return typed


Place = tuple[str, str, str, str]  # period, breakdown, code, figure


def place_in_words(definition: Definition, place: Place, lists: Lists) -> str:
    """ "Referrals made, April 2015: Setting, Custody"."""
    period, breakdown, code, figure = place
    table = definition.breakdown(breakdown)
    line = "" if breakdown == TOTAL else f", {lists.get(table.list, {}).get(code, code)}"
    return f"{definition.figure(figure).title}, {periods.parse(period).name}: {table.title}{line}"


def words_for(definition: Definition, lists: Lists) -> Callable[[Mapping[str, str], str], str]:
    """Places of the form in words: every row of the form has a period, table and line that the definition knows."""

    def words(row: Mapping[str, str], figure: str) -> str:
        if not figure:
            return definition.breakdown(row["breakdown"]).title
        return place_in_words(definition, (row["period"], row["breakdown"], row["code"], figure), lists)

    return words
