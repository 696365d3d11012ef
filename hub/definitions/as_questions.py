"""A definition as the questions of a web form, for one agency and period of collection. Words and places, no HTML."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from hub.definitions.as_schema import expected
from hub.definitions.layout import Line, Lists, breakdowns_of, lines_of, owed_by, periods_in
from hub.definitions.model import ANSWERS, Breakdown, Definition, Figure
from hub.periods import Period


@dataclass(frozen=True)
class Column:
    """A figure that is asked for, with what helps to count it."""

    figure: Figure
    hint: str  # what may be written
    answers: tuple[tuple[str, str], ...]  # (mark, words) of answers other than a number
    choices: tuple[tuple[str, str], ...] = ()  # (code, title) of a list


@dataclass(frozen=True)
class Section:
    """A table of the form: one period and breakdown, lines down, figures across."""

    period: Period
    breakdown: Breakdown
    hint: str
    lines: tuple[Line, ...]
    columns: tuple[Column, ...]

    def field(self, line: Line, figure: str) -> str:
        """The name of one box in the form: `2014-09.setting.maternity.referrals_made`."""
        return ".".join((self.period.code, self.breakdown.name, line.code, figure))


@dataclass(frozen=True)
class Questions:
    return_code: str
    version: int
    title: str
    about: str
    statement: str
    signatures: int
    sections: tuple[Section, ...]

    @property
    def boxes(self) -> int:
        return sum(len(section.lines) * len(section.columns) for section in self.sections)


def as_questions(
    definition: Definition,
    *,
    kind: str,
    period: Period,
    lists: Lists,
    keys: Mapping[str, Collection[str]] | None = None,
) -> Questions:
    """Every box that the agency may fill, in order. `keys` names, by register, the rows that it has already.

    Errors: NotFound where that kind of agency owes nothing.
    """
    owes = owed_by(definition, kind)
    sections = tuple(
        Section(
            period=part,
            breakdown=breakdown,
            hint=_hint(breakdown),
            lines=tuple(lines_of(definition, breakdown, lists, keys=(keys or {}).get(breakdown.name, ()))),
            columns=tuple(
                _column(definition.figure(name), lists) for name in breakdown.figures if name in owes.figures
            ),
        )
        for part in periods_in(owes, period)
        for breakdown in breakdowns_of(definition, owes)
    )
    sections = tuple(each for each in sections if each.lines)  # a partnership without teams is asked for none
    return Questions(
        definition.code,
        definition.version,
        definition.title,
        definition.about,
        definition.statement,
        owes.signatures,
        sections,
    )


def answers_of(figure: Figure) -> tuple[tuple[str, str], ...]:
    """The answers other than a number that a figure takes, with their words."""
    return tuple((mark, _ANSWER_WORDS[state]) for mark, state in ANSWERS.items() if state in figure.answers)


_ANSWER_WORDS = {
    "not_available": "we do not hold this figure",
    "not_applicable": "this does not apply to us",
    "nil": "nothing happened, and we checked",
    "hidden": "hidden by the publisher",
}


def _column(figure: Figure, lists: Lists) -> Column:
    hint = f"Write {expected(figure)}. Leave it blank only if you do not know yet."
    choices = tuple(lists[figure.list].items()) if figure.list else ()
    return Column(figure, hint, answers_of(figure), choices)


def _hint(breakdown: Breakdown) -> str:
    parts = []
    if not breakdown.required:
        parts.append("Leave this table out if you do not hold it.")
    if breakdown.key:
        parts.append(
            "A row for each. Keep its number from year to year; to add more rows than there are here, save and come back."
        )
    if breakdown.judged:
        parts.append(f"{breakdown.judged.title}: the partnership says that later, not you.")
    if breakdown.within:
        parts.append("The lines of one place add to its line in the table above, or you are asked why not.")
    if breakdown.may_be_not_held:
        parts.append(
            "If you do not hold this table, write [x] in its last line and leave the other lines blank."
        )
    if (breakdown.list or breakdown.key) and breakdown.adds_up:
        parts.append("The lines add to the total.")
    if breakdown.rows == "listed" and not breakdown.key:
        parts.append("A line that you leave blank stands for none.")
    if breakdown.personal:
        parts.append("Small counts are protected before anybody outside your agency sees them.")
    return " ".join(parts)
