"""A mapping while one person makes it: the sample's first rows as text and what was chosen so far. Gone after a day."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hub.definitions.mapping_choices import Choices
from hub.definitions.mapping_models import MappingDraft

KEPT = timedelta(days=1)


def begin(
    session: Session,
    *,
    agency_id: int,
    person_id: int,
    return_code: str,
    code: str,
    seen: int,
    sample: dict[str, Any],
    choices: Choices,
    now: datetime,
) -> MappingDraft:
    """A new draft; everybody's that are older than a day go."""
    session.execute(delete(MappingDraft).where(MappingDraft.at < now - KEPT))
    draft = MappingDraft(
        agency_id=agency_id,
        person_id=person_id,
        return_code=return_code,
        code=code,
        seen=seen,
        sample=json.dumps(sample, ensure_ascii=False),
        choices=json.dumps(choices.as_json(), ensure_ascii=False),
        at=now,
    )
    session.add(draft)
    session.flush()
    return draft


def find(
    session: Session, number: int, *, agency_id: int, person_id: int, now: datetime
) -> MappingDraft | None:
    """A person's own draft, while it is kept."""
    draft = session.get(MappingDraft, number)
    if draft is None or (draft.agency_id, draft.person_id) != (agency_id, person_id):
        return None
    return draft if draft.at >= now - KEPT else None


def choose(draft: MappingDraft, choices: Choices) -> None:
    draft.choices = json.dumps(choices.as_json(), ensure_ascii=False)


def chosen(draft: MappingDraft) -> Choices:
    return Choices(**json.loads(draft.choices))
