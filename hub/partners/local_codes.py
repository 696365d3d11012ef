"""The lines that a partnership adds to code lists: dated, never edited, the last wording as known at a moment stands.

Which lists take lines of a partnership's own, and what such a line may say, is the code list's definition; this room
keeps what was said.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.audit.canonical import canonical
from hub.audit.chain import OPERATOR, record
from hub.clock import now_for
from hub.db import new_id
from hub.errors import Conflict, NotReady
from hub.partners.local_code_models import LocalCode
from hub.partners.models import Area, Partnership

# Two parts where the line lies in an area: `south/assessment-1`.
LINE_CODE = re.compile(r"([a-z0-9][a-z0-9-]{0,29}/)?[a-z0-9][a-z0-9-]{0,29}")
NO_AREA = "not-known"  # for a line that works for the whole place


@dataclass(frozen=True)
class LocalLine:
    """A line as it stands. `said` is the number of the wording: who changes it names the one that they saw."""

    code: str
    title: str
    from_on: date
    until_on: date | None = None
    says: Mapping[str, str] = field(default_factory=dict)
    said: int = 0

    def in_force(self, first: date, last: date) -> bool:
        """Whether it holds on any day of a span."""
        return self.from_on <= last and (self.until_on is None or self.until_on >= first)


def local_lines(
    session: Session, partnership_id: int, codelist: str, *, moment: datetime | None = None
) -> list[LocalLine]:
    """The lines of a list, by code, as known at a moment; before a line was first known, its first wording."""
    query = (
        select(LocalCode)
        .where(LocalCode.partnership_id == partnership_id, LocalCode.codelist == codelist)
        .order_by(LocalCode.code, LocalCode.known_at, LocalCode.id)
    )
    standing: dict[str, LocalCode] = {}
    for row in session.scalars(query):
        if row.code not in standing or moment is None or row.known_at <= moment:
            standing[row.code] = row
    return [
        LocalLine(row.code, row.title, row.from_on, row.until_on, json.loads(row.says), row.id)
        for row in standing.values()
    ]


def keep_line(
    session: Session,
    partnership: Partnership,
    codelist: str,
    line: LocalLine,
    *,
    within_areas: bool,
    now: datetime,
    person_id: int | None = None,
) -> bool:
    """Add a line, or another wording of one; `line.said` is the wording that was seen, 0 for none. False: nothing new.

    Errors: NotReady where it cannot stand, Conflict where somebody changed it meanwhile.
    """
    # Two persons who change the same partnership's lines wait for one another here.
    session.execute(select(Partnership.id).where(Partnership.id == partnership.id).with_for_update())
    _refuse(session, partnership.id, line, within_areas=within_areas)
    before = {each.code: each for each in local_lines(session, partnership.id, codelist)}.get(line.code)
    if before is not None and _same(before, line):
        return False
    if (before.said if before else 0) != line.said:
        raise Conflict(
            f"“{line.code}” was changed meanwhile. Look at what is there now, then change it again."
        )
    session.add(
        LocalCode(
            partnership_id=partnership.id,
            id=new_id(),
            codelist=codelist,
            code=line.code,
            title=line.title,
            says=canonical(dict(line.says)),
            from_on=line.from_on,
            until_on=line.until_on,
            known_at=now,
            said_by=person_id,
        )
    )
    session.flush()
    record(
        session,
        actor=OPERATOR if person_id is None else f"person:{person_id}",
        action="local-code:keep",
        subject=f"partnership:{partnership.id}",
        partnership_id=partnership.id,
        detail={"list": codelist, "code": line.code},
    )
    return True


def bring(session: Session, partnership: Partnership, codelist: str, lines: Sequence[LocalLine]) -> None:
    """Lines from a file: what is there is brought up to date, nothing is removed."""
    standing = {each.code: each.said for each in local_lines(session, partnership.id, codelist)}
    for line in lines:
        keep_line(
            session,
            partnership,
            codelist,
            replace(line, said=standing.get(line.code, 0)),
            within_areas="/" in line.code,
            now=now_for(partnership),
        )


def _same(one: LocalLine, other: LocalLine) -> bool:
    return (one.title, one.from_on, one.until_on, dict(one.says)) == (
        other.title,
        other.from_on,
        other.until_on,
        dict(other.says),
    )


def _refuse(session: Session, partnership_id: int, line: LocalLine, *, within_areas: bool) -> None:
    if not LINE_CODE.fullmatch(line.code) or ("/" in line.code) != within_areas:
        shape = "“area/code”, such as “south/assessment-1”" if within_areas else "a short code"
        raise NotReady(f"“{line.code}” must be {shape}, in small letters, digits and hyphens.")
    if not line.title:
        raise NotReady("Give the line a name.")
    if line.until_on is not None and line.until_on < line.from_on:
        raise NotReady("It cannot end before it begins.")
    if within_areas and (area := line.code.partition("/")[0]) not in area_codes(session, partnership_id):
        raise NotReady(f"There is no area “{area}”.")


def area_codes(session: Session, partnership_id: int) -> Sequence[str]:
    """In which areas a line may lie: the partnership's, and none for what works for the whole place."""
    areas = session.scalars(
        select(Area.code).where(Area.partnership_id == partnership_id).order_by(Area.code)
    )
    return [*areas, NO_AREA]
