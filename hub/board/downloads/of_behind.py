"""The signed figures behind a number to take away. What the page does not show is not in the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from hub.board.downloads.model import ILLUSTRATIVE, Cells, Column, Download, stem
from hub.board.drill import Behind
from hub.facts.models import STATES
from hub.measures.model import Measure
from hub.partners.models import Partnership
from hub.periods import Period
from hub.units import UNITS

_COLUMNS = (
    Column("partnership", "Partnership", "string", "The code of the partnership."),
    Column("measure", "Measure", "string", "The code of the measure that the figure is part of."),
    Column("period", "Period", "string", "The period of the measure."),
    Column("agency", "Agency", "string", "The national code of the agency that signed."),
    Column("agency_name", "Agency, name", "string", "What the agency is called."),
    Column("return", "Return", "string", "The return that the figure was asked in."),
    Column("figure", "Figure", "string", "The figure’s name in that return."),
    Column("figure_title", "Figure, in words", "string", "What the return calls the figure."),
    Column("unit", "Unit", "string", "What it is counted in."),
    Column("value", "Value", "number", "The figure as signed; blank where there is none or it is not shown."),
    Column("state", "State", "string", f"One of {', '.join(STATES)}; hidden also where the hub does not show it."),
    Column("signed_at", "Signed at", "dateTime", "When it was signed."),
    Column("signed_by", "Signed by", "string", "Who signed."),
    Column("prepared_by", "Prepared by", "string", "Who prepared the return."),
    Column("row", "Row", "integer", "The row of the signed document that it stands in."),
    Column("revision", "Revision", "integer", "Which signed version of the submission it is."),
    Column("note", "Note", "string", "Why it was corrected, what was explained, or why it is not shown."),
)  # fmt: skip


def of_behind(
    found: Iterable[Behind],
    partnership: Partnership,
    measure: Measure,
    period: Period,
    *,
    missing: Iterable[str],
    as_at: datetime,
    address: str,
    terms: str,
) -> Download:
    notes = [(measure.id, f"{measure.name}: {measure.question}")]
    notes += [("Not received, and due by now", name) for name in missing]
    if partnership.illustrative:
        notes.append(("Illustrative", ILLUSTRATIVE))
    return Download(
        stem=stem(partnership.code, measure.id, "behind", period.code, as_at=as_at),
        title=f"Signed figures behind {measure.name}, {period.name}",
        columns=_COLUMNS,
        rows=tuple(_rows(found, partnership, measure, period)),
        notes=tuple(notes),
        place=partnership.name,
        as_at=as_at,
        address=address,
        terms=terms,
        first=period.starts_on,
        last=period.ends_on,
    )


def _rows(
    found: Iterable[Behind], partnership: Partnership, measure: Measure, period: Period
) -> Iterator[Cells]:
    for it in found:
        said = [it.withheld or "", it.correction_reason or "", it.source or ""]
        said += [f"{question}: {answer}" for question, answer in it.explanations]
        said.append(ILLUSTRATIVE if partnership.illustrative else "")
        per = UNITS[it.unit].per_unit
        value = None if it.value is None else it.value if per == 1 else it.value / per
        yield (
            partnership.code,
            measure.id,
            period.code,
            it.agency,
            it.agency_name,
            it.return_code,
            it.figure,
            it.figure_title,
            it.unit,
            value,
            "hidden" if it.withheld else it.state,
            it.signed_at.isoformat(),
            it.signed_by,
            it.prepared_by,
            it.row_no,
            it.revision_number,
            "; ".join(words for words in said if words),
        )
