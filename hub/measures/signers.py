"""A measure's two sides by the agency that signed them, and what each had signed: what a change of it is split into."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import bindparam, select

from hub.definitions.models import PeriodRow
from hub.facts.models import Revision
from hub.facts.moments import AsAt
from hub.facts.signatures import SIGNED_BY
from hub.measures import coverage, sides
from hub.measures.compute import Reading
from hub.measures.model import AGENCY, Asked, Measure, Point
from hub.measures.points import Side
from hub.measures.sides import AREA
from hub.partners.models import Agency
from hub.periods import Period
from hub.statistics.change import Sides

POPULATION = ""  # stands below the line of a rate, and is no agency's


@dataclass(frozen=True)
class Standing:
    """One figure of the whole place or of an area, agency by agency.

    `above`, `below`: agency → the version of the questions that it had signed, of the return of either side, without those that
    wait to be told with others where the reading is for outsiders; `asked`: agencies that owed the return above.
    """

    point: Point
    by_agency: Mapping[str, Sides]
    above: Mapping[str, int]
    below: Mapping[str, int]
    asked: frozenset[str]

    @property
    def came(self) -> frozenset[str]:
        """The agencies that had signed what either side is counted in."""
        return frozenset(self.above.keys() & self.below.keys())

    @property
    def adds_up(self) -> bool:
        """Whether the agencies' figures give the whole's."""
        above = sum(each.above for each in self.by_agency.values())
        below = sum(each.below for each in self.by_agency.values())
        return above == self.point.numerator and below == (self.point.denominator or 0)


def standing(
    reading: Reading, definition: Measure, period: Period, *, area_id: int | None = None
) -> Standing | None:
    """A period's figure as a reading knows it, of the whole place or of an area; None where there is none."""
    source = definition.sources[period.kind]
    asked = Asked(kind=period.kind, first=period.starts_on, last=period.ends_on, area_id=area_id)
    point = next((one for one in reading.series(definition, asked).points if one.period == period), None)
    if point is None or point.value is None:
        return None
    at, whole = reading.place(source, asked)
    asked = replace(whole, by=AGENCY if area_id is None else AREA)
    # By signer, whatever the return itself counts by; figure by figure, as one that nobody answered hides the others.
    plain = replace(
        definition, numerators_by_breakdown={}, denominators_by_breakdown={}, whole_denominator_by=()
    )
    above = _summed(
        sides.numerator(reading.cells, plain, replace(source, numerator=(name,)), at, asked, by_agency=True)
        for name in source.numerator
    )
    below = _summed(
        sides.denominator(
            reading.cells, plain, replace(source, denominator=(name,)), at, asked, by_agency=True
        )
        for name in source.denominator
    )
    if definition.kind == "rate":
        below = {POPULATION: point.denominator or 0}
    signed = {
        code: _signed(reading, at, code, period, asked.agency_id)
        for code in {source.return_code, source.counted_below}
    }
    return Standing(
        point,
        {code: Sides(above.get(code, 0), below.get(code, 0)) for code in above.keys() | below.keys()},
        signed[source.return_code],
        signed[source.counted_below],
        frozenset(
            reading.session.scalars(coverage.asked(at, source.return_code, period, reading.cells.owing(at)))
        ),
    )


def _summed(figures: Iterable[Side | None]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for side in figures:
        if side is not None:
            found.update({agency: sums.value for (_, agency), sums in side.sums.items()})
    return dict(found)


def _signed(
    reading: Reading, at: AsAt, return_code: str, period: Period, agency_id: int | None
) -> dict[str, int]:
    """Agency → the version of the questions of what it had last signed for a period, or for a longer one around it."""
    waiting: Collection[int] = ()
    if reading.cells.outside:
        waiting = reading.cells.waiting(return_code, period.starts_on, period.ends_on).came.get(period, ())
    rows = reading.session.execute(
        _SIGNED,
        {
            "partnership_id": at.partnership_id,
            "return_code": return_code,
            "position": at.position,
            "starts_on": period.starts_on,
            "ends_on": period.ends_on,
        },
    )
    return {
        code: version
        for _, number, code, version in sorted(rows)
        if number not in waiting and agency_id in (None, number)
    }


_SIGNED = (
    select(Revision.position, Agency.id, Agency.code, Revision.definition_version_id)
    .join(Revision, Revision.agency_id == Agency.id)
    .where(
        Revision.partnership_id == bindparam("partnership_id"),
        Revision.return_code == bindparam("return_code"),
        Revision.period_id.in_(
            select(PeriodRow.id).where(
                PeriodRow.starts_on <= bindparam("starts_on"), PeriodRow.ends_on >= bindparam("ends_on")
            )
        ),
        SIGNED_BY,
    )
)
