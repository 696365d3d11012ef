"""A definition's questions as a page's form: each box with what was typed and what is wrong with it; and back to rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub.definitions.as_questions import Column, Questions, Section
from hub.definitions.layout import Line
from hub.findings import Finding
from hub.submissions.drafts import DraftRead
from hub.web.present_findings import box_id

Row = Mapping[str, str]
Place = tuple[str, str, str]  # period, breakdown, code


@dataclass(frozen=True)
class Box:
    """One input. `id` is its anchor; `errors` and `queries` what the last check said about it."""

    id: str
    name: str
    label: str
    value: str
    errors: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()


@dataclass(frozen=True)
class FormLine:
    line: Line
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class FormTable:
    section: Section
    title: str
    lines: tuple[FormLine, ...]


@dataclass(frozen=True)
class Form:
    tables: tuple[FormTable, ...]
    columns: tuple[Column, ...]  # every figure once, for "what to count"
    strangers: int  # rows of the draft that the form has no line for


def form(questions: Questions, draft: DraftRead | None, typed: Mapping[str, str] | None = None) -> Form:
    """`typed` is what the person just posted and takes the place of the draft."""
    rows = {_place(row): row for row in draft.rows} if draft else {}
    said = _by_box(draft.findings if draft and typed is None else (), rows)
    places: set[Place] = set()
    tables = []
    several = len({section.period.code for section in questions.sections}) > 1
    for section in questions.sections:
        lines = []
        for line in section.lines:
            place = (section.period.code, section.breakdown.name, line.code)
            places.add(place)
            row = rows.get(place, {})
            boxes = tuple(_box(section, line, column, row, typed, said) for column in section.columns)
            lines.append(FormLine(line, boxes))
        title = f"{section.breakdown.title}, {section.period.name}" if several else section.breakdown.title
        tables.append(FormTable(section, title, tuple(lines)))
    columns = {column.figure.name: column for section in questions.sections for column in section.columns}
    return Form(tuple(tables), tuple(columns.values()), len(set(rows) - places) if typed is None else 0)


def _box(
    section: Section,
    line: Line,
    column: Column,
    row: Row,
    typed: Mapping[str, str] | None,
    said: Mapping[tuple[Place, str], list[Finding]],
) -> Box:
    figure = column.figure
    name = section.field(line, figure.name)
    found = said.get(((section.period.code, section.breakdown.name, line.code), figure.name), [])
    return Box(
        id=box_id(section.period.code, section.breakdown.name, line.code, figure.name),
        name=name,
        label=f"{figure.title}, {line.title}, {section.period.name}",
        value=row.get(figure.name, "") if typed is None else typed.get(name, ""),
        errors=tuple(finding.message for finding in found if finding.severity == "error"),
        queries=tuple(finding.message for finding in found if finding.severity == "query"),
    )


def _by_box(findings: Iterable[Finding], rows: Mapping[Place, Row]) -> dict[tuple[Place, str], list[Finding]]:
    by_number = {row.get("row_no"): place for place, row in rows.items()}
    said: dict[tuple[Place, str], list[Finding]] = {}
    for finding in findings:
        place = by_number.get(str(finding.where.row))
        if place is not None and finding.where.field:
            said.setdefault((place, finding.where.field), []).append(finding)
    return said


def _place(row: Row) -> Place:
    return row.get("period", ""), row.get("breakdown", ""), row.get("code", "")


def rows_of(
    questions: Questions, typed: Mapping[str, str], *, partnership: str, agency: str
) -> tuple[Row, ...]:
    """A row for each line that the form shows, in its order; nothing is left out, so that no box is dropped in silence."""
    return tuple(
        {
            "partnership": partnership,
            "agency": agency,
            "period": section.period.code,
            "breakdown": section.breakdown.name,
            "code": line.code,
            **{
                column.figure.name: typed.get(section.field(line, column.figure.name), "")
                for column in section.columns
            },
        }
        for section in questions.sections
        for line in section.lines
    )
