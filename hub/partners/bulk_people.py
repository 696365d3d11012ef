"""Many people at once: a CSV of proposals for roles. Each still waits for its second person; all are made or none."""

from __future__ import annotations

import csv
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.errors import DefinitionError, DefinitionErrors, HubError, NotReady
from hub.partners import grants
from hub.partners.grants import Asked
from hub.partners.models import Agency, Partnership
from hub.partners.policy import Actor, Place, belongs
from hub.partners.roles import API, matrix

COLUMNS = ("email", "name", "role", "agency", "nominated_by", "reference", "nominated_on")
NEEDED = frozenset({"email", "role"})


def roles_over(*kinds: str) -> list[tuple[str, str]]:
    """Code and name of the roles that a list may ask for."""
    return [(code, role.name) for code, role in matrix().roles.items() if role.over in kinds and code != API]


def read(
    session: Session, actor: Actor, partnership: Partnership, text: str, *, file: str, now: datetime
) -> tuple[list[Asked], list[DefinitionError]]:
    """What a CSV would propose, and everything that is wrong with it, line by line. Writes nothing.

    A line without an agency is about a role in the partnership.
    """
    rows = csv.DictReader(text.splitlines())
    given = set(rows.fieldnames or ())
    if not given or given - set(COLUMNS) or NEEDED - given:
        raise DefinitionErrors([DefinitionError(file, 1, f"the columns must be {', '.join(COLUMNS)}.")])
    asked: list[Asked] = []
    faults: list[DefinitionError] = []
    seen: dict[tuple[str, str, Place], int] = {}
    for row in rows:
        try:
            one = _asked(session, partnership, row)
            grants.check(session, actor, one, now=now)
        except HubError as error:
            faults.append(DefinitionError(file, rows.line_num, error.sentence))
            continue
        first = seen.setdefault((one.email.lower(), one.role, one.place), rows.line_num)
        if first != rows.line_num:
            faults.append(DefinitionError(file, rows.line_num, f"says the same as line {first}."))
        asked.append(one)
    if not asked and not faults:
        faults.append(DefinitionError(file, 1, "holds nobody below its heading."))
    return asked, faults


def _asked(session: Session, partnership: Partnership, row: dict[str, str]) -> Asked:
    if None in row or None in row.values():
        raise NotReady("has more or fewer cells than the heading.")
    cells = {column: " ".join(row.get(column, "").split())[:200] for column in COLUMNS}
    over = "agency" if cells["agency"] else "partnership"
    role, held = cells["role"].upper(), [code for code, name in roles_over(over)]
    if role not in held:
        where = "at an agency" if cells["agency"] else "in the partnership, where no agency is written"
        raise NotReady(f"“{cells['role']}” is no role {where}. Write one of {', '.join(held)}.")
    return Asked(
        email=cells["email"],
        name=cells["name"],
        role=role,
        place=_place(session, partnership, cells["agency"]),
        nominated_by=cells["nominated_by"],
        reference=cells["reference"],
        nominated_on=_day(cells["nominated_on"]),
    )


def _place(session: Session, partnership: Partnership, code: str) -> Place:
    if not code:
        return Place(partnership_id=partnership.id)
    agency = session.scalar(select(Agency).where(Agency.code == code))
    if agency is None or not belongs(session, partnership.id, agency.id):
        raise NotReady(f"“{code}” is no agency of {partnership.name} today.")
    return Place(agency_id=agency.id)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise NotReady(f"“{text}” is not a date. Write it as 2026-04-30.") from error
