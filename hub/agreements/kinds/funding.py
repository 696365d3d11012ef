"""A promise to pay: what the party has paid to a service so far against what was due by then.

Read from a measure of paid against due (JC03 unless another is named), by the service's line of the party's own
return; the figures are signed by its finance lead and never typed in here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from hub.agreements.figures import Figures, Wanted, figures
from hub.agreements.judging import Said, as_verdict, at_the_end, before_the_end, not_due, silence
from hub.agreements.look import Look, words_of
from hub.agreements.model import Agreement, Commitment
from hub.agreements.terms import Fault, amber_of, amount
from hub.agreements.verdict import Verdict
from hub.measures.model import Measure

PENCE = 100
SERVICE = "service"  # the breakdown of the returns


class Terms(Schema):
    service = fields.String(required=True)
    measure = fields.String(load_default="JC03")
    target = fields.Float(load_default=100, validate=validate.Range(min=0, max=100))
    amber = fields.Float(load_default=None, allow_none=True, validate=validate.Range(min=0, max=1))


def faults(
    agreement: Agreement, _commitment: Commitment, terms: Mapping[str, Any], measures: Mapping[str, Measure]
) -> Iterator[Fault]:
    if terms["measure"] not in measures:
        yield "measure", f"there is no measure “{terms['measure']}” (schemas/measures.yaml)."
    if terms["service"] not in {service.id for service in agreement.services}:
        yield "service", f"there is no service “{terms['service']}” in the agreement."


def judge(look: Look, commitment: Commitment, party: str, terms: Mapping[str, Any]) -> Verdict:
    found = figures(look, commitment, party, Wanted(terms["measure"], "party", (SERVICE, terms["service"])))
    amber = amber_of(look.agreement, "at_least", terms["amber"])
    said = not_due(found) or _said(found, float(terms["target"]), amber)
    return as_verdict(look, commitment, party, said, terms["target"], found)


def _said(found: Figures, target: float, amber: float) -> Said:
    if found.gaps:
        return silence(found, found.gaps)
    if not found.shown:
        return Said("not due", f"Nothing was due by {found.empty[-1].name}.")
    paid = sum(point.numerator or 0 for point in found.shown) / PENCE
    due = sum(point.denominator or 0 for point in found.shown) / PENCE
    value = 100 * paid / due
    said = (
        f"Paid {amount(paid, 'pounds')} of {amount(due, 'pounds')} due by {words_of(found.shown[-1].period.ends_on)} "
        f"({value:.0f}%); {target:g}% is promised."
    )
    if found.is_complete:
        return at_the_end(value, target, said, met=value >= target)
    return before_the_end(value, target, said, direction="at least", amber=amber)
