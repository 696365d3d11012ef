"""The workbook of a template: the data sheet with its mark, drop-downs and locked headings, *Lists* and *Notes*.

*Lists* stands behind the drop-downs and *Notes* says what to count; intake knows both and takes nothing from them.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hub.definitions.as_dictionary import as_dictionary
from hub.definitions.as_questions import answers_of
from hub.definitions.as_schema import expected
from hub.definitions.layout import Lists, breakdowns_of, lines_of
from hub.definitions.model import KEY_COLUMNS, TOTAL, Definition, Figure, Owes
from hub.definitions.template_mark import SIGNED_FOR, signed_for
from hub.exports import whole_number
from hub.periods import Period

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

HEADING_ROW = 3
SPARE_ROWS = 500  # below the agency's own rows, with the same drop-downs
_HELP = "Fill in the white cells. 0 means none; leave a cell blank only if you do not know. The sheets Notes and Lists say what to count and which codes there are."
_BESIDE = f" Grey cells under “{SIGNED_FOR} …” are what you signed then: nothing is read from them."
_GREY, _PALE = "E5E5E5", "F3F2F1"


@dataclass(frozen=True)
class Column:
    """A figure to fill in; or, with a period, what was signed for that one."""

    figure: Figure
    signed_for: Period | None = None

    @property
    def heading(self) -> str:
        title = self.figure.title
        return title if self.signed_for is None else signed_for(self.signed_for.name, title)


@dataclass(frozen=True)
class Row:
    """`keys` as in KEY_COLUMNS, a cell for each column, and the words that say which template it stands in."""

    keys: tuple[str, ...]
    cells: tuple[str, ...]
    mark: str


def workbook(
    definition: Definition, owes: Owes, *, rows: Sequence[Row], columns: Sequence[Column], lists: Lists
) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    data: Any = book.active
    data.title = "Data"
    ranges = _lists_sheet(book, definition, owes, lists)
    _notes_sheet(book, definition, [column.figure for column in columns if column.signed_for is None])
    _data_sheet(data, definition, rows, columns)
    _drop_downs(data, definition, len(rows), columns, ranges)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _data_sheet(
    sheet: Worksheet, definition: Definition, rows: Sequence[Row], columns: Sequence[Column]
) -> None:
    """Mark, help, headings, rows. What is grey is locked, without a password; everything else can be filled in."""
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    small = Font(size=9, color="505A5F")
    beside = any(column.signed_for for column in columns)
    _write(sheet, 1, 1, f"{definition.title} · {rows[0].mark}").font = small
    _write(sheet, 2, 1, _HELP + _BESIDE * beside).font = small
    _headings(sheet, columns)
    for number, row in enumerate(rows, start=HEADING_ROW + 1):
        _row(sheet, number, row, columns)
    sheet.freeze_panes = f"{get_column_letter(len(KEY_COLUMNS) + 1)}{HEADING_ROW + 1}"
    protection = sheet.protection
    protection.sheet = True
    protection.formatColumns = protection.formatRows = protection.insertRows = protection.sort = (
        protection.autoFilter
    ) = False


def _headings(sheet: Worksheet, columns: Sequence[Column]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill, Protection
    from openpyxl.utils import get_column_letter

    headings = [*KEY_COLUMNS, *(column.heading for column in columns)]
    for at, heading in enumerate(headings, start=1):
        cell = _write(sheet, HEADING_ROW, at, heading)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=_GREY)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        letter = get_column_letter(at)
        sheet.column_dimensions[letter].width = 24 if at <= len(KEY_COLUMNS) else 16
        sheet.column_dimensions[letter].protection = Protection(locked=False)
    longest = max(len(column.heading) for column in columns)
    sheet.row_dimensions[HEADING_ROW].height = 15 * (longest // 14 + 1)


def _row(sheet: Worksheet, number: int, row: Row, columns: Sequence[Column]) -> None:
    from openpyxl.styles import Font, PatternFill, Protection

    for at, text in enumerate(row.keys, start=1):
        cell = _write(sheet, number, at, text)
        cell.number_format, cell.fill = "@", PatternFill("solid", fgColor=_GREY)
    for at, (column, text) in enumerate(zip(columns, row.cells, strict=True), start=len(KEY_COLUMNS) + 1):
        cell = _write_figure(sheet, number, at, text)
        if column.signed_for is None:
            cell.protection = Protection(locked=False)
        else:
            cell.font, cell.fill = Font(color="505A5F"), PatternFill("solid", fgColor=_PALE)


def _lists_sheet(book: Workbook, definition: Definition, owes: Owes, lists: Lists) -> dict[str, str]:
    """Every code with its title; returns the ranges that drop-downs show: of codes, breakdowns and each figure's answers."""
    from openpyxl.styles import Font

    sheet = book.create_sheet("Lists")
    breakdowns = breakdowns_of(definition, owes)
    codes = [
        (b.name, line.code, line.title)
        for b in breakdowns
        if b.name != TOTAL and not b.key
        for line in lines_of(definition, b, lists)
    ]
    choices = [
        (figure.title, code, title)
        for figure in definition.figures
        if figure.list and figure.name in owes.figures
        for code, title in lists[figure.list].items()
    ]
    answers = list(dict.fromkeys(answer for figure in definition.figures for answer in answers_of(figure)))
    columns: list[tuple[str, Sequence[str]]] = [
        ("breakdown of the code", [name for name, _code, _title in codes]),
        ("code", [code for _name, code, _title in codes]),
        ("what it means", [title for _name, _code, title in codes]),
        ("breakdown", [breakdown.name for breakdown in breakdowns]),
        ("what it means", [breakdown.title for breakdown in breakdowns]),
        ("answer", [mark for mark, _words in answers]),
        ("what it means", [words for _mark, words in answers]),
        ("choices for", [name for name, _code, _title in choices]),
        ("choice", [code for _name, code, _title in choices]),
        ("what it means", [title for _name, _code, title in choices]),
    ]
    for column, (heading, texts) in enumerate(columns, start=1):
        _write(sheet, 1, column, heading).font = Font(bold=True)
        for number, text in enumerate(texts, start=2):
            _write(sheet, number, column, text).number_format = "@"
        sheet.column_dimensions["ABCDEFGHIJ"[column - 1]].width = 16 + 24 * (heading == "what it means")
    sheet.freeze_panes = "A2"
    ends = {"code": len(codes), "breakdown": len(breakdowns), "answer": len(answers)}
    ranges = {
        name: f"Lists!${letter}$2:${letter}${ends[name] + 1}"
        for name, letter in (("code", "B"), ("breakdown", "D"), ("answer", "F"))
        if ends[name]
    }
    for name in dict.fromkeys(name for name, _code, _title in choices):
        at = [number for number, each in enumerate(choices, start=2) if each[0] == name]
        ranges[name] = f"Lists!$I${at[0]}:$I${at[-1]}"
    return ranges


