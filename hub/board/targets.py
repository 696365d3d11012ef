"""What agreements in force promise of a measure: beside it on the scorecard, and as target and path of its own chart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from hub.agreements import kinds
from hub.agreements.judging import expected_path
from hub.agreements.kinds.level import FLOWS
from hub.agreements.model import Agreement, Commitment
from hub.agreements.papers import Span, periods_in
from hub.agreements.terms import aim, amount
from hub.agreements.totals import profile
from hub.agreements.versions import agreements_as_at
from hub.board.chart_inputs import figure
from hub.facts.moments import AsAt
from hub.measures.model import Measure
from hub.periods import Period

AT_LEAST, AT_MOST = "at_least", "at_most"


@dataclass(frozen=True)
class Aimed:
    """What a chart of the whole place is drawn beside: a target, and the path that was agreed to it."""

    level: float | None = None
    path: tuple[tuple[Period, float], ...] = ()
    at_most: bool = False


NOTHING_AIMED = Aimed()


@dataclass(frozen=True)
class Target:
    """A firm promise of a level or a trend, in force on the day."""

    agreement: str
    title: str
    commitment: Commitment
    terms: Mapping[str, Any]
    span: Span

    @property
    def way(self) -> str:
        if self.commitment.kind == "trend":
            return AT_LEAST if self.terms["better"] == "higher" else AT_MOST
        return str(self.terms["direction"])

    @property
    def level(self) -> float | None:
        """None where anything better than a baseline was promised."""
        return None if self.terms["target"] is None else float(self.terms["target"])

    @property
    def words(self) -> str:
        level = (
            self._better or f"{self.way.replace('_', ' ')} {figure(self.level or 0.0, 1).removesuffix('.0')}"
        )
        return f"{level} ({self.commitment.id})"

    def told(self, measure: Measure, at: AsAt) -> str:
        """What is promised, and what is expected by now where steps or a straight way were agreed."""
        last = self.span[1]
        level = self._better or aim(self.way, self.level or 0.0, measure.unit)
        said = f"{level}, until {last.day} {last:%B %Y}"
        if self._is_total(measure):
            return f"{said}, of all {measure.usual.replace('_', ' ')}s together"
        passed = [expected for period, expected in self.path(measure) if period.starts_on <= at.today]
        if not passed:
            return said
        how = "steps" if self.commitment.trajectory else "way"
        return f"{said}; by the agreed {how} {amount(passed[-1], measure.unit)} by now"

    def path(self, measure: Measure) -> tuple[tuple[Period, float], ...]:
        """What was agreed to expect of each period on the way; of a total, each period's own share by its profile."""
        periods = periods_in(self.span, measure.usual)
        if self._is_total(measure):
            weights = profile(self.terms, periods)
            whole = sum(weights.values())
            return tuple((period, (self.level or 0.0) * weight / whole) for period, weight in weights.items())
        expected = expected_path(self.commitment, self.terms, periods)
        return tuple(
            (period, value) for period, value in zip(periods, expected, strict=True) if value is not None
        )

    def as_aimed(self, measure: Measure) -> Aimed:
        level = None if self._is_total(measure) else self.level
        return Aimed(level, self.path(measure), at_most=self.way == AT_MOST)

    def _is_total(self, measure: Measure) -> bool:
        """Whether what is promised is a count of all its periods together, which is no line of one of them."""
        return measure.kind in FLOWS and self.terms.get("judged") == "whole"

    @property
    def _better(self) -> str:
        """What a trend without a target promises; nothing where there is a level."""
        baseline = self.commitment.baseline
        if self.level is not None or baseline is None:
            return ""
        return f"{self.terms['better']} than {figure(baseline.value, 1).removesuffix('.0')}"


def targets_as_at(
    session: Session, at: AsAt, may_read: Callable[[Agreement], bool]
) -> dict[str, tuple[Target, ...]]:
    """Measure → the promises of its level or trend, of the agreements that the reader may open."""
    found: dict[str, list[Target]] = {}
    for agreement in agreements_as_at(session, at.partnership_id, at.moment):
        if not may_read(agreement):
            continue
        for commitment in agreement.commitments:
            first, last = span = agreement.span(commitment)
            if (
                commitment.kind in ("level", "trend")
                and commitment.status == "firm"
                and first <= at.today <= last
            ):
                terms = kinds.read_terms(commitment)
                target = Target(agreement.code, agreement.title, commitment, terms, span)
                found.setdefault(terms["measure"], []).append(target)
    return {measure: tuple(targets) for measure, targets in found.items()}


def drawn_at(measure: Measure, targets: Sequence[Target]) -> Aimed:
    """The target and path of a chart of the whole place: of several promises those of the one that asks most, of a level
    before a total."""
    aimed = [
        each.as_aimed(measure)
        for each in targets
        if each.terms["of"] == "place" and each.terms["line"] is None and each.way in (AT_LEAST, AT_MOST)
    ]
    levels = [(each.level, each) for each in aimed if each.level is not None]
    totals = [
        (sum(value for _, value in each.path), each) for each in aimed if each.level is None and each.path
    ]
    for asked in (levels, totals):
        for is_at_most, most in ((False, max), (True, min)):
            own = [(size, each) for size, each in asked if each.at_most == is_at_most]
            if own:
                return most(own, key=lambda one: one[0])[1]
    return NOTHING_AIMED
