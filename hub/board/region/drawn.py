"""The chart of a promise: its measure by period with target and trajectory; where it has no measure, what its verdicts said.

The figures are those that the verdict was worked out from, through the disclosure gate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from hub.agreements import kinds
from hub.agreements.figures import Figures, figures
from hub.agreements.judging import expected_path
from hub.agreements.kinds.level import FLOWS
from hub.agreements.look import Look
from hub.agreements.model import Commitment
from hub.agreements.terms import wanted
from hub.agreements.totals import profile
from hub.agreements.watch.watched import Line
from hub.board.chart_inputs import NOW, LineChart, Series
from hub.errors import UnknownDefinition
from hub.measures.model import AGENCY, Asked
from hub.measures.protect import WITHHELD, Audience, protect
from hub.periods import Period

VALUE, EXPECTED, TARGET = "Signed", "Expected by then", "Promised"
OTHERWISE = "Not drawn: what single schools sent is in these figures and is told to others together with other schools’ alone."
Values = tuple[float | None, ...]


@dataclass(frozen=True)
class Drawn:
    """A chart with the table behind it; `note` says what its numbers are, `withheld` why there are none."""

    chart: LineChart | None
    note: str = ""
    withheld: str | None = None

    @property
    def rows(self) -> list[tuple[str, Values]]:
        """A row for each period: its name, and the number of each line."""
        if self.chart is None:
            return []
        columns = zip(*(series.values for series in self.chart.series), strict=True)
        return list(zip(self.chart.periods, columns, strict=True))


def drawn(look: Look, line: Line, audience: Audience) -> Drawn:
    """The chart of one promise of one party, as far as it has numbers."""
    if "measure" in line.commitment.terms and line.commitment.kind in ("level", "trend"):
        try:
            return _of_measure(look, line, audience)
        except UnknownDefinition as error:
            return Drawn(None, withheld=error.sentence)
    return _of_looks(line)


def _of_measure(look: Look, line: Line, audience: Audience) -> Drawn:
    commitment, terms = line.commitment, kinds.read_terms(line.commitment)
    found = figures(look, commitment, line.party, wanted(terms))
    withheld = _withheld(look, found, terms, audience)
    if withheld:
        return Drawn(None, withheld=withheld)
    summed = terms.get("judged") == "whole" and found.measure.kind in FLOWS and terms["direction"] != "within"
    series = _summed(found, terms) if summed else _each(commitment, found, terms)
    until = max([0, *(place + 1 for place, each in enumerate(series[0].values) if each is not None)])
    if not until:
        return Drawn(None, note="No figure for it has come yet.")
    return Drawn(
        LineChart(
            id="measure",
            title=found.measure.name,
            unit=_axis(found.measure.unit),
            periods=tuple(short(period) for period in found.periods),
            series=tuple(each for each in series if any(value is not None for value in each.values)),
            decimals=found.measure.places,
        ),
        note=f"{found.measure.name}, {found.measure.unit}{', added up since the beginning' if summed else ''}. A gap is a "
        "figure that did not come; it is no zero.",
    )


def _withheld(look: Look, found: Figures, terms: dict[str, Any], audience: Audience) -> str | None:
    """What the gate says of these very points to this reader."""
    if found.is_protected and not audience.exact:
        return WITHHELD
    line = wanted(terms).line
    by = line[0] if line else AGENCY if terms["of"] == "party" else None
    span = (found.periods[0].starts_on, found.periods[-1].ends_on)
    series = look.papers.reading.series(
        found.measure, Asked(kind=found.measure.usual, first=span[0], last=span[1], by=by)
    )
    if series.outside is not None and not audience.exact:
        return OTHERWISE
    return protect(replace(series, points=tuple(found.points.values())), audience).withheld


def _each(commitment: Commitment, found: Figures, terms: dict[str, Any]) -> list[Series]:
    """Each period's own figure against what was promised of it."""
    shown = {point.period: point.value for point in found.shown}
    values = tuple(shown.get(period) for period in found.periods)
    target = terms.get("target")
    if target is None and commitment.kind == "trend" and commitment.baseline:
        target = commitment.baseline.value  # anything better than it was promised
    return [
        Series(VALUE, values, is_own=True),
        Series(EXPECTED, expected_path(commitment, terms, found.periods)),
        Series(TARGET, _flat(target, found.periods)),
        Series(
            f"{TARGET}, below",
            _flat(-terms["target"] if terms.get("direction") == "within" else None, found.periods),
        ),
    ]


def _summed(found: Figures, terms: dict[str, Any]) -> list[Series]:
    """A total as it grows; from a gap on it is not known."""
    weights = list(profile(terms, found.periods).values())
    shown = {point.period: point for point in found.shown}
    values: list[float | None] = []
    come = []
    for period in found.periods:
        is_known = len(values) == len([value for value in values if value is not None])
        if period in shown and is_known:
            come.append(shown[period])
        values.append(found.over(come) if is_known and (period in shown or period in found.empty) else None)
    target, whole = float(terms["target"]), sum(weights)
    expected = tuple(target * sum(weights[: n + 1]) / whole for n in range(len(weights)))
    return [
        Series(VALUE, tuple(values), is_own=True),
        Series(EXPECTED, expected),
        Series(TARGET, _flat(target, found.periods)),
    ]


def _axis(unit: str) -> str:
    return "%" if unit.startswith("%") else unit


def _flat(value: float | None, periods: Sequence[Period]) -> Values:
    return tuple(None if value is None else float(value) for _ in periods)


def _of_looks(line: Line) -> Drawn:
    """What the verdict counted at each look, in the unit of its target."""
    unit = _axis(line.verdict.unit)
    looks = [(f"{day:%b %Y}", past.value, past.target) for day, past in line.looks]
    looks.append((NOW, line.verdict.value, line.verdict.target))
    values = tuple(value for _, value, _ in looks)
    if all(value is None for value in values):
        return Drawn(
            None, note="This promise is judged by what was done, not by a number that could be drawn."
        )
    targets = tuple(target for _, _, target in looks)
    return Drawn(
        LineChart(
            id="measure",
            title=f"{line.commitment.id} at each look",
            unit=unit,
            periods=tuple(name for name, _, _ in looks),
            series=(Series(VALUE, values, is_own=True), Series(TARGET, targets)),
        ),
        note="What the verdict counted at the end of each month or quarter"
        + (", in per cent." if unit == "%" else "."),
    )


def short(period: Period) -> str:
    """A period under an axis."""
    return f"{period.starts_on:%b %Y}" if period.kind in ("month", "quarter", "term") else period.name
