"""A promise to have done something by a date: written by one person with its evidence, confirmed by another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from marshmallow import Schema, fields

from hub.agreements.look import Look
from hub.agreements.model import Commitment, Evidence, Verdict, Word

SOON = timedelta(days=30)


class Terms(Schema):
    by = fields.Date(required=True)


def judge(look: Look, commitment: Commitment, party: str, terms: dict[str, Any]) -> Verdict:
    by = terms["by"]
    reports = look.reports(commitment.id, party)
    confirmed = [
        report for report in reports if report.confirmed_at and report.confirmed_at <= look.at.moment
    ]
    evidence = tuple(
        Evidence(None, party, "milestone", f"{report.done_on.isoformat()}: {report.evidence}")
        for report in reports
    )

    def verdict(word: Word, reason: str) -> Verdict:
        return Verdict(commitment.id, party, word, reason, evidence=evidence)

    due = f"{by.day} {by:%B %Y}"
    if confirmed:
        done = confirmed[0].done_on
        day = f"{done.day} {done:%B %Y}"
        if done <= by:
            return verdict("met", f"Done on {day}, due by {due}, and confirmed.")
        return verdict("missed", f"Done on {day}, after {due}.")
    if look.today > by:
        said = "reported but not confirmed" if reports else "nothing has been reported"
        return (
            verdict("at risk", f"It was due by {due}: {said}.")
            if reports
            else verdict("missed", f"It was due by {due}: {said}.")
        )
    if reports:
        return verdict("on track", f"Reported as done, due by {due}; another person has still to confirm it.")
    if by - look.today > SOON:
        return verdict("not due", f"Due by {due}.")
    return verdict("at risk", f"Due by {due}, and nothing has been reported.")
