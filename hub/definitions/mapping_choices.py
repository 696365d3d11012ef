"""What somebody chooses for the columns of their export, and the mapping that these choices make.

A choice says what a column holds; the mapping is laid out as in a file and judged by the same reader. A column holds one
of: `agency`, `partnership`, `period`; `left-out`, which says of rows that they are not taken; `line:<breakdown>`, the
line of that table; `figure:<figure>`, a figure of the row's line; `across:<figure>`, that figure in the period of the
column's heading; `cell:<breakdown>:<code>:<figure>`, a figure of one line. In a file of several tables, `table` says which
table and figure a row is of, `line` its line, and `figure` or `across` its number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from hub.definitions.mapping_model import ColumnMapping
from hub.definitions.model import TOTAL, Definition

LEFT_OUT = "-"  # in place of a code: rows with this text are not taken
ASKED = "asked"
ACROSS = "the figure below each period"

Columns = Mapping[str, str]  # heading → what the column holds
Values = Mapping[str, Mapping[str, str]]  # heading → text → code, or LEFT_OUT
Line = dict[str, Any]


@dataclass(frozen=True)
class Choices:
    columns: Columns = field(default_factory=dict)
    values: Values = field(default_factory=dict)
    symbols: Mapping[str, str] = field(default_factory=dict)
    agency: str = ""  # the code, where no column says it
    partnership: str = ""
    period: str = ""  # a code or ASKED, where neither a column nor the headings say it
    year: str = "ends"
    add_up: bool = False

    def holding(self, what: str) -> list[str]:
        """The columns that hold something, in the order of the file."""
        return [column for column, held in self.columns.items() if held == what]

    def parts(self, kind: str) -> list[tuple[str, list[str]]]:
        """Each column of a kind with what follows its name: (`Sent`, [`referrals_made`])."""
        split = [(column, held.split(":", 3)) for column, held in self.columns.items()]
        return [(column, rest) for column, (first, *rest) in split if first == kind]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def faults(choices: Choices) -> list[str]:
    """What is still to be chosen, or was chosen twice, as sentences."""
    found = []
    for what, words in (("agency", "the agency"), ("partnership", "the partnership"), ("period", "the period"), ("table", "the table")):  # fmt: skip
        if len(choices.holding(what)) > 1:
            found.append(f"{len(choices.holding(what))} columns are said to hold {words}. Choose one.")
    if len({tuple(rest) for _, rest in choices.parts("across")}) > 1:
        found.append(
            "The columns headed by a period hold different figures. Choose one figure for all of them."
        )
    for kind in ("line", "figure"):
        held = [":".join(rest) for _, rest in choices.parts(kind)]
        if len(held) != len(set(held)):
            found.append(f"Two columns are said to hold the same {kind}. Choose one.")
    said = [bool(choices.holding("period")), bool(choices.parts("across")), bool(choices.period)]
    if sum(said) != 1:
        found.append(
            "Say once where the period stands: in a column, in the headings, or nowhere in the file."
        )
    if not any(choices.parts(kind) for kind in ("figure", "across", "cell")):
        found.append("Say which columns hold the figures.")
    if choices.holding("table") and not (choices.holding("figure") or choices.holding("across")):
        found.append("A column says which table a row is of: say which column holds “the figure of its row”.")
    return found


def as_data(
    choices: Choices, definition: Definition, *, kind: str, code: str, title: str, about: str
) -> dict[str, Any]:
    """The mapping laid out as in a file. `kind` is the period of each row."""
    across = ACROSS if choices.parts("across") else None
    columns = choices.holding("period")
    return {
        "mapping": code,
        "version": 1,
        "title": title,
        "return": definition.code,
        "about": about,
        "partnership": _placed(choices, "partnership", choices.partnership),
        "agency": _placed(choices, "agency", choices.agency),
        "period": {
            "column": columns[0] if columns else None,
            "code": choices.period if choices.period not in ("", ASKED) else None,
            "kind": kind,
            "year": choices.year,
            "across": across,
            "asked": choices.period == ASKED,
        },
        "values": _translated(choices),
        "symbols": dict(choices.symbols),
        "leave_out": [
            {"where": {column: [text]}, "reason": f"rows with “{text}” in the column “{column}”"}
            for column, values in choices.values.items()
            for text, code_ in values.items()
            if code_ == LEFT_OUT and column in choices.columns
        ],
        "rows": list(_rows(choices, definition)),
        "add_up": choices.add_up,
    }


def _placed(choices: Choices, what: str, code: str) -> list[dict[str, str]]:
    columns = choices.holding(what)
    if columns:
        return [{"column": columns[0]}]
    return [{"code": code}] if code else []


def _translated(choices: Choices) -> dict[str, dict[str, str]]:
    """Texts that stand for codes. Those of a column of tables choose lines, and stay as they are."""
    tables = choices.holding("table")
    found = {
        column: {text: code for text, code in values.items() if code and code != LEFT_OUT}
        for column, values in choices.values.items()
        if column in choices.columns and column not in tables
    }
    return {column: values for column, values in found.items() if values}


def _rows(choices: Choices, definition: Definition) -> Iterator[Line]:
    figures = {rest[0]: column for column, rest in choices.parts("figure") if rest}
    figures |= {rest[0]: ACROSS for _, rest in choices.parts("across") if rest}
    lines = {rest[0]: column for column, rest in choices.parts("line") if rest}
    tables = choices.holding("table")
    if tables:
        yield from _by_table(choices, tables[0])
    for name, column in lines.items():
        table = definition.breakdown(name)
        of_table = {each: figures[each] for each in table.figures if each in figures}
        if of_table:
            yield {"breakdown": name, "code_column": column, "figures": of_table}
    cells = _by_cell(choices)
    if figures and not _total_is_given(choices, lines, cells):
        of_total = definition.breakdown(TOTAL).figures
        yield {"breakdown": TOTAL, "figures": {name: at for name, at in figures.items() if name in of_total}}
    yield from cells


def _total_is_given(choices: Choices, lines: Mapping[str, str], cells: list[Line]) -> bool:
    """By a line of the file's own; or there is none, and nobody said that lines are added up."""
    in_lines = any(TOTAL in choices.values.get(column, {}).values() for column in lines.values())
    in_cells = any(line["breakdown"] == TOTAL for line in cells)
    return in_lines or in_cells or (bool(lines) and not choices.add_up)


