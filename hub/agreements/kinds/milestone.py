"""A promise to have done something by a date: written by one person with its evidence, confirmed by another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from marshmallow import Schema, fields, validate

from hub.agreements.look import Look, words_of
from hub.agreements.model import Agreement, Commitment
from hub.agreements.terms import Fault
from hub.agreements.verdict import Evidence, Verdict, Word
from hub.measures.model import Measure


class Terms(Schema):
    by = fields.Date(required=True)
    warn_days = fields.Integer(load_default=30, strict=True, validate=validate.Range(min=0, max=366))


def faults(
    agreement: Agreement, commitment: Commitment, terms: Mapping[str, Any], _: Mapping[str, Measure]
) -> Iterator[Fault]:
    begins_on, ends_on = agreement.span(commitment)
    if not begins_on <= terms["by"] <= ends_on:
        yield "by", "lies outside the time in which the promise holds."


def aims(terms: Mapping[str, Any]) -> dict[str, tuple[float, str]]:
    """No number: how far into its year it is to be done says nothing of ambition."""
    return {}


def judge(look: Look, commitment: Commitment, party: str, terms: Mapping[str, Any]) -> Verdict:
    by, due = terms["by"], words_of(terms["by"])
    reports = look.reports(commitment, party)
    confirmed = [
        report for report in reports if report.confirmed_at and report.confirmed_at <= look.papers.at.moment
    ]
    evidence = [
        Evidence(
            None,
            party,
            "milestone",
            f"{report.done_on.isoformat()}: {report.evidence}",
            number=2 if report in confirmed else 1,
            signed_at=report.written_at,
            signed_by=report.written_by,
        )
        for report in reports
    ]

    def verdict(word: Word, reason: str, *, is_final: bool = False) -> Verdict:
        return look.verdict(commitment, party, word, reason, evidence=evidence, is_final=is_final)

    if confirmed:
        done = confirmed[-1].done_on  # a later report that was confirmed corrects the one before
        if done <= by:
            return verdict("met", f"Done on {words_of(done)}, due by {due}, and confirmed.", is_final=True)
        return verdict("missed", f"Done on {words_of(done)}, after {due}.", is_final=True)
    if look.today > by:
        if any(report.done_on <= by for report in reports):
            return verdict("at risk", f"It was due by {due}: reported but not confirmed.")
        if reports:
            late = words_of(reports[-1].done_on)
            return verdict("missed", f"Reported as done on {late}, after {due}; not confirmed yet.")
        return verdict("missed", f"It was due by {due}: nothing has been reported.")
    if reports:
        return verdict("on track", f"Reported as done, due by {due}; another person has still to confirm it.")
    if by - look.today > timedelta(days=terms["warn_days"]):
        return verdict("not due", f"Due by {due}.")
    return verdict("at risk", f"Due by {due}, and nothing has been reported.")
