"""A definition as the pages of the data dictionary: what to count, who sends it, who sees it, what is checked. No HTML."""

from __future__ import annotations

from dataclasses import dataclass

from hub.definitions.as_questions import answers_of
from hub.definitions.as_schema import expected
from hub.definitions.model import Definition, Due, Figure, HistoryRule, Owes, Rule
from hub.units import UNITS

KIND_NAMES = {
    "council": "councils",
    "nhs_trust": "NHS trusts",
    "nhs_commissioner": "NHS commissioners",
    "nhs_england": "NHS England",
    "police": "police forces",
    "school": "schools",
    "other": "other bodies",
    "region": "regions",
    "nation": "England",
}
PERIOD_NAMES = {
    "month": "month",
    "quarter": "quarter",
    "financial_year": "financial year",
    "term": "school term",
    "academic_year": "school year",
    "mid_year": "mid-year (30 June)",
}
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


OWN_ROWS = "the sender’s own rows"


@dataclass(frozen=True)
class Entry:
    """One figure: how to count it, and in which tables it is asked."""

    name: str
    title: str
    description: str
    unit: str
    expected: str
    answers: tuple[tuple[str, str], ...]
    counted: tuple[str, ...]
    not_counted: tuple[str, ...]
    breakdowns: tuple[str, ...]


@dataclass(frozen=True)
class Check:
    """A rule in words."""

    code: str
    severity: str
    why: str
    figure: str | None
    breakdowns: tuple[str, ...]


@dataclass(frozen=True)
class Dictionary:
    code: str
    version: int
    status: str
    title: str
    about: str
    statement: str
    publisher: str | None
    owed: tuple[str, ...]
    used_by: tuple[str, ...]
    breakdowns: tuple[tuple[str, str, str, bool], ...]  # name, title, list, protected
    entries: tuple[Entry, ...]
    checks: tuple[Check, ...]


def as_dictionary(definition: Definition) -> Dictionary:
    return Dictionary(
        code=definition.code,
        version=definition.version,
        status=definition.status,
        title=definition.title,
        about=definition.about,
        statement=definition.statement,
        publisher=definition.publisher,
        owed=tuple(owed_in_words(owes, published=definition.published) for owes in definition.owes),
        used_by=definition.used_by,
        breakdowns=tuple(
            (b.name, b.title, b.list or (OWN_ROWS if b.key else ""), b.personal)
            for b in definition.breakdowns
        ),
        entries=tuple(_entry(definition, figure) for figure in definition.figures),
        checks=(
            *(_check(definition, rule) for rule in definition.rules),
            *(_history_check(definition, rule) for rule in definition.history),
        ),
    )


def _entry(definition: Definition, figure: Figure) -> Entry:
    return Entry(
        name=figure.name,
        title=figure.title,
        description=figure.description,
        unit=UNITS[figure.unit].name,
        expected=expected(figure),
        answers=answers_of(figure),
        counted=figure.counted,
        not_counted=figure.not_counted,
        breakdowns=tuple(b.title for b in definition.breakdowns if figure.name in b.figures),
    )


def _check(definition: Definition, rule: Rule) -> Check:
    titles = tuple(definition.breakdown(name).title for name in rule.breakdowns)
    return Check(
        rule.code,
        rule.severity,
        rule.why,
        definition.figure(rule.field).title if rule.field else None,
        titles,
    )


def _history_check(definition: Definition, rule: HistoryRule) -> Check:
    figures = ", ".join(definition.figure(name).title for name in rule.figures)
    titles = tuple(definition.breakdown(name).title for name in rule.breakdowns)
    return Check(rule.code, rule.severity, rule.why, figures or None, titles)


def owed_in_words(owes: Owes, *, published: bool = False) -> str:
    """ "NHS trusts and police forces, for each month, by the 15th working day after it, signed by a second person"."""
    kinds = [KIND_NAMES[kind] for kind in owes.kinds]
    who = " and ".join([", ".join(kinds[:-1]), kinds[-1]] if len(kinds) > 1 else kinds)
    each = f"for each {PERIOD_NAMES[owes.frequency]}"
    if owes.grain != owes.frequency:
        each += f", with a row for each {PERIOD_NAMES[owes.grain]}"
    if published:
        return f"Figures of {who}, {each}, as published"
    signed = "signed by a second person" if owes.signatures == 2 else "signed by one person"
    return f"{who[0].upper()}{who[1:]}, {each}, {_due_in_words(owes.due)}, {signed}"


def _due_in_words(due: Due | None) -> str:
    if due is None:
        return "never due"
    if due.working_days:
        return f"by the {_ordinal(due.working_days)} working day after it"
    return f"by {due.day} {_MONTHS[(due.month or 1) - 1]}"


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
