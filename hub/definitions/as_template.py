"""A definition as a file to fill in, for one agency and period of collection: a workbook, or the same rows as CSV.

The agency's rows stand there already with blank figures. The workbook has a visible *Lists* sheet behind its
drop-downs and a visible *Notes* sheet that says what to count; intake knows both and takes nothing from them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from hub.definitions.as_dictionary import as_dictionary
from hub.definitions.as_questions import answers_of
from hub.definitions.as_schema import expected
from hub.definitions.layout import Lists, breakdowns_of, lines_of, owed_by, rows_of
from hub.definitions.model import KEY_COLUMNS, TOTAL, Definition, Figure, Owes
from hub.periods import Period

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

Format = Literal["xlsx", "csv"]

HEADING_ROW = 3
SPARE_ROWS = 500  # below the agency's own rows, with the same drop-downs
_HELP = "Fill in the white cells. 0 means none; leave a cell blank only if you do not know. The sheets Notes and Lists say what to count and which codes there are."


def template(
    definition: Definition,
    *,
    agency_code: str,
    agency_kind: str,
    partnership_code: str,
    period: Period,
    lists: Lists,
    format: Format,
) -> bytes:
    """The file for one agency and period of collection. Errors: NotFound where that kind of agency owes nothing."""
    owes = owed_by(definition, agency_kind)
    figures = [figure for figure in definition.figures if figure.name in owes.figures]
    keys = [
        (partnership_code, agency_code, part.code, breakdown.name, line.code)
        for part, breakdown, line in rows_of(definition, owes, period, lists)
    ]
    if format == "csv":
        return _csv(keys, figures)
    mark = f"{definition.title} · {definition.code} version {definition.version} · agency {agency_code} · {period.name} ({period.code})"
    return _workbook(definition, owes, mark=mark, keys=keys, figures=figures, lists=lists)


@dataclass(frozen=True)
class Sender:
    """Who answers, and to whom; `lists` are those of that partnership."""

    partnership_code: str
    agency_code: str
    agency_kind: str
    lists: Lists


def for_several(definition: Definition, senders: Sequence[Sender], period: Period) -> bytes:
    """One CSV for all of a person's bodies or partnerships, the rows of each below those of the one before.

    Errors: NotFound where one of them owes nothing.
    """
    owing = [(sender, owed_by(definition, sender.agency_kind)) for sender in senders]
    asked = {name for _, owes in owing for name in owes.figures}
    keys = [
        (sender.partnership_code, sender.agency_code, part.code, breakdown.name, line.code)
        for sender, owes in owing
        for part, breakdown, line in rows_of(definition, owes, period, sender.lists)
    ]
    return _csv(keys, [figure for figure in definition.figures if figure.name in asked])


def _csv(keys: Sequence[tuple[str, ...]], figures: Sequence[Figure]) -> bytes:
    """UTF-8 with the mark by which spreadsheets know it; headings are the names of the definition."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*KEY_COLUMNS, *(figure.name for figure in figures)])
    writer.writerows([*key, *("" for _ in figures)] for key in keys)
    return text.getvalue().encode("utf-8-sig")


def _workbook(
    definition: Definition,
    owes: Owes,
    *,
    mark: str,
    keys: Sequence[tuple[str, ...]],
    figures: Sequence[Figure],
    lists: Lists,
) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    data: Any = book.active
    data.title = "Data"
    ranges = _lists_sheet(book, definition, owes, lists)
    _notes_sheet(book, definition, figures)
    _data_sheet(data, mark=mark, keys=keys, figures=figures)
    _drop_downs(data, definition, len(keys), figures, ranges)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _data_sheet(
    sheet: Worksheet, *, mark: str, keys: Sequence[tuple[str, ...]], figures: Sequence[Figure]
) -> None:
    """Mark, help, headings, rows. Headings and keys are locked, without a password; everything else can be filled in."""
    from openpyxl.styles import Alignment, Font, PatternFill, Protection
    from openpyxl.utils import get_column_letter

    grey = PatternFill("solid", fgColor="E5E5E5")
    headings = [*KEY_COLUMNS, *(figure.title for figure in figures)]
    _write(sheet, 1, 1, mark).font = Font(size=9, color="505A5F")
    _write(sheet, 2, 1, _HELP).font = Font(size=9, color="505A5F")
    for column, heading in enumerate(headings, start=1):
        cell = _write(sheet, HEADING_ROW, column, heading)
        cell.font, cell.fill = Font(bold=True), grey
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = 24 if column <= len(KEY_COLUMNS) else 16
        sheet.column_dimensions[letter].protection = Protection(locked=False)
    for number, key in enumerate(keys, start=HEADING_ROW + 1):
        for column, text in enumerate(key, start=1):
            cell = _write(sheet, number, column, text)
            cell.number_format, cell.fill = "@", grey
        for column in range(len(KEY_COLUMNS) + 1, len(headings) + 1):
            sheet.cell(number, column).protection = Protection(locked=False)
    sheet.row_dimensions[HEADING_ROW].height = 15 * max(
        1, *(len(figure.title) // 14 + 1 for figure in figures)
    )
    sheet.freeze_panes = f"{get_column_letter(len(KEY_COLUMNS) + 1)}{HEADING_ROW + 1}"
    protection = sheet.protection
    protection.sheet = True
    protection.formatColumns = protection.formatRows = protection.insertRows = protection.sort = (
        protection.autoFilter
    ) = False


def _lists_sheet(book: Workbook, definition: Definition, owes: Owes, lists: Lists) -> dict[str, str]:
    """Every code with its title; returns the ranges that drop-downs show: of codes, breakdowns and each figure's answers."""
    from openpyxl.styles import Font

    sheet = book.create_sheet("Lists")
    breakdowns = breakdowns_of(definition, owes)
    codes = [
        (b.name, line.code, line.title)
        for b in breakdowns
        if b.name != TOTAL and not b.key
        for line in lines_of(b, lists)
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
    sheet: Worksheet, definition: Definition, rows: int, figures: Sequence[Figure], ranges: dict[str, str]
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
    for column, figure in enumerate(figures, start=len(KEY_COLUMNS) + 1):
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
