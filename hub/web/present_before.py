"""What the agency signed for the period before and for the same period of last year, box by box of a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub import periods
from hub.definitions.as_questions import Questions
from hub.definitions.layout import Line
from hub.definitions.model import ANSWERS, Definition
from hub.periods import Period
from hub.submissions.signed_before import cells_of, signed_rows
from hub.web.subject import Subject

Cell = tuple[str, str, str, str]  # period, table, line and figure


@dataclass(frozen=True)
class Before:
    """Text as it was typed and signed, by cell."""

    signed: Mapping[Cell, str]

    def beside(self, period: Period, breakdown: str, code: str, figure: str) -> tuple[tuple[str, str], ...]:
        """(“Mar 2015”, “148”) for the period before and for last year's, those that were signed."""
        found = []
        for earlier in (periods.preceding(period), periods.a_year_before(period)):
            text = self.signed.get((earlier.code, breakdown, code, figure), "")
            if text:
                found.append((short(earlier), text))
        return tuple(found)


NOTHING = Before({})


def short(period: Period) -> str:
    return f"{period.starts_on:%b %Y}" if period.kind == "month" else period.name


def before(session: Session, about: Subject) -> Before:
    """Two signed documents: of the period of collection before, and of last year's."""
    whole = about.listed.period
    cells: dict[Cell, str] = {}
    for period in dict.fromkeys((periods.preceding(whole), periods.a_year_before(whole))):
        found = signed_rows(session, about.owner, period)
        cells.update(cells_of(found[1]) if found else {})
    return Before(cells)


def unchanged(
    before: Before, definition: Definition, questions: Questions
) -> dict[tuple[str, str, str], str]:
    """Of the period just before: the answers that seldom change, by table, line and figure. Never a count.

    Those are posts, words, whole rows of registers, and that a figure is not held or does not apply.
    """
    last = periods.preceding(questions.sections[0].period).code
    registers = {each.name for each in definition.breakdowns if each.key}
    steady = {figure.name for figure in definition.figures if figure.in_words or figure.unit == "posts"}
    return {
        (breakdown, code, name): text
        for (period, breakdown, code, name), text in before.signed.items()
        if period == last and (breakdown in registers or name in steady or text in _NOT_THEIRS)
    }


_NOT_THEIRS = [mark for mark, state in ANSWERS.items() if state in ("not_available", "not_applicable")]


def carried(
    before: Before, definition: Definition, questions: Questions, typed: Mapping[str, str]
) -> dict[str, str]:
    """What is typed, with blank boxes filled in with the answers that seldom change.

    A register's row of which anything is typed is left alone: it may be another contract under the same number.
    """
    registers = {each.name for each in definition.breakdowns if each.key}
    begun = {name.rsplit(".", 1)[0] for name, text in typed.items() if text.strip()}
    asked = {
        section.field(line, column.figure.name)
        for section in questions.sections
        for line in section.lines
        for column in section.columns
    }
    filled = dict(typed)
    for period in dict.fromkeys(section.period.code for section in questions.sections):
        for (breakdown, code, name), text in unchanged(before, definition, questions).items():
            row = ".".join((period, breakdown, code))
            box = f"{row}.{name}"
            fits = row not in begun if breakdown in registers else box in asked
            if fits and not typed.get(box, "").strip():
                filled[box] = text
    return filled


def nil_return(questions: Questions) -> dict[str, str] | None:
    """Every total answered with nil; None where a figure of the total does not allow it, or a register is asked."""
    boxes: dict[str, str] = {}
    for section in questions.sections:
        if section.breakdown.list or section.breakdown.key:
            continue
        for column in section.columns:
            if "nil" not in column.figure.answers:
                return None
            boxes[section.field(Line("", ""), column.figure.name)] = "[nil]"
    return boxes or None
