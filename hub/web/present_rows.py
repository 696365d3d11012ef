"""Signed rows that the partnership judges, as pages show them: what was signed, and what was said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import periods, units
from hub.definitions import catalogue
from hub.definitions.lists import titles_in
from hub.definitions.model import Breakdown, Definition, Figure
from hub.definitions.models import DefinitionVersion
from hub.facts.judgements import Judged, judgements_as_at
from hub.facts.moments import AsAt
from hub.facts.registers import RegisterRow, register_rows_as_at
from hub.facts.revisions import revisions_as_at
from hub.measures.model import Measure
from hub.measures.profiles import chosen
from hub.partners.local_codes import local_lines
from hub.partners.models import Agency, Partnership
from hub.periods import Period
from hub.web import layout

END_OF_TIME = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Cell:
    title: str
    text: str


@dataclass(frozen=True)
class SignedRow:
    """One row of an agency, with every judgement of it, the last one last."""

    agency: Agency
    period: str
    submission: int
    table: str
    key: str
    title: str
    cells: tuple[Cell, ...]
    amounts: Mapping[str, int]
    said: tuple[Judged, ...]

    @property
    def stands(self) -> Judged | None:
        return self.said[-1] if self.said else None


@dataclass(frozen=True)
class Sum:
    """How many rows have one judgement, and what their amounts of money add to."""

    title: str
    rows: int
    pounds: str
    agencies: int


@dataclass(frozen=True)
class JudgedTable:
    definition: Definition
    breakdown: Breakdown
    choices: Mapping[str, str]
    rows: tuple[SignedRow, ...]
    sums: tuple[Sum, ...]


def judged_returns(session: Session) -> list[Definition]:
    """The returns in force that have a table which the partnership judges."""
    codes = session.scalars(
        select(DefinitionVersion.code).where(DefinitionVersion.kind == "return").distinct()
    )
    found = [catalogue.definition(session, code) for code in sorted(codes)]
    return [each for each in found if any(table.judged for table in each.breakdowns)]


def signed_periods(session: Session, at: AsAt, definition: Definition) -> list[Period]:
    """The periods of collection for which anything stood, newest first."""
    codes = dict.fromkeys(each.period for each in revisions_as_at(session, at, definition.code))
    return sorted(map(periods.parse, codes), key=lambda period: period.starts_on, reverse=True)


def judged_tables(
    session: Session,
    place: Partnership,
    at: AsAt,
    definition: Definition,
    *,
    period: Period | None = None,
    submission: int | None = None,
) -> list[JudgedTable]:
    """Every judged table of a return, its rows as they stood; of one period or submission where that is named."""
    return [
        _table(session, place, at, definition, table, period=period, submission=submission)
        for table in definition.breakdowns
        if table.judged
    ]


def _table(
    session: Session,
    place: Partnership,
    at: AsAt,
    definition: Definition,
    table: Breakdown,
    *,
    period: Period | None,
    submission: int | None,
) -> JudgedTable:
    assert table.judged
    choices = titles_in(session, table.judged.list, place.id)
    found = register_rows_as_at(session, at, definition.code, table.name, period=period)
    found = [row for row in found if submission in (None, row.revision.due_item_id)]
    ids = sorted({row.revision.due_item_id for row in found})
    said = judgements_as_at(session, place.id, at.moment, due_item_ids=ids) if ids else {}
    agency_ids = {row.revision.agency_id for row in found}
    agencies = {each.id: each for each in session.scalars(select(Agency).where(Agency.id.in_(agency_ids)))}
    named = {figure.list for figure in definition.figures} - {""}
    lists = {name: titles_in(session, name, place.id) for name in named}
    own = {name: {line.code: line.says for line in local_lines(session, place.id, name)} for name in named}
    lines = {} if table.key else titles_in(session, table.list, place.id)
    rows = tuple(
        SignedRow(
            agency=agencies[row.revision.agency_id],
            period=periods.parse(row.revision.period).name,
            submission=row.revision.due_item_id,
            table=table.name,
            key=row.code,
            title=f"{table.key} {row.code}" if table.key else lines.get(row.code, row.code),
            cells=_cells(definition, table, row, lists, own),
            amounts=_amounts(definition, row),
            said=tuple(said.get((row.revision.due_item_id, table.name, row.code), ())),
        )
        for row in found
    )
    return JudgedTable(definition, table, choices, rows, _sums(rows, choices, definition))


def _cells(
    definition: Definition,
    table: Breakdown,
    row: RegisterRow,
    lists: Mapping[str, Mapping[str, str]],
    own: Mapping[str, Mapping[str, Mapping[str, str]]],
) -> tuple[Cell, ...]:
    """The row as a reader needs it; what was picked from the partnership's own list says some of its words."""
    figures = [definition.figure(name) for name in table.figures]
    amounts = _amounts(definition, row)
    said = {
        name: text
        for figure in figures
        for name, text in own.get(figure.list, {}).get(row.cells.get(figure.name, ""), {}).items()
    }
    return tuple(
        Cell(figure.title, _in_words(figure, text, amounts, lists.get(figure.list, {})))
        for figure in figures
        if (text := row.cells.get(figure.name) or said.get(figure.name, ""))
    )


