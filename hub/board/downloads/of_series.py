"""Measures to take away, number by number, with all that must be said beside each. Every series has passed the gate."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from hub.board.downloads.model import ILLUSTRATIVE, Cells, Column, Download, stem
from hub.measures.model import Point, Series
from hub.measures.profiles import chosen
from hub.measures.several_agencies import FIRST_TOLD
from hub.partners.models import Partnership
from hub.periods import Period

STATES = (
    ("value", "a number over every return that was due"),
    ("nil", "none, affirmed by the agency"),
    ("partial", "incomplete: a number over those that came, at least so many"),
    ("missing", "due and not received; never zero"),
    ("not_due", "not due yet"),
    ("hidden", "not shown: small enough to point to a child"),
    ("not_available", "not available, as its publisher says"),
    ("not_applicable", "cannot be worked out, as where there were no cases"),
)
_FRONT = (
    Column("partnership", "Partnership", "string", "The code of the partnership."),
    Column("measure", "Measure", "string", "The code of the measure."),
    Column("name", "Name of the measure", "string", "What the measure is called."),
    Column("unit", "Unit", "string", "What the value is counted in."),
    Column("as_at", "As known at", "dateTime", "The moment that the figures were read as at."),
    Column("period", "Period", "string", "2014-09 a month, FY2014-15 a financial year, FY2014-15Q3 its quarter, AY2014-15T1 a term."),
)  # fmt: skip
_BACK = (
    Column("value", "Value", "number", "The measure; blank where there is no number, and never zero for it."),
    Column("numerator", "Of these", "integer", "What was counted, in the smallest unit: pence, hundredths of a post."),
    Column("denominator", "Out of", "integer", "What it is divided by; blank where nothing is."),
    Column("received", "Returns received", "integer", "How many of the returns that were due the number rests on."),
    Column("due", "Returns due", "integer", "How many returns were due."),
    Column("state", "State", "string", "What the number is, or why there is none.", STATES),
    Column("note", "Note", "string", "What else must be known; where the whole table is not shown, why."),
)  # fmt: skip


def columns_by(by: str | None) -> tuple[Column, ...]:
    """The columns of measures broken down by something, or by nothing."""
    if not by:
        return (*_FRONT, *_BACK)
    words = by.replace("_", " ")
    lines = (
        Column(by, words.capitalize(), "string", f"The code of the line of the table by {words}."),
        Column(f"{by}_name", f"{words.capitalize()}, name", "string", "What the line is called."),
    )
    return (*_FRONT, *lines, *_BACK)


def rows_of(series: Series, partnership: Partnership, names: Mapping[str, str]) -> Iterator[Cells]:
    """A row for each number; one more where something is withheld."""
    measure = series.measure
    mark = ILLUSTRATIVE if partnership.illustrative else ""
    front = (partnership.code, measure.id, measure.name, measure.unit, series.as_at.isoformat())
    for point in series.points:
        line = _line(point, series.by, names)
        yield (*front, point.period.code, *line, *_number(point), point.state, _note(point.reason, mark))
    if series.withheld:
        line = ("", "") if series.by else ()
        yield (*front, "", *line, *[None] * 5, "hidden", _note(series.withheld, mark))


def of_series(
    shown: Sequence[tuple[Series, Mapping[str, str]]],
    partnership: Partnership,
    *,
    by: str | None,
    title: str,
    address: str,
    terms: str,
    as_at: datetime,
    periods: Sequence[Period] = (),
    of: str = "",
    laid_out: Callable[[], Sequence[Sequence[Any]]] | None = None,
    more_notes: Sequence[tuple[str, str]] = (),
) -> Download:
    """Series with the names of their lines as one table to take away; `of` is an area or kind that it was narrowed to."""
    measures = [series.measure for series, _ in shown]
    ids = "-".join(measure.id for measure in measures[:3])
    what = ids if len(measures) <= 3 else f"{ids}-and-{len(measures) - 3}-more"
    told = periods or sorted({point.period for series, _ in shown for point in series.points})
    codes = dict.fromkeys((told[0].code, told[-1].code)) if told else ()
    return Download(
        stem=stem(partnership.code, what, f"by-{by}" if by else "", of, "_to_".join(codes), as_at=as_at),
        title=title,
        columns=columns_by(by),
        rows=tuple(row for series, names in shown for row in rows_of(series, partnership, names)),
        notes=(*_notes(shown, partnership), *more_notes),
        place=partnership.name,
        as_at=as_at,
        address=address,
        terms=terms,
        first=told[0].starts_on if told else None,
        last=max(period.ends_on for period in told) if told else None,
        laid_out=laid_out,
    )


def _line(point: Point, by: str | None, names: Mapping[str, str]) -> Cells:
    if not by:
        return ()
    code = point.lines.get(by, "")
    return code, names.get(code, code)


def _number(point: Point) -> Cells:
    value = None if point.value is None else round(point.value, 6)
    return value, point.numerator, point.denominator, point.coverage.received, point.coverage.due


def _note(*parts: str | None) -> str:
    return "; ".join(part for part in parts if part)


def _notes(
    shown: Sequence[tuple[Series, Mapping[str, str]]], partnership: Partnership
) -> Iterator[tuple[str, str]]:
    """What must be said beside the table: what each measure is, with its caveats, and what is hidden."""
    if partnership.illustrative:
        yield "Illustrative", "These figures were invented to show how the hub works. They are about nobody."
    for series, _ in shown:
        measure = series.measure
        yield measure.id, f"{measure.name}: {measure.question} Unit: {measure.unit}."
        for caveat in measure.caveats:
            yield f"{measure.id}: read with care", caveat
        if series.withheld:
            yield f"{measure.id}: not shown", series.withheld
        complete = [point for point in series.points if point.state in ("value", "nil")]
        yield (
            f"{measure.id}: coverage",
            f"{len(complete)} of {len(series.points)} numbers rest on every return that was due.",
        )
    if any(series.together for series, _ in shown):
        yield "Small numbers", chosen("partnership", partnership.disclosure_partnership).note
    if any(series.first_told for series, _ in shown):
        yield "As first told", FIRST_TOLD
    yield "Blank", "A number that is not there is blank and its state says why. It is never zero."