def _notes_sheet(book: Workbook, definition: Definition, figures: Sequence[Figure]) -> None:
    from openpyxl.styles import Alignment, Font

    sheet = book.create_sheet("Notes")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 30, 100
    for number, (left, right) in enumerate(_notes(definition, figures), start=1):
        _write(sheet, number, 1, left).font = Font(bold=True)
        _write(sheet, number, 2, right).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.cell(number, 1).alignment = Alignment(wrap_text=True, vertical="top")


def _notes(definition: Definition, figures: Sequence[Figure]) -> Iterator[tuple[str, str]]:
    yield definition.title, definition.about
    yield "Who owes it", ". ".join(as_dictionary(definition).owed) + "."
    yield "What will be signed", definition.statement
    for figure in figures:
        yield figure.title, figure.description
        yield "", f"Write {expected(figure)}."
        for words, examples in (("Count", figure.counted), ("Do not count", figure.not_counted)):
            if examples:
                yield words, "\n".join(f"• {example}" for example in examples)
    yield "Who sees it", "\n".join(f"• {line}" for line in definition.used_by)


def _drop_downs(
    sheet: Worksheet, definition: Definition, rows: int, columns: Sequence[Column], ranges: dict[str, str]
) -> None:
    """Lists for breakdown and code; answers other than a number are offered beside figures, where numbers may stand too."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    last = HEADING_ROW + rows + SPARE_ROWS
    for name, column in (("breakdown", 4), ("code", 5)):
        if name in ranges and not (name == "code" and any(b.key for b in definition.breakdowns)):
            choice = DataValidation(
                type="list", formula1=ranges[name], allow_blank=True, showErrorMessage=True
            )
            choice.errorTitle, choice.error = (
                "Not in the list",
                f"Choose a {name} from the list on the sheet Lists.",
            )
            choice.add(f"{get_column_letter(column)}{HEADING_ROW + 1}:{get_column_letter(column)}{last}")
            sheet.add_data_validation(choice)
    for column, each in enumerate(columns, start=len(KEY_COLUMNS) + 1):
        figure = each.figure
        if each.signed_for is not None:
            continue
        if figure.title in ranges:
            choice = DataValidation(type="list", formula1=ranges[figure.title], allow_blank=True)
            choice.add(f"{get_column_letter(column)}{HEADING_ROW + 1}:{get_column_letter(column)}{last}")
            sheet.add_data_validation(choice)
        if figure.answers:
            choice = DataValidation(
                type="list",
                formula1=ranges["answer"],
                allow_blank=True,
                showErrorMessage=False,
                showInputMessage=True,
            )
            choice.promptTitle, choice.prompt = figure.title[:32], f"Write {expected(figure)}."[:255]
            choice.add(f"{get_column_letter(column)}{HEADING_ROW + 1}:{get_column_letter(column)}{last}")
            sheet.add_data_validation(choice)


def _write(sheet: Worksheet, row: int, column: int, text: str) -> Any:
    """A cell that is text, whatever it looks like: a name that starts with “=” is no formula."""
    cell: Any = sheet.cell(row, column)
    if text:
        cell.value = text
        cell.data_type = "s"
    return cell


def _write_figure(sheet: Worksheet, row: int, column: int, text: str) -> Any:
    """A cell that is a number where the text is a plain one, so that a spreadsheet can add and compare it."""
    number = whole_number(text)
    return _write(sheet, row, column, text) if number is None else sheet.cell(row, column, number)
