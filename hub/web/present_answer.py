"""A definition's questions as a page's form: each box with what was typed and what is wrong with it; and back to rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub.definitions.as_questions import Column, Questions, Section
from hub.definitions.layout import Line
from hub.definitions.model import REGISTER_KEY, Definition
from hub.findings import Finding
from hub.submissions.drafted import DraftRead
from hub.web.present_before import NOTHING, Before
from hub.web.present_findings import box_id

Row = Mapping[str, str]
Place = tuple[str, str, str]  # period, breakdown, code


LONG_TEXT = 150  # more characters than this get a box of several lines


@dataclass(frozen=True)
class Box:
    """One input. `id` is its anchor; `errors` and `queries` what the last check said about it."""

    id: str
    name: str
    label: str
    value: str
    errors: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    in_words: bool = False
    is_long: bool = False
    choices: tuple[tuple[str, str], ...] = ()  # of a list: (code, title)
    before: tuple[tuple[str, str], ...] = ()  # what was signed for the period before, and a year before


@dataclass(frozen=True)
class FormRow:
    label: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class FormTable:
    """Boxes as they are laid out; the longer side goes down the page, so that nothing runs off it."""

    title: str
    hint: str
    columns: tuple[str, ...]
    rows: tuple[FormRow, ...]
    in_words: bool = (
        False  # some boxes take words: each row then stands by itself, its boxes one below another
    )
    adds_up: bool = False  # its lines add to the total
    optional: bool = False  # may be left out: folded while it holds nothing

    @property
    def holds_anything(self) -> bool:
        return any(box.value or box.errors or box.queries for row in self.rows for box in row.boxes)

    @property
    def was_given(self) -> bool:
        """Whether it was signed for the period before."""
        return any(box.before for row in self.rows for box in row.boxes)


@dataclass(frozen=True)
class Form:
    tables: tuple[FormTable, ...]
    columns: tuple[Column, ...]  # every figure once, for "what to count"
    strangers: int  # rows of the draft that the form has no line for


def form(
    questions: Questions,
    draft: DraftRead | None,
    typed: Mapping[str, str] | None = None,
    *,
    before: Before = NOTHING,
) -> Form:
    """`typed` is what the person just posted and takes the place of the draft."""
    rows = {_place(row): row for row in draft.rows} if draft else {}
    said = _by_box(draft.findings if draft and typed is None else (), rows)
    tables = [
        _table(
            sections, rows, typed, said, before=before, of_period=len(sections) == 1 and _several(questions)
        )
        for sections in _grouped(questions)
    ]
    columns = {column.figure.name: column for section in questions.sections for column in section.columns}
    places = {_place_of(section, line) for section in questions.sections for line in section.lines}
    strangers = len(set(rows) - places) if typed is None else 0
    return Form(tuple(tables), tuple(columns.values()), strangers)


def _several(questions: Questions) -> bool:
    return len({section.period.code for section in questions.sections}) > 1


def _grouped(questions: Questions) -> list[list[Section]]:
    """Sections that make one table: a single line asked for several periods becomes a row for each period."""
    groups: dict[tuple[str, str], list[Section]] = {}
    for section in questions.sections:
        period = "" if len(section.lines) == 1 else section.period.code
        groups.setdefault((section.breakdown.name, period), []).append(section)
    return list(groups.values())


def _table(
    sections: list[Section],
    rows: Mapping[Place, Row],
    typed: Mapping[str, str] | None,
    said: Mapping[tuple[Place, str], list[Finding]],
    *,
    before: Before,
    of_period: bool,
) -> FormTable:
    first = sections[0]
    made = tuple(
        FormRow(
            line.title if len(sections) == 1 else section.period.name,
            tuple(
                _box(section, line, column, rows.get(_place_of(section, line), {}), typed, said, before)
                for column in section.columns
            ),
        )
        for section in sections
        for line in section.lines
    )
    title = f"{first.breakdown.title}, {first.period.name}" if of_period else first.breakdown.title
    columns = tuple(column.figure.title for column in first.columns)
    optional = not first.breakdown.required
    if any(column.figure.in_words for column in first.columns):
        return FormTable(title, first.hint, columns, made, in_words=True, optional=optional)
    adds_up = first.breakdown.adds_up and bool(first.breakdown.list)
    if len(columns) > len(made):
        turned = tuple(FormRow(name, tuple(row.boxes[at] for row in made)) for at, name in enumerate(columns))
        columns, made = tuple(row.label for row in made), turned
    return FormTable(title, first.hint, columns, made, adds_up=adds_up, optional=optional)


def _place_of(section: Section, line: Line) -> Place:
    return section.period.code, section.breakdown.name, line.code


def _box(
    section: Section,
    line: Line,
    column: Column,
    row: Row,
    typed: Mapping[str, str] | None,
    said: Mapping[tuple[Place, str], list[Finding]],
    before: Before,
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
        in_words=figure.in_words,
        is_long=figure.unit == "text" and figure.maximum > LONG_TEXT,
        choices=column.choices,
        before=before.beside(section.period, section.breakdown.name, line.code, figure.name),
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


def keys_of(
    definition: Definition, draft: DraftRead | None, typed: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """The rows that each register has, by the sender's own references: those saved, and those just typed."""
    drafted = [(row["breakdown"], row["code"]) for row in draft.rows] if draft else []
    posted = [(parts[1], parts[2]) for name in typed if len(parts := name.split(".")) == 4]
    return {
        register.name: tuple(
            dict.fromkeys(
                code
                for name, code in (*drafted, *posted)
                if name == register.name and re.fullmatch(REGISTER_KEY, code)
            )
        )
        for register in definition.breakdowns
        if register.key
    }
