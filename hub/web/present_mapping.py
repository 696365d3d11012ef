"""What the pages on which a mapping is made offer: what a column may hold, which codes a text may stand for, what fits by name.

A proposal is made only where two names are the same, and is shown as one; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from hub.definitions.mapping_choices import ACROSS, LEFT_OUT, Choices
from hub.definitions.mapping_model import MISSING
from hub.definitions.model import TOTAL, Breakdown, Definition, Figure, Owes
from hub.intake.headings import plain
from hub.intake.sample_model import Sample
from hub.intake.years import period_code
from hub.validation.lines import codes_of
from hub.validation.outcome import Scope

Option = tuple[str, str]  # value, words
Group = tuple[str, tuple[Option, ...]]

COLUMNS_SHOWN = 25
VALUES_SHOWN = 50
GRAINS = {
    "month": "month", "quarter": "quarter", "financial_year": "financial year", "academic_term": "term",
    "academic_year": "academic year", "instant": "date", "mid_year": "year",
}  # fmt: skip
STATES = {
    "nil": "None: a zero",
    "not_available": "Not available",
    "not_applicable": "Does not apply",
    MISSING: "Not known, like a blank",
}
_NUMBER = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?|[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True)
class Asked:
    """What the agency is asked: the tables, figures and codes that a mapping can fill."""

    definition: Definition
    owes: Owes
    scope: Scope
    agencies: Mapping[str, str]  # code → name, of those that a file may speak for
    partnerships: Mapping[str, str]

    @property
    def tables(self) -> list[Breakdown]:
        return [each for each in self.definition.breakdowns if each.name in self.owes.breakdowns]

    def figures(self, table: Breakdown) -> list[Figure]:
        """Those that are numbers."""
        asked = [self.definition.figure(name) for name in table.figures if name in self.owes.figures]
        return [figure for figure in asked if not figure.in_words]

    def codes(self, table: Breakdown) -> dict[str, str]:
        """The codes of a table's lines, in any of the partnerships."""
        found: dict[str, str] = {}
        for place in self.partnerships or {"": ""}:
            found |= codes_of(self.definition, table, self.scope, place)
        return found

    @property
    def grain(self) -> str:
        return GRAINS[self.owes.grain]


@dataclass(frozen=True)
class Column:
    """A column of the sample. `unfit` says why it cannot be read."""

    at: int
    heading: str
    examples: tuple[str, ...]
    held: str
    proposed: bool
    unfit: str


@dataclass(frozen=True)
class Value:
    """A text that stands in a column, and the code that it stands for."""

    field: str
    column: str
    text: str
    options: tuple[Option, ...]
    code: str
    proposed: bool


def held_options(asked: Asked) -> list[Group]:
    """What a column may hold, as grouped options of a drop-down."""
    figures = list(dict.fromkeys(each for table in asked.tables for each in asked.figures(table)))
    lines = [table for table in asked.tables if table.name != TOTAL]
    about = [
        ("period", f"The {asked.grain}"),
        ("agency", "The agency"),
        ("partnership", "The partnership"),
        ("left-out", "Which rows to leave out"),
        *[(f"line:{table.name}", f"The line of the table “{table.title}”") for table in lines],
        *[(f"figure:{each.name}", f"{each.title}, of the row’s line") for each in figures],
        *[(f"across:{each.name}", f"{each.title}, in the {asked.grain} of the heading") for each in figures],
    ]
    several = [
        ("table", "Which table and figure the row is of"),
        ("line", "The line of that table"),
        ("figure", "The figure of its row"),
        ("across", f"The figure of its row, in the {asked.grain} of the heading"),
    ]
    groups: list[Group] = [("About each row", tuple(about)), ("In a file of several tables", tuple(several))]
    return [*groups, *((table.title, tuple(_cells(asked, table))) for table in asked.tables)]


def _cells(asked: Asked, table: Breakdown) -> Iterator[Option]:
    """One figure of one line of a table, for each of them."""
    figures = asked.figures(table)
    codes = {"": table.title} if table.name == TOTAL else asked.codes(table)
    for code, title in codes.items():
        for figure in figures:
            words = figure.title if table.name == TOTAL else title
            if table.name != TOTAL and len(figures) > 1:
                words = f"{title}: {figure.title}"
            yield f"cell:{table.name}:{code}:{figure.name}", words


def columns(sample: Sample, asked: Asked, choices: Choices) -> list[Column]:
    """Every column with what it holds: as chosen, else as its heading says word for word."""
    plains = [plain(heading) for heading in sample.headings]
    by_name = _by_name(asked)
    earlier = {plain(heading): held for heading, held in choices.columns.items()}
    found = []
    for at, heading in enumerate(sample.headings):
        unfit = ""
        if not plains[at]:
            unfit = "It has no heading. Give it one in your system’s report to have it read."
        elif plains.count(plains[at]) > 1:
            unfit = "Another column has the same heading, so it cannot be told apart."
        chosen = choices.columns.get(heading, earlier.get(plains[at]))
        if chosen is None and period_code(heading, asked.owes.grain) is not None:
            chosen = choices.columns.get(ACROSS)  # of the version before, whatever its periods were
        proposal = _proposal(heading, plains[at], by_name, asked)
        held = "" if unfit else chosen if chosen is not None else proposal
        examples = tuple(text for text in sample.values[at] if text)[:3]
        found.append(Column(at, heading, examples, held, chosen is None and bool(held), unfit))
    return found


