"""Requests for corrections as pages show them: rows in words, boxes of the form, and what waits on the first page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import g
from sqlalchemy.orm import Session

from hub.access import guard
from hub.definitions import catalogue
from hub.errors import NotReady
from hub.partners.policy import Permission
from hub.partners.policy import Place as Where
from hub.submissions import drafted
from hub.submissions.correction_answers import Answer
from hub.submissions.corrections import Correction, Place, corrections, value_at, waiting_of
from hub.submissions.queries import Listed, my_list
from hub.web import reach
from hub.web.present_submission import place_in_words
from hub.web.subject import Subject

BETWEEN = "|"


@dataclass(frozen=True)
class Entry:
    """One request with its row in words and what stands there as last signed."""

    asked: Correction
    row: str
    stands: str


def allowed(about: Subject, permission: Permission) -> bool:
    return guard.allows(g.actor, permission, Where(about.partnership.id, about.agency.id))


def entries(session: Session, about: Subject) -> list[Entry]:
    found = corrections(session, about.partnership.id, [about.id])
    lists = about.lists if found else {}
    signed = drafted.last_signed(session, about.partnership.id, about.id) if found else None
    return [
        Entry(
            each,
            place_in_words(
                about.definition,
                (each.place.period, each.place.breakdown, each.place.code, each.place.figure),
                lists,
            ),
            value_at(signed.rows, each.place) if signed else "",
        )
        for each in found
    ]


def can_sign(found: Sequence[Entry], person_id: int, signatures: int) -> bool:
    """Whether answers wait that leave the return as it is, and this person may sign them."""
    waiting = [each.asked for each in found if each.asked.standing == "answered"]
    if not waiting or any(not each.is_as_it_is for each in waiting):
        return False
    return signatures == 1 or all(each.answered_by_id != person_id for each in waiting)


def answers(waiting: Iterable[Correction], typed: Mapping[str, str]) -> list[Answer]:
    """What the form says to each request that it answers. NotReady where a new value is chosen and left blank."""
    found = []
    for each in waiting:
        choice = typed.get(f"answer-{each.id}", "")
        value = typed.get(f"value-{each.id}", "").strip()
        if choice == "new" and not value:
            raise NotReady("Write the new value, or choose “as it is”.")
        if choice in ("new", "as-it-is"):
            found.append(Answer(each.id, value if choice == "new" else "", typed.get(f"why-{each.id}", "")))
    return found


@dataclass(frozen=True)
class Choice:
    """One figure of one row as the asker chooses it."""

    value: str
    words: str


def places(session: Session, about: Subject) -> list[Choice]:
    """Every figure that was signed, in the order of the return; words of rows are no figures."""
    signed = drafted.last_signed(session, about.partnership.id, about.id)
    lists = about.lists
    found, words_of_rows = [], about.definition.in_unit("text")
    for row in signed.rows if signed else ():
        table = about.definition.breakdown(row["breakdown"])
        for figure in table.figures:
            if row.get(figure) and figure not in words_of_rows:
                place = (row["period"], row["breakdown"], row["code"], figure)
                words = place_in_words(about.definition, place, lists)
                found.append(Choice(BETWEEN.join(place), f"{words}: {row[figure]}"))
    return found


def place_of(text: str) -> Place:
    parts = text.split(BETWEEN)
    if len(parts) != 4:
        raise NotReady("Choose the row that is to be looked at again.")
    return Place(*parts)


@dataclass(frozen=True)
class Waiting:
    listed: Listed
    title: str
    number: int


def on_first_page(session: Session) -> list[Waiting]:
    """Returns of the person's own agencies about which something is asked."""
    own = reach.agency_ids(Permission.CORRECTION_ANSWER)
    waiting = waiting_of(session, own) if own else {}
    if not waiting:
        return []
    listed = my_list(session, None, due_item_ids=sorted(waiting))
    return [
        Waiting(each, catalogue.definition(session, each.return_code).title, waiting[each.due_item_id])
        for each in listed
    ]
