"""What an audience has been given: for every cell the values that it may have, and the sums that tie cells together.

Two-way margins, hierarchies, a quarter of three months, a year to date, and a total that two tables share are all
the same kind of equation. Everything that one audience has or will have belongs into one `Published`: joined by
`together`, in which a cell is one unknown under one name however often it was shown. A corrected figure is another
unknown with a name of its own (its revision in the name). What is missing is not a cell: a total over those that
returned is the sum of those.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Cell = tuple[str, ...]
# Least and greatest value that a reader was told; None: no greatest.
Range = tuple[int, int | None]

TOTAL = "total"
ROUNDING_BASE = 5


@dataclass(frozen=True, slots=True)
class Equation:
    """A total is the sum of its parts."""

    total: Cell
    parts: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """How counts are protected for one audience; named, and kept as data by the caller.

    threshold: a count of 1 up to, not including, this is sensitive, in margins too.
    zeros:     `shown` always, and readers know it; or blanked as partners of small counts.
    width:     how far apart the ends of what a reader can work out must lie; None: threshold - 1.
    """

    name: str
    threshold: int = 5
    zeros: Literal["shown", "may be blanked"] = "may be blanked"
    method: Literal["suppress", "round5", "none"] = "suppress"
    width: int | None = None

    @property
    def least_blank(self) -> int:
        """The least value that a reader must allow for in a blank."""
        return 1 if self.zeros == "shown" else 0

    @property
    def least_width(self) -> int:
        return self.threshold - 1 if self.width is None else self.width


@dataclass(frozen=True, slots=True)
class Published:
    """Cells with what was told of each (a shown value is a range of one), and equations that everybody knows."""

    ranges: Mapping[Cell, Range]
    equations: tuple[Equation, ...]

    def __post_init__(self) -> None:
        for equation in self.equations:
            unknown = [cell for cell in (equation.total, *equation.parts) if cell not in self.ranges]
            if unknown:
                raise ValueError(f"The sum {equation.total} speaks of {unknown[0]}, which is no cell.")


def with_blanks(
    values: Mapping[Cell, int], blank: Collection[Cell], equations: Iterable[Equation], *, least: int
) -> Published:
    """A table as it is shown with blanks; of a blank only `least` is known. True values of blanks go no further."""
    ranges: dict[Cell, Range] = {
        cell: (least, None) if cell in blank else (value, value) for cell, value in values.items()
    }
    return Published(ranges, tuple(equations))


def as_rounded(figures: Mapping[Cell, int], equations: Iterable[Equation]) -> Published:
    """Figures rounded to the nearest 5: each stands for two less to two more. The equations hold for true values."""
    reach = ROUNDING_BASE // 2
    ranges: dict[Cell, Range] = {
        cell: (max(0, figure - reach), figure + reach) for cell, figure in figures.items()
    }
    return Published(ranges, tuple(equations))


def together(*releases: Published) -> Published:
    """Everything that one audience was given: of a cell it knows what all releases allow."""
    ranges: dict[Cell, Range] = {}
    for release in releases:
        for cell, told in release.ranges.items():
            ranges[cell] = _both(ranges.get(cell, told), told)
    return Published(ranges, tuple(dict.fromkeys(e for release in releases for e in release.equations)))


def knowing(published: Published, own: Mapping[Cell, int]) -> Published:
    """What an insider has, who knows its own cells."""
    known: dict[Cell, Range] = {cell: (value, value) for cell, value in own.items()}
    return Published({**published.ranges, **known}, published.equations)


def two_way(rows: Sequence[str], columns: Sequence[str], *, of: Cell = ()) -> tuple[Equation, ...]:
    """The sums of a table with margins; its cells are named (*of, row, column)."""
    across = [
        Equation((*of, row, TOTAL), tuple((*of, row, column) for column in columns)) for row in (*rows, TOTAL)
    ]
    down = [
        Equation((*of, TOTAL, column), tuple((*of, row, column) for row in rows))
        for column in (*columns, TOTAL)
    ]
    return (*across, *down)


def sensitive_cells(values: Mapping[Cell, int], profile: Profile) -> frozenset[Cell]:
    """The counts that are small enough to point at a child."""
    return frozenset(cell for cell, value in values.items() if 1 <= value < profile.threshold)


def _both(one: Range, other: Range) -> Range:
    highs = [high for high in (one[1], other[1]) if high is not None]
    return max(one[0], other[0]), min(highs) if highs else None
