"""The disclosure gate: every series that leaves for a person passes it with the person's audience (security.md P8).

From readers outside the agency, small lines of a breakdown by a personal characteristic are read together (small_numbers);
where that is not enough the breakdown is withheld whole, and so is what is at the level of one school. Totals of an NHS
body, police force, council or area show exact, because a Board cannot act on what it cannot see.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from hub.definitions.model import WITHIN
from hub.measures.judged import JUDGED
from hub.measures.model import Point, Series
from hub.measures.profiles import chosen
from hub.measures.public import as_public
from hub.measures.several_agencies import FIRST_TOLD
from hub.measures.small_numbers import merged

PERSONAL = frozenset({"age_band", "ethnic_group", "category", "sex"})
READ_TOGETHER = frozenset({"count", "percent", "share", "mean", "rate"})  # kinds of which lines can be added
MONEY_WITHHELD = (
    "Not shown: money is read by those who pay, host or deliver, the Board and the regional office."
)
WITHHELD = "Not shown: the numbers in this breakdown are small enough to point to a child."
SCHOOLS_WITHHELD = "Schools are not shown one by one: their numbers are small enough to point to a child."
SCHOOLS_AS_ONE = "Schools are not shown one by one: by kind of agency they are one line."
OF_ONE_AGENCY = (
    "Not shown: what the partnership says of one agency’s answers is read by that agency and the data team."
)
OF_MEETINGS = "Not shown: who came to meetings is read by those who read the Board’s pages."


@dataclass(frozen=True)
class Audience:
    """Who reads: `exact` for the partnership's data team; `agencies` are the reader's own, shown exact to them.

    `money`: they may read what each party pays. `public` is anybody at all.
    """

    exact: bool = False
    agencies: frozenset[str] = frozenset()
    money: bool = False
    public: bool = False


OPERATOR = Audience(exact=True, money=True)
ANYBODY = Audience(public=True)


def hidden_from(audience: Audience, schools: frozenset[str]) -> frozenset[str]:
    """The schools that an audience is not shown one by one."""
    return frozenset() if audience.exact else schools - audience.agencies


def protect(series: Series, audience: Audience, *, owner: str | None = None) -> Series:
    """The series as the audience may see it. `owner` signed the figures, if one agency did."""
    if (
        series.measure.kind == "attendance"
    ):  # about bodies and no children: all who read the Board read it of each
        return replace(series, points=(), withheld=OF_MEETINGS) if audience.public else series
    if audience.exact or (owner is not None and owner in audience.agencies):
        series = replace(series, outside=None, first_told=False)
    elif series.outside is not None:
        series = replace(series, points=series.outside, outside=None)
    if audience.public:
        return as_public(series)
    if owner is not None and owner in audience.agencies:
        return series
    if series.finance and not audience.money:
        return replace(series, points=(), withheld=MONEY_WITHHELD)
    if audience.exact:
        return series
    if series.measure.judged:
        return _judged(series, audience, owner)
    if series.together is not None and series.measure.kind in READ_TOGETHER:
        shown = merged(series, series.together)
        if series.first_told and all(point.value is None for point in shown.points):
            return replace(shown, points=(), withheld=FIRST_TOLD)
        return shown
    if series.by == JUDGED:
        return _judged_rows(series, owner)
    if series.personal or series.by in PERSONAL:
        return replace(series, points=(), withheld=WITHHELD)
    hidden = hidden_from(audience, series.schools)
    if any(_agency_of(point, series.by) in hidden for point in series.points):
        kept = tuple(point for point in series.points if _agency_of(point, series.by) not in hidden)
        return replace(
            series,
            points=kept,
            withheld=SCHOOLS_AS_ONE if series.measure.reads_no_return else SCHOOLS_WITHHELD,
        )
    if owner in hidden:
        return replace(series, points=(), withheld=WITHHELD)
    return series


def _agency_of(point: Point, by: str | None) -> str:
    """The agency that a line speaks of: its own, or the one in whose line it lies."""
    line = point.lines.get(by or "", "")
    outer, within, _ = line.partition(WITHIN)
    return outer if by == "agency" or within else ""


def _judged_rows(series: Series, owner: str | None) -> Series:
    """Rows by what the partnership says of them. The lines of a period add to a total that everybody reads, so where one of
    them is of few agencies the others are not shown either."""
    if owner is not None:
        return replace(series, points=(), withheld=OF_ONE_AGENCY)
    fewest = chosen("partnership", series.disclosure_partnership).fewest_agencies
    few = {point.period for point in series.points if point.behind is not None and 0 < point.behind < fewest}
    kept = tuple(point for point in series.points if point.period not in few)
    return replace(series, points=kept, withheld=_of_few(fewest) if few else None)


def _of_few(fewest: int) -> str:
    return f"Not shown where a line is of fewer than {fewest} agencies: it could be read off as one agency’s own."


def _judged(series: Series, audience: Audience, owner: str | None) -> Series:
    """What the partnership says of an agency's own answers is for that agency; others read it of several together."""
    if owner is not None:
        return replace(series, points=(), withheld=OF_ONE_AGENCY)
    if series.by == "agency":
        kept = tuple(point for point in series.points if point.lines["agency"] in audience.agencies)
        return replace(series, points=kept, withheld=OF_ONE_AGENCY)
    fewest = chosen("partnership", series.disclosure_partnership).fewest_answers
    kept = tuple(point for point in series.points if not 0 < (point.denominator or 0) < fewest)
    return replace(series, points=kept)
