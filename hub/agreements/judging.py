"""What several kinds of commitment say alike: silence, colours before the end, and the verdict with its evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.agreements.figures import Figures
from hub.agreements.look import Look
from hub.agreements.model import Commitment
from hub.agreements.verdict import Verdict, Word
from hub.measures.model import Point
from hub.periods import Period, parse
from hub.statistics.not_computed import NotComputed
from hub.statistics.outturn import Colour, Direction, Outturn, grade
from hub.statistics.rates import proportion

PROTECTED = (
    "Not told: a verdict says the same to all its readers, and not all of them may read these figures, of a single school, of "
    "children of one age, group or concern, or of what was said of one agency’s answers. Whoever may finds them on the "
    "measure’s page."
)


@dataclass(frozen=True)
class Said:
    """What a kind says of a promise, before it becomes a verdict with its evidence."""

    word: Word
    reason: str
    value: float | None = None
    expected: float | None = None
    attainment: float | None = None
    colour: Colour | None = None
    outturn: Outturn | None = None
    interval: tuple[float, float] | None = None
    is_final: bool = False


def not_due(figures: Figures) -> Said | None:
    """Before the first figure has fallen due there is nothing to judge."""
    if figures.nothing_due:
        return Said("not due", "No figure for it has fallen due.")
    if not figures.shown and not figures.empty and not figures.gaps:
        return Said("not due", "No figure for it has come yet, and none is late.")
    return None


def silence(figures: Figures, gaps: Sequence[Period]) -> Said:
    """Rule (c) of design.md section 4: a party's own figures missing past a second due day count against it; else
    cannot tell, naming who and which period."""
    absent = figures.silence(gaps)
    if not absent:
        return Said(
            "cannot tell",
            f"Cannot tell yet: what some schools sent of {gaps[0].name} waits to be told with others’.",
        )
    bodies = {code for code, _ in figures.look.bodies(figures.party, (gaps[0].starts_on, gaps[-1].ends_on))}
    second = [
        (item, figures.look.papers.second_due_day(item)) for item, _ in absent if item.agency.code in bodies
    ]
    overdue = [item for item, day in second if day is not None and day <= figures.look.today]
    if overdue:
        names = ", ".join(item.period.name for item in overdue)
        return Said(
            "missed",
            f"Missed: not shown. {overdue[0].agency.name} has not signed {names}, and a second due day has passed.",
        )
    said = [
        f"{item.agency.name} signed {item.period.name} without this figure"
        if signed
        else f"{item.agency.name} has not signed {item.period.name}"
        for item, signed in absent
    ]
    more = f" and {len(said) - 5} more" if len(said) > 5 else ""
    return Said("cannot tell", f"Cannot tell, because {'; '.join(said[:5])}{more}.")


def whatever(figures: Figures, gaps: Sequence[Period]) -> str:
    """Rule (b): the answer is the same whatever the missing figures say. A half sentence that says so, or nothing."""
    if not gaps:
        return ""
    who = list(dict.fromkeys(item.agency.name for item, _ in figures.silence(gaps)))
    return f", whatever {' and '.join(who[:3]) or 'a missing figure'} sends"


def before_the_end(
    value: float, expected: float, said: str, *, direction: Direction, amber: float, **more: Any
) -> Said:
    """Green is on track; amber and red are at risk, with the reason."""
    attainment, colour = grade(value, expected, direction=direction, amber=amber)
    word: Word = "on track" if colour == "green" else "at risk"
    tail = "" if colour == "green" else f" That is {colour}."
    return Said(
        word, f"{said}{tail}", value=value, expected=expected, attainment=attainment, colour=colour, **more
    )


def at_the_end(value: float, target: float, said: str, *, met: bool, **more: Any) -> Said:
    """Everything has come: met or missed, and nothing can change it but a correction."""
    return Said(
        "met" if met else "missed",
        said,
        value=value,
        expected=target,
        colour="green" if met else "red",
        is_final=True,
        **more,
    )


def expected_by(commitment: Commitment, period: Period, target: float) -> float:
    """What the agreed trajectory expects by the end of a period; without one, the target from the first day."""
    if not commitment.trajectory:
        return target
    reached = [value for code, value in commitment.trajectory if parse(code).ends_on <= period.ends_on]
    if reached:
        return reached[-1]
    return commitment.baseline.value if commitment.baseline else commitment.trajectory[0][1]


def expected_path(
    commitment: Commitment, terms: Mapping[str, Any], periods: Sequence[Period]
) -> tuple[float | None, ...]:
    """What is expected by the end of each period of a promise: by its agreed steps, or on a trend's straight way to its target."""
    target = terms.get("target")
    if target is not None and commitment.trajectory:
        return tuple(expected_by(commitment, period, float(target)) for period in periods)
    if target is not None and commitment.kind == "trend" and commitment.baseline:
        base = commitment.baseline.value
        return tuple(base + (float(target) - base) * (n + 1) / len(periods) for n in range(len(periods)))
    return tuple(None for _ in periods)


def wilson(figures: Figures, points: Sequence[Point]) -> tuple[float, float] | None:
    """The 95% interval of a share, so that a reader sees how much of it may be chance."""
    top = sum(point.numerator or 0 for point in points)
    bottom = sum(point.denominator or 0 for point in points)
    found = proportion(top, bottom, multiplier=100)
    if figures.measure.kind != "percent" or isinstance(found, NotComputed):
        return None
    return round(found.lower, 2), round(found.upper, 2)


def over_words(points: Sequence[Point]) -> str:
    """ "in April 2015", "over April 2015 to June 2015"."""
    first, last = points[0].period, points[-1].period
    if first == last:
        return f"in {first.name}"
    return f"over {first.starts_on:%B %Y} to {last.ends_on:%B %Y}"


def as_verdict(
    look: Look, commitment: Commitment, party: str, said: Said, target: float | None, *read: Figures
) -> Verdict:
    said = next((_without_figures(figures) for figures in read if figures.is_protected), said)
    measures: Mapping[str, str] = {
        figures.measure.id: look.papers.measure_digests.get(figures.measure.id, "") for figures in read
    }
    evidence = [paper for figures in read for paper in figures.evidence]
    return look.verdict(
        commitment,
        party,
        said.word,
        said.reason,
        evidence=evidence,
        value=_rounded(said.value),
        target=target,
        unit=read[0].measure.unit,
        expected_to_date=_rounded(said.expected),
        attainment=_rounded(said.attainment),
        colour=said.colour,
        outturn=said.outturn,
        interval=said.interval,
        is_final=said.is_final,
        measures=tuple(measures.items()),
    )


def _without_figures(figures: Figures) -> Said:
    """Met or missed would tell as much where little is promised, so neither is said; who sent nothing is."""
    if figures.gaps:
        return silence(figures, figures.gaps)
    return not_due(figures) or Said("cannot tell", PROTECTED)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
