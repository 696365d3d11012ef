"""The scorecard to take away: a row for each measure, as the page words it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hub.board.downloads.model import ILLUSTRATIVE, Cells, Column, Download, stem
from hub.board.scorecard import Row
from hub.partners.models import Partnership

_COLUMNS = (
    Column("measure", "Measure", "string", "The code of the measure."),
    Column("name", "Name of the measure", "string", "What the measure is called."),
    Column("unit", "Unit", "string", "What it is counted in."),
    Column("of", "Of", "string", "The code of the partnership, area or team."),
    Column("as_at", "As known at", "dateTime", "The moment that the figures were read as at."),
    Column("target", "Target", "string", "What agreements in force promise of its level, each with its number."),
    Column("period", "Period", "string", "The newest whole period."),
    Column("latest", "Latest", "string", "Its figure in words, as on the page."),
    Column("a_year_before", "A year before", "string", "The figure of the same month, quarter or year a year before, in words."),
    Column("change", "Change", "string", "What the chart’s rule saw."),
    Column("received", "Returns received", "integer", "How many of the returns that were due it rests on."),
    Column("due", "Returns due", "integer", "How many returns were due."),
    Column("note", "Note", "string", "Why there is no figure, and what is provisional."),
)  # fmt: skip


def of_scorecard(
    rows: Sequence[Row], partnership: Partnership, of: str, *, as_at: datetime, address: str, terms: str
) -> Download:
    mark = ILLUSTRATIVE if partnership.illustrative else ""
    periods = sorted({row.period for row in rows if row.period})
    return Download(
        stem=stem(
            partnership.code,
            "scorecard",
            "" if of == partnership.code else of,
            periods[-1].code if periods else "",
            as_at=as_at,
        ),
        title=f"Scorecard of {of}",
        columns=_COLUMNS,
        rows=tuple(_row(row, of, as_at, mark) for row in rows),
        notes=(
            *((row.measure.id, f"{row.measure.name}: {row.measure.question}") for row in rows),
            *(
                (f"{row.measure.id}: read with care", caveat)
                for row in rows
                for caveat in row.measure.caveats
            ),
            *([("Illustrative", mark)] if mark else []),
        ),
        place=partnership.name,
        as_at=as_at,
        address=address,
        terms=terms,
        first=periods[0].starts_on if periods else None,
        last=periods[-1].ends_on if periods else None,
    )


def _row(row: Row, of: str, as_at: datetime, mark: str) -> Cells:
    measure = row.measure
    like = f"a year before over {row.over_before}, like for like {row.like}" if row.like else ""
    notes = "; ".join(note for note in (row.absent, row.provisional, like, mark) if note)
    period, received, due = (row.period.code, row.received, row.due) if row.period else ("", None, None)
    front = (measure.id, measure.name, measure.unit, of, as_at.isoformat(), row.target)
    return (*front, period, row.latest, row.year_before, row.word, received, due, notes)
