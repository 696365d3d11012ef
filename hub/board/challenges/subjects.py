"""What a question is about: its address in words, checked when it is asked, and named for whoever reads it.

A subject is text, so that it stays the same for good: `RF02/2014-03` or `RF02/2014-03/agency/RYW` for a number,
`birmingham-nhs-2015-16/C1/RYW` for a verdict, a due item's number for a return, nothing for a free matter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.agreements.versions import agreement_as_at
from hub.calendar.models import DueItem
from hub.clock import now_for
from hub.definitions.catalogue import definition
from hub.definitions.models import PeriodRow
from hub.errors import NotFound, UnknownDefinition, WrongUsage
from hub.measures.load import measure_as_at
from hub.partners.models import Agency, Partnership
from hub.periods import parse

About = Literal["number", "verdict", "return", "free"]
LARGEST = 2**63  # beyond what a database keeps
NOTHING = "There is nothing of that kind to ask about. Open its page, and ask from there."


@dataclass(frozen=True)
class Subject:
    """`place` holds the parts that its page is found by; `agency_id` is whose figures it is about, where that is one body."""

    about: About
    text: str
    title: str
    place: dict[str, str] = field(default_factory=dict)
    agency_id: int | None = None


def subject_of(session: Session, partnership: Partnership, about: str, text: str) -> Subject:
    """The subject with its name. Raises NotFound where there is no such thing in the partnership."""
    reader = _READERS.get(about)
    if reader is None:
        raise NotFound(NOTHING)
    try:
        return reader(session, partnership, text)
    except (UnknownDefinition, WrongUsage, ValueError) as error:
        raise NotFound(NOTHING) from error


def _number(session: Session, partnership: Partnership, text: str) -> Subject:
    measure_id, period_code, *line = text.split("/")
    measure = measure_as_at(session, measure_id, now_for(partnership))
    period = parse(period_code)
    title, agency_id = f"{measure.name}, {period.name}", None
    if line:
        by, code = line
        if by == "agency":
            agency = session.scalars(select(Agency).where(Agency.code == code)).one_or_none()
            if agency is None:
                raise NotFound(NOTHING)
            title, agency_id = f"{title}: {agency.name}", agency.id
        else:
            title = f"{title}: {by.replace('_', ' ')} {code}"
    return Subject("number", text, title, {"measure": measure.id, "period": period.code}, agency_id)


def _verdict(session: Session, partnership: Partnership, text: str) -> Subject:
    code, commitment_id, party = text.split("/")
    agreement = agreement_as_at(session, partnership.id, code, now_for(partnership), even_dropped=True)
    commitment = next((each for each in agreement.commitments if each.id == commitment_id), None)
    agency = session.scalars(select(Agency).where(Agency.code == party)).one_or_none()
    if commitment is None or agency is None or party not in commitment.promisor:
        raise NotFound(NOTHING)
    title = f"{agreement.title}, {commitment.id}: {agency.name}"
    return Subject("verdict", text, title, {"agreement": code, "commitment": commitment_id}, agency.id)


def _return(session: Session, partnership: Partnership, text: str) -> Subject:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else LARGEST
    item = session.get(DueItem, (partnership.id, number)) if number < LARGEST else None
    if item is None:
        raise NotFound(NOTHING)
    agency = session.get_one(Agency, item.agency_id)
    period = session.get_one(PeriodRow, item.period_id)
    title = f"{definition(session, item.return_code).title}, {parse(period.code).name}: {agency.name}"
    return Subject("return", text, title, {"return": item.return_code, "submission": text}, agency.id)


def _free(_session: Session, _partnership: Partnership, _text: str) -> Subject:
    return Subject("free", "", "A free matter")


_READERS = cast(
    dict[str, Callable[[Session, Partnership, str], Subject]],
    {"number": _number, "verdict": _verdict, "return": _return, "free": _free},
)
