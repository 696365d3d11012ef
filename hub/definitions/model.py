"""The definition of a return, as every other part of the hub reads it: frozen values, no behaviour beyond look-ups.

A return's file has the same shape for every return. A row of data says of which agency, for which period and for
which line of which breakdown it speaks, and carries one cell for each figure:

    partnership, agency, period, breakdown, code, <figure>, <figure>, …

`breakdown` is `total` (then `code` is blank) or the name of a one-way table whose lines add to the same total.
`partnership` may be left out where the sender owes the return to one partnership only.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Literal

from hub.findings import Severity
from hub.periods import Kind
from hub.units import UNITS

TOTAL = "total"
KEY_COLUMNS = ("partnership", "agency", "period", "breakdown", "code")

# Answers other than a number, as people write them in a cell. Blank is none of them: it is `missing`.
# `hidden` is what a publisher did to a small count: only figures of a published return list it among their answers.
ANSWERS = {"[x]": "not_available", "[z]": "not_applicable", "[nil]": "nil", "[c]": "hidden"}

# Lists that the partnership gives and no file holds.
AREAS_LIST = "areas"  # the partnership's areas, as at the period, and `not-known`
MEMBERS_LIST = "members"  # codes of the partnership's member agencies
NOT_KNOWN = "not-known"

# Between a line and the line of another table that it lies in: `south/assessment-1`, `RQ3/south`.
WITHIN = "/"

# How a sender names the rows of a register: short, without anything that could point to a person.
REGISTER_KEY = "[a-z0-9][a-z0-9-]{0,19}"

# The line that a table has beside its list's, where whoever owes it may answer that they do not hold it at all.
NOT_HELD = "not-held"
NOT_HELD_TITLE = "We do not hold this table"


@dataclass(frozen=True)
class Figure:
    """One figure that is asked for. `counted` and `not_counted` hold three examples each."""

    name: str
    title: str
    description: str
    unit: str  # a key of hub.units.UNITS
    minimum: int = 0
    maximum: int = 999_999_999
    required: bool = False  # a blank is an error; otherwise a blank is asked about
    answers: tuple[str, ...] = ()  # values of ANSWERS that the sender may give
    counted: tuple[str, ...] = ()
    not_counted: tuple[str, ...] = ()
    list: str = ""  # of a `code`: the code list that its cells are of
    stock: bool = False  # as on one day, so that most of it is the same next time; never added over periods
    equal_parts: bool = False  # promised in equal parts, so that the same again is what was agreed

    @property
    def stays(self) -> bool:
        """The same number again says nothing."""
        return self.stock or self.equal_parts

    @property
    def in_words(self) -> bool:
        """Not a number: its cell is signed with the row and is no fact. `maximum` is then the longest text."""
        return UNITS[self.unit].words


@dataclass(frozen=True)
class Judged:
    """A judgement that the partnership's data team makes of every signed row: inside or outside, a moderated score."""

    title: str
    list: str  # the code list of its answers


@dataclass(frozen=True)
class Breakdown:
    """A one-way table: its lines are the codes of a list, its columns some of the figures."""

    name: str
    title: str
    list: str  # a code list, AREAS_LIST or MEMBERS_LIST; empty for the total
    figures: tuple[str, ...]
    rows: Literal["all", "listed"] = "all"  # `listed`: a line that is left out stands for none
    required: bool = True
    personal: bool = False  # protected outside the agency (security.md P8)
    adds_up: bool = True  # the lines add to the total
    key: str = ""  # of a register: what the sender's own code of a row is called; there is then no list
    judged: Judged | None = None  # what the partnership, and not the sender, says of each row
    may_be_not_held: bool = False  # one line, NOT_HELD, may stand in place of all others
    within: str = ""  # the table in whose lines its own lie; their codes are then `<that line>/<own>`
    in_lines: tuple[
        str, ...
    ] = ()  # of a table within another: in which of its lines; in all where none is named


@dataclass(frozen=True)
class Due:
    working_days: int | None = None  # after the period of collection
    month: int | None = None  # or on a day of the year
    day: int | None = None


@dataclass(frozen=True)
class Owes:
    """Which kinds of agency owe the return, how often, and who signs."""

    kinds: tuple[str, ...]
    frequency: Kind  # period of collection
    grain: Kind  # period of each row
    due: Due | None
    signatures: int
    breakdowns: tuple[str, ...]  # always with `total`
    figures: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """A check of a table. `expectation` is a Great Expectations type with kwargs over a frame (see schemas/README.md).

    `frame` names the shape it reads, as hub.definitions.frames makes it: `rows` (a row of data each, figures as
    numbers), `melted` (a figure of a row each), `parts` (a breakdown's lines beside the total) or `within` (the lines that
    lie in a line of another breakdown, beside it).
    """

    code: str
    severity: Severity
    why: str
    message: str  # plain words with {column} names of the frame in braces
    frame: Literal["rows", "melted", "parts", "within"]
    expectation: str
    kwargs: dict[str, Any]
    field: str | None  # the figure at which the finding is shown
    breakdowns: tuple[str, ...]  # restricts rows; empty for all
    derive: dict[str, str]  # column → pandas expression (DataFrame.eval) over figures
    passes: tuple[dict[str, Any], ...]
    fails: tuple[dict[str, Any], ...]
    named: str | None = None  # hub.validation.rules.<name>, instead of an expectation


