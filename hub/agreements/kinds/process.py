"""A promise to meet: so many meetings of a group, each with its quorum, and the party there often enough.

Judged on the meetings of the group whose record of who came was written by one person and confirmed by another. A meeting
that nobody recorded was not held: silence shelters nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import floor
from typing import Any

from marshmallow import Schema, fields, validate

from hub.agreements.look import Look, words_of
from hub.agreements.model import Commitment
from hub.agreements.verdict import MEETING, Evidence, Verdict, Word
from hub.meetings.read import Attendance, Meeting, attendance_by_body
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
        (meeting, meeting.confirmed)
        for meeting in look.meetings(terms["group"])
        if first <= meeting.held_on <= min(last, look.today) and meeting.confirmed is not None
    ]
    quorate = [meeting for meeting, _ in held if meeting.is_quorate]
    by_body = attendance_by_body((meeting for meeting, _ in held), first, last)
    own = next((each for each in by_body if each.body == party), None)
    promised, over = terms["meetings"], look.today > last
    days = (last - first).days + 1
    expected = promised if over else floor(promised * max(0, (look.today - first).days) / days)
    attends = terms["attendance"] is None or own is None or own.percent >= terms["attendance"]
    said = _words(promised, expected, [meeting for meeting, _ in held], len(quorate))
    if terms["attendance"] is not None and own is not None:
        said += f" {look.papers.agency(party).name} came to {own.came} of {own.invited}; {terms['attendance']:g}% is promised."

    def verdict(word: Word, colour: Colour | None, *, is_final: bool = False) -> Verdict:
        return look.verdict(
            commitment,
            party,
            word,
            said,
            evidence=[_paper(meeting, who) for meeting, who in held],
            value=float(len(quorate)),
            target=float(promised),
            unit="meetings",
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


def _words(promised: int, expected: int, held: Sequence[Meeting], quorate: int) -> str:
    last = f", the last on {words_of(held[-1].held_on)}" if held else ""
    return (
        f"{quorate} quorate meetings of {promised} promised{last}; {expected} were to be held by now"
        f"{f', {len(held) - quorate} had no quorum' if len(held) > quorate else ''}."
    )


def _paper(meeting: Meeting, who: Attendance) -> Evidence:
    return Evidence(
        None,
        meeting.group_code,
        MEETING,
        meeting.held_on.isoformat(),
        signed_at=who.written_at,
        signed_by=who.written_by,
    )
