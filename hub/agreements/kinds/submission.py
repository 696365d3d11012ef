"""A promise to submit: returns of the term signed by their due day, at least so many in a hundred.

Absence after the due day is itself the answer (design.md section 4, rule a).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil
from typing import Any

from marshmallow import Schema, fields, validate

from hub.agreements.look import Look
from hub.agreements.model import Agreement, Commitment
from hub.agreements.terms import Fault
from hub.agreements.verdict import Verdict, Word
from hub.definitions.catalogue import shipped
from hub.measures.model import Measure
from hub.statistics.outturn import Colour


class Terms(Schema):
    return_code = fields.String(required=True, data_key="return")
    target = fields.Float(required=True, validate=validate.Range(min=0, max=100))


def faults(
    _agreement: Agreement, _commitment: Commitment, terms: Mapping[str, Any], measures: Mapping[str, Measure]
) -> Iterator[Fault]:
    sources = [source for measure in measures.values() for source in measure.sources.values()]
    asked = {source.return_code for source in sources if not source.group}
    if terms["return_code"] not in asked | {definition.code for definition in shipped().returns}:
        yield "return", f"there is no return “{terms['return_code']}”."


def judge(look: Look, commitment: Commitment, party: str, terms: Mapping[str, Any]) -> Verdict:
    span = look.span(commitment)
    total = len(look.expected(terms["return_code"], party, span))
    owed = look.owed(terms["return_code"], party, span)
    # What was signed early counts at once: a promise kept before its day is kept.
    fallen = [
        (item, came)
        for item, came in owed
        if came is not None or (item.due_on is not None and item.due_on <= look.today)
    ]
    punctual = sum(1 for _, came in fallen if came is not None and came.on_time)
    absent = [item.period.name for item, came in fallen if came is None]
    # 91.6% of 12 is 10.99: nobody signs a part of a return.
    needed = ceil(round(terms["target"] / 100 * total, 6))

    def verdict(word: Word, reason: str, *, colour: Colour | None = None, is_final: bool = False) -> Verdict:
        return look.verdict(
            commitment,
            party,
            word,
            reason + look.succeeded(party, span),
            evidence=look.papers.evidence(fallen),
            value=round(100 * punctual / len(fallen), 1) if fallen else None,
            target=terms["target"],
            unit="% of returns",
            expected_to_date=float(len(fallen)),
            colour=colour,
            is_final=is_final,
        )

    if not fallen:
        return verdict("not due", f"None of the {total} returns has fallen due.")
    said = f"On time so far: {punctual} of {len(fallen)} returns; promised: {needed} of {total}."
    missing = f" Not received: {', '.join(absent)}." if absent else ""
    if punctual >= needed:
        return verdict("met", said + missing, colour="green", is_final=True)
    if punctual + total - len(fallen) < needed:
        return verdict(
            "missed", said + missing + " The promise can no longer be kept.", colour="red", is_final=True
        )
    if punctual < len(fallen):
        return verdict("at risk", said + missing, colour="amber")
    return verdict("on track", said, colour="green")
