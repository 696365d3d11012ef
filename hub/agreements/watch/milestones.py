"""Milestones as people report them: said to be done by one person, with where the evidence lies, confirmed by another.

A report counts once it is confirmed (`kinds/milestone.py`). A later one that is confirmed corrects the one before, and
both stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.agreements import kinds
from hub.agreements.model import Agreement, Commitment
from hub.agreements.models import MilestoneReport
from hub.agreements.watch.remarks import Beside
from hub.audit.chain import record
from hub.clock import now_for, today_for
from hub.errors import Conflict, NotAllowed, NotFound, NotReady
from hub.partners import queries
from hub.partners.heads import lock_head
from hub.partners.models import Partnership, Person
from hub.partners.policy import Actor, Permission, may

KIND = "milestone"
MOST_WORDS = 500


def write(
    session: Session,
    partnership: Partnership,
    beside: Beside,
    *,
    actor: Actor,
    done_on: date | None,
    evidence: str,
) -> None:
    """Report that a party reached its milestone on a day. `evidence` is a reference to it, not the evidence itself."""
    agency = queries.agency(session, beside.verdict.party)
    if not may_write(session, partnership, actor, agency.id):
        raise NotAllowed(
            f"A milestone is reported by the people of the body that promised it: {agency.name}."
        )
    promise = beside.agreement.commitment(beside.verdict.commitment)
    if promise.kind != KIND:
        raise NotReady(
            "Only a milestone is reported as done; this promise is worked out from signed figures."
        )
    if done_on is None or done_on > today_for(partnership):
        raise NotReady("Say on which day it was done: today or before.")
    said = " ".join(evidence.split())
    if not said or len(said) > MOST_WORDS:
        raise NotReady(
            f"Say where the evidence lies, in at most {MOST_WORDS} characters: a title, a date, a page."
        )
    lock_head(session, partnership.id)
    session.add(
        MilestoneReport(
            partnership_id=partnership.id,
            agreement_code=beside.agreement.code,
            commitment=promise.id,
            agency_id=agency.id,
            done_on=done_on,
            evidence=said,
            written_by=actor.id,
            written_at=now_for(partnership),
        )
    )
    session.flush()
    _record(session, partnership, beside, actor, "milestone:write")


def confirm(session: Session, partnership: Partnership, beside: Beside, *, actor: Actor, report: int) -> None:
    """Say that a report is so, as a person who did not write it. Conflict where somebody has confirmed it before."""
    lock_head(session, partnership.id)
    found = session.get(MilestoneReport, (partnership.id, report), populate_existing=True)
    agency = queries.agency(session, beside.verdict.party)
    about = (beside.agreement.code, beside.verdict.commitment, agency.id)
    if found is None or (found.agreement_code, found.commitment, found.agency_id) != about:
        raise NotFound("There is no such report.")
    if not may_confirm(session, partnership, actor, found):
        raise NotAllowed(
            f"A report is confirmed by a signatory of {agency.name} or the data team, and never by whoever wrote it."
        )
    if found.confirmed_by is not None:
        raise Conflict(f"{session.get_one(Person, found.confirmed_by).name} confirmed it before you did.")
    found.confirmed_by, found.confirmed_at = actor.id, now_for(partnership)
    session.flush()
    _record(session, partnership, beside, actor, "milestone:confirm")


def may_write(session: Session, partnership: Partnership, actor: Actor, agency_id: int) -> bool:
    return may(session, actor, Permission.MILESTONE_WRITE, partnership_id=partnership.id, agency_id=agency_id)


def may_confirm(session: Session, partnership: Partnership, actor: Actor, report: MilestoneReport) -> bool:
    return report.written_by != actor.id and may(
        session,
        actor,
        Permission.MILESTONE_CONFIRM,
        partnership_id=partnership.id,
        agency_id=report.agency_id,
    )


def reports(session: Session, partnership: Partnership) -> Sequence[MilestoneReport]:
    """Every report of a partnership, in order."""
    query = select(MilestoneReport).where(MilestoneReport.partnership_id == partnership.id)
    return session.scalars(query.order_by(MilestoneReport.written_at, MilestoneReport.id)).all()


def unconfirmed(reports: Sequence[MilestoneReport]) -> list[MilestoneReport]:
    """Those that wait for another person: no later one of the same promise was confirmed."""
    settled = {_promise(each): each.written_at for each in reports if each.confirmed_at is not None}
    return [
        each
        for each in reports
        if each.confirmed_at is None
        and (_promise(each) not in settled or each.written_at > settled[_promise(each)])
    ]


def to_report(
    agreement: Agreement, party: str, agency_id: int, today: date, reports: Sequence[MilestoneReport]
) -> list[tuple[Commitment, date]]:
    """What a party promised, with its day: in force, near or past that day, and reported by nobody."""
    if agreement.is_shadow or agreement.unsigned_since(party) is not None:
        return []
    reported = {_promise(each) for each in reports}
    found = []
    for promise in agreement.commitments:
        if promise.kind != KIND or party not in promise.promisor:
            continue
        terms, (_, ends_on) = kinds.read_terms(promise), agreement.span(promise)
        near = terms["by"] - timedelta(days=terms["warn_days"]) <= today <= ends_on
        if near and (agreement.code, promise.id, agency_id) not in reported:
            found.append((promise, terms["by"]))
    return found


def _promise(report: MilestoneReport) -> tuple[str, str, int]:
    return report.agreement_code, report.commitment, report.agency_id


def _record(session: Session, partnership: Partnership, beside: Beside, actor: Actor, action: str) -> None:
    record(
        session,
        actor=actor.principal,
        action=action,
        subject=f"agreement:{beside.place}",
        partnership_id=partnership.id,
    )