def _by_name(asked: Asked) -> dict[str, list[str]]:
    """Comparable name → what a column of that name may hold."""
    names: dict[str, list[str]] = {
        "period": ["period"],
        plain(asked.owes.grain): ["period"],
        "agency": ["agency"],
        "partnership": ["partnership"],
    }
    for table in asked.tables:
        figures = asked.figures(table)
        if table.name == TOTAL:
            for figure in figures:
                for name in {plain(figure.name), plain(figure.title)}:
                    names.setdefault(name, []).append(f"figure:{figure.name}")
            continue
        for name in {plain(table.name), plain(table.title)}:
            names.setdefault(name, []).append(f"line:{table.name}")
        for code, title in asked.codes(table).items():
            for name in {plain(code), plain(title)}:
                names.setdefault(name, []).extend(
                    f"cell:{table.name}:{code}:{figure.name}" for figure in figures
                )
    return names


def _proposal(heading: str, name: str, by_name: Mapping[str, list[str]], asked: Asked) -> str:
    figures = {figure.name for table in asked.tables for figure in asked.figures(table)}
    if len(figures) == 1 and period_code(heading, asked.owes.grain) is not None:
        return f"across:{next(iter(figures))}"
    fitting = by_name.get(name, [])
    return fitting[0] if len(fitting) == 1 else ""


def values(sample: Sample, asked: Asked, choices: Choices) -> list[Value]:
    """Every text that has to be matched with a code, in the order of the file's columns."""
    found = []
    for at, heading in enumerate(sample.headings):
        options = _codes(asked, choices.columns.get(heading, ""))
        if not options:
            continue
        chosen = choices.values.get(heading, {})
        by_name = {plain(name): code for code, words in options if code for name in (code, words)}
        for number, text in enumerate(sample.values[at]):
            if not text:
                continue
            proposal = by_name.get(plain(text), "")
            code = chosen.get(text, proposal)
            is_proposed = text not in chosen and bool(proposal)
            found.append(Value(f"value-{at}-{number}", heading, text, options, code, is_proposed))
    return found


def _codes(asked: Asked, held: str) -> tuple[Option, ...]:
    """The codes that a text of a column with this content may stand for; nothing where none are asked for."""
    kind, _, name = held.partition(":")
    leave_out = (LEFT_OUT, "Leave these rows out")
    if kind == "agency":
        return (*asked.agencies.items(), leave_out)
    if kind == "partnership":
        return (*asked.partnerships.items(), leave_out)
    if kind == "left-out":
        return (leave_out,)
    if kind == "table":
        pairs = [(table, figure) for table in asked.tables for figure in asked.figures(table)]
        named = [(f"{table.name}:{each.name}", _pair(table, each)) for table, each in pairs]
        return (*named, leave_out)
    if kind != "line":
        return ()
    tables = [each for each in asked.tables if each.name != TOTAL and name in ("", each.name)]
    codes: dict[str, str] = {}
    for table in tables:
        codes |= asked.codes(table)
    if not codes:
        return ()  # a register: its rows have names of their own
    total = ((TOTAL, "The total itself"),) if name else ()
    return (*codes.items(), *total, leave_out)


def _pair(table: Breakdown, figure: Figure) -> str:
    return figure.title if table.name == TOTAL else f"{table.title}: {figure.title}"


def symbols(sample: Sample, asked: Asked, choices: Choices) -> list[Value]:
    """Texts in the columns of figures that are not numbers, a blank among them, and what they stand for."""
    given = {answer for figure in asked.definition.figures for answer in figure.answers}
    options = tuple((state, words) for state, words in STATES.items() if state == MISSING or state in given)
    texts: dict[str, str] = {}
    for at, heading in enumerate(sample.headings):
        if choices.columns.get(heading, "").split(":")[0] in ("figure", "across", "cell"):
            for text in sample.values[at]:
                if not _NUMBER.fullmatch(text):
                    texts.setdefault(text, heading)
    return [
        Value(f"symbol-{number}", heading, text, options, choices.symbols.get(text, ""), proposed=False)
        for number, (text, heading) in enumerate(texts.items())
    ]


def unmatched(found: Iterable[Value], *, held: Mapping[str, str]) -> list[Value]:
    """Texts for which no code was chosen; in a column that only says what to leave out, none need be."""
    return [each for each in found if not each.code and held.get(each.column) != "left-out" and each.text]


def pages_of(count: int, size: int) -> int:
    return max(-(-count // size), 1)
