"""The codes that the lines of a return's breakdowns have in one partnership on one day."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from hub.definitions.catalogue import codelist
from hub.definitions.model import AREAS_LIST, MEMBERS_LIST, NOT_KNOWN, Definition
from hub.partners.queries import areas_on, members_on


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
            items = codelist(session, name).items
            lists[name] = {
                item.code: item.title
                for item in items
                if item.serves([kind] if kind else [])
                and (item.from_on or "") <= day.isoformat() <= (item.until_on or "9999-12-31")
            }
    return lists
