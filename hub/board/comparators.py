"""One authority beside its statistical neighbours, its region and England, for one measure over the years.

Takes a partnership read as at a moment and a measure that has published yearly figures; gives frozen values for a page:
bars for one year, lines over the years, and a table that holds both. A neighbour without figures is shown as such and
never left out; a hidden or unavailable figure keeps its word and is never 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.board.chart_inputs import ABSENT, Bar, BarChart, LineChart, figure
from hub.board.chart_inputs import Series as Line
from hub.definitions import catalogue
from hub.definitions.neighbours import neighbours_on
from hub.errors import NotFound, UnknownDefinition
from hub.facts.moments import AsAt, published_as_at
from hub.measures.compute import Reading
from hub.measures.load import measures_as_at
from hub.measures.model import Asked, Measure, Point
from hub.measures.protect import OPERATOR, protect
from hub.partners.models import Agency, Partnership
from hub.partners.queries import ENGLAND
from hub.periods import Period, between

NOTHING = "no figures here"
NATION = "ENG"
Kind = Literal["own", "neighbour", "region", "nation"]


@dataclass(frozen=True)
class Compared:
    """One place and its points by year, None where it has none."""

    code: str
    name: str
    kind: Kind
    points: tuple[Point | None, ...]

    @property
    def has_figures(self) -> bool:
        return any(point is not None for point in self.points)


@dataclass(frozen=True)
class ComparedRow:
    """A place in the table behind the charts: a text for each year."""

    name: str
    kind: Kind
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """Everything a page says. `year` is the one that the bars show; `neighbours_from` the day from which their list holds."""

    measure: Measure
    years: tuple[Period, ...]
    year: Period | None
    places: tuple[Compared, ...]
    bars: BarChart
    lines: LineChart
    rows: tuple[ComparedRow, ...]
    neighbours_title: str | None
    neighbours_from: str | None


def comparable_measures(session: Session, at: AsAt) -> list[Measure]:
    """The measures that published yearly figures give, in their order."""
    measures = measures_as_at(session, at.moment).values()
    published = _published(session)
    return [measure for measure in measures if _is_comparable(measure, published)]


def _published(session: Session) -> frozenset[str]:
    """The returns whose figures are published ones."""
    return frozenset(each.code for each in catalogue.definitions(session) if each.published)


def _is_comparable(measure: Measure, published: frozenset[str]) -> bool:
    source = measure.sources.get("financial_year")
    return source is not None and measure.kind != "share" and source.return_code in published


def comparison(
    session: Session,
    partnership: Partnership,
    at: AsAt,
    measure: Measure,
    *,
    year: str | None = None,
    beside: Sequence[Place] | None = None,
) -> Comparison:
    """The partnership's council beside the others. `year` names the one for the bars; without it the council's latest.
    `beside` is what `places_beside` gave, where several measures are compared at once.

    Errors: UnknownDefinition where the measure has no published yearly figures, NotFound for a year without any.
    """
    if not _is_comparable(measure, _published(session)):
        raise UnknownDefinition(f"{measure.id} has no published yearly figures to compare.")
    found = [(place, place.points(measure)) for place in beside or places_beside(session, partnership, at)]
    years = _years(found)
    places = tuple(_compared(place, points, years) for place, points in found)
    chosen = _chosen(years, places, year)
    listed = neighbours_on(session, at.today)
    return Comparison(
        measure=measure,
        years=years,
        year=chosen,
        places=places,
        bars=_bars(measure, places, years, chosen),
        lines=_lines(measure, places, years),
        rows=tuple(_row(place, measure) for place in places),
        neighbours_title=listed.title if listed else None,
        neighbours_from=listed.from_on if listed else None,
    )


@dataclass(frozen=True)
class Place:
    """Where a place's figures are read, and of which agency; nowhere, if it has none here."""

    code: str
    name: str
    kind: Kind
    reading: Reading | None = None
    agency_id: int | None = None

    @property
    def _asked(self) -> Asked:
        return Asked(kind="financial_year", agency_id=self.agency_id)

    def prefetch(self, measures: Sequence[Measure]) -> None:
        if self.reading is not None:
            self.reading.prefetch(measures, self._asked)

    def points(self, measure: Measure) -> dict[Period, Point]:
        """The published figures by year: exact to everybody who may read them."""
        if self.reading is None:
            return {}
        series = self.reading.series(measure, self._asked)
        return {point.period: point for point in protect(series, OPERATOR).points}


def places_beside(
    session: Session, partnership: Partnership, at: AsAt, *, own: Reading | None = None
) -> tuple[Place, ...]:
    """The partnership's council, its neighbours, its region and England; read once for every measure of a page.

    `own` is the partnership's reading, where the page has one.
    """
    return tuple(_places(own or Reading(session, partnership, at)))


