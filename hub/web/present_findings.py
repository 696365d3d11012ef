"""Findings as people read them: errors before queries, the same complaint once with its places, the first hundred."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from hub.findings import Finding, errors, in_reading_order, queries
from hub.submissions.drafted import DraftRead, finding_key

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
    groups: tuple[Group, ...]
    errors: int
    queries: int
    unexplained: int

    @property
    def total(self) -> int:
        return self.errors + self.queries

    @property
    def shown(self) -> int:
        return sum(len(group.items) for group in self.groups)

    @property
    def in_words(self) -> str:
        if not self.total:
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
    """Errors first; of each code its places, until a hundred places are shown in all."""
    ordered = in_reading_order(findings)
    said = explanations or {}
    by_code: dict[tuple[str, str], list[Finding]] = {}
    for finding in ordered:
        by_code.setdefault((finding.severity, finding.code), []).append(finding)
    groups, room = [], SHOWN
    for (severity, code), places in by_code.items():
        items = tuple(_item(finding, said, rows or {}, words) for finding in places[:room])
        room -= len(items)
        groups.append(Group(code, severity, len(places), items))
    waiting = [finding for finding in queries(ordered) if not said.get(finding_key(finding))]
    return Findings(tuple(groups), len(errors(ordered)), len(queries(ordered)), len(waiting))


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
