"""What a verdict rests on, as its reader may see it: every signed return by the names of agency, return and period, with
the figures that were read of it, who signed and when; and the meetings or reports that a verdict without returns rests on.

Figures pass the gate like those behind any number (board/drill): those of one's own agency are exact, another agency's
money is for those who read money, a single school's are not shown. What may not be read stands without its figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from hub.agreements.look import Look
from hub.agreements.verdict import MEETING, Evidence
from hub.agreements.watch.watched import Line
from hub.board.drill import withheld_from
from hub.clock import london_date
from hub.definitions.lists import titles_in
from hub.definitions.model import MEMBERS_LIST, TOTAL, Breakdown, Definition
from hub.definitions.models import FigureRow
from hub.facts.models import WHOLE, DimensionMember, Revision
from hub.facts.queries import FactAsAt, facts_as_at
from hub.measures.protect import MONEY_WITHHELD, WITHHELD, Audience
from hub.partners.models import Agency
from hub.periods import Period, parse
from hub.units import in_words

MOST_FOLDS = 12


@dataclass(frozen=True)
class Column:
    """One figure of a return that the verdict read: its name, its line of a table ("" of the whole), and its unit."""

    figure: str
    line: str
    unit: str
    is_stock: bool

    @property
    def name(self) -> str:
        return f"{self.figure}, {self.line}" if self.line else self.figure

    def words(self, value: int) -> str:
        return in_words(value, self.unit)


@dataclass(frozen=True)
class Row:
    """The figures of one period, in the order of the columns: a number, or the state in words. None where not shown."""

    period: Period
    paper: Evidence
    submission: int
    agency_id: int
    due_on: date | None
    signed_by: str
    values: tuple[str, ...]
    measure: str  # the measure whose page shows what stands behind its number; "" where there is none

    @property
    def is_late(self) -> bool:
        """First signed after its day. Of a correction nothing is said."""
        signed, due = self.paper.signed_at, self.due_on
        return self.paper.number == 1 and bool(signed and due and london_date(signed) > due)


@dataclass(frozen=True)
class Sender:
    """One agency's answers to one return. `together` adds the columns up, where adding means something."""

    agency: str
    title: str
    return_code: str
    line: str  # the one line of a table that all columns are of; "" where they differ, or are of the whole
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    together: tuple[str, ...]
    withheld: str = ""

    @property
    def papers(self) -> int:
        return len({row.paper.revision for row in self.rows})


@dataclass(frozen=True)
class Record:
    """A meeting or a report of a milestone: by whom it was written, and whether another person has confirmed it."""

    kind: str
    on: date
    meeting: int | None
    words: str
    is_confirmed: bool
    written_at: datetime | None
    written_by: str


@dataclass(frozen=True)
class Rests:
    senders: tuple[Sender, ...]
    records: tuple[Record, ...]

    @property
    def is_long(self) -> bool:
        """Whether so many sent something that a fold for each would hide more than it shows."""
        return len(self.senders) > MOST_FOLDS

    @property
    def lines(self) -> list[tuple[Sender, Row]]:
        """Every row of every sender, for one table that is read page by page."""
        return [(sender, row) for sender in self.senders for row in sender.rows]


@dataclass(frozen=True)
class Reader:
    """Who reads. `others`: whether they read figures of other agencies of the partnership at all."""

    audience: Audience
    others: bool


NOT_SHARED = "Not shown: figures of other agencies are read by those who share figures in this partnership."


def rests_on(
    look: Look, line: Line, names: Mapping[str, str], signers: Mapping[int, str], reader: Reader
) -> Rests:
    """Everything that the verdict of a line rests on, return by return and agency by agency."""
    signed = [paper for paper in line.verdict.evidence if paper.revision is not None]
    return Rests(
        senders=tuple(_senders(_Signed(look, line, signed), names, signers, reader)),
        records=tuple(
            _record(look, paper, signers) for paper in line.verdict.evidence if paper.revision is None
        ),
    )