def _places(reading: Reading) -> Iterator[Place]:
    session, partnership, at = reading.session, reading.partnership, reading.at
    council = session.get(Agency, partnership.council_agency_id) if partnership.council_agency_id else None
    if council is None:
        raise NotFound(f"{partnership.name} has no council, so there is nothing to compare.")
    yield Place(council.code, council.name, "own", reading)
    listed = neighbours_on(session, at.today)
    items = {item.code: item for item in catalogue.codelist(session, "english-councils").items}
    for neighbour in listed.of.get(council.code, ()) if listed else ():
        name = items[neighbour.code].title if neighbour.code in items else neighbour.code
        yield _council(session, neighbour.code, name, reader=partnership, at=at)
    england = session.scalar(select(Partnership).where(Partnership.code == ENGLAND))
    region = items[council.code].within if council.code in items else None
    codes: list[tuple[str | None, Kind]] = [(region, "region"), (NATION, "nation")]
    for code, kind in codes:
        agency = session.scalar(select(Agency).where(Agency.code == code)) if code else None
        if england is None or agency is None:
            continue
        there = published_as_at(session, at, partnership_id=england.id, illustrative=partnership.illustrative)
        yield Place(agency.code, agency.name, kind, Reading(session, england, there), agency.id)


def _council(session: Session, code: str, name: str, *, reader: Partnership, at: AsAt) -> Place:
    """A neighbour, read in the partnership that it leads; nowhere, if it leads none here."""
    led = session.scalar(
        select(Partnership)
        .join(Agency, Agency.id == Partnership.council_agency_id)
        .where(Agency.code == code, Partnership.illustrative.is_(False), Partnership.code != ENGLAND)
    )
    if led is None:
        return Place(code, name, "neighbour")
    there = published_as_at(session, at, partnership_id=led.id, illustrative=reader.illustrative)
    return Place(code, name, "neighbour", Reading(session, led, there))


def _years(found: Sequence[tuple[Place, dict[Period, Point]]]) -> tuple[Period, ...]:
    """Every year from the first to the last that any of the places has: a gap stays visible."""
    known = sorted({period for _, points in found for period in points})
    return tuple(between(known[0], known[-1])) if known else ()


def _compared(place: Place, points: dict[Period, Point], years: Sequence[Period]) -> Compared:
    return Compared(place.code, place.name, place.kind, tuple(points.get(year) for year in years))


def _chosen(years: Sequence[Period], places: Sequence[Compared], year: str | None) -> Period | None:
    if year is not None:
        named = next((each for each in years if each.code == year), None)
        if named is None:
            raise NotFound(f"There are no published figures for {year}.")
        return named
    own = [
        each for each, point in zip(years, places[0].points, strict=True) if point and point.value is not None
    ]
    return own[-1] if own else next(reversed(years), None)


def _bars(
    measure: Measure, places: Sequence[Compared], years: Sequence[Period], chosen: Period | None
) -> BarChart:
    at = years.index(chosen) if chosen is not None else None
    kinds: dict[Kind, Literal["own", "neighbour", "reference"]] = {
        "own": "own", "neighbour": "neighbour", "region": "reference", "nation": "reference"
    }  # fmt: skip
    bars = []
    for place in places:
        point = place.points[at] if at is not None else None
        absent = NOTHING if point is None else _why(point)
        bars.append(Bar(place.name, point.value if point else None, kinds[place.kind], absent))
    title = f"{measure.name}, {chosen.name}" if chosen else measure.name
    return BarChart(
        f"beside-{measure.id.lower()}", title, _unit(measure), tuple(bars), decimals=measure.places
    )


def _lines(measure: Measure, places: Sequence[Compared], years: Sequence[Period]) -> LineChart:
    """The council, its region and England: neighbours stand in the bars and the table, where they can be told apart."""
    series = tuple(
        Line(
            place.name,
            tuple(point.value if point else None for point in place.points),
            is_own=place.kind == "own",
        )
        for place in places
        if place.kind != "neighbour" and place.has_figures
    )
    return LineChart(
        f"years-{measure.id.lower()}",
        f"{measure.name} over the years",
        _unit(measure),
        tuple(year.name for year in years),
        series,
        decimals=measure.places,
    )


def _unit(measure: Measure) -> str:
    return "%" if measure.unit.startswith("%") else measure.unit


def _row(place: Compared, measure: Measure) -> ComparedRow:
    cells = tuple(_text(point, measure) for point in place.points)
    return ComparedRow(place.name, place.kind, cells)


def _text(point: Point | None, measure: Measure) -> str:
    if point is None:
        return NOTHING
    if point.value is None:
        return _why(point)
    return figure(point.value, measure.places)


def _why(point: Point) -> str:
    return point.reason or ABSENT.get(point.state, point.state.replace("_", " "))
