"""The example's agreements, and what was recorded beside them by the clock's moment: milestones and meetings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.agreements.load import read_agreements
from hub.agreements.model import Agreement
from hub.agreements.models import MilestoneReport
from hub.agreements.versions import store_agreement
from hub.clock import start_of_day
from hub.config import shipped
from hub.meetings.told import Told, tell_meeting
from hub.partners import queries
from hub.partners.models import Partnership
from hub.seed.example import story

CONFIRMED_BY = "steward@example.org"


def seed_agreements(
    session: Session, partnership: Partnership, cast: dict[str, int], clock_at: datetime
) -> None:
    paths = sorted(shipped("agreements").glob("*/v*.yaml"))
    for path, agreement in zip(paths, read_agreements(paths), strict=True):
        known_from = start_of_day(agreement.signed_on or agreement.holds_from)
        if agreement.partnership != partnership.code or known_from > clock_at:
            continue
        store_agreement(session, path, now=known_from)
        _milestones(session, partnership, agreement, cast, clock_at)
        _meetings(session, partnership, agreement, cast, clock_at)


def _milestones(
    session: Session, partnership: Partnership, agreement: Agreement, cast: dict[str, int], clock_at: datetime
) -> None:
    query = select(MilestoneReport.commitment, MilestoneReport.agency_id).where(
        MilestoneReport.partnership_id == partnership.id, MilestoneReport.agreement_code == agreement.code
    )
    known = set(session.execute(query).all())
    for said in agreement.milestones:
        agency = queries.agency(session, said.agency)
        if said.written_at > clock_at or (said.commitment, agency.id) in known:
            continue
        session.add(
            MilestoneReport(
                partnership_id=partnership.id,
                agreement_code=agreement.code,
                commitment=said.commitment,
                agency_id=agency.id,
                done_on=said.done_on,
                evidence=said.evidence,
                written_by=cast[story.reporter(said.agency)],
                written_at=said.written_at,
                confirmed_by=cast[CONFIRMED_BY] if said.confirmed_at else None,
                confirmed_at=said.confirmed_at,
            )
        )
    session.flush()


def _meetings(
    session: Session, partnership: Partnership, agreement: Agreement, cast: dict[str, int], clock_at: datetime
) -> None:
    for said in agreement.meetings:
        if said.written_at > clock_at:
            continue
        told = Told(
            said.group,
            said.held_on,
            said.quorum,
            said.invited,
            said.present,
            written_by=cast["board.manager@example.org"],
            written_at=said.written_at,
            confirmed_by=cast[CONFIRMED_BY] if said.confirmed_at else None,
            confirmed_at=said.confirmed_at,
        )
        tell_meeting(session, partnership.id, told)
