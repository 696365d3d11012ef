"""Questions about contracts outside the arrangements, as their page words them, for those who may see every row or not.

The data team reads each contract with its price. The regional office reads the same questions and rows without the price
of a single school, and a sum only where it is over enough agencies that none can be read off it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from hub.agreements.money_outside import Contract, Question, questions
from hub.definitions.lists import titles_in
from hub.facts.moments import AsAt
from hub.measures.profiles import chosen
from hub.partners.models import Partnership
from hub.units import to_text

TITLES = {
    "funded-twice": "Is it paid for twice?",
    "same-provider": "Would one contract do?",
    "outside": "Bought outside the arrangements",
}
JUDGED = {
    "inside": "inside",
    "outside": "outside",
    "to-be-discussed": "to be discussed",
    "": "not judged yet",
}


@dataclass(frozen=True)
class Line:
    contract: Contract
    dates: str
    price: str
    judged: str


@dataclass(frozen=True)
class Asked:
    """One question with what it rests on."""

    question: Question
    words: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Block:
    title: str
    asked: tuple[Asked, ...]


def blocks(session: Session, at: AsAt, *, exact: bool) -> list[Block]:
    """Every question as at a moment, by kind. `exact`: the reader may see the price of each contract."""
    found = questions(session, at)
    if not found:
        return []
    words = _words(session, at)
    own = session.get_one(Partnership, at.partnership_id).disclosure_partnership
    fewest = 0 if exact else chosen("partnership", own).fewest_agencies
    return [
        Block(title, tuple(_asked(each, words, fewest, exact=exact) for each in found if each.kind == kind))
        for kind, title in TITLES.items()
        if any(each.kind == kind for each in found)
    ]


def _words(session: Session, at: AsAt) -> Mapping[str, str]:
    """Purposes and offered services as their lists write them, the partnership's own lines among them."""
    return {
        code: title
        for name in ("service-purposes", "safeguarding-services")
        for code, title in titles_in(session, name, at.partnership_id, moment=at.moment).items()
    }


def _asked(question: Question, words: Mapping[str, str], fewest: int, *, exact: bool) -> Asked:
    return Asked(
        question,
        _sentence(question, words, fewest),
        tuple(_line(contract, exact=exact) for contract in question.contracts),
    )


def _sentence(question: Question, words: Mapping[str, str], fewest: int) -> str:
    number = len(question.contracts)
    who = f"{question.agencies} {'agency' if question.agencies == 1 else 'agencies'}"
    with_it = f"{who} with {number} {'contract' if number == 1 else 'contracts'}"
    cost = _cost(question, fewest)
    purpose = words.get(question.purpose, question.purpose).lower()
    if question.kind == "same-provider":
        return f"{question.about}, for {purpose}: {with_it} of their own at the same time{cost}."
    if question.kind == "outside":
        return f"{words.get(question.about, question.about)}: {with_it}{cost}."
    if question.service is not None:
        return f"{question.service.title} is paid for by an agreement; {with_it}{cost} for the same, or with the same provider."
    return (
        f"{words.get(question.about, question.about)} is offered to all by the partnership; {with_it}{cost}."
    )


def _cost(question: Question, fewest: int) -> str:
    """The sum where it is of enough agencies that none can be read off it."""
    priced = {contract.agency for contract in question.contracts if contract.pence is not None}
    if not priced or len(priced) < fewest:
        return ""
    return f", £{to_text(question.pence, 'pounds')} a year in all"


def _line(contract: Contract, *, exact: bool) -> Line:
    shown = contract.pence is not None and (exact or not contract.school)
    return Line(
        contract=contract,
        dates=_dates(contract.begins_on, contract.ends_on),
        price=f"£{to_text(contract.pence or 0, 'pounds')}" if shown else "",
        judged=JUDGED.get(contract.judged, contract.judged),
    )


def _dates(begins_on: date, ends_on: date) -> str:
    first = "no date given" if begins_on == date.min else f"{begins_on.day} {begins_on:%B %Y}"
    return f"{first}, runs on" if ends_on == date.max else f"{first} to {ends_on.day} {ends_on:%B %Y}"
