"""The codes that the lines of a return's breakdowns have in one partnership: of code lists, and of its own."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy.orm import Session

from hub.definitions.catalogue import codelist
from hub.definitions.model import AREAS_LIST, MEMBERS_LIST, NOT_KNOWN, WITHIN, CodeList, Definition
from hub.partners.local_codes import LocalLine, local_lines
from hub.partners.queries import areas_on, members_on

ALWAYS = (date.min, date.max)


def lists_on(
    session: Session, definition: Definition, partnership_id: int, day: date, *, kind: str | None = None
) -> dict[str, dict[str, str]]:
    """Each list by its name: code → title, in the order in which form and template show it.

    A code with dates is left out where the day is outside them, and one that is not asked of that kind of agency.
    """
    lists: dict[str, dict[str, str]] = {}
    for name in definition.lists:
        if name == AREAS_LIST:
            areas = {area.code: area.name for area in areas_on(session, partnership_id, day)}
            lists[name] = {**areas, NOT_KNOWN: "Area not known"}
        elif name == MEMBERS_LIST:
            lists[name] = {agency.code: agency.name for agency in members_on(session, partnership_id, day)}
        else:
            found = codelist(session, name)
            own = own_titles(session, found, partnership_id, span=(day, day))
            shared = {
                item.code: item.title
                for item in found.items
                if item.serves([kind] if kind else [])
                and (item.from_on or "") <= day.isoformat() <= (item.until_on or "9999-12-31")
            }
            lists[name] = {**own, **shared}
    return lists


def own_titles(
    session: Session,
    found: CodeList,
    partnership_id: int,
    *,
    span: tuple[date, date] = ALWAYS,
    moment: datetime | None = None,
) -> dict[str, str]:
    """The lines that the partnership has added to a list and that hold on some day of a span: code → title."""
    lines = own_lines(session, found, partnership_id, span=span, moment=moment)
    areas = {area.code: area.name for area in areas_on(session, partnership_id, span[1])} if lines else {}
    return {line.code: titled(line, areas) for line in lines}


def own_lines(
    session: Session,
    found: CodeList,
    partnership_id: int,
    *,
    span: tuple[date, date] = ALWAYS,
    moment: datetime | None = None,
) -> list[LocalLine]:
    if not found.local:
        return []
    lines = local_lines(session, partnership_id, found.code, moment=moment)
    return [line for line in lines if line.in_force(*span)]


def titled(line: LocalLine, areas: dict[str, str]) -> str:
    """“South: Assessment team 1”; what works for the whole place has its name alone."""
    area, within, _ = line.code.partition(WITHIN)
    return f"{areas[area]}: {line.title}" if within and area in areas else line.title


def titles_in(
    session: Session, name: str, partnership_id: int, *, moment: datetime | None = None
) -> dict[str, str]:
    """Every code that a list ever had for a partnership, for reading what was signed."""
    return titles_of(session, codelist(session, name, as_at=moment), partnership_id, moment=moment)


def titles_of(
    session: Session, found: CodeList, partnership_id: int, *, moment: datetime | None = None
) -> dict[str, str]:
    """The same of a list that was read before."""
    own = own_titles(session, found, partnership_id, moment=moment)
    return {**own, **{item.code: item.title for item in found.items}}


def serving(found: CodeList, kinds: Collection[str]) -> dict[str, str]:
    """The codes of a list that are the same everywhere, of those that these kinds of agency are asked for."""
    return {item.code: item.title for item in found.items if item.serves(kinds)}
