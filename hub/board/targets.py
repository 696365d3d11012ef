"""What agreements in force promise of a measure's level: beside it on the scorecard, and as the target of its own chart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from hub.agreements import kinds
from hub.agreements.judging import expected_by
from hub.agreements.kinds.level import FLOWS
from hub.agreements.model import Agreement, Commitment
from hub.agreements.terms import aim, amount
from hub.agreements.versions import agreements_as_at
from hub.board.chart_inputs import figure
from hub.facts.queries import AsAt
from hub.measures.model import Measure
from hub.periods import containing


@dataclass(frozen=True)
class Target:
    """A firm promise of a level, in force on the day, until its last day."""

    agreement: str
    title: str
    commitment: Commitment
    terms: Mapping[str, Any]
    last: date

    @property
    def words(self) -> str:
        way = str(self.terms["direction"]).replace("_", " ")
        return f"{way} {figure(float(self.terms['target']), 1).removesuffix('.0')} ({self.commitment.id})"

    def told(self, measure: Measure, at: AsAt) -> str:
        """What is promised, and what is expected by now where steps were agreed."""
        target = float(self.terms["target"])
        said = (
            f"{aim(self.terms['direction'], target, measure.unit)}, until {self.last.day} {self.last:%B %Y}"
        )
        if not self.commitment.trajectory:
            return said
        expected = expected_by(self.commitment, containing(at.today, measure.usual), target)
        return f"{said}; by the agreed steps {amount(expected, measure.unit)} by now"


def targets_as_at(
    session: Session, at: AsAt, may_read: Callable[[Agreement], bool]
) -> dict[str, tuple[Target, ...]]:
    """Measure → the promises of its level, of the agreements that the reader may open."""
    found: dict[str, list[Target]] = {}
    for agreement in agreements_as_at(session, at.partnership_id, at.moment):
        if not may_read(agreement):
            continue
        for commitment in agreement.commitments:
            first, last = agreement.span(commitment)
            if commitment.kind == "level" and commitment.status == "firm" and first <= at.today <= last:
                terms = kinds.read_terms(commitment)
                target = Target(agreement.code, agreement.title, commitment, terms, last)
                found.setdefault(terms["measure"], []).append(target)
    return {measure: tuple(targets) for measure, targets in found.items()}


def drawn_at(measure: Measure, targets: Sequence[Target]) -> float | None:
    """The line of a chart of the whole place: of several promises the one that asks most. A total of a year is no line of months."""
    levels = [
        (str(each.terms["direction"]), float(each.terms["target"]))
        for each in targets
        if each.terms["of"] == "place"
        and each.terms["line"] is None
        and not (measure.kind in FLOWS and each.terms["judged"] == "whole")
    ]
    for way, most in (("at_least", max), ("at_most", min)):
        own = [target for direction, target in levels if direction == way]
        if own:
            return most(own)
    return None
