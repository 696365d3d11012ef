"""The kinds of history rules, each judging one submission's figures beside those signed before. Pure.

Floors come first: below them chance alone fires a rule, and noise teaches people to click through. Each finding carries
what it was compared with, and a weight by which the worst are asked first: where chance can be worked out, how many
noughts the odds against it have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from math import log, log10, pi
from statistics import fmean, median

from hub import periods
from hub.definitions.model import TOTAL, Definition, HistoryRule
from hub.periods import Period
from hub.statistics.plausible import modified_z, pair_p, poisson_p
from hub.units import UNITS, to_text
from hub.validation.outcome import OtherSide, Signed

Line = tuple[str, str]  # breakdown and code
WHOLE: Line = (TOTAL, "")
COUNTS = ("count", "children")  # units that chance moves as Poisson does
HEAVIEST = 300.0  # beyond what a float tells apart from never
COPIED = 20.0  # every cell the same: nothing is worse
YEAR = 12  # periods
RECENT = 3
UNASKED = 3.0  # a blank where a number was


@dataclass(frozen=True)
class Entry:
    """A cell as it is sent now."""

    row_no: int
    value: int | None
    state: str


@dataclass(frozen=True)
class Number:
    """An earlier number, and who signed it; blank where it stands in the same return."""

    period: Period
    value: int
    by: str


@dataclass(frozen=True)
class Noticed:
    """One thing that a rule asks about. Without a figure it is about the whole of a period."""

    rule: HistoryRule
    period: Period
    line: Line
    figure: str
    row_no: int
    value: int | None
    compared: str
    weight: float
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Look:
    """A submission's cells by period and line, beside what was signed before and what the other sides signed."""

    definition: Definition
    now: Mapping[str, Mapping[Line, Mapping[str, Entry]]]
    before: Mapping[str, Signed]  # by period
    other_sides: tuple[OtherSide, ...] = ()

    def number(self, period: Period, line: Line, figure: str) -> Number | None:
        """What stands for another period: in this return, else as signed."""
        own = self.now.get(period.code)
        if own is not None:
            entry = own.get(line, {}).get(figure)
            return Number(period, entry.value, "") if entry and entry.value is not None else None
        signed = self.before.get(period.code)
        value = signed.values.get(line[0], {}).get(line[1], {}).get(figure) if signed else None
        return Number(period, value, signed.by) if signed and value is not None else None

    def earlier(self, period: Period, line: Line, figure: str, most: int) -> list[Number | None]:
        """The periods before, the nearest first, None where there is no number."""
        found = []
        for _ in range(most):
            period = before(period)
            found.append(self.number(period, line, figure))
        return found

    def text(self, value: int, figure: str) -> str:
        return to_text(value, self.definition.figure(figure).unit)

    def said(self, number: Number, figure: str) -> str:
        """ "it was 118 in August 2014 (signed by Ann Smith)"."""
        signed = f"signed by {number.by}" if number.by else "in this return"
        return f"{self.text(number.value, figure)} in {number.period.name} ({signed})"


Kind = Callable[[Look, HistoryRule], Iterator[Noticed]]


@cache
def before(period: Period) -> Period:
    """The period just before one of its kind."""
    return periods.containing(period.starts_on.fromordinal(period.starts_on.toordinal() - 1), period.kind)


def cells(
    look: Look, rule: HistoryRule, *, tables: tuple[str, ...] = (TOTAL,), units: tuple[str, ...] = COUNTS
) -> Iterator[tuple[Period, Line, str, Entry]]:
    """The cells that a rule is asked of: those it names, or all of these tables and units."""
    asked = rule.breakdowns or tables
    for code, lines in look.now.items():
        period = periods.parse(code)
        for line, entries in lines.items():
            if asked and line[0] not in asked:
                continue
            for figure, entry in entries.items():
                if rule.figures and figure not in rule.figures:
                    continue
                if not units or look.definition.figure(figure).unit in units:
                    yield period, line, figure, entry