class _Signed:
    """The revisions of a line's evidence with the facts that were read of them, in a few reads whatever their number."""

    def __init__(self, look: Look, line: Line, papers: Sequence[Evidence]) -> None:
        self.look, self.line, self.papers = look, line, papers
        session, at = look.papers.session, look.papers.at
        ids = {paper.revision for paper in papers}
        mine = (Revision.partnership_id == at.partnership_id, Revision.id.in_(ids))
        self.revisions = {each.id: each for each in session.scalars(select(Revision).where(*mine))}
        self.agencies = {
            each.id: each
            for each in session.scalars(
                select(Agency).where(Agency.id.in_({r.agency_id for r in self.revisions.values()}))
            )
        }
        self.definitions = {code: look.papers.definition(code) for code in {p.return_code for p in papers}}
        self.bodies = {code for code, _ in look.bodies(line.party, look.span(line.commitment))}
        self._read()

    def _read(self) -> None:
        session, at = self.look.papers.session, self.look.papers.at
        cells = {(p.return_code, *cell.split("/")) for p in self.papers for cell in p.cells}
        wanted = {(code, place.partition("=")[0], name) for code, place, name in cells}
        rows = session.execute(
            select(FigureRow.id, FigureRow.return_code, FigureRow.breakdown, FigureRow.name).where(
                FigureRow.return_code.in_(self.definitions)
            )
        )
        figures = {number: tuple(where) for number, *where in rows if tuple(where) in wanted}
        self.facts: dict[tuple[int, str], dict[tuple[str, str, str], FactAsAt]] = {}
        if not figures:
            return
        periods = [parse(paper.period) for paper in self.papers]
        found = facts_as_at(
            session,
            at,
            list(figures),
            first=min(each.starts_on for each in periods),
            last=max(each.ends_on for each in periods),
            agency_ids=list(self.agencies),
            area_ids=[WHOLE],
        )
        members = self._members({fact.dimension_set_id for fact in found})
        for fact in found:
            _, breakdown, name = figures[fact.figure_id]
            code = members.get((fact.dimension_set_id, breakdown), "")
            of_period = self.facts.setdefault((fact.revision_id, fact.period), {})
            of_period[breakdown, code, name] = fact

    def _members(self, sets: set[int]) -> dict[tuple[int, str], str]:
        rows = self.look.papers.session.execute(
            select(DimensionMember.dimension_set_id, DimensionMember.dimension, DimensionMember.code).where(
                DimensionMember.dimension_set_id.in_(sets)
            )
        )
        return {(number, dimension): code for number, dimension, code in rows}

    def measure_behind(self, return_code: str, period: Period) -> str:
        """The measure whose number of that period adds this return up."""
        for code, _ in self.line.verdict.measures:
            source = self.look.papers.measure(code).sources.get(period.kind)
            if source is not None and source.return_code == return_code:
                return code
        return ""


def _senders(
    signed: _Signed, names: Mapping[str, str], signers: Mapping[int, str], reader: Reader
) -> Iterable[Sender]:
    # Two measures of one promise read the same return: it is said once, with the figures of both.
    cells = {
        code: dict.fromkeys(
            cell for paper in signed.papers if paper.return_code == code for cell in paper.cells
        )
        for code in signed.definitions
    }
    by_sender: dict[tuple[str, str], dict[int | None, Evidence]] = {}
    for paper in signed.papers:
        by_sender.setdefault((paper.return_code, paper.agency), {})[paper.revision] = paper
    for (return_code, agency), by_revision in by_sender.items():
        definition = signed.definitions[return_code]
        papers = by_revision.values()
        places = [_place(signed, cell) for cell in cells[return_code]]
        columns = tuple(_column(signed, definition, place, names) for place in places)
        body = next(each for each in signed.agencies.values() if each.code == agency)
        withheld = _withheld(body, definition, places, reader) if columns else ""
        rows = [
            row
            for paper in sorted(papers, key=lambda each: parse(each.period).starts_on)
            for row in _rows(signed, paper, places, columns, signers, shut=bool(withheld))
        ]
        together = () if withheld or len(rows) < 2 else _together(signed, rows, places, columns)
        lines = {column.line for column in columns}
        yield Sender(
            agency=names.get(agency, agency),
            title=definition.title,
            return_code=return_code,
            line=lines.pop() if len(lines) == 1 else "",
            columns=columns,
            rows=tuple(rows),
            together=together,
            withheld=withheld,
        )


_Place = tuple[str, str, str]  # breakdown, code of its line, figure


