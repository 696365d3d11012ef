"""One authority beside its neighbours, region and England: published figures, absent ones named."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from hub.board.charts import bar_svg, line_svg
from hub.board.comparators import Comparison, comparable_measures, comparison
from hub.clock import real_now
from hub.definitions.catalogue import shipped
from hub.definitions.neighbours import Neighbour, Neighbours, read_neighbours, store_neighbours
from hub.errors import NotFound, UnknownDefinition
from hub.facts.moments import as_at
from hub.measures.load import measure_as_at
from hub.partners import queries
from hub.partners.models import Partnership
from tests.england_world import import_content

FIRST = (
    "time_period,geographic_level,region_code,old_la_code,section47,section47_child,icpc,icpc_child,"
    "duration_0-10_days,duration_11-15_days,duration_16-20_days,duration_21+_days\n"
)
TABLE = FIRST + (
    "2014,National,,,142500,1,65200,1,1,1,1,1\n"
    "2014,Regional,E12000005,,17000,1,8000,1,1,1,1,1\n"
    "2014,Local authority,E12000005,330,4000,1,1100,1,1,1,1,1\n"
    "2016,Local authority,E12000005,330,5000,1,1500,1,1,1,1,1\n"
    "2014,Local authority,E12000004,892,1000,1,c,1,1,1,1,1\n"
)


def compared(
    session: Session, code: str = "CP02", *, partnership: str = "330", year: str | None = None
) -> Comparison:
    place = queries.partnership(session, partnership)
    at = as_at(session, place)
    return comparison(session, place, at, measure_as_at(session, code, at.moment), year=year)


@pytest.fixture
def beside(councils: Session) -> Session:
    """Birmingham with two neighbours, of which Manchester has no figures anywhere."""
    listed = {"330": (Neighbour("892", 1), Neighbour("352", 2))}
    store_neighbours(councils, Neighbours("sn", "Neighbours 2025", "x", "2025-04-01", listed), now=real_now())
    import_content(councils, "dfe-section47", TABLE.encode())
    return councils


def test_every_place_stands_in_its_order_with_its_figure_or_why_not(beside: Session) -> None:
    found = compared(beside, year="FY2013-14")
    names = [(bar.name, bar.kind) for bar in found.bars.bars]
    assert names == [
        ("Birmingham", "own"),
        ("Nottingham", "neighbour"),
        ("Manchester", "neighbour"),
        ("West Midlands", "reference"),
        ("England", "reference"),
    ]
    values = {bar.name: bar.value for bar in found.bars.bars}
    assert values["Birmingham"] == 27.5
    assert values["West Midlands"] == pytest.approx(47.0588, abs=1e-4)
    assert (values["Nottingham"], values["Manchester"]) == (None, None)
    absent = {bar.name: bar.absent for bar in found.bars.bars if bar.value is None}
    assert absent == {"Nottingham": "hidden", "Manchester": "no figures here"}
    assert (found.neighbours_title, found.neighbours_from) == ("Neighbours 2025", "2025-04-01")


def test_years_without_figures_stay_visible(beside: Session) -> None:
    found = compared(beside)
    assert [year.code for year in found.years] == ["FY2013-14", "FY2014-15", "FY2015-16"]
    assert found.year is not None
    assert found.year.code == "FY2015-16"  # the council's latest
    rows = {row.name: row.cells for row in found.rows}
    assert rows["Birmingham"] == ("27.5", "no figures here", "30.0")
    assert rows["Nottingham"] == ("hidden", "no figures here", "no figures here")
    assert rows["Manchester"] == ("no figures here",) * 3
    assert [line.name for line in found.lines.series] == ["Birmingham", "West Midlands", "England"]
    assert found.lines.series[0].values == (27.5, None, 30.0)


def test_the_charts_are_drawn(beside: Session) -> None:
    found = compared(beside)
    assert "no figures here" in bar_svg(found.bars)
    assert "West Midlands" in line_svg(found.lines)


def test_what_cannot_be_compared_is_refused(beside: Session) -> None:
    with pytest.raises(UnknownDefinition, match="no published yearly figures"):
        compared(beside, "FD01")
    with pytest.raises(NotFound, match="FY1999-00"):
        compared(beside, year="FY1999-00")
    place = queries.partnership(beside, "330")
    ids = [measure.id for measure in comparable_measures(beside, as_at(beside, place))]
    assert ids == [
        *("CN01", "CN01A", "CN02", "CN03", "CN03A", "CN04"),
        *("CP01", "CP01A", "CP02", "CP03", "CP05", "CP05A", "CP06", "CP07"),
        *("RF02", "RF03", "RF07", "RF08", "RF09"),
    ]


def test_without_a_list_region_and_england_remain(councils: Session) -> None:
    import_content(councils, "dfe-section47", TABLE.encode())
    found = compared(councils)
    assert [place.kind for place in found.places] == ["own", "region", "nation"]
    assert found.neighbours_title is None


def test_an_illustrative_partnership_reads_years_that_ended_before_its_today(beside: Session) -> None:
    council = queries.agency(beside, "330")
    example = Partnership(
        code="example",
        name="Example",
        illustrative=True,
        council_agency_id=council.id,
        clock_at=real_now().replace(year=2015, month=5, day=18),
        clock_set_at=real_now(),
    )
    beside.add(example)
    beside.flush()
    found = compared(beside, partnership="example")
    assert [year.code for year in found.years] == ["FY2013-14"]
    assert next(bar.value for bar in found.bars.bars) == 27.5


@pytest.mark.published
def test_birmingham_beside_its_published_neighbours(
    reading: Session, published_data: Path, tmp_path: Path
) -> None:
    file = tmp_path / "neighbours.yaml"
    file.write_text(
        "neighbours: statistical-neighbours\ntitle: Statistical neighbours\nsource: DfE\nfrom_on: '2025-04-01'\n"
        f"file: {published_data / 'statistical_neighbours_2025.csv'}\n"
        "agency: old_la_code\nneighbour: neighbour_old_la_code\nrank: rank\n",
        encoding="utf-8",
    )
    councils = {item.code for item in shipped().codelists["english-councils"].items}
    store_neighbours(reading, read_neighbours(file, councils), now=real_now())
    found = compared(reading, "RF03", year="FY2017-18")
    values = {bar.name: bar.value for bar in found.bars.bars}
    assert len(values) == 13
    assert values["Birmingham"] == pytest.approx(597.9, abs=0.05)
    assert [name for name, value in values.items() if value is None] == ["Manchester", "Bradford"]
    assert len(found.years) == 13
