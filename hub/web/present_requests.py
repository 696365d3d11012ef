"""What two persons agree to, in words: what is asked for whom, what became of it, who may answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from flask import g
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import periods
from hub.access import guard
from hub.calendar.agreed import Agreed, Kind, agreed_as_at, waivers_on
from hub.calendar.models import DueItem
from hub.definitions import catalogue
from hub.definitions.model import Definition
from hub.definitions.models import PeriodRow
from hub.facts.models import Words
from hub.partners import sharing
from hub.partners.models import Agency, Partnership, Person
from hub.partners.policy import Permission, Place
from hub.submissions.requests import NOT_FOR_ONE_S_OWN
from hub.submissions.windows import CLOSED, lapsed_on, windows
from hub.submissions.windows import why_shut as shut
from hub.web.subject import Subject

ASKED = {
    "extension": "More time",
    "exception": "An exception after the due day",
    "waiver": "A rule switched off",
    "reopening": "Reopening a signed return",
    "lock": "A lock",
}
STANDING = {
    "waiting": "waits for a second person",
    "granted": "granted",
    "refused": "refused",
    "withdrawn": "taken back",
    "ended": "ended",
}


@dataclass(frozen=True)
class Shown:
    """One request in words. `may_answer` is whether the person at the door may be its second person."""

    agreed: Agreed
    what: str
    about: str  # the agency, the return, the period, the rule
    reason: str
    asked_by: str
    answered_by: str
    words: str
    ended_by: str
    standing: str
    may_answer: bool
    mine: bool
    may_end: bool
    in_force: bool


@dataclass(frozen=True)
class OnReturn:
    """What stands on one return's page: its requests, its agency's waivers, and what may be asked now."""

    requests: tuple[Shown, ...]
    waivers: tuple[Shown, ...]
    may_ask: bool
    kind: Kind


def shown(session: Session, partnership: Partnership, found: Sequence[Agreed], today: date) -> list[Shown]:
    """Newest first."""
    names = _names(session, {each for one in found for each in (one.asked_by, one.answered_by, one.ended_by)})
    return [_shown(session, partnership, each, names, today) for each in reversed(found)]


def _names(session: Session, ids: Collection[int | None]) -> dict[int | None, str]:
    rows = session.execute(
        select(Person.id, Person.name).where(Person.id.in_([each for each in ids if each]))
    )
    return {None: "", **dict(rows.all())}


def _shown(
    session: Session, partnership: Partnership, one: Agreed, names: dict[int | None, str], today: date
) -> Shown:
    grants = may_grant(one)
    return Shown(
        agreed=one,
        what=ASKED[one.kind],
        about=_about(session, one),
        reason=_words(session, partnership.id, one.reason_id),
        asked_by=names.get(one.asked_by, ""),
        answered_by=names.get(one.answered_by, ""),
        words=_words(session, partnership.id, one.words_id),
        ended_by=names.get(one.ended_by, ""),
        standing=STANDING[one.standing],
        may_answer=one.standing == "waiting" and one.asked_by != g.actor.id and grants,
        mine=one.standing == "waiting" and one.asked_by == g.actor.id,
        may_end=one.standing == "granted" and one.kind in ("waiver", "lock") and grants,
        in_force=one.holds_on(today),
    )


def may_grant(one: Agreed) -> bool:
    """Whether the person at the door could answer such a request of somebody else's."""
    place = Place(one.partnership_id, one.agency_id)
    if one.kind == "lock":
        return guard.allows(g.actor, Permission.DEFINITION_MANAGE, place, only="approve")
    if one.kind in NOT_FOR_ONE_S_OWN and any(held.agency_id == one.agency_id for held in g.actor.held):
        return False
    return guard.allows(g.actor, Permission.REQUEST_GRANT, place, only=one.kind)


def _about(session: Session, one: Agreed) -> str:
    agency = session.get(Agency, one.agency_id) if one.agency_id is not None else None
    item = session.get(DueItem, (one.partnership_id, one.due_item_id)) if one.due_item_id else None
    period = (
        session.get(PeriodRow, item.period_id if item else one.period_id) if item or one.period_id else None
    )
    title = catalogue.definition(session, one.return_code).title if one.return_code else "all returns"
    parts = [
        agency.name if agency else "every agency",
        title,
        periods.parse(period.code).name if period else "",
        f"rule {one.rule}" if one.rule else "",
    ]
    return ", ".join(part for part in parts if part)


def _words(session: Session, partnership_id: int, words_id: int | None) -> str:
    found = session.get(Words, (partnership_id, words_id)) if words_id is not None else None
    return (found.body or "") if found else ""


def of_partnership(session: Session, partnership: Partnership, today: date) -> list[Shown]:
    return shown(session, partnership, agreed_as_at(session, partnership.id), today)


def on_return(session: Session, about: Subject) -> OnReturn:
    partnership = about.partnership
    own = agreed_as_at(session, partnership.id, due_item_ids=[about.id])
    waivers = [
        each
        for each in waivers_on(session, partnership.id, about.today, agency_ids=[about.agency.id])
        if each.return_code == about.definition.code
    ]
    return OnReturn(
        requests=tuple(shown(session, partnership, own, about.today)),
        waivers=tuple(shown(session, partnership, waivers, about.today)),
        may_ask=guard.allows(g.actor, Permission.REQUEST_ASK, Place(partnership.id, about.agency.id)),
        kind=kind_now(session, about),
    )


def kind_now(session: Session, about: Subject) -> Kind:
    """The one thing that can be asked of a return today."""
    item = session.get_one(DueItem, (about.partnership.id, about.id))
    if about.listed.status == "signed" or lapsed_on(session, about.partnership, item) is not None:
        return "reopening"
    due_on = about.listed.due_on
    is_over = due_on is not None and due_on < about.today
    is_shut = windows(session, about.partnership, [item])[item.id].state == CLOSED
    return "exception" if is_over or is_shut else "extension"


def why_shut(session: Session, about: Subject) -> str:
    """The whole explanation where the return cannot be sent or signed today; of a signed one, what shut its window."""
    item = session.get_one(DueItem, (about.partnership.id, about.id))
    if about.listed.status == "signed":
        return windows(session, about.partnership, [item])[item.id].why
    return shut(session, item) or sharing.why_not(session, about.partnership.id, about.agency.id)


def rules(definition: Definition) -> list[tuple[str, str]]:
    """The rules of a return that can be waived: code, and why it exists."""
    return [(rule.code, rule.why) for rule in definition.rules]
