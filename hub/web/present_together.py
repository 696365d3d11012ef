"""One return of one period for all the bodies that a person acts for: a trust office's schools, a force's councils.

Still one return for each, checked and signed alone: the page only puts them side by side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from hub.clock import today_for
from hub.definitions import catalogue
from hub.definitions.model import TOTAL, Definition
from hub.partners.policy import Permission
from hub.periods import Period
from hub.submissions import drafted, events
from hub.submissions.drafted import DraftRead
from hub.submissions.queries import Listed, my_list
from hub.web import present_findings, present_marks, present_signing, reach, subject
from hub.web.present_marks import Mark

FEWEST = 2  # bodies or partnerships, from which a page of its own helps


@dataclass(frozen=True)
class Group:
    """A return and period that the person answers more than once."""

    definition: Definition
    period: Period
    count: int
    open: int  # not signed yet


@dataclass(frozen=True)
class Line:
    """One body's return. `totals` are its numbers as typed; `digest` is what a signature would bind to."""

    listed: Listed
    partnership: str
    mark: Mark
    totals: tuple[str, ...]
    found: str
    digest: str
    sees: bool
    may_sign: bool


@dataclass(frozen=True)
class Together:
    definition: Definition
    period: Period
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    several_partnerships: bool

    @property
    def prepares(self) -> bool:
        """Whether the person may fill in any of them."""
        return any(line.sees for line in self.lines)

    @property
    def to_sign(self) -> int:
        return sum(line.may_sign for line in self.lines)


def groups(session: Session) -> list[Group]:
    """What the person answers for several bodies, or in several partnerships, of periods that have ended, newest first."""
    places = reach.partnerships_of_agencies(reach.agency_ids(Permission.SUBMISSION_STATUS))
    todays = {place.id: today_for(place) for place in places}
    found: dict[tuple[str, str], list[Listed]] = {}
    for listed in _mine(session, Permission.SUBMISSION_STATUS):
        if listed.partnership_id in todays and listed.period.ends_on < todays[listed.partnership_id]:
            found.setdefault((listed.return_code, listed.period.code), []).append(listed)
    several = {key: items for key, items in found.items() if len(items) >= FEWEST}
    made = [
        Group(
            catalogue.definition(session, code),
            items[0].period,
            len(items),
            sum(item.status != "signed" for item in items),
        )
        for (code, _), items in several.items()
    ]
    return sorted(made, key=lambda each: (each.period.ends_on, each.definition.title), reverse=True)


def _mine(session: Session, permission: Permission, **narrowed: Any) -> list[Listed]:
    agency_ids = reach.agency_ids(permission)
    return my_list(session, sorted(agency_ids), **narrowed) if agency_ids else []


def mine(session: Session, permission: Permission, definition: Definition, period: Period) -> list[Listed]:
    """The person's submissions of one return and period, by partnership and name of the body."""
    listed = _mine(
        session, permission, return_code=definition.code, first=period.starts_on, last=period.ends_on
    )
    return sorted(
        (item for item in listed if item.period == period), key=lambda one: (one.partnership, one.agency_name)
    )


def together(session: Session, definition: Definition, period: Period, person_id: int) -> Together:
    """The page's lines, by partnership and name of the body."""
    listed = mine(session, Permission.SUBMISSION_STATUS, definition, period)
    signs_for = reach.agency_ids(Permission.SUBMISSION_SIGN)
    sees = reach.agency_ids(Permission.DRAFT_READ)
    asked = {
        name
        for item in listed
        if (owes := definition.owes_for(subject.of(item.due_item_id).agency.kind))
        for name in owes.figures
    }
    figures = [
        f for f in definition.numbers if f.name in asked and f.name in definition.breakdowns[0].figures
    ]
    lines = [
        _line(
            session,
            item,
            definition,
            [figure.name for figure in figures],
            person_id,
            sees=item.agency_id in sees,
            signs=item.agency_id in signs_for,
        )
        for item in listed
    ]
    several = len({item.partnership for item in listed}) > 1
    return Together(definition, period, tuple(f.title for f in figures), tuple(lines), several)


def _line(
    session: Session,
    listed: Listed,
    definition: Definition,
    figures: list[str],
    person_id: int,
    *,
    sees: bool,
    signs: bool,
) -> Line:
    about = subject.of(listed.due_item_id)
    draft = drafted.read(session, listed.partnership_id, listed.due_item_id) if sees else None
    rows: tuple[Mapping[str, str], ...] = draft.rows if draft else present_signing.rows_signed(session, about)
    totals = [row for row in rows if row.get("breakdown") == TOTAL]
    findings = present_findings.of_draft(draft) if draft else None
    touched = person_id in events.hands_since_sign_off(session, events.standing(session, about.id).item)
    why_not = present_signing.why_not_to_sign(about, findings, single=about.signatures == 1, touched=touched)
    return Line(
        listed=listed,
        partnership=about.partnership.name,
        mark=present_marks.of_status(listed, about.today),
        totals=tuple(_added([row.get(name, "") for row in totals]) for name in figures),
        found=findings.in_words if findings and findings.total else "",
        digest=_digest(draft),
        sees=sees,
        may_sign=signs and not why_not,
    )


def _digest(draft: DraftRead | None) -> str:
    return draft.digest if draft else ""


def _added(texts: list[str]) -> str:
    """The months of a term as one number, where each is a number; otherwise as they were typed."""
    if texts and all(text.isdecimal() for text in texts):
        return str(sum(int(text) for text in texts))
    return ", ".join(text for text in texts if text)
