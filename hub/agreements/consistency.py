"""Whether the parts of an agreement fit together: each fault with its place in the document and a sentence."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from hub.agreements import kinds, money_budget
from hub.agreements.model import Agreement, Commitment, Contribution
from hub.document import Document, Place
from hub.errors import DefinitionError
from hub.measures.model import Measure
from hub.periods import parse

Fault = tuple[Place, str]
_MARKUP = re.compile(r"<[/!?]?[A-Za-z]|javascript:", re.IGNORECASE)


def markup(read: Document) -> list[DefinitionError]:
    """Texts that hold markup, script or control characters: an agreement is plain words."""
    return [read.fault(place, cause) for place, cause in _unreadable(read.data, ())]


def _unreadable(value: Any, place: Place) -> Iterator[Fault]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _unreadable(inner, (*place, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _unreadable(inner, (*place, number))
    elif isinstance(value, str):
        if found := _MARKUP.search(value):
            yield (
                place,
                f"“{found[0]}” looks like markup or script. An agreement is plain text: write it in words.",
            )
        if any(unicodedata.category(letter) == "Cc" and letter not in "\n\t" for letter in value):
            yield place, "holds a control character. Type the text again."


def faults(agreement: Agreement, measures: Mapping[str, Measure]) -> Iterator[Fault]:
    """Everything that can be seen in one agreement alone."""
    yield from _term(agreement)
    yield from _parties(agreement)
    clauses = {clause.number for clause in agreement.clauses}
    yield from _twice("clauses", "number", [clause.number for clause in agreement.clauses])
    yield from _twice("commitments", "id", [each.id for each in agreement.commitments])
    for number, commitment in enumerate(agreement.commitments):
        place = ("commitments", number)
        if commitment.clause not in clauses:
            yield (*place, "clause"), f"there is no clause “{commitment.clause}”."
        for key, cause in _commitment(agreement, commitment):
            yield (*place, key), cause
        for key, cause in kinds.faults(agreement, commitment, measures):
            yield (*place, key), cause
    yield from _services(agreement)
    yield from _contributions(agreement)
    yield from money_budget.faults(agreement.budget)
    yield from _records(agreement)
    yield from _own_circles(agreement)


def _term(agreement: Agreement) -> Iterator[Fault]:
    if agreement.stands and agreement.kind != "isa":
        yield ("term",), "say until when it holds; only an agreement of the kind isa stands until withdrawn."
    if agreement.ends_on < agreement.begins_on:
        yield ("term",), "the term ends before it begins."
    elif not agreement.begins_on <= agreement.holds_from <= agreement.ends_on:
        yield ("effective_on",), "lies outside the term."
    if agreement.kind == "isa":
        return
    if agreement.status == "signed" and agreement.signed_on is None:
        yield ("status",), "is signed, but “signed_on:” does not say when."
    if agreement.version > 1 and agreement.varies is None:
        yield ("version",), "is not the first: say under “varies:” why the earlier one was changed."


def _parties(agreement: Agreement) -> Iterator[Fault]:
    yield from _twice("parties", "agency", agreement.party_codes)
    for number, party in enumerate(agreement.parties):
        if party.signed_on is not None and (agreement.binds == "all" or agreement.is_shadow):
            cause = "signed_on of a party is for a signed agreement in which each binds itself (binds: each)."
            yield ("parties", number), cause
    if agreement.status == "signed" and agreement.kind != "isa":
        for number, party in enumerate(agreement.parties):
            if not party.signatories and agreement.coordinator is not None:
                yield ("parties", number), f"{party.agency} has no signatory."


def _twice(part: str, key: str, values: Iterable[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, value in enumerate(values):
        if value in seen:
            yield (part, number, key), f"“{value}” is given twice."
        seen.add(value)


def _commitment(agreement: Agreement, commitment: Commitment) -> Iterator[tuple[str, str]]:
    parties = set(agreement.party_codes)
    if strangers := sorted({*commitment.promisor, *commitment.supporting} - parties):
        yield "promisor", f"not a party to the agreement: {', '.join(strangers)}."
    if twice := [code for code, count in Counter(commitment.promisor).items() if count > 1]:
        yield "promisor", f"{', '.join(twice)} is named twice."
    begins_on, ends_on = agreement.span(commitment)
    if begins_on < agreement.begins_on or begins_on > agreement.ends_on:
        yield "from", "lies outside the agreement’s term."
    if ends_on > agreement.ends_on:
        yield "until", "lies outside the agreement’s term."
    if ends_on < begins_on:
        yield "until", "ends before it begins."
    if (commitment.status == "outline") != (commitment.outline_until is not None):
        yield "outline_until", "an outline promise says by when it is made firm, and a firm one does not."
    yield from _trajectory(commitment, begins_on, ends_on)


def _trajectory(commitment: Commitment, begins_on: date, ends_on: date) -> Iterator[tuple[str, str]]:
    ends = [parse(code).ends_on for code, _ in commitment.trajectory]
    if ends != sorted(set(ends)):
        yield "trajectory", "its periods are not in order of time."
    if ends and not (begins_on <= ends[0] and ends[-1] <= ends_on):
        yield "trajectory", "has a period outside the time in which the promise holds."


def _services(agreement: Agreement) -> Iterator[Fault]:
    parties = set(agreement.party_codes)
    yield from _twice("services", "id", [service.id for service in agreement.services])
    for number, service in enumerate(agreement.services):
        if service.ends_on is not None and service.ends_on < service.begins_on:
            yield ("services", number, "until"), "ends before it begins."
        for key in ("lead", "host"):
            if (code := getattr(service, key)) not in parties:
                yield ("services", number, key), f"{code} is not a party to the agreement."
        if service.pooled and service.basis == "own":
            yield (
                ("services", number, "pooled"),
                "money is pooled under section 75 or aligned; “own” is neither.",
            )


def _contributions(agreement: Agreement) -> Iterator[Fault]:
    services = {service.id for service in agreement.services}
    by_service: dict[tuple[str, str], list[tuple[int, Contribution]]] = {}
    for number, each in enumerate(agreement.contributions):
        place = ("contributions", number)
        if each.service not in services:
            yield (*place, "service"), f"there is no service “{each.service}”."
        if each.payer not in agreement.party_codes:
            yield (*place, "payer"), f"{each.payer} is not a party to the agreement."
        year = parse(each.year)
        if year.kind != "financial_year":
            yield (*place, "year"), f"“{each.year}” is not a financial year (FY2015-16)."
            continue
        if not year.starts_on <= _begins(each) <= _ends(each) <= year.ends_on:
            yield place, "its dates are out of order, or outside its year."
            continue
        said = (each.amount, each.share, each.pledged) if each.means == "money" else (each.quantity,)
        if not any(one is not None for one in said):
            yield (
                place,
                "says neither how much nor which share." if each.means == "money" else "says no quantity.",
            )
        for name in ("amount", "pledged"):
            pounds = getattr(each, name)
            if pounds is not None and pounds != pounds.quantize(Decimal("0.01")):
                yield (*place, name), "has more than two decimals."
        by_service.setdefault((each.service, each.year), []).append((number, each))
    for (service, of_year), rows in by_service.items():
        yield from _shares(service, of_year, rows)


def _shares(service: str, year: str, rows: list[tuple[int, Contribution]]) -> Iterator[Fault]:
    """Whoever pays on a day pays the whole between them."""
    shared = [(number, each) for number, each in rows if each.share is not None]
    for day in sorted({_begins(each) for _, each in shared}):
        paying = [(number, each) for number, each in shared if _begins(each) <= day <= _ends(each)]
        whole = sum((each.share or Decimal(0) for _, each in paying), Decimal(0))
        if whole != 100:
            place = ("contributions", paying[-1][0], "share")
            yield place, f"the shares of {service} in {year} make {whole.normalize():f}%, not 100%."


def _begins(each: Contribution) -> date:
    return each.begins_on or parse(each.year).starts_on


def _ends(each: Contribution) -> date:
    return each.ends_on or parse(each.year).ends_on


def _records(agreement: Agreement) -> Iterator[Fault]:
    ids = {commitment.id for commitment in agreement.commitments}
    for number, said in enumerate(agreement.milestones):
        if said.commitment not in ids:
            yield ("milestones", number), f"there is no commitment “{said.commitment}”."
        if said.confirmed_at is not None and said.confirmed_at < said.written_at:
            yield ("milestones", number), "is confirmed before it is written."
    for number, meeting in enumerate(agreement.meetings):
        if meeting.confirmed_at is not None and meeting.confirmed_at < meeting.written_at:
            yield ("meetings", number), "is confirmed before it is written."


def _own_circles(agreement: Agreement) -> Iterator[Fault]:
    links = _links([agreement])
    for number, commitment in enumerate(agreement.commitments):
        if _returns(links, (agreement.code, commitment.id)):
            yield ("commitments", number, "replaces"), f"“{commitment.id}” replaces itself in a circle."


def circles(found: Iterable[tuple[Agreement, Document]]) -> list[DefinitionError]:
    """Promises of several agreements that carry on one another in a circle."""
    pairs = list(found)
    links = _links(agreement for agreement, _ in pairs)
    return [
        read.fault(
            ("commitments", number, "replaces"),
            f"“{commitment.id}” of {agreement.code} replaces itself in a circle.",
        )
        for agreement, read in pairs
        for number, commitment in enumerate(agreement.commitments)
        if _returns(links, (agreement.code, commitment.id))
    ]


_Link = tuple[str, str]  # (agreement, commitment)


def _links(agreements: Iterable[Agreement]) -> dict[_Link, _Link]:
    """Promise → the one that it replaces. A later version of the same agreement carries on its own ids: that is no link."""
    return {
        (agreement.code, each.id): (each.replaces.agreement, each.replaces.commitment)
        for agreement in agreements
        for each in agreement.commitments
        if each.replaces is not None
    }


def _returns(links: Mapping[_Link, _Link], start: _Link) -> bool:
    seen: set[_Link] = set()
    at = links.get(start)
    while at is not None and at != start and at not in seen:
        seen.add(at)
        at = links.get(at)
    return at == start
