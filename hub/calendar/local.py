"""A partnership's own calendar as data: school terms with their breaks, and when the windows of returns close.

One `calendar:` file a partnership, brought by `hub load`; each text is kept with the moment from which it was known, so
that what was open or due on a day can be told years later. Working days and bank holidays are in working_days.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub import document
from hub.calendar.working_days import is_working_day, working_day_after
from hub.definitions import canonical, catalogue
from hub.definitions.models import DefinitionVersion
from hub.document import Document
from hub.errors import DefinitionErrors
from hub.partners.models import Partnership

KIND = "calendar"


class _SpanFile(Schema):
    from_on = fields.Date(required=True, data_key="from")
    until_on = fields.Date(required=True, data_key="until")


class _TermFile(_SpanFile):
    name = fields.String(required=True, validate=validate.Length(min=1, max=80))
    breaks = fields.List(fields.Nested(_SpanFile), load_default=list)


class _ClosingFile(Schema):
    return_code = fields.String(required=True, data_key="return")
    working_days = fields.Integer(
        required=True, strict=True, validate=validate.Range(1, 250, error="must be between 1 and 250.")
    )


class _StepFile(Schema):
    to = fields.String(required=True, validate=validate.OneOf(("senior", "chair", "chief")))
    after = fields.Integer(
        required=True, strict=True, validate=validate.Range(0, 250, error="must be between 0 and 250.")
    )


class _ChallengesFile(Schema):
    acknowledge = fields.Integer(load_default=5, strict=True, validate=validate.Range(1, 250))
    answer = fields.Integer(load_default=20, strict=True, validate=validate.Range(1, 250))
    before_freeze_of = fields.List(fields.String(validate=validate.Length(min=1, max=80)), load_default=None)
    escalate = fields.List(fields.Nested(_StepFile), load_default=list)


class _CalendarFile(Schema):
    partnership = fields.String(required=True, data_key="calendar")
    terms = fields.List(fields.Nested(_TermFile), load_default=list)
    closes = fields.List(fields.Nested(_ClosingFile), load_default=list)
    challenges = fields.Nested(_ChallengesFile, load_default=None)


@dataclass(frozen=True)
class Span:
    from_on: date
    until_on: date

    def __contains__(self, day: date) -> bool:
        return self.from_on <= day <= self.until_on


@dataclass(frozen=True)
class Term(Span):
    """A term's teaching dates; nobody teaches in its breaks."""

    name: str
    breaks: tuple[Span, ...]


@dataclass(frozen=True)
class ChallengeClock:
    """In working days: a question is acknowledged, then answered; and how long after that day whom a late answer goes to.

    An answer comes before the next pack of these groups is frozen, where that is sooner.
    """

    acknowledge: int = 5
    answer: int = 20
    before_freeze_of: tuple[str, ...] = ("board",)
    escalate: tuple[tuple[str, int], ...] = (("senior", 0), ("chair", 5), ("chief", 10))


@dataclass(frozen=True)
class LocalCalendar:
    """`closes` gives, by return, after how many working days behind the due day its window closes."""

    terms: tuple[Term, ...] = ()
    closes: tuple[tuple[str, int], ...] = ()
    challenges: ChallengeClock = ChallengeClock()

    def is_teaching_day(self, day: date) -> bool:
        """A working day of a term, outside its breaks. Without terms every working day is one."""
        if not self.terms:
            return is_working_day(day)
        return is_working_day(day) and any(
            day in term and not any(day in each for each in term.breaks) for term in self.terms
        )

    def closes_on(self, return_code: str, due_on: date | None) -> date | None:
        """The last day on which the window of a return is open; None where it does not close."""
        days = dict(self.closes).get(return_code)
        return None if days is None or due_on is None else working_day_after(due_on, days)


def read_calendar(path: Path) -> dict[str, Any]:
    """The content of one `calendar:` file. Raises DefinitionErrors with every fault and its line."""
    read = document.read(path)
    try:
        content: dict[str, Any] = _CalendarFile().load(read.data)
    except ValidationError as error:
        raise DefinitionErrors(document.faults(read, error.messages_dict)) from error
    faults = list(_order(read, content["terms"]))
    if faults:
        raise DefinitionErrors(faults)
    return content


def _order(read: Document, terms: list[dict[str, Any]]) -> Any:
    for number, term in enumerate(terms):
        if term["until_on"] < term["from_on"]:
            yield read.fault(("terms", number), "ends before it begins.")
        if number and term["from_on"] <= terms[number - 1]["until_on"]:
            yield read.fault(
                ("terms", number), "begins before the term above it has ended. Write terms in their order."
            )
        for place, each in enumerate(term["breaks"]):
            if not term["from_on"] <= each["from_on"] <= each["until_on"] <= term["until_on"]:
                yield read.fault(("terms", number, "breaks", place), "does not lie within its term.")


def store_calendar(session: Session, path: Path, *, now: datetime) -> bool:
    """Keep a calendar as known from now on; False where it is the one in force. Each text is a version of its own."""
    content = read_calendar(path)
    if session.scalar(select(Partnership.id).where(Partnership.code == content["partnership"])) is None:
        cause = f"“{content['partnership']}” is no partnership of this hub. Load the partnership first."
        raise DefinitionErrors([document.read(path).fault(("calendar",), cause)])
    code, text = content["partnership"], canonical.canonical(_CalendarFile().dump(content))
    known = _versions(code).order_by(DefinitionVersion.version.desc()).limit(1)
    last = session.execute(known).first()
    if last is not None and last.document == text:
        return False
    return catalogue.store(session, KIND, code, last.version + 1 if last else 1, "draft", text, now=now)


def _versions(code: str) -> Select[str, int]:
    return select(DefinitionVersion.document, DefinitionVersion.version).where(
        DefinitionVersion.kind == KIND, DefinitionVersion.code == code
    )


def local_calendar(
    session: Session, partnership_code: str, *, as_at: datetime | None = None
) -> LocalCalendar:
    """A partnership's calendar as known at a moment; an empty one where none was loaded."""
    query = _versions(partnership_code).order_by(DefinitionVersion.version.desc()).limit(1)
    if as_at is not None:
        query = query.where(DefinitionVersion.known_from <= as_at)
    found = session.execute(query).first()
    return LocalCalendar() if found is None else _as_calendar(found.document)


@lru_cache(maxsize=64)
def _as_calendar(text: str) -> LocalCalendar:
    content = _CalendarFile().load(json.loads(text))
    return LocalCalendar(
        terms=tuple(
            Term(
                term["from_on"],
                term["until_on"],
                term["name"],
                tuple(Span(each["from_on"], each["until_on"]) for each in term["breaks"]),
            )
            for term in content["terms"]
        ),
        closes=tuple((each["return_code"], each["working_days"]) for each in content["closes"]),
        challenges=_as_clock(content["challenges"]),
    )


def _as_clock(content: dict[str, Any] | None) -> ChallengeClock:
    if content is None:
        return ChallengeClock()
    usual, groups = ChallengeClock(), content["before_freeze_of"]
    steps = tuple((step["to"], step["after"]) for step in content["escalate"])
    return ChallengeClock(
        content["acknowledge"],
        content["answer"],
        usual.before_freeze_of if groups is None else tuple(groups),
        steps or usual.escalate,
    )
