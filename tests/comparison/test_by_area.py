"""One sender area by area: compared where the front door counted by both at once, by hand; beside one another before that."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from hub.comparison.mirror import mirror
from hub.comparison.model import STATES, Asked, Cell
from hub.definitions.models import FigureRow
from hub.facts.models import AREA_NOT_KNOWN, DimensionMember
from hub.facts.queries import cells_as_at
from hub.measures.load import measure_as_at
from hub.measures.protect import Audience, protect
from hub.partners.models import Area
from hub.partners.queries import agency
from tests.example_world import Example

FIRST, LAST = date(2015, 1, 1), date(2015, 12, 31)


def areas_of(example: Example, code: str) -> dict[str, dict[str, Cell]]:
    """Area → month → both sides."""
    at = example.at()
    asked = Asked(FIRST, LAST, (agency(example.session, code).id,))
    found = mirror(example.session, at, measure_as_at(example.session, "RF04", at.moment), asked)
    return {
        row.name: {
            line.period.code: cell
            for line, cell in zip(found.months, row.cells, strict=True)
            if cell is not None
        }
        for row in found.areas
    }


def signed(
    example: Example, return_code: str, breakdown: str, figure: str, code: str
) -> dict[tuple[str, str], int]:
    """(area, month) → the number of one agency, straight from the facts: its own line or that which names it."""
    session = example.session
    number = session.scalars(
        select(FigureRow.id).where(
            FigureRow.return_code == return_code, FigureRow.breakdown == breakdown, FigureRow.name == figure
        )
    ).one()
    names = dict(session.execute(select(Area.id, Area.name)).all()) | {AREA_NOT_KNOWN: "Area not known"}
    own = None if return_code == "front-door" else [agency(session, code).id]
    lines = dict(
        session.execute(
            select(DimensionMember.dimension_set_id, DimensionMember.code).where(
                DimensionMember.dimension == breakdown
            )
        ).all()
    )
    cells = cells_as_at(session, example.at(), [number], first=FIRST, last=LAST, agency_ids=own)
    return {
        (names[cell.area_id], cell.period): cell.value
        for cell in cells
        if own or lines[cell.dimension_set_id].startswith(f"{code}/")
    }


@pytest.mark.parametrize("code", ["RQ3", "RXT", "20"])
def test_both_sides_of_an_area_are_what_each_signed(example: Example, code: str) -> None:
    sent = signed(example, "referrals", "area", "referrals_made", code)
    logged = signed(example, "front-door", "agency_area", "contacts", code)
    found = areas_of(example, code)
    assert set(found) == {"South", "East", "North, West and Central", "Area not known"}
    for name in ("South", "East", "North, West and Central"):
        for month in ("2015-04", "2015-07", "2015-12"):
            cell = found[name][month]
            assert (cell.sent, cell.logged) == (sent.get((name, month)), logged.get((name, month), 0))
            assert (cell.state is None) == (cell.sent is None)


def test_a_state_is_that_of_the_pairs_tolerance(example: Example) -> None:
    """The police may differ by max(5, 3%); what is further apart is a query, or timing where the months even out."""
    for cell in areas_of(example, "20")["South"].values():
        if cell.state is not None and cell.sent is not None and cell.logged is not None:
            allowed = max(5, -(-3 * max(cell.sent, cell.logged) // 100))
            within = abs(cell.sent - cell.logged) <= allowed
            assert (STATES[cell.state] == "agrees") == within


def test_months_without_the_crossed_table_and_unknown_areas_cannot_be_compared(example: Example) -> None:
    found = areas_of(example, "RQ3")
    before = found["South"]["2015-03"]
    assert before.sent and before.logged is None and before.state is None
    assert "did not count this sender by area" in before.note
    unknown = found["Area not known"]["2015-06"]
    assert unknown.sent is not None and unknown.logged is not None and unknown.state is None


def test_the_areas_of_every_sender_add_to_its_line(example: Example) -> None:
    asked = {"first": date(2015, 6, 1), "last": date(2015, 6, 30)}
    whole = {p.lines["agency"]: p.value for p in example.series("FD01", by="agency", **asked).points}
    crossed = example.series("FD01", by="agency_area", **asked)
    added: dict[str, float] = {}
    for point in crossed.points:
        code = point.lines["agency_area"].partition("/")[0]
        added[code] = added.get(code, 0) + (point.value or 0)
    assert {"RQ3", "RYW", "20"} <= set(added)
    assert added == {code: whole[code] for code in added}
    of_a_school = replace(
        crossed, schools=frozenset({"RQ3"})
    )  # as if it were one: its lines are withheld with it
    kept = protect(of_a_school, Audience())
    assert kept.withheld and "RQ3" not in {p.lines["agency_area"].partition("/")[0] for p in kept.points}
