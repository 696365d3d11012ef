"""A promise to submit: returns of the term signed by their due day, at least so many in a hundred.

Absence after the due day is itself the answer (design.md section 4, rule a).
"""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from hub.agreements.look import Look, evidence_of
from hub.agreements.model import Commitment, Verdict


class Terms(Schema):
    return_code = fields.String(required=True, data_key="return")
    target = fields.Float(required=True, validate=validate.Range(min=0, max=100))


def judge(look: Look, commitment: Commitment, party: str, terms: dict[str, Any]) -> Verdict:
    first, last = look.agreement.begins_on, look.agreement.ends_on
    expected = look.expected_periods(terms["return_code"], party, first=first, last=last)
    owed = look.owed(terms["return_code"], party, first=first, last=last)
    # What was signed early counts at once: a promise kept before its day is kept.
    fallen = [
        (item, revision)
        for item, revision in owed
        if revision is not None or (item.due_on is not None and item.due_on <= look.today)
    ]
    punctual = sum(1 for _, revision in fallen if revision is not None and revision.on_time)
    absent = [item.period.name for item, revision in fallen if revision is None]
    total = len(expected)
    needed = terms["target"] / 100 * total

    def verdict(word: Any, reason: str) -> Verdict:
        return Verdict(
            commitment=commitment.id,
            party=party,
            word=word,
            reason=reason,
            value=round(100 * punctual / len(fallen), 1) if fallen else None,
            target=terms["target"],
            expected_to_date=float(len(fallen)),
            evidence=evidence_of(fallen),
        )

    if not fallen:
        return verdict("not due", f"None of the {total} returns has fallen due.")
    said = f"On time so far: {punctual} of {len(fallen)} returns; promised: {needed:.3g} of {total}."
    missing = f" Not received: {', '.join(absent)}." if absent else ""
    if punctual >= needed:
        return verdict("met", said + missing)
    if punctual + total - len(fallen) < needed:
        return verdict("missed", said + missing + " The promise can no longer be kept.")
    if punctual < len(fallen):
        return verdict("at risk", said + missing)
    return verdict("on track", said)
