"""The set-up list of a deployment that is not in use yet: what to do next, and what is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.calendar.models import DueItem
from hub.definitions.models import DefinitionVersion
from hub.partners.models import Agency, Grant, Partnership, Person
from hub.submissions.models import SubmissionEvent


@dataclass(frozen=True)
class Step:
    text: str
    command: str
    done: bool


def steps(session: Session) -> list[Step]:
    """In order; each with the operator's command."""

    def there(table: Any, *conditions: Any) -> bool:
        return session.execute(select(table).where(*conditions).limit(1)).first() is not None

    return [
        Step(
            "Load your partnership, its areas and its agencies",
            "hub load partnership/",
            there(Partnership, Partnership.code != "england") and there(Agency),
        ),
        Step("Load the returns that you ask for", "hub load schemas/", there(DefinitionVersion)),
        Step(
            "Invite the first administrator",
            "hub people invite EMAIL --role ADM",
            there(Grant, Grant.role == "ADM"),
        ),
        Step(
            "Invite the data team, and let it invite submitters and signatories",
            "hub people invite EMAIL --role STW --partnership CODE",
            there(Grant, Grant.role == "STW") and there(Grant, Grant.role == "SUB"),
        ),
        Step("See that returns fall due", "hub due", there(DueItem)),
        Step(
            "Receive the first return",
            "hub template RETURN --agency CODE --period P -o FILE.xlsx",
            there(SubmissionEvent),
        ),
    ]


def is_empty(session: Session) -> bool:
    """Nobody could sign in yet."""
    return session.execute(select(Person.id).limit(1)).first() is None