def change(look: Look, rule: HistoryRule) -> Iterator[Noticed]:
    """Far from the same period of last year and from the period before; without last year, far above a season's step from
    the period before (`alone`)."""
    for period, line, figure, entry in cells(look, rule, units=tuple(UNITS)):
        last_year = look.number(periods.a_year_before(period), line, figure)
        last = look.number(before(period), line, figure)
        if entry.value is None or (last_year is None and not _many(look, last, figure, rule)):
            continue
        numbers = [number for number in (last_year, last) if number is not None]
        percent = rule.parameters["percent" if last_year else "alone"]
        above = {entry.value > number.value for number in numbers}  # between the two, it is the season
        if len(above) == 1 and all(
            _differs(look, entry.value, number.value, figure, rule, percent) for number in numbers
        ):
            yield Noticed(
                rule, period, line, figure, entry.row_no, entry.value,
                f"it was {' and '.join(look.said(number, figure) for number in numbers)}",
                _weight(pair_p(_units(look, entry.value, figure), _units(look, numbers[0].value, figure))),
            )  # fmt: skip


def _units(look: Look, value: int, figure: str) -> int:
    return value // UNITS[look.definition.figure(figure).unit].per_unit


def _many(look: Look, number: Number | None, figure: str, rule: HistoryRule) -> bool:
    return number is not None and _units(look, number.value, figure) >= rule.parameters["cases"]


def _differs(look: Look, value: int, earlier: int, figure: str, rule: HistoryRule, percent: float) -> bool:
    if _units(look, earlier, figure) >= rule.parameters["cases"]:
        return abs(value - earlier) * 100 > percent * earlier
    counts = look.definition.figure(figure).unit in COUNTS
    return counts and pair_p(value, earlier) * rule.parameters["one_in"] < 1


def zero(look: Look, rule: HistoryRule) -> Iterator[Noticed]:
    """Nothing, after periods that all had something; not where last year had nothing then either.

    The mean is that of a year: the last periods alone were chosen for not being zero.
    """
    most = int(rule.parameters["periods"])
    for period, line, figure, entry in cells(look, rule):
        if entry.value != 0:
            continue
        numbers = [number for number in look.earlier(period, line, figure, most) if number is not None]
        last_year = look.number(periods.a_year_before(period), line, figure)
        seasonal = last_year is not None and last_year.value == 0
        if len(numbers) < most or seasonal or not all(number.value for number in numbers):
            continue
        year = look.earlier(period, line, figure, YEAR)
        mean = fmean(number.value for number in year if number is not None)
        if mean >= rule.parameters["mean"]:
            compared = f"it was {look.said(numbers[0], figure)}, and never 0 in the {most} periods before"
            yield Noticed(
                rule, period, line, figure, entry.row_no, 0, compared, min(mean / log(10), HEAVIEST)
            )


def blank(look: Look, rule: HistoryRule) -> Iterator[Noticed]:
    """Blank, where a number was sent last time."""
    for period, line, figure, entry in cells(look, rule, tables=(), units=()):
        last = look.number(before(period), line, figure) if entry.state == "missing" else None
        if last is not None:
            yield Noticed(
                rule, period, line, figure, entry.row_no, None, f"it was {look.said(last, figure)}",
                UNASKED + log10(1 + last.value),
            )  # fmt: skip


def alike(look: Look, rule: HistoryRule) -> Iterator[Noticed]:
    """The same number several periods running. A stock is so of itself, and what is promised in equal parts."""
    most = int(rule.parameters["periods"]) - 1
    for period, line, figure, entry in cells(look, rule):
        if (
            entry.value is None
            or entry.value < rule.parameters["mean"]
            or look.definition.figure(figure).stays
        ):
            continue
        numbers = [number for number in look.earlier(period, line, figure, most) if number is not None]
        if len(numbers) == most and all(number.value == entry.value for number in numbers):
            # two counts of a mean m are equal about once in √(4πm)
            odds = most * log10(4 * pi * entry.value) / 2
            compared = f"it was {' and '.join(look.said(number, figure) for number in numbers)}"
            yield Noticed(rule, period, line, figure, entry.row_no, entry.value, compared, odds)


def again(look: Look, rule: HistoryRule) -> Iterator[Noticed]:
    """The figures of the period before, in every cell that could have others."""
    stays = {figure.name for figure in look.definition.figures if figure.stays}
    for code, lines in look.now.items():
        period = periods.parse(code)
        signed = look.before.get(before(period).code)
        sent: dict[tuple[Line, str], int] = {
            (line, figure): entry.value
            for line, entries in lines.items()
            for figure, entry in entries.items()
            if entry.value and figure not in stays
        }
        few = len(sent) < rule.parameters["cells"] or max(sent.values()) < rule.parameters["mean"]
        if signed is None or few or before(period).code in look.now:
            continue
        earlier = {
            ((table, line), figure): value
            for table, of_table in signed.values.items()
            for line, figures in of_table.items()
            for figure, value in figures.items()
            if value and figure not in stays
        }
        if sent == earlier:
            (line, figure) = next(iter(sent))
            compared = f"{before(period).name}, signed by {signed.by}"
            yield Noticed(rule, period, WHOLE, "", lines[line][figure].row_no, None, compared, COPIED)


