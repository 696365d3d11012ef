"""A promise to fill posts: full-time equivalents at the end of each quarter against the number that was agreed.

Read from the workforce return (WF02 unless another is named). `posts` is the number promised here; without it the
party's own agreed number is the measure, which it could lower by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from hub.agreements.figures import Figures, Wanted, figures
from hub.agreements.judging import Said, as_verdict, at_the_end, before_the_end, not_due, silence, whatever
from hub.agreements.look import Look, words_of
from hub.agreements.model import Agreement, Commitment
from hub.agreements.terms import Fault, amber_of, measure_faults
from hub.agreements.verdict import Verdict
from hub.measures.model import Measure, Point

HUNDREDTHS = 100


class Terms(Schema):
    measure = fields.String(load_default="WF02")
    posts = fields.Float(
        load_default=None, allow_none=True, validate=validate.Range(min=0, min_inclusive=False)
    )
    target = fields.Float(load_default=95, validate=validate.Range(min=0, max=100))
    judged = fields.String(load_default="each", validate=validate.OneOf(("each", "last")))
    amber = fields.Float(load_default=None, allow_none=True, validate=validate.Range(min=0, max=1))


def faults(
    agreement: Agreement, commitment: Commitment, terms: Mapping[str, Any], measures: Mapping[str, Measure]
) -> Iterator[Fault]:
    yield from measure_faults(agreement, commitment, terms, measures)


def aims(terms: Mapping[str, Any]) -> dict[str, tuple[float, str]]:
    said = {"posts": terms["posts"], "target": terms["target"]}
    return {name: (value, "higher") for name, value in said.items() if value is not None}


def judge(look: Look, commitment: Commitment, party: str, terms: Mapping[str, Any]) -> Verdict:
    found = figures(look, commitment, party, Wanted(terms["measure"], "party"))
    said = not_due(found) or _said(found, terms, amber_of(look.agreement, "at_least", terms["amber"]))
    return as_verdict(look, commitment, party, said, terms["target"], found)


def _said(found: Figures, terms: Mapping[str, Any], amber: float) -> Said:
    target = float(terms["target"])
    filled = [(point, _percent(point, terms["posts"])) for point in found.shown]
    short = [(point, value) for point, value in filled if value < target]
    if terms["judged"] == "each" and short:
        point, value = short[-1]
        words = f"{_words(point, value, terms)}{whatever(found, found.gaps)}; {target:g}% is promised each quarter."
        return Said("missed", words, value=value, expected=target, colour="red", is_final=True)
    if found.gaps:
        return silence(found, found.gaps)
    if not filled:
        return Said("cannot tell", "No posts were agreed in the quarters so far.")
    point, value = filled[-1]
    words = f"{_words(point, value, terms)}; {target:g}% is promised."
    if found.is_complete:
        return at_the_end(value, target, words, met=value >= target)
    return before_the_end(value, target, words, direction="at least", amber=amber)


def _agreed(point: Point, posts: float | None) -> float:
    return posts if posts is not None else (point.denominator or 0) / HUNDREDTHS


def _percent(point: Point, posts: float | None) -> float:
    agreed = _agreed(point, posts)
    return 100 * (point.numerator or 0) / HUNDREDTHS / agreed if agreed else 100.0


def _words(point: Point, value: float, terms: Mapping[str, Any]) -> str:
    filled, agreed = (point.numerator or 0) / HUNDREDTHS, _agreed(point, terms["posts"])
    return (
        f"{filled:.2f} of {agreed:.2f} posts were filled on {words_of(point.period.ends_on)} ({value:.0f}%)"
    )