def _by_table(choices: Choices, column: str) -> Iterator[Line]:
    """A line for each table and figure that the column names, with every text that names it."""
    number = next(iter(choices.holding("figure")), ACROSS)
    of_any = choices.holding("line")
    texts: dict[str, list[str]] = {}
    for text, target in choices.values.get(column, {}).items():
        if target and target != LEFT_OUT:
            texts.setdefault(target, []).append(text)
    for target, named in texts.items():
        breakdown, figure = target.split(":", 1)
        line: Line = {"breakdown": breakdown, "where": {column: named}, "figures": {figure: number}}
        if breakdown != TOTAL and of_any:
            line["code_column"] = of_any[0]
        yield line


def _by_cell(choices: Choices) -> list[Line]:
    """Columns of one line together; a second column of the same figure makes a line of its own, to be added up."""
    lines: list[Line] = []
    for column, (breakdown, code, figure) in choices.parts("cell"):
        fitting = (
            line
            for line in lines
            if (line["breakdown"], line["code"]) == (breakdown, code) and figure not in line["figures"]
        )
        line = next(fitting, None)
        if line is None:
            line = {"breakdown": breakdown, "code": code, "figures": {}}
            lines.append(line)
        line["figures"][figure] = column
    return lines


def choices_of(mapping: ColumnMapping) -> Choices:
    """The choices that made a mapping, so that its next version begins where this one ended."""
    columns: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {column: dict(texts) for column, texts in mapping.values.items()}
    for what, placed in (("agency", mapping.agency), ("partnership", mapping.partnership)):
        columns |= {each.column: what for each in placed if each.column}
    if mapping.period.column:
        columns[mapping.period.column] = "period"
    for rule in mapping.leave_out:
        for column, texts in rule.where.items():
            columns.setdefault(column, "left-out")
            values.setdefault(column, {}).update(dict.fromkeys(texts, LEFT_OUT))
    for line in mapping.rows:
        for column, texts in line.where.items():
            columns[column] = "table"
            target = f"{line.breakdown}:{next(iter(line.figures))}"
            values.setdefault(column, {}).update(dict.fromkeys(texts, target))
        if line.code_column:
            columns[line.code_column] = "line" if line.where else f"line:{line.breakdown}"
        for figure, column in line.figures.items():
            held = "figure" if line.where else f"figure:{figure}"
            if line.code or (line.breakdown == TOTAL and not line.where and _is_own_total(mapping, column)):
                held = f"cell:{line.breakdown}:{line.code}:{figure}"
            columns[column] = held if column != mapping.period.across else held.replace("figure", "across")
    across = columns.pop(mapping.period.across or "", "")
    return Choices(
        columns={**columns, **({ACROSS: across} if across else {})},
        values=values,
        symbols=mapping.symbols,
        agency=next((each.code for each in mapping.agency if each.code), ""),
        partnership=next((each.code for each in mapping.partnership if each.code), ""),
        period=ASKED if mapping.period.asked else mapping.period.code or "",
        year=mapping.period.year,
        add_up=mapping.add_up,
    )


def _is_own_total(mapping: ColumnMapping, column: str) -> bool:
    """Whether the total of a column stands beside columns of lines, rather than being added up of rows."""
    others = [line for line in mapping.rows if column in line.figures.values() and line.code_column]
    return not others and any(line.code for line in mapping.rows)