@dataclass(frozen=True)
class HistoryRule:
    """A question about a figure beside what was signed before. `kind` and `parameters`: hub.definitions.history_kinds.

    Without `figures` every figure of the tables is meant, without `breakdowns` the total (or whatever the kind reads).
    """

    code: str
    kind: str
    severity: Severity
    why: str
    message: str  # plain words with the names that its kind knows in braces
    figures: tuple[str, ...]
    breakdowns: tuple[str, ...]
    parameters: dict[str, float]
    beside: dict[str, str]  # of the kind `gap`: return, breakdown and figure of the other side
    passes: tuple[dict[str, Any], ...] = ()
    fails: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Definition:
    """A complete version of a return."""

    code: str
    version: int
    status: Literal["draft", "live"]
    title: str
    about: str
    statement: str  # the sentence that is signed
    published: bool
    publisher: str | None
    owes: tuple[Owes, ...]
    breakdowns: tuple[Breakdown, ...]  # the first is the total
    figures: tuple[Figure, ...]
    rules: tuple[Rule, ...]
    used_by: tuple[str, ...] = ()  # who sees it and what uses it, in words
    history: tuple[HistoryRule, ...] = ()  # the standard ones of schemas/history.yaml among them
    finance: bool = False  # money: the finance lead may prepare it, and only the parties read it
    of_children: bool = True  # its figures count children, so that one school's are protected
    digest: str = ""

    @property
    def part(self) -> str | None:
        """What it is where a role is narrowed to some returns (`only` in permissions.yaml)."""
        return "finance" if self.finance else None

    @property
    def numbers(self) -> tuple[Figure, ...]:
        return tuple(figure for figure in self.figures if not figure.in_words)

    @property
    def lists(self) -> tuple[str, ...]:
        """The lists that breakdowns and figures name, each once."""
        named = [*(part.list for part in self.breakdowns), *(figure.list for figure in self.figures)]
        return tuple(dict.fromkeys(name for name in named if name))

    def in_unit(self, *units: str) -> tuple[str, ...]:
        """The names of the figures that are kept in one of the units."""
        return tuple(figure.name for figure in self.figures if figure.unit in units)

    def figure(self, name: str) -> Figure:
        return next(figure for figure in self.figures if figure.name == name)

    def breakdown(self, name: str) -> Breakdown:
        return next(breakdown for breakdown in self.breakdowns if breakdown.name == name)

    def area_of(self, name: str, code: str) -> str:
        """The code of the area that a line of a table speaks of; "" where it is of the whole place."""
        breakdown = self.breakdown(name)
        if breakdown.list == AREAS_LIST:
            return code.rpartition(WITHIN)[2]
        within = breakdown.within and self.breakdown(breakdown.within).list == AREAS_LIST
        return code.partition(WITHIN)[0] if within else ""

    def owes_for(self, kind: str) -> Owes | None:
        """What an agency of that kind owes, or None."""
        return next((owes for owes in self.owes if kind in owes.kinds), None)


@dataclass(frozen=True)
class CodeAlias:
    """Another code of the same thing, and when it was one."""

    code: str
    from_on: str | None = None
    until_on: str | None = None


@dataclass(frozen=True)
class CodeListItem:
    """`within` is the code of the wider thing that it lies in; `successors` are the items that took its place.

    `kinds` are the kinds of agency that are asked for it; all where none are named.
    """

    code: str
    title: str
    from_on: str | None = None
    until_on: str | None = None
    within: str | None = None
    aliases: tuple[CodeAlias, ...] = ()
    successors: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    def serves(self, kinds: Collection[str]) -> bool:
        """Whether any of these kinds of agency is asked for it."""
        return not self.kinds or not kinds or not set(kinds).isdisjoint(self.kinds)


@dataclass(frozen=True)
class CodeList:
    """`local`: each partnership adds items of its own. `says` names the words of a row that such an item stands for.

    Items of `of`, a kind of agency, are member agencies, each put with others of its line in the lists of `groups`.
    """

    code: str
    version: int
    title: str
    source: str
    items: tuple[CodeListItem, ...]
    digest: str = ""
    status: Literal["draft", "live"] = "draft"
    local: bool = False
    within_areas: bool = False  # its items lie in areas: `south/assessment-1`
    says: tuple[str, ...] = ()
    of: str = ""
    groups: dict[str, str] = field(default_factory=dict)

    @property
    def said(self) -> frozenset[str]:
        """What an item of a partnership's own says beside its name."""
        return frozenset({*self.says, *self.groups})
