"""The auditor: may this be published? It knows what the audience has been given, and no true value besides.

For each cell that is not told as one number it works out the least and the greatest value that the published figures
allow, and says whether that gives a small count away. It shares nothing with the suppressor, whose work it judges.
"Two blanks in every row and column" is not enough: sums over several rows and columns can pin a cell down.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from hub.statistics.disclosure.intervals import Contradiction, Interval, intervals
from hub.statistics.disclosure.model import Cell, Equation, Profile, Published, as_rounded, knowing

METHOD = "interval audit by integer programming"


class Verdict(StrEnum):
    """What a reader can work out of one cell; all but OK forbid the release."""

    EXACT = "exact"
    KNOWN_SMALL = "known_small"
    NARROW = "narrow"
    OK = "ok"


@dataclass(frozen=True, slots=True)
class Judged:
    """One cell: `interval` is what a reader can work out; seen in part where it is safe all the same."""

    cell: Cell
    interval: Interval
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Audit:
    """All cells that were judged; `contradiction` names published figures that cannot all be true."""

    method: str
    profile: Profile
    n_points: int
    cells: tuple[Judged, ...]
    contradiction: Contradiction | None
    warnings: tuple[str, ...] = ()

    @property
    def is_safe(self) -> bool:
        return self.contradiction is None and not self.unsafe

    @property
    def unsafe(self) -> tuple[Judged, ...]:
        return tuple(judged for judged in self.cells if judged.verdict is not Verdict.OK)


Judge = Callable[[Cell, int, int | None], Verdict]


def audit(
    published: Published, sensitive: Collection[Cell], *, profile: Profile, solve_out: bool = False
) -> Audit:
    """Judges everything that one audience has, blanks of all releases together.

    sensitive: the cells whose true value is small; one of them that is told as a number counts as exact.
    solve_out: every interval to its ends; otherwise a cell that is seen to be safe is not solved further.
    """
    protected = frozenset(sensitive)

    def judge(cell: Cell, low: int, high: int | None) -> Verdict:
        if low == high:
            return Verdict.EXACT
        if cell not in protected or high is None:
            return Verdict.OK
        if high < profile.threshold:
            return Verdict.KNOWN_SMALL
        return Verdict.NARROW if high - low < profile.least_width else Verdict.OK

    return _audit(published, _unknown(published) | protected, profile, judge, solve_out)


def audit_insiders(
    published: Published,
    sensitive: Collection[Cell],
    insiders: Mapping[str, Mapping[Cell, int]],
    *,
    profile: Profile,
) -> dict[str, Audit]:
    """The same once for each insider, who knows its own cells; those need no protection from it and protect nothing."""
    return {
        name: audit(knowing(published, own), frozenset(sensitive) - own.keys(), profile=profile)
        for name, own in insiders.items()
    }


def audit_rounded(
    figures: Mapping[Cell, int],
    equations: tuple[Equation, ...],
    *,
    profile: Profile,
    solve_out: bool = False,
) -> Audit:
    """Judges figures rounded to 5, each from its own true value; a total rounded up can give away parts rounded down.

    Unsafe is a figure that can have one true value only, and one known to be above 0 and below the threshold.
    """

    def judge(_cell: Cell, low: int, high: int | None) -> Verdict:
        if low == high:
            return Verdict.EXACT
        is_small = low >= 1 and high is not None and high < profile.threshold
        return Verdict.KNOWN_SMALL if is_small else Verdict.OK

    published = as_rounded(figures, equations)
    return _audit(published, _unknown(published), profile, judge, solve_out)


def _audit(
    published: Published, cells: frozenset[Cell], profile: Profile, judge: Judge, solve_out: bool
) -> Audit:
    def is_enough(cell: Cell, low: int, high: int | None) -> bool:
        return not solve_out and judge(cell, low, high) is Verdict.OK

    found = intervals(published, sorted(cells), is_enough=is_enough)
    if isinstance(found, Contradiction):
        return Audit(
            METHOD, profile, len(cells), (), found, ("The published figures contradict each other.",)
        )
    judged = [
        Judged(cell, interval, judge(cell, interval.low, interval.high)) for cell, interval in found.items()
    ]
    return Audit(METHOD, profile, len(judged), tuple(judged), None)


def _unknown(published: Published) -> frozenset[Cell]:
    return frozenset(cell for cell, (low, high) in published.ranges.items() if low != high)
