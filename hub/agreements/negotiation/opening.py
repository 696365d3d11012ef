"""Opening a draft: from the template, as next year's of an agreement that stands (renewal), or as a variation of one.

Whatever is opened is one more text in `agreement_versions`, tried like any other; nothing of the one before is changed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from hub import document
from hub.agreements.model import Agreement
from hub.agreements.negotiation import post
from hub.agreements.negotiation.acting import (
    Doer,
    checked_words,
    coordinating,
    found_for,
    happen,
    kept_text,
    moment,
)
from hub.agreements.negotiation.parts import Plain
from hub.agreements.negotiation.read import negotiation
from hub.agreements.versions import agreements_of
from hub.agreements.written import promised
from hub.clock import now_for
from hub.config import shipped
from hub.errors import NotReady
from hub.partners.heads import lock_head
from hub.periods import parse

CODE = re.compile(r"[a-z0-9][a-z0-9-]{2,59}")
FROM_TEMPLATE = ("governance", "thresholds", "clauses")
# Dates and periods that move with the term; what was known when a promise was made, and its wording, stay.
_MOVES = ("from", "until", "by", "outline_until", "year", "trajectory", "years")
_DATE = re.compile(r"(\d{4})-(\d{2})(-\d{2})?")
_YEARS = re.compile(r"\b(\d{4})([-–/])(\d{2})\b")
_YEAR = re.compile(r"(FY|AY)(\d{4})-(\d{2})(\w*)")


@dataclass(frozen=True)
class Opening:
    """What a person says of a new agreement; `coordinator` is its plain form in the document."""

    title: str
    kind: str
    begins_on: date | None
    ends_on: date | None
    binds: str
    parties: Sequence[str]
    coordinator: Plain


def open_new(doer: Doer, said: Opening) -> None:
    """From the template: its clauses and its rules, with no promise yet."""
    template = document.read(shipped("agreements") / "template.yml").data
    text = {key: template[key] for key in FROM_TEMPLATE}
    _open(doer, {**_frame(doer, said), **text, "commitments": []})


@dataclass(frozen=True)
class Following:
    """What the agreement after another one would be called, and its term: the next one, as long."""

    title: str
    code: str
    begins_on: date
    ends_on: date


def following(before: Agreement) -> Following:
    begins_on = before.ends_on + timedelta(days=1)
    months = (begins_on.year - before.begins_on.year) * 12 + begins_on.month - before.begins_on.month
    if begins_on.day == before.begins_on.day:
        ends_on = _months_later(begins_on, months) - timedelta(days=1)
    else:  # not of whole months
        ends_on = begins_on + (before.ends_on - before.begins_on)
    years = begins_on.year - before.begins_on.year
    return Following(_renamed(before.title, years), _renamed(before.code, years), begins_on, ends_on)


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, min(day.day, 28))


def _renamed(name: str, years: int) -> str:
    """A name with the years in it moved: "2015-16" is "2016-17"."""
    return _YEARS.sub(
        lambda found: f"{int(found[1]) + years}{found[2]}{(int(found[3]) + years) % 100:02}", name
    )


def renew(doer: Doer, of: str, said: Opening) -> None:
    """From an agreement of this partnership: the same clauses and promises a term later, each linked to the one it carries on."""
    before = negotiation(doer.session, doer.partnership.id, of).agreement
    years = (said.begins_on or before.begins_on).year - before.begins_on.year
    text: Plain = moved(promised(before), years)
    for each, old in zip(text["commitments"], before.commitments, strict=True):
        each["replaces"] = {"agreement": before.code, "commitment": old.id}
    frame = _frame(doer, said)
    named = {party.agency: party for party in before.parties}
    frame["parties"] = [
        {"agency": code, "signatories": [{"post": one.post} for one in named[code].signatories]}
        if code in named and named[code].signatories
        else code
        for code in said.parties
    ]
    for key in ("effective_on", "varies"):
        text.pop(key, None)
    _open(doer, {**text, **frame})


def _frame(doer: Doer, said: Opening) -> Plain:
    if not CODE.fullmatch(doer.code):
        raise NotReady(
            "Choose a short name for its address: small letters, digits and hyphens, as testshire-nhs-2016-17."
        )
    if not said.title.strip():
        raise NotReady("Write the title.")
    if said.begins_on is None or said.ends_on is None or said.ends_on <= said.begins_on:
        raise NotReady("Write the first and the last day of the term, in order.")
    if not said.parties:
        raise NotReady("Tick the parties.")
    return {
        "agreement": doer.code,
        "version": 1,
        "status": "draft",
        "kind": said.kind,
        "partnership": doer.partnership.code,
        "title": said.title,
        "term": {"from": said.begins_on.isoformat(), "until": said.ends_on.isoformat()},
        "binds": said.binds,
        "coordinator": said.coordinator,
        "parties": list(said.parties),
    }


def _open(doer: Doer, text: Plain) -> None:
    lock_head(doer.session, doer.partnership.id)
    if doer.code in agreements_of(doer.session, doer.partnership.id, even_dropped=True):
        raise NotReady(f"There is an agreement “{doer.code}” already. Choose another short name.")
    at = now_for(doer.partnership)
    kept_text(doer, text, at)
    _opened(doer, at)


def vary(doer: Doer, *, words: str, effective_on: date | None) -> None:
    """The next version of a signed agreement, to be signed again: why, and from which day it is to hold."""
    found = found_for(doer)
    coordinating(doer, found)
    if found.standing != "signed":
        raise NotReady("Only a signed version is varied; this draft can still be changed as it is.")
    agreement = found.agreement
    if effective_on is None or not agreement.begins_on <= effective_on <= agreement.ends_on:
        raise NotReady("Write the day from which it is to hold, within the term.")
    varied = {
        **promised(agreement),
        "version": found.newest_version + 1,
        "status": "draft",
        "effective_on": effective_on.isoformat(),
        "varies": checked_words(words, "Say why it is varied: the reason is kept for good."),
    }
    at = moment(doer, found)
    kept_text(doer, varied, at)
    _opened(doer, at)


def _opened(doer: Doer, at: datetime) -> None:
    found = negotiation(doer.session, doer.partnership.id, doer.code)
    happen(doer, found, "opened", at=at)
    people = post.everybody(doer.session, doer.partnership, found.agreement) - {doer.actor.id}
    post.tell(
        doer.session,
        doer.partnership,
        found,
        "agreement-opened",
        occasion=f"{found.sequence + 1}",
        people=people,
    )


def moved(value: Any, years: int, *, moves: bool = False) -> Any:
    """Plain data with the dates and periods of a term moved by so many years."""
    if isinstance(value, dict):
        return {
            (_later(key, years) if moves else key): moved(inner, years, moves=moves or key in _MOVES)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [moved(inner, years, moves=moves) for inner in value]
    return _later(value, years) if moves and isinstance(value, str) else value


def _later(text: str, years: int) -> str:
    if found := _DATE.fullmatch(text):
        day = found[3] or ""
        last_of_february = "-28" if (found[2], day) == ("02", "-29") else day
        return f"{int(found[1]) + years}-{found[2]}{last_of_february}"
    if found := _YEAR.fullmatch(text):
        year = int(found[2]) + years
        return parse(f"{found[1]}{year}-{(year + 1) % 100:02}{found[4]}").code
    return text
