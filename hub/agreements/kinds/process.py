"""A promise to meet: so many meetings of a group, each with its quorum, and the party there often enough.

Judged on dated records that are kept for the agreement (written by one person, confirmed by another), since meetings
are not data of their own yet; `Look.meetings` is the one door to change when they are. A meeting that nobody recorded
was not held: silence shelters nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import floor
from typing import Any

from marshmallow import Schema, fields, validate

from hub.agreements.look import Look, words_of
from hub.agreements.model import Commitment
from hub.agreements.models import MeetingRecord
from hub.agreements.verdict import Evidence, Verdict, Word
from hub.statistics.outturn import Colour


class Terms(Schema):
    group = fields.String(required=True)
    meetings = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    attendance = fields.Float(load_default=None, allow_none=True, validate=validate.Range(min=0, max=100))


def aims(terms: Mapping[str, Any]) -> dict[str, tuple[float, str]]:
    said = {"meetings": terms["meetings"], "attendance": terms["attendance"]}
    return {name: (value, "higher") for name, value in said.items() if value is not None}


def judge(look: Look, commitment: Commitment, party: str, terms: Mapping[str, Any]) -> Verdict:
    first, last = look.span(commitment)
    held = [
        record
        for record in look.meetings(terms["group"])
        if first <= record.held_on <= min(last, look.today)
        and record.confirmed_at is not None
        and record.confirmed_at <= look.papers.at.moment
    ]
    quorate = [record for record in held if len(record.present_codes) >= record.quorum]
    invited = [record for record in held if party in record.invited_codes]
    came = [record for record in invited if party in record.present_codes]
    promised, over = terms["meetings"], look.today > last
    days = (last - first).days + 1
    expected = promised if over else floor(promised * max(0, (look.today - first).days) / days)
    attendance = 100 * len(came) / len(invited) if invited else None
    attends = terms["attendance"] is None or attendance is None or attendance >= terms["attendance"]
    said = _words(party, promised, expected, held, quorate, came, invited, terms["attendance"])

    def verdict(word: Word, colour: Colour | None, *, is_final: bool = False) -> Verdict:
        return look.verdict(
            commitment,
            party,
            word,
            said,
            evidence=[_paper(record) for record in held],
            value=float(len(quorate)),
            target=float(promised),
            expected_to_date=float(expected),
            attainment=len(quorate) / expected if expected else None,
            colour=colour,
            is_final=is_final,
        )

    if over:
        kept = len(quorate) >= promised and attends
        return verdict("met" if kept else "missed", "green" if kept else "red", is_final=True)
    if not held and not expected:
        return verdict("not due", None)
    if len(quorate) >= expected and attends:
        return verdict("on track", "green")
    return verdict(
        "at risk", "amber" if len(quorate) >= look.agreement.thresholds.at_least * expected else "red"
    )


def _words(
    party: str,
    promised: int,
    expected: int,
    held: Sequence[MeetingRecord],
    quorate: Sequence[MeetingRecord],
    came: Sequence[MeetingRecord],
    invited: Sequence[MeetingRecord],
    attendance: float | None,
) -> str:
    last = f", the last on {words_of(held[-1].held_on)}" if held else ""
    said = (
        f"{len(quorate)} quorate meetings of {promised} promised{last}; {expected} were to be held by now"
        f"{f', {len(held) - len(quorate)} had no quorum' if len(held) > len(quorate) else ''}."
    )
    if attendance is None or not invited:
        return said
    return f"{said} {party} came to {len(came)} of {len(invited)}; {attendance:g}% is promised."


def _paper(record: MeetingRecord) -> Evidence:
    return Evidence(
        None,
        record.group_code,
        "meeting",
        record.held_on.isoformat(),
        signed_at=record.written_at,
        signed_by=record.written_by,
    )
