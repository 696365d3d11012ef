"""An agreement of the small world that has run for eight months, whose promises slip in ways that can be worked out by hand.

The world stands at 18 May 2015 and nothing was ever signed in it.

RETURNS    RXT and RR1 sign referrals monthly, half of twelve in time. The first is due in October: at risk from the look
           of 31 October on, the second time running on 30 November, so the clock starts on 1 December. By 30 April seven
           have fallen due and five are left: missed.
ROTA       RXT has a rota by 31 December: at risk on 31 December, nothing reported since. Looked at each quarter, so the
           clock starts on 1 January: ten working days are 15 January, another ten 29 January.
PROTOCOL   The council has a protocol by 31 January: at risk on 31 December, reported and confirmed on 20 January. The look
           of 31 March finds it met, so the clock ended on 1 April.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.agreements.models import MilestoneReport
from hub.agreements.versions import keep
from hub.clock import parse_moment
from hub.document import Document
from hub.post.models import AgencyContact
from tests.factories import World, make_measured

CODE = "watched"
PROMISES: dict[str, Any] = {
    "agreement": CODE,
    "version": 1,
    "status": "signed",
    "kind": "mou",
    "partnership": "testshire",
    "title": "A memorandum that is watched",
    "term": {"from": "2014-09-01", "until": "2015-08-31"},
    "signed_on": "2014-08-20",
    "parties": ["330", "RXT", "RR1", "20"],
    "clauses": [{"number": "1", "title": "All of it", "text": "Everything stands in one clause."}],
    "commitments": [
        {
            "id": "RETURNS",
            "clause": "1",
            "text": "Referrals are signed in time.",
            "promisor": ["RXT", "RR1"],
            "promisee": ["330"],
            "kind": "submission",
            "return": "referrals",
            "target": 50,
        },
        {
            "id": "ROTA",
            "clause": "1",
            "text": "A rota is agreed.",
            "promisor": ["RXT"],
            "promisee": ["330"],
            "kind": "milestone",
            "by": "2014-12-31",
        },
        {
            "id": "PROTOCOL",
            "clause": "1",
            "text": "A protocol is written.",
            "promisor": ["330"],
            "promisee": ["RXT"],
            "supporting": ["20"],
            "kind": "milestone",
            "by": "2015-01-31",
            "warn_days": 60,
        },
    ],
}


def make_agreed(session: Session) -> None:
    """The small world with measures, and with an agreement whose verdicts are worked out by hand."""
    make_watched(session, make_measured(session))


def make_watched(session: Session, world: World, **changed: Any) -> None:
    """The agreement, its one report, and a chief officer of RXT to write to."""
    keep(session, Document("watched.yaml", {**PROMISES, **changed}), now=datetime(2014, 8, 20, tzinfo=UTC))
    session.add(
        MilestoneReport(
            partnership_id=world.partnership.id,
            agreement_code=CODE,
            commitment="PROTOCOL",
            agency_id=world.agencies["330"].id,
            done_on=date(2015, 1, 19),
            evidence="Minutes of January",
            written_by=world.people["sub.330"].id,
            written_at=parse_moment("2015-01-20T09:00:00+00:00"),
            confirmed_by=world.people["stw.testshire"].id,
            confirmed_at=parse_moment("2015-01-20T15:00:00+00:00"),
        )
    )
    session.add(
        AgencyContact(
            partnership_id=world.partnership.id,
            agency_id=world.agencies["RXT"].id,
            kind="chief",
            name="Chief",
            email="chief@rxt.example.org",
        )
    )
    session.flush()