def gap(look: Look, rule: HistoryRule) -> Iterator[Noticed]:
    """Away from what the other side of a pair signed. Neither side is presumed wrong."""
    sides = {(side.period, side.code): side for side in look.other_sides if side.rule == rule.code}
    for period, line, figure, entry in cells(look, rule):
        side = sides.get((period.code, line[1]))
        if side is None or entry.value is None or min(entry.value, side.value) < rule.parameters["cases"]:
            continue
        apart = abs(entry.value - side.value)
        if apart >= rule.parameters["least"] and apart * 100 > rule.parameters["percent"] * side.value:
            compared = f"{side.agency} signed {look.text(side.value, figure)} for {period.name}"
            weight = max(1.0, _weight(pair_p(entry.value, side.value)))
            yield Noticed(
                rule,
                period,
                line,
                figure,
                entry.row_no,
                entry.value,
                compared,
                weight,
                {"agency": side.agency},
            )


def hundreds(look: Look, rule: HistoryRule) -> Iterator[Noticed]:
    """Round hundreds in every cell that could hold one."""
    to = int(rule.parameters["to"])
    large: dict[Period, list[tuple[Line, str, Entry]]] = {}
    for period, line, figure, entry in cells(look, rule, tables=()):
        if entry.value is not None and entry.value >= to:
            large.setdefault(period, []).append((line, figure, entry))
    for period, found in large.items():
        if len(found) >= rule.parameters["cells"] and all(
            (entry.value or 0) % to == 0 for *_, entry in found
        ):
            shown = ", ".join(look.text(entry.value or 0, figure) for _line, figure, entry in found[:3])
            compared = f"{shown}{' and so on' if len(found) > 3 else ''}"
            row_no = found[0][2].row_no
            yield Noticed(rule, period, WHOLE, "", row_no, None, compared, min(2.0 * len(found), HEAVIEST))


def outlier(look: Look, rule: HistoryRule) -> Iterator[Noticed]:
    """Alone among its last two years: by the modified z, or in a series that hardly moves by exact Poisson alone.

    Poisson must agree with the modified z as well: where a median is small the median deviation is one or two, and
    chance passes three and a half of those every few months. A number is not alone where one of the last periods, or the
    same one of last year, stood as far out on the same side: a new level is asked about once, a season never.
    """
    most, least = (int(rule.parameters[name]) for name in ("periods", "least"))
    for period, line, figure, entry in cells(look, rule):
        earlier = look.earlier(period, line, figure, most)
        values = [number.value for number in earlier if number is not None]
        if entry.value is None or len(values) < least:
            continue
        side = _stands_out(entry.value, values, rule)
        others = (look.number(periods.a_year_before(period), line, figure), *earlier[:RECENT])
        if side and all(other is None or _stands_out(other.value, values, rule) != side for other in others):
            last = next(number for number in earlier if number is not None)
            middle = median([*values, entry.value])
            yield Noticed(
                rule, period, line, figure, entry.row_no, entry.value,
                f"last it was {look.said(last, figure)}",
                _weight(poisson_p(entry.value, middle)) if middle else 1.0,
                {"median": look.text(int(middle), figure)},
            )  # fmt: skip


def _stands_out(value: int, others: list[int], rule: HistoryRule) -> int:
    """1 above, -1 below, 0 where it does not."""
    numbers = [*others, value]
    middle = median(numbers)
    z = modified_z(value, numbers)
    if not middle or (z is not None and abs(z) < rule.parameters["limit"]):
        return 0
    return 0 if poisson_p(value, middle) * rule.parameters["one_in"] >= 1 else 1 if value > middle else -1


def _weight(p: float) -> float:
    return HEAVIEST if p <= 0 else min(-log10(p), HEAVIEST)


KINDS: Mapping[str, Kind] = {
    "change": change,
    "zero": zero,
    "blank": blank,
    "alike": alike,
    "again": again,
    "gap": gap,
    "round": hundreds,
    "outlier": outlier,
}
