"""What the agency signed for the period before and for the same period of last year, box by box of a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub import periods
from hub.definitions.as_questions import Questions
from hub.definitions.layout import Line
from hub.definitions.model import KEY_COLUMNS
from hub.periods import Period
from hub.web.present_signing import period_before, signed_rows
from hub.web.subject import Subject

Cell = tuple[str, str, str, str]  # period, table, line and figure


@dataclass(frozen=True)
class Before:
    """Text as it was typed and signed, by cell."""

    signed: Mapping[Cell, str]

    def beside(self, period: Period, breakdown: str, code: str, figure: str) -> tuple[tuple[str, str], ...]:
        """(“Mar 2015”, “148”) for the period before and for last year's, those that were signed."""
        found = []
        for earlier in (period_before(period), periods.a_year_before(period)):
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
    for period in dict.fromkeys((period_before(whole), periods.a_year_before(whole))):
        found = signed_rows(session, about, period)
        for row in found[1] if found else ():
            place = (row["period"], row["breakdown"], row["code"])
            cells.update({(*place, name): text for name, text in row.items() if text and name not in _KEYS})
    return Before(cells)


_KEYS = {*KEY_COLUMNS, "row_no"}


def carried(
    session: Session, about: Subject, questions: Questions, typed: Mapping[str, str]
) -> dict[str, str]:
    """What is typed, with the blank boxes of answers that seldom change filled in as they were last signed.

    Those are posts, and the rows of registers with their words: contracts, audit evidence.
    """
    filled = dict(typed)
    last = before(session, about)
    registers = {each.name for each in about.definition.breakdowns if each.key}
    earlier = {period_before(section.period).code: section.period for section in questions.sections}
    for (period, breakdown, code, name), text in last.signed.items():
        if period in earlier and (breakdown in registers or about.definition.figure(name).unit == "posts"):
            box = ".".join((earlier[period].code, breakdown, code, name))
            if not filled.get(box, "").strip():
                filled[box] = text
    return filled


def may_carry(questions: Questions) -> bool:
    """Whether the form asks for anything that seldom changes."""
    return any(
        section.breakdown.key or column.figure.unit == "posts"
        for section in questions.sections
        for column in section.columns
    )


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
