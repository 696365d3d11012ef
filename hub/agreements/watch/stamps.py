"""What the verdicts of a partnership rest on, as a short name that is another one as soon as anything of it is.

Verdicts are worked out once for a stamp. Everything that is signed, agreed or changed in memberships moves the ledger's
position; what is recorded beside it is counted, since none of it is ever taken away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.agreements.models import AgreementVersion, MilestoneReport
from hub.clock import now_for, today_for
from hub.definitions.models import DefinitionVersion
from hub.measures.models import MeasureVersion
from hub.meetings.models import MeetingEvent
from hub.partners.history_models import LedgerHead
from hub.partners.models import Partnership, Succession
from hub.partners.queries import ENGLAND

Stamp = tuple[object, ...]
FORM = (
    "3"  # of what is kept of a month's end; raised where its fields or words change, so that it is made anew
)


@dataclass(frozen=True)
class Stamps:
    """`everywhere` is of what all partnerships read: measures, definitions, successions, published figures."""

    everywhere: Stamp
    positions: dict[int, int]
    texts: dict[int, list[tuple[int, str]]]
    records: dict[
        int, list[datetime]
    ]  # when each report and what became of each meeting was written, and when confirmed

    def now(self, partnership: Partnership) -> Stamp:
        """Of everything that is known at present."""
        known = self._known(partnership.id, now_for(partnership))
        texts, position = tuple(self.texts[partnership.id]), self.positions.get(partnership.id, 0)
        return (partnership.id, today_for(partnership), position, texts, known, self.everywhere)

    def past(self, partnership: Partnership, moment: datetime) -> Stamp:
        """Of everything that was known at a moment that is over: what is signed since does not change it."""
        known = self._known(partnership.id, moment)
        return (partnership.id, moment, tuple(self.texts[partnership.id]), known, self.everywhere)

    def then(self, text: AgreementVersion, moment: datetime) -> str:
        """Of one agreement's text as at a moment that is over; the ledger of then does not change."""
        parts = (FORM, text.id, text.status, self._known(text.partnership_id, moment), *self.everywhere)
        return ":".join(str(part) for part in parts)

    def _known(self, partnership_id: int, moment: datetime) -> int:
        return sum(at <= moment for at in self.records[partnership_id])


def stamps_of(session: Session, partnerships: Sequence[Partnership]) -> Stamps:
    ids = [each.id for each in partnerships]
    heads = select(LedgerHead.partnership_id, LedgerHead.position).where(LedgerHead.partnership_id.in_(ids))
    texts: dict[int, list[tuple[int, str]]] = defaultdict(list)
    versions = (
        select(AgreementVersion.partnership_id, AgreementVersion.id, AgreementVersion.status)
        .where(AgreementVersion.partnership_id.in_(ids))
        .order_by(AgreementVersion.id)
    )
    for partnership_id, text_id, status in session.execute(versions):
        texts[partnership_id].append((text_id, status))
    return Stamps(_everywhere(session), dict(session.execute(heads).all()), texts, _records(session, ids))


def _everywhere(session: Session) -> Stamp:
    published = (
        select(func.max(LedgerHead.position))
        .join(Partnership, Partnership.id == LedgerHead.partnership_id)
        .where(Partnership.code == ENGLAND)
    )
    counts = [select(func.count()).select_from(table) for table in (MeasureVersion, DefinitionVersion)]
    parts = (*counts, select(func.count()).select_from(Succession), published)
    found = session.execute(select(*(part.scalar_subquery() for part in parts))).one()
    return tuple(found)


def _records(session: Session, ids: Sequence[int]) -> dict[int, list[datetime]]:
    found: dict[int, list[datetime]] = defaultdict(list)
    reports = select(
        MilestoneReport.partnership_id, MilestoneReport.written_at, MilestoneReport.confirmed_at
    ).where(MilestoneReport.partnership_id.in_(ids))
    for partnership_id, written_at, confirmed_at in session.execute(reports):
        found[partnership_id] += [at for at in (written_at, confirmed_at) if at is not None]
    met = select(MeetingEvent.partnership_id, MeetingEvent.at).where(MeetingEvent.partnership_id.in_(ids))
    for partnership_id, at in session.execute(met):
        found[partnership_id].append(at)
    return found
