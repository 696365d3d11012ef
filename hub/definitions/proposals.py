"""Files of definitions that wait for a second person: what is live is brought by one and approved by another."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from hub.definitions.models import DefinitionProposal
from hub.definitions.uploaded import Sent
from hub.errors import Conflict, NotAllowed, NotFound


def propose(
    session: Session, partnership_id: int, sent: Sequence[Sent], *, person_id: int, now: datetime
) -> DefinitionProposal:
    made = DefinitionProposal(
        partnership_id=partnership_id,
        files=json.dumps([asdict(each) for each in sent], ensure_ascii=False),
        proposed_by=person_id,
        proposed_at=now,
    )
    session.add(made)
    session.flush()
    return made


def waiting(session: Session, partnership_id: int) -> list[DefinitionProposal]:
    query = select(DefinitionProposal).where(
        DefinitionProposal.partnership_id == partnership_id, DefinitionProposal.decision.is_(None)
    )
    return list(session.scalars(query.order_by(DefinitionProposal.id)))


def files_of(proposal: DefinitionProposal) -> list[Sent]:
    return [Sent(**each) for each in json.loads(proposal.files)]


def decide(
    session: Session, place: tuple[int, int], decision: str, *, person_id: int, now: datetime
) -> list[Sent]:
    """Approve or refuse the proposal of (partnership, id); the files, to be stored where it was approved.

    Errors: NotAllowed for the proposer, Conflict where somebody decided already.
    """
    proposal = session.get(DefinitionProposal, place)
    if proposal is None:
        raise NotFound("There is no such proposal.")
    if proposal.proposed_by == person_id and decision == "approved":
        raise NotAllowed("You proposed this yourself. Another person approves it.")
    changed = session.execute(
        update(DefinitionProposal)
        .where(
            DefinitionProposal.partnership_id == place[0],
            DefinitionProposal.id == place[1],
            DefinitionProposal.decision.is_(None),
        )
        .values(decision=decision, decided_by=person_id, decided_at=now),
        execution_options={"synchronize_session": False},
    )
    if cast("CursorResult[object]", changed).rowcount != 1:
        raise Conflict("Somebody decided about these files meanwhile. Look at what is in force now.")
    return files_of(proposal)
