"""Findings as people read them: errors first, each complaint once with its places; then at most five queries, the rest folded.

Warnings never bury errors: what is asked stands below them, the worst first, and what needs no answer is folded too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from hub.findings import Finding, errors, in_reading_order, notes, queries
from hub.submissions.drafted import DraftRead, finding_key
from hub.validation.history import MOST_ASKED
from hub.validation.outcome import Outcome

SHOWN = 100


@dataclass(frozen=True)
class Item:
    finding: Finding
    key: str
    anchor: str
    place: str
    box: str  # the anchor of its box in the form, where it came from the form
    explanation: str


@dataclass(frozen=True)
class Group:
    """Every place where one rule complained."""

    code: str
    severity: str
    count: int
    items: tuple[Item, ...]

    @property
    def left_out(self) -> int:
        return self.count - len(self.items)


@dataclass(frozen=True)
class Findings:
    """`groups` are the errors; `asked` the queries that are shown, `folded` the others, unanswered ones first."""

    groups: tuple[Group, ...]
    asked: tuple[Item, ...]
    folded: tuple[Item, ...]
    notes: tuple[Item, ...]
    errors: int
    queries: int
    unexplained: int

    @property
    def total(self) -> int:
        return self.errors + self.queries + len(self.notes)

    @property
    def shown(self) -> int:
        """How many errors and queries are on the page, folded ones included."""
        return sum(len(group.items) for group in self.groups) + len(self.asked) + len(self.folded)

    @property
    def beyond(self) -> int:
        """How many are not: the files to take away hold them."""
        return self.errors + self.queries - self.shown

    @property
    def in_words(self) -> str:
        if not self.errors and not self.queries:
            return "nothing found"
        return " and ".join(
            part
            for part in (counted(self.errors, "error", "errors"), counted(self.queries, "query", "queries"))
            if part
        )


def counted(number: int, one: str, many: str) -> str:
    return "" if number == 0 else f"{number} {one if number == 1 else many}"


Rows = Mapping[int, Mapping[str, str]]
Words = Callable[[Mapping[str, str], str], str]  # a row and a figure's name → where they stand in the form


def of_draft(draft: DraftRead, words: Words | None = None) -> Findings:
    """The findings of a draft; those of the form lead to their boxes, and are placed in the form's own words."""
    in_form = draft.rows if draft.channel == "form" else ()
    rows = {int(row["row_no"]): row for row in in_form if row.get("row_no", "").isdecimal()}
    return present(draft.findings, draft.explanations, rows, words)


def present(
    findings: Iterable[Finding],
    explanations: dict[str, str] | None = None,
    rows: Rows | None = None,
    words: Words | None = None,
) -> Findings:
    """Errors by code with their places, until a hundred are shown in all; five queries, the rest folded; notes folded."""
    every = list(findings)
    said = explanations or {}
    by_code: dict[str, list[Finding]] = {}
    for finding in errors(in_reading_order(every)):
        by_code.setdefault(finding.code, []).append(finding)
    groups, room = [], SHOWN
    for code, places in by_code.items():
        items = tuple(_item(finding, said, rows or {}, words) for finding in places[:room])
        room -= len(items)
        groups.append(Group(code, "error", len(places), items))
    # the check gives queries with the worst first; those that wait for an answer come before those that have one
    waiting = [finding for finding in queries(every) if not said.get(finding_key(finding))]
    answered = [finding for finding in queries(every) if said.get(finding_key(finding))]
    of_queries = [_item(finding, said, rows or {}, words) for finding in [*waiting, *answered][:SHOWN]]
    return Findings(
        groups=tuple(groups),
        asked=tuple(of_queries[:MOST_ASKED]),
        folded=tuple(of_queries[MOST_ASKED:]),
        notes=tuple(_item(finding, said, rows or {}, words) for finding in notes(every)[:SHOWN]),
        errors=sum(group.count for group in groups),
        queries=len(queries(every)),
        unexplained=len(waiting),
    )


def _item(finding: Finding, explanations: dict[str, str], rows: Rows, words: Words | None) -> Item:
    key, row = finding_key(finding), rows.get(finding.where.row or 0)
    where = place(finding) if row is None or words is None else words(row, finding.where.field or "")
    return Item(finding, key, f"finding-{key}", where, _box(finding, row), explanations.get(key, ""))


def place(finding: Finding) -> str:
    """ "Sheet Data, row 12, Referrals made": where the person goes to put it right."""
    where = finding.where
    parts = (
        f"Sheet {where.sheet}" if where.sheet else "",
        f"row {where.row}" if where.row else "",
        where.column or where.field or "",
    )
    text = ", ".join(part for part in parts if part)
    return text[:1].upper() + text[1:]


def _box(finding: Finding, row: Mapping[str, str] | None) -> str:
    if row is None or not finding.where.field:
        return ""
    return box_id(row.get("period", ""), row.get("breakdown", ""), row.get("code", ""), finding.where.field)


def box_id(*names: str) -> str:
    """The anchor of a box: period, breakdown, code and figure."""
    return "-".join(names)


def stops(outcome: Outcome) -> bool:
    """Whether nothing may be kept of what was checked."""
    return outcome.refused or bool(errors(outcome.findings))
