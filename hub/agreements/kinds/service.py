"""A promise to deliver a jointly commissioned service: its activity against plan, and how long people wait.

Read from two measures (JC01 and JC02 unless others are named), by the service's line of its provider's return; both
must hold. The waiting standard is the agreement's own register's unless `waiting` says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from hub.agreements.figures import Figures, Wanted, figures
from hub.agreements.judging import Said, as_verdict, at_the_end, before_the_end, not_due, over_words, silence
from hub.agreements.kinds.funding import SERVICE
from hub.agreements.look import Look
from hub.agreements.model import Agreement, Commitment, Service
from hub.agreements.terms import Fault, amber_of
from hub.agreements.verdict import WORDS, Verdict
from hub.measures.model import Measure

PERCENT = validate.Range(min=0, max=200)


class Terms(Schema):
    service = fields.String(required=True)
    reported_by = fields.String(load_default=None, allow_none=True)  # else the first provider
    activity_measure = fields.String(load_default="JC01")
    activity = fields.Float(required=True, validate=PERCENT)
    waiting_measure = fields.String(load_default="JC02")
    waiting = fields.Float(load_default=None, allow_none=True, validate=PERCENT)
    amber = fields.Float(load_default=None, allow_none=True, validate=validate.Range(min=0, max=1))


def faults(
    agreement: Agreement, _commitment: Commitment, terms: Mapping[str, Any], measures: Mapping[str, Measure]
) -> Iterator[Fault]:
    for key in ("activity_measure", "waiting_measure"):
        if terms[key] not in measures:
            yield key, f"there is no measure “{terms[key]}” (schemas/measures.yaml)."
    if terms["service"] not in {service.id for service in agreement.services}:
        yield "service", f"there is no service “{terms['service']}” in the agreement."


def aims(terms: Mapping[str, Any]) -> dict[str, tuple[float, str]]:
    said = {"activity": terms["activity"], "waiting": terms["waiting"]}
    return {name: (value, "higher") for name, value in said.items() if value is not None}


def judge(look: Look, commitment: Commitment, party: str, terms: Mapping[str, Any]) -> Verdict:
    amber = amber_of(look.agreement, "at_least", terms["amber"])
    line, reporter = (SERVICE, terms["service"]), _reporter(look, terms)
    done = figures(
        look, commitment, party, Wanted(terms["activity_measure"], "party", line, reporter=reporter)
    )
    said = _part(done, "of the activity planned was delivered", terms["activity"], amber)
    target = _waiting_target(look.agreement, terms)
    if target is None:
        return as_verdict(look, commitment, party, said, terms["activity"], done)
    waits = figures(
        look, commitment, party, Wanted(terms["waiting_measure"], "party", line, reporter=reporter)
    )
    waited = _part(waits, "were seen within the time agreed", target, amber)
    return as_verdict(look, commitment, party, _both(said, waited), terms["activity"], done, waits)


def _service(agreement: Agreement, terms: Mapping[str, Any]) -> Service:
    return next(one for one in agreement.services if one.id == terms["service"])


def _reporter(look: Look, terms: Mapping[str, Any]) -> str:
    """Whoever delivers the service says what it did."""
    return terms["reported_by"] or _service(look.agreement, terms).providers[0]


def _waiting_target(agreement: Agreement, terms: Mapping[str, Any]) -> float | None:
    if terms["waiting"] is not None:
        return float(terms["waiting"])
    waiting = _service(agreement, terms).waiting
    return waiting.percent if waiting else None


def _part(found: Figures, what: str, target: float, amber: float) -> Said:
    early = not_due(found)
    if early or found.gaps:
        return early or silence(found, found.gaps)
    value = found.over(found.shown)
    if value is None:
        return Said("cannot tell", f"There was nothing to count for “{what}”.")
    said = f"{value:.0f}% {what} {over_words(found.shown)}; {target:g}% is promised."
    if found.is_complete:
        return at_the_end(value, target, said, met=value >= target)
    return before_the_end(value, target, said, direction="at least", amber=amber)


def _both(activity: Said, waiting: Said) -> Said:
    """The worse of the two, with both sentences; the number is the activity's."""
    worse = min((activity, waiting), key=lambda said: WORDS.index(said.word))
    if activity.reason == waiting.reason:
        return worse
    return Said(
        worse.word,
        f"{activity.reason} {waiting.reason}",
        value=activity.value,
        expected=activity.expected,
        attainment=activity.attainment,
        colour=worse.colour,
        is_final=activity.is_final and waiting.is_final,
    )
