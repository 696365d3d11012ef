"""Rows of a signed return that somebody asks to be looked at again: the asking, and what stands of each request.

The data team asks, or the other side of a comparison. The agency answers each with a new value or with "as it is", and
signs (correction_answers.py). What stood when it was asked and what was answered stay side by side for good.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import periods
from hub.audit.chain import record
from hub.calendar.due import period_id
from hub.calendar.models import DueItem
from hub.clock import now_for
from hub.definitions.catalogue import definition_of_version
from hub.definitions.model import TOTAL, Definition
from hub.definitions.models import PeriodRow
from hub.errors import NotReady
from hub.facts.models import Words
from hub.facts.standing import standing_revisions
from hub.facts.words import keep_words
from hub.partners.models import Agency, Partnership, Person
from hub.partners.policy import Actor
from hub.submissions import drafted, events, told
from hub.submissions.models import CorrectionEvent, CorrectionRequest

MOST_WORDS = 1000

REASONS = {
    "differs": "It differs from what the other side counted",
    "unlikely": "It looks unlikely beside other months",
    "incomplete": "Something seems to be left out",
    "counted-twice": "Something seems to be counted twice",
    "wrong-line": "It seems to stand on another line",
    "other": "Something else",
}


@dataclass(frozen=True)
class Place:
    """One figure of one row."""

    period: str
    breakdown: str
    code: str
    figure: str


@dataclass(frozen=True)
class Correction:
    """A request with what had become of it. `new_value` is None until it is answered, and "" where it is as it is."""

    id: int
    due_item_id: int
    place: Place
    old_value: str
    reason: str
    note: str | None
    asked_by: str
    asked_by_id: int
    asker_agency: str  # "" for the data team
    asked_at: datetime
    sequence: int = 0
    new_value: str | None = None
    why: str | None = None
    answered_by: str = ""
    answered_by_id: int = 0
    answered_at: datetime | None = None
    signed_by: str = ""
    signed_at: datetime | None = None
    signed_value: str | None = None  # what then stood, where the return was signed anew

    @property
    def standing(self) -> Literal["asked", "answered", "signed"]:
        if self.signed_at is not None:
            return "signed"
        return "asked" if self.answered_at is None else "answered"

    @property
    def is_as_it_is(self) -> bool:
        return self.new_value == ""


def ask(
    session: Session,
    actor: Actor,
    due_item_id: int,
    *,
    place: Place,
    reason: str,
    words: str = "",
    asker_agency_id: int | None = None,
) -> int:
    """Ask the agency to look at a figure again; returns the request's number. The return stays as it was signed.

    Errors: NotReady where nothing is signed, the place is not in the return, or somebody has asked the same already.
    """
    if reason not in REASONS:
        raise NotReady("Choose why the row is to be looked at again.")
    if reason == "other" and not words.strip():
        raise NotReady("Say in words why the row is to be looked at again.")
    if len(words) > MOST_WORDS:
        raise NotReady(f"Write at most {MOST_WORDS:,} characters.")
    person_id = events.person_of(session, actor)
    at = events.lock_one(session, due_item_id)
    tenant = at.item.partnership_id
    signed = drafted.last_signed(session, tenant, due_item_id)
    if signed is None:
        raise NotReady("Nothing of this return is signed yet, so there is no row to correct.")
    _check_place(session, definition_of_version(session, signed.definition_version_id), at.item, place)
    waiting = next(
        (
            each
            for each in corrections(session, tenant, [due_item_id])
            if each.place == place and each.standing != "signed"
        ),
        None,
    )
    if waiting is not None:
        raise NotReady(
            f"{waiting.asked_by} has asked about this figure already, and it waits for its answer."
        )
    request = CorrectionRequest(
        partnership_id=tenant,
        due_item_id=due_item_id,
        revision_id=standing_revisions(session, tenant, [due_item_id])[due_item_id].id,
        period_id=period_id(session, periods.parse(place.period)),
        breakdown=place.breakdown,
        code=place.code,
        figure=place.figure,
        old_value=value_at(signed.rows, place),
        reason=reason,
        words_id=keep_words(session, tenant, words.strip()) if words.strip() else None,
        asked_by=person_id,
        asker_agency_id=asker_agency_id,
        at=now_for(session.get_one(Partnership, tenant)),
    )
    session.add(request)
    session.flush()
    told.tell_about(session, at, "correction-asked", occasion=f"correction:{request.id}")
    record(
        session,
        actor=actor.principal,
        action="correction:ask",
        subject=f"submission:{due_item_id}",
        partnership_id=tenant,
        detail={"request": request.id},
    )
    return request.id


def value_at(rows: Sequence[dict[str, str]], place: Place) -> str:
    """What stands at a place; "" where nothing does."""
    return next((row.get(place.figure, "") for row in rows if is_row(row, place)), "")


def is_row(row: dict[str, str], place: Place) -> bool:
    written = row.get("period", ""), row.get("breakdown", ""), row.get("code", "")
    return written == (place.period, place.breakdown, place.code)


def _check_place(session: Session, definition: Definition, item: DueItem, place: Place) -> None:
    table = next((each for each in definition.breakdowns if each.name == place.breakdown), None)
    if table is None or place.figure not in table.figures:
        raise NotReady(
            "This return has no such figure in that table. Choose a row and a figure that it asks for."
        )
    if place.figure in definition.in_unit("text"):
        raise NotReady("Words of a row are corrected by reopening the return: ask about a figure of the row.")
    if bool(place.code) is (place.breakdown == TOTAL):
        raise NotReady("Choose a row of the return.")
    whole = periods.parse(session.get_one(PeriodRow, item.period_id).code)
    if not whole.contains(periods.parse(place.period)):
        raise NotReady("That period is not part of this return. Choose a row of the return.")


def corrections(session: Session, partnership_id: int, due_item_ids: Collection[int]) -> list[Correction]:
    """Every request about some returns, in the order in which they were asked."""
    query = (
        select(CorrectionRequest, PeriodRow.code, Person.name, Agency.name, Words.body)
        .join(PeriodRow, PeriodRow.id == CorrectionRequest.period_id)
        .join(Person, Person.id == CorrectionRequest.asked_by)
        .outerjoin(Agency, Agency.id == CorrectionRequest.asker_agency_id)
        .outerjoin(
            Words,
            (Words.partnership_id == CorrectionRequest.partnership_id)
            & (Words.id == CorrectionRequest.words_id),
        )
        .where(
            CorrectionRequest.partnership_id == partnership_id,
            CorrectionRequest.due_item_id.in_(tuple(due_item_ids)),
        )
        .order_by(CorrectionRequest.at, CorrectionRequest.id)
    )
    rows = session.execute(query).all()
    happened = _happened(session, partnership_id, [row[0].id for row in rows])
    return [_correction(*row, happened.get(row[0].id, [])) for row in rows]


Happened = tuple[CorrectionEvent, str, str | None]  # with the person's name and the words


def _happened(session: Session, partnership_id: int, ids: Collection[int]) -> dict[int, list[Happened]]:
    query = (
        select(CorrectionEvent, Person.name, Words.body)
        .join(Person, Person.id == CorrectionEvent.person_id)
        .outerjoin(
            Words,
            (Words.partnership_id == CorrectionEvent.partnership_id) & (Words.id == CorrectionEvent.words_id),
        )
        .where(CorrectionEvent.partnership_id == partnership_id, CorrectionEvent.request_id.in_(tuple(ids)))
        .order_by(CorrectionEvent.sequence)
    )
    found: dict[int, list[Happened]] = {}
    for event, name, words in session.execute(query):
        found.setdefault(event.request_id, []).append((event, name, words))
    return found


def _correction(
    request: CorrectionRequest,
    period: str,
    asker: str,
    agency: str | None,
    note: str | None,
    happened: Sequence[Happened],
) -> Correction:
    answer = next((each for each in reversed(happened) if each[0].kind == "answered"), None)
    signed = next((each for each in happened if each[0].kind == "signed"), None)
    return Correction(
        id=request.id,
        due_item_id=request.due_item_id,
        place=Place(period, request.breakdown, request.code, request.figure),
        old_value=request.old_value,
        reason=request.reason,
        note=note,
        asked_by=asker,
        asked_by_id=request.asked_by,
        asker_agency=agency or "",
        asked_at=request.at,
        sequence=happened[-1][0].sequence if happened else 0,
        new_value=answer[0].new_value if answer else None,
        why=answer[2] if answer else None,
        answered_by=answer[1] if answer else "",
        answered_by_id=answer[0].person_id if answer else 0,
        answered_at=answer[0].at if answer else None,
        signed_by=signed[1] if signed else "",
        signed_at=signed[0].at if signed else None,
        signed_value=signed[0].new_value if signed else None,
    )


def waiting_of(session: Session, agency_ids: Collection[int]) -> dict[int, int]:
    """Due item → how many requests wait for an answer or its signature, of some agencies' returns."""
    closed = select(CorrectionEvent.request_id).where(CorrectionEvent.kind == "signed")
    query = (
        select(CorrectionRequest.due_item_id)
        .join(
            DueItem,
            (DueItem.partnership_id == CorrectionRequest.partnership_id)
            & (DueItem.id == CorrectionRequest.due_item_id),
        )
        .where(DueItem.agency_id.in_(tuple(agency_ids)), CorrectionRequest.id.not_in(closed))
    )
    found: dict[int, int] = {}
    for due_item_id in session.scalars(query):
        found[due_item_id] = found.get(due_item_id, 0) + 1
    return found
