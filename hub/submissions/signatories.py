"""Who can sign what is coming: agencies that owe something and have nobody for it, and what a deputy did meanwhile."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import periods
from hub.calendar.models import DueItem
from hub.clock import end_of_day, real_now, start_of_day, today_for
from hub.definitions.models import PeriodRow
from hub.facts.models import Revision
from hub.facts.owed import counting
from hub.partners.absences import absences, signatories
from hub.partners.models import Absence, Agency, Partnership, Person
from hub.periods import Period
from hub.submissions.models import SubmissionEvent


@dataclass(frozen=True)
class Unsigned:
    """An agency that owes something and has nobody to sign it."""

    agency_id: int
    code: str
    agency: str
    return_code: str
    period: Period
    opens_on: date
    due_on: date
    why: str


def without_signatory(session: Session, partnership: Partnership) -> list[Unsigned]:
    """By agency, the first return still to be signed for which nobody can: known before its window opens."""
    today = today_for(partnership)
    signed = select(Revision.due_item_id).where(
        Revision.partnership_id == partnership.id, Revision.due_item_id == DueItem.id
    )
    query = (
        select(
            DueItem.agency_id, Agency.code, Agency.name, DueItem.return_code, PeriodRow.code, DueItem.due_on
        )
        .join(Agency, Agency.id == DueItem.agency_id)
        .join(PeriodRow, PeriodRow.id == DueItem.period_id)
        .where(
            DueItem.partnership_id == partnership.id,
            DueItem.due_on >= today,
            ~signed.exists(),
            *counting(session, [partnership.id]),
        )
        .order_by(DueItem.due_on, Agency.name)
    )
    first: dict[int, Unsigned] = {}
    for agency_id, agency_code, name, return_code, code, due_on in session.execute(query):
        if due_on is None:
            continue
        period = periods.parse(code)
        opens_on = period.ends_on + timedelta(days=1)
        first.setdefault(
            agency_id, Unsigned(agency_id, agency_code, name, return_code, period, opens_on, due_on, "")
        )
    able = signatories(session, list(first), now=real_now())
    away = absences(session, list(first), since=today)
    found = []
    for agency_id, one in first.items():
        why = _why(
            session, able[agency_id], [each for each in away if each.agency_id == agency_id], one.due_on
        )
        if why:
            found.append(Unsigned(**{**vars(one), "why": why}))
    return found


def _why(session: Session, able: list[Person], away: list[Absence], day: date) -> str:
    """Why nobody can sign on a day; empty where somebody can."""
    if not able:
        return "Nobody holds the role of signatory."
    absent = {each.person_id: each for each in away if each.from_on <= day <= each.until_on}
    if any(person.id not in absent for person in able):
        return ""
    last = max(each.until_on for each in absent.values())
    names = ", ".join(person.name for person in able)
    return f"{names} {'is' if len(able) == 1 else 'are'} away until {last.day} {last:%B %Y}, and nobody else can sign."


@dataclass(frozen=True)
class ByDeputy:
    """Something that a deputy did while the signatory was away."""

    deputy: str
    kind: str  # signed, sent_back
    due_item_id: int
    return_code: str
    period: Period
    at: datetime


def done_by_deputies(
    session: Session, person_id: int, agency_ids: Collection[int], *, since: date
) -> list[ByDeputy]:
    """What the deputies of a signatory signed or sent back in the days of absence, newest first.

    Whoever comes back early and calls the absence off is still told what was done meanwhile.
    """
    mine = [
        each
        for each in absences(session, agency_ids, since=since, called_off=True)
        if each.person_id == person_id and each.deputy_id is not None
    ]
    found: dict[int, ByDeputy] = {}  # by event: absences may overlap
    for absence in mine:
        query = (
            select(SubmissionEvent, Person.name, DueItem.return_code, PeriodRow.code)
            .join(Person, Person.id == SubmissionEvent.person_id)
            .join(
                DueItem,
                (DueItem.partnership_id == SubmissionEvent.partnership_id)
                & (DueItem.id == SubmissionEvent.due_item_id),
            )
            .join(PeriodRow, PeriodRow.id == DueItem.period_id)
            .where(
                DueItem.agency_id == absence.agency_id,
                SubmissionEvent.person_id == absence.deputy_id,
                SubmissionEvent.kind.in_(("signed", "sent_back")),
                SubmissionEvent.at.between(start_of_day(absence.from_on), end_of_day(absence.until_on)),
            )
        )
        for event, name, return_code, code in session.execute(query):
            period = periods.parse(code)
            found[event.id] = ByDeputy(name, event.kind, event.due_item_id, return_code, period, event.at)
    return sorted(found.values(), key=lambda each: each.at, reverse=True)