def _in_words(figure: Figure, text: str, amounts: Mapping[str, int], listed: Mapping[str, str]) -> str:
    if figure.name in amounts:
        return layout.figure(amounts[figure.name], figure.unit)
    if figure.unit == "date":
        return layout.day(date.fromisoformat(text))
    return units.UNITS[figure.unit].prefix + listed.get(text, text)


def _amounts(definition: Definition, row: RegisterRow) -> dict[str, int]:
    """The row's money, in pence. A signed cell passed its check, so that it can be read."""
    found = {}
    for name in definition.in_unit("pounds"):
        whole, _, rest = row.cells.get(name, "").partition(".")
        if whole.isdecimal():
            found[name] = int(whole) * 100 + int(rest.ljust(2, "0") or 0)
    return found


def _sums(rows: Sequence[SignedRow], choices: Mapping[str, str], definition: Definition) -> tuple[Sum, ...]:
    """By judgement, those not judged yet last; money only where the rows have any."""
    money = bool(definition.in_unit("pounds"))
    named = [*choices.items(), ("", "Not judged yet")]
    sums = []
    for code, title in named:
        mine = [row for row in rows if (row.stands.judgement if row.stands else "") == code]
        pence = sum(amount for row in mine for amount in row.amounts.values())
        pounds = f"£{units.to_text(pence, 'pounds')}" if money else ""
        sums.append(Sum(title, len(mine), pounds, len({row.agency.id for row in mine})))
    return tuple(sums)


def judged_of_measure(
    session: Session, place: Partnership, at: AsAt, measure: Measure
) -> tuple[str, list[JudgedTable]]:
    """The newest period's rows behind a measure as the partnership judged them: its name, and the tables with their sums."""
    if measure.reads_no_return:
        return "", []
    definition = catalogue.definition(session, measure.sources[measure.usual].return_code)
    if not any(table.judged for table in definition.breakdowns):
        return "", []
    signed = signed_periods(session, at, definition)
    if not signed:
        return "", []
    tables = judged_tables(session, place, at, definition, period=signed[0])
    fewest = chosen("partnership", place.disclosure_partnership).fewest_agencies
    return signed[0].name, [without_single_prices(table, fewest) for table in tables]


def without_single_prices(table: JudgedTable, fewest: int) -> JudgedTable:
    """No money where a line is of fewer agencies: one school's price could be read off it, or worked out from the others."""
    if all(sum.agencies == 0 or sum.agencies >= fewest for sum in table.sums):
        return table
    return replace(table, sums=tuple(replace(sum, pounds="") for sum in table.sums))


@dataclass(frozen=True)
class SaidOfRow:
    """What the partnership says of one row of a return, for the agency that signed it."""

    row: str
    what: str
    answer: str
    said: Judged


def said_of(
    session: Session, partnership_id: int, definition: Definition, submission: int
) -> tuple[SaidOfRow, ...]:
    """What stands of the partnership's judgements of one return."""
    judged = {table.name: table for table in definition.breakdowns if table.judged}
    if not judged:
        return ()
    found = judgements_as_at(session, partnership_id, END_OF_TIME, due_item_ids=[submission])
    rows = []
    for (_, name, code), said in found.items():
        table = judged.get(name)
        if table is None or table.judged is None:
            continue
        row = (
            f"{table.key} {code}"
            if table.key
            else titles_in(session, table.list, partnership_id).get(code, code)
        )
        answer = titles_in(session, table.judged.list, partnership_id).get(
            said[-1].judgement, said[-1].judgement
        )
        rows.append(SaidOfRow(row, table.judged.title, answer, said[-1]))
    return tuple(sorted(rows, key=lambda each: each.row))
