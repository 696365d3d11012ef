"""A line on the first page that waits for a person, and the agreements that such lines are about, read once."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub.agreements.model import Agreement
from hub.agreements.versions import agreements_as_at
from hub.partners.models import Partnership


@dataclass(frozen=True)
class Waits:
    """Where it leads, what it is about, and what is to be done there."""

    href: str
    title: str
    to_do: str


class Known:
    """The newest text of every agreement, read once for each partnership that is asked about."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._of: dict[int, dict[str, Agreement]] = {}

    def of(self, place: Partnership) -> dict[str, Agreement]:
        if place.id not in self._of:
            newest = agreements_as_at(self.session, place.id, None)
            self._of[place.id] = {each.code: each for each in newest}
        return self._of[place.id]
