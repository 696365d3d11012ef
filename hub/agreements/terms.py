"""What kinds of commitment have in common in the file: which measure, of whom, which way, how it is graded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from marshmallow import Schema, fields, validate

from hub.agreements.figures import Wanted
from hub.agreements.model import Agreement, Commitment
from hub.agreements.papers import periods_in
from hub.definitions.catalogue import shipped
from hub.measures.model import Measure
from hub.statistics.outturn import Direction

Way = Literal["at_least", "at_most", "within"]
Fault = tuple[str, str]  # (key, cause)


class OfMeasure(Schema):
    """A measure of the party itself or of the whole place, or of one line of a breakdown: `line: {partner: health}`."""

    measure = fields.String(required=True)
    of = fields.String(required=True, validate=validate.OneOf(("party", "place")))
    line = fields.Dict(
        fields.String(),
        fields.String(),
        load_default=None,
        allow_none=True,
        validate=validate.Length(equal=1),
    )
    coverage = fields.Float(load_default=100, validate=validate.Range(min=1, max=100))


def wanted(terms: Mapping[str, Any]) -> Wanted:
    line = next(iter(terms["line"].items())) if terms["line"] else None
    return Wanted(terms["measure"], terms["of"], line, terms["coverage"])


def measure_faults(
    agreement: Agreement, commitment: Commitment, terms: Mapping[str, Any], measures: Mapping[str, Measure]
) -> Iterator[Fault]:
    """Whether the measure exists and has a period within the promise's time."""
    measure = measures.get(terms["measure"])
    if measure is None:
        yield "measure", f"there is no measure “{terms['measure']}” (schemas/measures.yaml)."
        return
    if terms.get("line"):
        yield from _line_faults(measure, next(iter(terms["line"])))
    if measure.kind == "on_time":
        yield "measure", f"{measure.id} is about returns: use the kind “submission”."
    if measure.kind == "attendance":
        yield "measure", f"{measure.id} is about meetings: use the kind “process”."
    if not periods_in(agreement.span(commitment), measure.usual):
        kind = measure.usual.replace("_", " ")
        yield "measure", f"{measure.id} is worked out by {kind}, and no {kind} lies within the promise."


def _line_faults(measure: Measure, breakdown: str) -> Iterator[Fault]:
    """A line is of a breakdown that the return has; never of a personal one, whose small counts a verdict would show."""
    code = measure.sources[measure.usual].return_code
    asked = [definition for definition in shipped().returns if definition.code == code]
    if not asked:
        return
    known = {each.name: each for each in asked[-1].breakdowns}
    if breakdown not in known:
        yield "line", f"“{code}” has no breakdown “{breakdown}”. It has {', '.join(known)}."
    elif known[breakdown].personal:
        yield "line", f"“{breakdown}” is personal: a promise about it would show small counts of children."


def direction_of(way: Way) -> Direction:
    return "at least" if way == "at_least" else "at most"


def amber_of(agreement: Agreement, way: Way, own: float | None) -> float:
    """The edge between amber and red: the promise's own, else the agreement's."""
    if own is not None:
        return own
    return agreement.thresholds.at_least if way == "at_least" else agreement.thresholds.at_most


def aim(way: str, target: float, unit: str) -> str:
    words = {"at_least": "at least ", "at_most": "at most ", "within": "within ±"}[way]
    return f"{words}{amount(target, unit)}"


def amount(value: float, unit: str) -> str:
    """A number with its unit as a sentence has it: "81.5%", "1,024 contacts", "£66,000", "£1,250 a year"."""
    if unit.startswith("%"):
        return f"{round(value, 1):g}%"
    if unit.startswith("pounds"):
        return f"{'−' if value < 0 else ''}£{abs(value):,.0f}{unit.removeprefix('pounds')}"
    number = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
    return f"{number} {unit}".strip()
