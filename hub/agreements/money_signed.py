"""What happened with the money and the work, as payers, hosts and deliverers signed it: the quarters of one year that are over.

A line that a signed return leaves out stands for none; a return that did not come stands for nothing at all, and a sum
over it says which quarters it lacks. Every amount is in the figure's smallest unit (pence, hundredths of a post).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.definitions.models import FigureRow
from hub.facts.models import DimensionMember, Explanation, Words
from hub.facts.moments import AsAt
from hub.facts.queries import FactAsAt, facts_as_at
from hub.facts.revisions import RevisionAsAt, revisions_as_at
from hub.partners.models import Agency
from hub.periods import Period, within

CONTRIBUTIONS = "contributions"
JOINT_SERVICES = "joint-services"
SERVICE = "service"
PAYER = "payer"
NONE = frozenset({"nil", "not_applicable", "not_due"})  # answers that stand for no amount

Key = tuple[str, str, str, str, str, str]  # return, table, figure, agency, line, quarter


@dataclass(frozen=True)
class Amount:
    """A sum over quarters with the quarters for which it was not signed."""

    value: int = 0
    lacking: tuple[str, ...] = ()  # codes of quarters
    of: int = 0  # how many quarters it is over

    def __add__(self, other: Amount) -> Amount:
        lacking = tuple(sorted({*self.lacking, *other.lacking}))
        return Amount(self.value + other.value, lacking, max(self.of, other.of))

    @property
    def whole(self) -> bool:
        return not self.lacking


def added(amounts: Iterable[Amount]) -> Amount:
    return reduce(Amount.__add__, amounts, Amount())


@dataclass(frozen=True)
class Reason:
    """What an agency said to a question about one line of its return."""

    agency: str
    quarter: str
    line: str
    rule: str
    words: str

    def of(self, return_code: str) -> bool:
        """A rule's code begins with the name of its return."""
        return self.rule.startswith(f"{return_code}-")


class Signed:
    """One year of both returns as at a moment; remembers what several tables of a page share."""

    def __init__(self, session: Session, at: AsAt, year: Period) -> None:
        self.session, self.at, self.year = session, at, year
        self.quarters = tuple(each for each in within(year, "quarter") if each.ends_on < at.today)
        self.codes = {number: code for number, code in session.execute(select(Agency.id, Agency.code))}
        self.came: dict[tuple[str, str, str], RevisionAsAt] = {}
        self._facts: dict[Key, FactAsAt] = {}
        self._rows: set[tuple[str, str, str, str, str]] = set()  # return, table, agency, line, quarter
        for return_code in (CONTRIBUTIONS, JOINT_SERVICES):
            self._read(return_code)

    def _read(self, return_code: str) -> None:
        first, last = self.year.starts_on, self.year.ends_on
        for revision in revisions_as_at(self.session, self.at, return_code, first=first, last=last):
            self.came[return_code, self.codes[revision.agency_id], revision.period] = revision
        rows = self.session.execute(
            select(FigureRow.id, FigureRow.breakdown, FigureRow.name).where(
                FigureRow.return_code == return_code, FigureRow.breakdown.in_((SERVICE, PAYER))
            )
        )
        figures = {number: (table, name) for number, table, name in rows}
        facts = facts_as_at(self.session, self.at, list(figures), first=first, last=last)
        lines = self._lines({fact.dimension_set_id for fact in facts})
        for fact in facts:
            table, name = figures[fact.figure_id]
            line = lines[fact.dimension_set_id, table]
            key = (return_code, table, name, self.codes[fact.agency_id], line, fact.period)
            self._facts[key] = fact
            self._rows.add((return_code, table, self.codes[fact.agency_id], line, fact.period))

    def _lines(self, sets: set[int]) -> dict[tuple[int, str], str]:
        rows = self.session.execute(
            select(DimensionMember.dimension_set_id, DimensionMember.dimension, DimensionMember.code).where(
                DimensionMember.dimension_set_id.in_(sets)
            )
        )
        return {(number, dimension): code for number, dimension, code in rows}

    def reported(self, return_code: str) -> set[tuple[str, str]]:
        """(agency, service) of everything that stands in a return of the year."""
        return {
            (agency, line)
            for (code, table, _, agency, line, _), fact in self._facts.items()
            if code == return_code and table == SERVICE and (fact.value or 0) > 0
        }

    def amount(
        self,
        return_code: str,
        figure: str,
        agency: str,
        line: str,
        *,
        table: str = SERVICE,
        quarters: Sequence[Period] | None = None,
    ) -> Amount:
        """A figure of one line over quarters (those of the year that are over, unless others are named)."""
        span = self.quarters if quarters is None else quarters
        value, lacking = 0, []
        for quarter in span:
            found = self._one(return_code, table, figure, agency, line, quarter)
            if found is None:
                lacking.append(quarter.code)
            else:
                value += found
        return Amount(value, tuple(lacking), len(span))

    def latest(self, return_code: str, figure: str, agency: str, line: str) -> Amount:
        """A figure about the whole year, as last signed: forecasts and budgets are never added over quarters."""
        for quarter in reversed(self.quarters):
            if self._one(return_code, SERVICE, figure, agency, line, quarter) is not None:
                return self.amount(return_code, figure, agency, line, quarters=(quarter,))
        return self.amount(return_code, figure, agency, line, quarters=self.quarters[-1:])

    def _one(
        self, return_code: str, table: str, figure: str, agency: str, line: str, quarter: Period
    ) -> int | None:
        if (return_code, agency, quarter.code) not in self.came:
            return None
        fact = self._facts.get((return_code, table, figure, agency, line, quarter.code))
        if fact is None:  # the line was left out; or it is there, and this was never asked of it
            return None if (return_code, table, agency, line, quarter.code) in self._rows else 0
        if fact.state in NONE:
            return 0
        return fact.value if fact.state == "value" else None

    def reasons(self) -> list[Reason]:
        """The reasons that agencies gave when they were asked about lines of these returns, oldest first."""
        rows: dict[tuple[int, int | None], tuple[str, str]] = {
            (fact.revision_id, fact.row_no): (self.codes[fact.agency_id], key[4])
            for key, fact in self._facts.items()
            if key[1] == SERVICE
        }
        query = (
            select(Explanation.revision_id, Explanation.row_no, Explanation.code, Words.body)
            .join(
                Words,
                (Words.partnership_id == Explanation.partnership_id) & (Words.id == Explanation.words_id),
            )
            .where(
                Explanation.partnership_id == self.at.partnership_id,
                Explanation.revision_id.in_({revision.id for revision in self.came.values()}),
            )
        )
        quarters = {revision.id: revision.period for revision in self.came.values()}
        found = []
        for revision_id, row_no, rule, words in self.session.execute(query):
            if (revision_id, row_no) in rows:
                agency, line = rows[revision_id, row_no]
                found.append(Reason(agency, quarters[revision_id], line, rule, words or ""))
        return sorted(found, key=lambda reason: (reason.quarter, reason.agency))