def _place(signed: _Signed, cell: str) -> _Place:
    place, _, name = cell.partition("/")
    breakdown, _, code = place.partition("=")
    # A table of agencies is read in the party's own line.
    return breakdown, code or ("" if breakdown == TOTAL else signed.line.party), name


def _column(signed: _Signed, definition: Definition, place: _Place, names: Mapping[str, str]) -> Column:
    breakdown, code, name = place
    figure = definition.figure(name)
    table = next((each for each in definition.breakdowns if each.name == breakdown), None)
    line = "" if table is None or breakdown == TOTAL else _line_name(signed, table, code, names)
    return Column(figure.title, line, figure.unit, figure.stock)


def _line_name(signed: _Signed, table: Breakdown, code: str, names: Mapping[str, str]) -> str:
    service = next((each.title for each in signed.look.agreement.services if each.id == code), None)
    if service or table.list == MEMBERS_LIST:
        return service or names.get(code, code)
    at = signed.look.papers.at
    titles = titles_in(signed.look.papers.session, table.list, at.partnership_id, moment=at.moment)
    return titles.get(code, code)


def _withheld(body: Agency, definition: Definition, places: Sequence[_Place], reader: Reader) -> str:
    if body.code in reader.audience.agencies:
        return ""
    if not reader.others:
        return NOT_SHARED
    personal = {each.name for each in definition.breakdowns if each.personal}
    if not reader.audience.exact and personal & {breakdown for breakdown, _, _ in places}:
        return WITHHELD
    shut = MONEY_WITHHELD if definition.finance and not reader.audience.money else ""
    return withheld_from(body, reader.audience, shut) or ""


def _rows(
    signed: _Signed,
    paper: Evidence,
    places: Sequence[_Place],
    columns: Sequence[Column],
    signers: Mapping[int, str],
    *,
    shut: bool,
) -> Iterable[Row]:
    assert paper.revision is not None
    revision = signed.revisions[paper.revision]
    own = sorted(period for number, period in signed.facts if number == paper.revision)
    for code in own or [paper.period]:
        facts = signed.facts.get((paper.revision, code), {})
        period = parse(code)
        yield Row(
            period=period,
            paper=paper,
            submission=revision.due_item_id,
            agency_id=revision.agency_id,
            due_on=revision.due_on,
            signed_by=signers.get(paper.signed_by or 0, "a person no longer named"),
            values=()
            if shut
            else tuple(
                _value(facts.get(place), column) for place, column in zip(places, columns, strict=True)
            ),
            measure=signed.measure_behind(paper.return_code, period),
        )


def _value(fact: FactAsAt | None, column: Column) -> str:
    if fact is None:
        return "no line"  # the return left it out, which stands for none
    return fact.state.replace("_", " ") if fact.value is None else column.words(fact.value)


def _together(
    signed: _Signed, rows: Sequence[Row], places: Sequence[_Place], columns: Sequence[Column]
) -> tuple[str, ...]:
    """Sums of the columns over the rows; of what stands on one day there is none."""
    if all(column.is_stock for column in columns):
        return ()
    sums = []
    for place, column in zip(places, columns, strict=True):
        facts = [signed.facts.get((row.paper.revision or 0, row.period.code), {}).get(place) for row in rows]
        known = [fact.value for fact in facts if fact is not None and fact.value is not None]
        sums.append("" if column.is_stock else column.words(sum(known)))
    return tuple(sums)


def _record(look: Look, paper: Evidence, signers: Mapping[int, str]) -> Record:
    day, _, words = paper.period.partition(": ")
    met = None
    if paper.return_code == MEETING:
        held = (each for each in look.meetings(paper.agency) if each.held_on.isoformat() == day)
        met = next((each for each in held if each.confirmed), None)
    if met and met.confirmed:
        quorum = "a quorum" if met.is_quorate else "no quorum"
        words = f"{len(met.confirmed.present)} of {len(met.invited)} bodies came, {quorum}"
    return Record(
        kind=paper.return_code,
        on=date.fromisoformat(day),
        meeting=met.id if met else None,
        words=words,
        is_confirmed=met is not None or paper.number == 2,
        written_at=paper.signed_at,
        written_by=signers.get(paper.signed_by or 0, "a person no longer named"),
    )
